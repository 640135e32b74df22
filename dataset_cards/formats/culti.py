"""CulTi's forms: its released samples, and the records (ID, title, image, description) they are made of.

{split}.jsonl holds {"text_id": 1, "text": "…", "image_ids": [1]}; records_{split}.jsonl holds one line for
each pair, {"id": 1, "title": "…", "image": "images/1.png", "description": "…"}; images/ holds each picture
of a split once, named by its image id.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from dataset_cards.files import write_json_lines
from dataset_cards.formats.clip_ids import COLUMNS, ClipIds
from dataset_cards.selection import Selection


def write_culti(selection: Selection, folder: Path) -> None:
    """Write the samples, records and pictures of each split below `folder`; an empty split gets no file."""
    (folder / "images").mkdir(parents=True)
    ids, numbers = ClipIds(), count(1)
    for split in selection.splits():
        for image_id, png in ids.pictures(selection.rows(split, COLUMNS, images=True)):
            (folder / "images" / f"{image_id}.png").write_bytes(png)
        write_json_lines(folder / f"records_{split}.jsonl", _records(selection, split, ids, numbers))
        write_json_lines(folder / f"{split}.jsonl", ids.texts())


def _records(
    selection: Selection, split: str, ids: ClipIds, numbers: Iterator[int]
) -> Iterator[dict[str, Any]]:
    for row in selection.rows(split, ("title", *COLUMNS)):
        yield {
            "id": next(numbers),
            "title": row["title"],
            "image": f"images/{ids.image_id(row['image_sha256'])}.png",
            "description": row["description"],
        }
