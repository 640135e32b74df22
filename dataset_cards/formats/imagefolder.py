"""{split}/*.png with metadata.jsonl: pictures to look at, and `load_dataset("imagefolder")`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly
from dataset_cards.files import place, write_json_lines
from dataset_cards.reading import Row
from dataset_cards.schema import to_row
from dataset_cards.selection import Selection
from dataset_cards.splits import SPLITS

_COLUMNS = (
    "pair_id",
    "description",
    "description_en",
    "title",
    "caption",
    "medium",
    "subject",
    "kind",
    "group",
    "book_title",
    "page",
    "confidence",
)


def write_imagefolder(assembly: Assembly, folder: Path) -> None:
    """Link the crops of a shelf into {train,val,test}/ below `folder`; an empty split gets no folder."""
    for split in SPLITS:
        items = [item for item in assembly.pairs if item.split == split]
        for item in items:
            place(item.source, folder / split / f"{item.pair.pair_id}.png")
        if items:
            lines = (_line(to_row(item.pair, split)) for item in items)
            write_json_lines(folder / split / "metadata.jsonl", lines)


def export_imagefolder(selection: Selection, folder: Path) -> None:
    """Write the pictures and texts of a published version below `folder`; nothing for an empty split."""
    for split in selection.splits():
        (folder / split).mkdir(parents=True)
        write_json_lines(folder / split / "metadata.jsonl", _write_pictures(selection, split, folder / split))


def _write_pictures(selection: Selection, split: str, folder: Path) -> Iterator[dict[str, Any]]:
    for row in selection.rows(split, _COLUMNS, images=True):
        (folder / f"{row['pair_id']}.png").write_bytes(row["image"])
        yield _line(row)


def _line(row: Row) -> dict[str, Any]:
    """Only columns that are never null: the loader guesses types from what it happens to read first."""
    return {
        "file_name": f"{row['pair_id']}.png",
        "text": row["description"],
        "text_en": row["description_en"] or "",
        "title": row["title"],
        "caption": row["caption"],
        "medium": row["medium"] or "",
        "subject": row["subject"] or "",
        "kind": row["kind"],
        "group": row["group"],
        "book_title": row["book_title"],
        "page": row["page"],
        "confidence": row["confidence"],
        "pair_id": row["pair_id"],
    }
