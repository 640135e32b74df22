"""imagefolder/{split}/*.png with metadata.jsonl: pictures to look at, and `load_dataset("imagefolder")`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.files import place, write_json_lines
from dataset_cards.splits import SPLITS


def write_imagefolder(assembly: Assembly, folder: Path) -> None:
    """Write imagefolder/{train,val,test}/ below `folder`; an empty split gets no folder."""
    for split in SPLITS:
        items = [item for item in assembly.pairs if item.split == split]
        for item in items:
            place(item.source, folder / item.image_file)
        if items:
            write_json_lines(folder / "imagefolder" / split / "metadata.jsonl", map(_line, items))


def _line(item: PublishedPair) -> dict[str, Any]:
    """Only columns that are never null: the loader guesses types from what it happens to read first."""
    pair = item.pair
    return {
        "file_name": f"{pair.pair_id}.png",
        "text": pair.description,
        "text_en": pair.description_en or "",
        "title": pair.title,
        "caption": pair.caption,
        "kind": pair.kind,
        "group": pair.group,
        "book_title": pair.book_title,
        "page": pair.page,
        "confidence": pair.confidence,
        "pair_id": pair.pair_id,
    }
