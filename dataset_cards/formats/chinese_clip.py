"""{split}_imgs.tsv and {split}_texts.jsonl, as the preprocessing of Chinese-CLIP reads them.

A line of the first is "image_id<TAB>base64 of the PNG file"; a line of the second is
{"text_id": 1, "text": "…", "image_ids": [1, 2]}.
"""

from __future__ import annotations

import base64
from pathlib import Path

from dataset_cards.files import write_json_lines
from dataset_cards.formats.clip_ids import COLUMNS, ClipIds
from dataset_cards.selection import Selection


def write_chinese_clip(selection: Selection, folder: Path) -> None:
    """Write the two files of each chosen split into `folder`; those of an empty split are empty."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = ClipIds()
    for split in selection.names:
        with (folder / f"{split}_imgs.tsv").open("w", encoding="ascii", newline="\n") as tsv:
            for image_id, png in ids.pictures(selection.rows(split, COLUMNS, images=True)):
                tsv.write(f"{image_id}\t{base64.b64encode(png).decode()}\n")
        write_json_lines(folder / f"{split}_texts.jsonl", ids.texts())
