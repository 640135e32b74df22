"""reviewed.jsonl: what a version made of each decision, what the program had read, and what did not apply.

The next version reads it: a decision is looked for where its figure was last, though the book was read again
or saved again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dataset_cards.files import read_json_lines
from extractors.geometry import Box

REVIEWED_FILE = "reviewed.jsonl"
State = Literal["accepted", "edited", "added", "rejected", "removed", "merged", "done", "not applied"]
NO_BOOK = "its book is not on the shelf"
LEFT = ("rejected", "removed", "merged")
"""States of figures that are not in the version."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One figure about which a person decided, or one page that is done: a line of reviewed.jsonl."""

    state: State
    reason: str
    """Why it is not in the version, or why a decision does not apply; else ""."""
    pair_id: str
    """"" for a figure that is no pair."""
    book_sha256: str
    book_title: str
    page: int
    bbox: Box
    """In points, as it is published; where a decision does not apply, as the figure was last known. All 0
    for a page."""
    who: tuple[str, ...]
    corrections: tuple[str, ...]
    """Ids, oldest first."""
    columns: tuple[str, ...] = ()
    """What a person set otherwise than the program."""
    read: Mapping[str, Any] = field(default_factory=dict)
    """What the program read in these columns; of a figure that left, its texts. Empty for a figure that a
    person made."""

    def row(self) -> dict[str, Any]:
        """The line."""
        return {
            "state": self.state,
            "reason": self.reason,
            "pair_id": self.pair_id,
            "book_sha256": self.book_sha256,
            "book_title": self.book_title,
            "page": self.page,
            "bbox": list(self.bbox),
            "who": list(self.who),
            "corrections": list(self.corrections),
            "columns": list(self.columns),
            "read": {name: list(v) if isinstance(v, tuple) else v for name, v in self.read.items()},
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure was read: page (1-based) and box in points."""

    book: str
    page: int
    bbox: Box
    pair_id: str = ""
    """The pair that the figure was in the version before; "" where none is known."""


def read_reviewed(version_dir: Path | None) -> list[dict[str, Any]]:
    """The lines of a published version; none of one made before there were corrections."""
    path = version_dir / REVIEWED_FILE if version_dir else None
    return read_json_lines(path) if path and path.is_file() else []


def last_places(rows: Iterable[Mapping[str, Any]]) -> dict[str, Place]:
    """Id of a correction -> where its figure was read for that version."""
    places: dict[str, Place] = {}
    for row in rows:
        bbox = read_box(row) or tuple(row["bbox"])
        place = Place(row["book_sha256"], row["page"], bbox, row["pair_id"])
        places |= dict.fromkeys(row["corrections"], place)
    return places


def read_box(row: Mapping[str, Any]) -> Box | None:
    """The box that the program read, of a figure to which a person gave another."""
    box = row["read"].get("bbox")
    return tuple(box) if box else None
