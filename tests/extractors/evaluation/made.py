"""Short ways to make labels and predictions. Figures stand in a row of places, 100 points wide each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from extractors.evaluation.labels import BookLabels, LabelledFigure, Negative
from extractors.evaluation.predictions import Prediction
from extractors.geometry import Box

BOOK = "book"
CAPTIONS = (
    "图1 联珠对鸟纹锦",
    "图2 北壁说法图局部",
    "图3 双耳彩陶罐线图",
    "图4 墓室全景由西向东",
    "图5 金沙洞骑马武士",
    "图6 缠枝莲纹绫残片",
)
"""No two of them are alike."""


def place(nth: int, row: int = 0) -> Box:
    """The box of the `nth` place of a row."""
    return 100.0 * nth, 200.0 * row, 100.0 * nth + 80, 200.0 * row + 100


def figure(nth: int = 0, **changes: Any) -> LabelledFigure:
    """A labelled figure with a caption of its own."""
    values: dict[str, Any] = {
        "fid": f"{BOOK}-1-{nth}",
        "page": 1,
        "bbox": place(nth),
        "layout": "grids",
        "caption": CAPTIONS[nth % len(CAPTIONS)],
        "description": "",
    }
    return LabelledFigure(**values | changes)


def labels(
    figures: Iterable[LabelledFigure], negatives: Iterable[Negative] = (), *, scan: bool = False
) -> BookLabels:
    """The labels of a book of one layout."""
    return BookLabels(BOOK, scan, "grids", "grids", tuple(figures), tuple(negatives))


def right(figure: LabelledFigure, **changes: Any) -> Prediction:
    """The prediction that a labelled figure asks for."""
    values: dict[str, Any] = {
        "page": figure.page,
        "bbox": figure.bbox,
        "caption": figure.caption,
        "title": figure.title,
        "description": figure.description,
        "confidence": 0.9,
        "medium": figure.medium,
        "subject": figure.subject,
        "number": figure.number,
        "kind": figure.kind,
        "group": figure.group,
        "description_page": min(figure.description_pages, default=None),
    }
    return Prediction(**values | changes)


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """A JSONL file of `rows`; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
