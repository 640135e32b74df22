"""pairs.csv with images/: a table for people, which Excel opens with its Chinese as it is."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from dataset_cards.schema import TEXT_COLUMNS
from dataset_cards.selection import Selection

# What a spreadsheet would take as the beginning of a formula; texts come from strangers' PDFs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(selection: Selection, folder: Path) -> None:
    """Write pairs.csv and the pictures it names into `folder`.

    A text that a spreadsheet would run as a formula has an apostrophe before it; boxes are JSON lists.
    """
    (folder / "images").mkdir(parents=True)
    # The mark at the head tells Excel that this is UTF-8.
    with (folder / "pairs.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", *TEXT_COLUMNS])
        for split in selection.splits():
            for row in selection.rows(split, images=True):
                name = f"images/{row['pair_id']}.png"
                (folder / name).write_bytes(row["image"])
                table.writerow([name, *(_cell(row[column]) for column in TEXT_COLUMNS)])


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
