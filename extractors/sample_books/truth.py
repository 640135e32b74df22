"""What a sample book is known to hold, in the label format that `tuwen evaluate` reads.

`<book>.truth.jsonl`: one line a figure. `<book>.negatives.jsonl`: what is no figure (decoration, tables), and
with "ignore" what counts neither way. `<book>.meta.json`: the labelled pages and the page sizes in points.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from extractors.geometry import Box, rounded

_DIGITS = 1
"""Boxes are kept to a tenth of a point."""
_SHOWN = {
    "pattern": ("", "pattern"),
    "textile": ("photograph", "textile"),
    "cropped": ("photograph", "textile"),
    "mural": ("photograph", "mural"),
    "photo": ("photograph", ""),
    "drawing": ("drawing", ""),
    "chart": ("chart", "other"),
}
"""Kind -> what a figure of that kind is and shows; a pattern may be photographed or drawn."""
_PLATE_WORDS = ("图版", "圖版", "彩版", "Plate", "Pl.")
"""A photograph with such a word before its number is a plate."""


@dataclass
class Figure:
    """One labelled figure and the text that belongs to it."""

    page: int
    bbox: Box
    kind: str
    caption: str = ""
    caption_bbox: Box | None = None
    caption_page: int | None = None
    title: str = ""
    description: str = ""
    description_en: str = ""
    number: str = ""
    group: str | None = None
    group_caption: str = ""
    accept: dict[str, list[str]] = field(default_factory=dict)
    lenient: list[str] = field(default_factory=list)
    optional: bool = False
    medium: str = ""
    """What it is; "" where its kind says so (`_SHOWN`), or its layout leaves it open."""
    subject: str = ""
    """What it shows; "" likewise."""

    def shown(self) -> dict[str, str]:
        """Medium and subject."""
        medium, subject = _SHOWN.get(self.kind, ("", ""))
        medium = self.medium or medium
        printed = f"{self.number} {self.caption}"
        if medium == "photograph" and any(word in printed for word in _PLATE_WORDS):
            medium = "plate"
        return {"medium": medium, "subject": self.subject or subject}


@dataclass
class Negative:
    """A thing on the page that is not a figure; `ignore` when it counts neither right nor wrong."""

    page: int
    bbox: Box
    kind: str
    ignore: bool = False


@dataclass
class BookTruth:
    """All labels of one book."""

    layout: str
    scan: bool = False
    figures: list[Figure] = field(default_factory=list)
    negatives: list[Negative] = field(default_factory=list)

    def rows(self, book: str) -> list[dict[str, Any]]:
        """The figures as JSON rows, in page order."""
        ordered = sorted(self.figures, key=lambda f: f.page)
        counts: dict[int, int] = {}
        rows = []
        for figure in ordered:
            nth = counts[figure.page] = counts.get(figure.page, -1) + 1
            row = asdict(figure)
            row["bbox"] = list(rounded(figure.bbox, _DIGITS))
            row["caption_bbox"] = list(rounded(figure.caption_bbox, _DIGITS)) if figure.caption_bbox else None
            row |= figure.shown()
            row |= {"layout": self.layout, "scan": self.scan, "fid": f"{book}-{figure.page}-{nth}"}
            rows.append(row)
        return rows

    def write(self, folder: Path, book: str, page_sizes: list[tuple[float, float]]) -> None:
        """Write the three label files of `book` into `folder`."""
        _write_lines(folder / f"{book}.truth.jsonl", self.rows(book))
        negatives = [
            asdict(n) | {"bbox": list(rounded(n.bbox, _DIGITS))}
            for n in sorted(self.negatives, key=lambda n: n.page)
        ]
        _write_lines(folder / f"{book}.negatives.jsonl", negatives)
        meta = {
            "labelled_pages": list(range(1, len(page_sizes) + 1)),
            "page_sizes": [[round(w, 2), round(h, 2)] for w, h in page_sizes],
            "layout": self.layout,
            "scan": self.scan,
        }
        (folder / f"{book}.meta.json").write_text(
            json.dumps(meta, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
