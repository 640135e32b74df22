"""The sample books of every layout: figures found where they are, with their own text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from extractors.geometry import iou
from extractors.records import Pair
from extractors.sample_books import LAYOUTS
from tests.extractors.conftest import SampleBook

SAME_FIGURE = 0.7
"""Two boxes with this intersection over union are one figure."""
SAME_TEXT = 0.8
"""Texts this similar, without spaces and punctuation, are the same."""
READABLE = 0.75
"""Pages with a text layer below this quality need OCR, which is off here."""
LEAST_FIGURES, LEAST_PAIRS = 0.9, 0.9
"""F1 that every layout must reach."""

Truth = dict[str, Any]


def bare(text: str | None) -> str:
    """Letters and digits alone, in their plain forms."""
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "PSZC")


def similarity(a: str, b: str) -> float:
    return max(0.0, 1 - Levenshtein.distance(a, b) / len(a)) if a and b else 0.0


def told(row: Truth) -> list[str]:
    """The texts that are right for a labelled figure: caption, description, or both in one."""
    accepted = row["accept"]
    texts = [
        row["caption"],
        row["description"],
        *accepted.get("caption", []),
        *accepted.get("description", []),
    ]
    return [text for text in map(bare, [*texts, row["caption"] + row["description"]]) if text]


def fit(row: Truth, pair: Pair) -> float:
    """How well a pair's words are those of a labelled figure."""
    said = [bare(pair.caption), bare(pair.description), bare(pair.title)]
    return max((similarity(a, b) for a in told(row) for b in said), default=0.0)


def found(rows: Sequence[Truth], pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    """Labelled figures (index) with the pairs (index) at their place, one to one."""
    overlap = np.array([[iou(tuple(r["bbox"]), p.bbox) * (r["page"] == p.page) for p in pairs] for r in rows])
    overlap[overlap < SAME_FIGURE] = 0
    return [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(-overlap), strict=True) if overlap[i, j]]


def f1(right: int, given: int, wanted: int) -> float:
    return 2 * right / (given + wanted)


@pytest.fixture(params=list(LAYOUTS))
def labelled(
    request: pytest.FixtureRequest, sample_book: Callable[[str], SampleBook]
) -> tuple[list[Truth], list[Pair]]:
    """Truth and pairs of one layout, on pages that can be read without OCR and where words are asked for."""
    sample = sample_book(request.param)
    readable = {
        page.page
        for page in sample.content.pages
        if page.text_source == "none" or page.text_quality >= READABLE
    }
    path = sample.folder / f"{request.param}.truth.jsonl"
    rows = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    asked = [row for row in rows if row["page"] in readable and not row["optional"]]
    spare = [row for row in rows if row["optional"]]
    pairs = [pair for pair in sample.result.pairs if pair.page in readable]
    free = {j for _, j in found(spare, pairs)} if spare and pairs else set()
    return asked, [pair for j, pair in enumerate(pairs) if j not in free]


def test_every_layout_is_paired(labelled: tuple[list[Truth], list[Pair]]) -> None:
    rows, pairs = labelled
    matched = found(rows, pairs)
    assert f1(len(matched), len(pairs), len(rows)) >= LEAST_FIGURES
    right = [
        (i, j)
        for i, j in matched
        if fit(rows[i], pairs[j]) >= SAME_TEXT
        and fit(rows[i], pairs[j]) >= max(fit(r, pairs[j]) for r in rows) - 1e-9
    ]
    wrong = [
        (rows[i]["fid"], rows[i]["caption"], pairs[j].caption) for i, j in matched if (i, j) not in right
    ]
    assert f1(len(right), len(pairs), len(rows)) >= LEAST_PAIRS, wrong


def test_sure_pairs_are_right(labelled: tuple[list[Truth], list[Pair]]) -> None:
    rows, pairs = labelled
    sure = [(i, j) for i, j in found(rows, pairs) if pairs[j].confidence >= 0.8]
    assert sum(fit(rows[i], pairs[j]) >= SAME_TEXT for i, j in sure) >= 0.95 * len(sure)


def test_shuffled_texts_score_nothing(labelled: tuple[list[Truth], list[Pair]]) -> None:
    rows, pairs = labelled
    shifted = [(i, (j + len(pairs) // 2) % len(pairs)) for i, j in found(rows, pairs)]
    assert sum(fit(rows[i], pairs[j]) >= SAME_TEXT for i, j in shifted) <= 0.2 * len(shifted)


def test_nothing_fails(sample_book: Callable[[str], SampleBook]) -> None:
    assert {layout: sample_book(layout).result.failures for layout in LAYOUTS} == dict.fromkeys(LAYOUTS, ())
