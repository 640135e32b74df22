"""What a dataset ever published, read from its versions; and the file in which a version remembers what it
lacks.

A version holds its own pairs, and in removed.jsonl those of all versions before it that it does not hold. So
CURRENT and the versions numbered after it, of which there are some when a person went back, tell everything.
Versions made before removed.jsonl recorded places are completed from the folders of the older versions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import read_json_lines
from dataset_cards.identity.past_books import PAST_BOOKS_FILE, read_past_books
from dataset_cards.identity.records import Figure, History
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.review.record import REVIEWED_FILE, last_places, read_box, read_reviewed
from dataset_cards.splits import SPLITS
from dataset_cards.verify import check_files, list_versions

REMOVED_FILE = "removed.jsonl"
# Texts that many figures have in common: held once.
_SHARED = ("split", "book_sha256", "book_title")
_NOTHING_KNOWN: Mapping[str, Any] = {
    "page": 0, "bbox": (0.0, 0.0, 0.0, 0.0), "figure_id": "", "group": "", "parent": None,
    "image_sha256": "", "image_phash": "", "width": 0, "height": 0,
}  # fmt: skip
_COLUMNS = tuple(field.name for field in fields(Figure) if field.name not in ("version", "held", "read_bbox"))


def read_history(dataset_dir: Path, current: Path | None) -> History:
    """Everything that versions of the dataset published; `current` is the one the next version follows.

    Where two versions disagree on a split, that of `current` counts. Raises DamagedWorkspaceError when a file
    of `current` that is read is not what was published; a later version that is damaged is named in `notes`.
    """
    if current is None:
        return History()
    figures = _figures(current)
    notes: list[str] = []
    others = list_versions(dataset_dir)
    if not (current / PAST_BOOKS_FILE).is_file():
        for older in reversed([path for path in others if _number(path) < _number(current)]):
            _complete(figures, older, notes)
    for later in (path for path in others if _number(path) > _number(current)):
        _complete(figures, later, notes)
    reviewed = last_places(read_reviewed(current))
    return History(figures, read_past_books(current), dataset_dir, reviewed, tuple(notes))


def removed_rows(history: History, present: set[str]) -> Iterator[dict[str, Any]]:
    """The lines of removed.jsonl: every pair ever published that is not in `present` (pair_ids)."""
    for pair_id, figure in sorted(history.figures.items()):
        if pair_id not in present:
            row = {name: getattr(figure, name) for name in _COLUMNS}
            read = {"read_bbox": list(figure.read_bbox)} if figure.read_bbox else {}
            yield row | {"bbox": list(figure.bbox), "version": figure.version} | read


def _number(version_dir: Path) -> int:
    return int(version_dir.name[1:])


def _figures(version_dir: Path) -> dict[str, Figure]:
    """What one version holds and remembers."""
    tables = [path for split in SPLITS for path in data_files(version_dir, split)]
    known = [name for name in (PAST_BOOKS_FILE, REVIEWED_FILE) if (version_dir / name).is_file()]
    names = [path.relative_to(version_dir).as_posix() for path in tables]
    # A flipped bit here could move a pair from test to train: bytes are checked before they are believed.
    check_files(version_dir, [*names, REMOVED_FILE, "books.jsonl", *known])
    figures: dict[str, Figure] = {}
    for row in read_json_lines(version_dir / REMOVED_FILE):
        figures[row["pair_id"]] = _figure(row, row.get("version", ""), held=False)
    name = sys.intern(version_dir.name)
    read = {row["pair_id"]: read_box(row) for row in read_reviewed(version_dir)}
    for row in iter_rows(version_dir, columns=_COLUMNS):
        read_bbox = read.get(row["pair_id"])
        figures[row["pair_id"]] = _figure(row | {"read_bbox": read_bbox}, name, held=True)
    return figures


def _complete(figures: dict[str, Figure], version_dir: Path, notes: list[str]) -> None:
    """Add what another version knows and `figures` do not; splits that are known stay."""
    try:
        others = _figures(version_dir)
    except DamagedWorkspaceError as error:
        notes.append(
            f"{version_dir.name} is damaged, so pairs that only it held may change their split: {error}"
        )
        return
    for pair_id, figure in others.items():
        known = figures.get(pair_id)
        if known is None:
            figures[pair_id] = replace(figure, held=False)
        elif not known.page and figure.page:
            figures[pair_id] = replace(figure, split=known.split, held=False)


def _figure(row: Mapping[str, Any], version: str, *, held: bool) -> Figure:
    """From a row of a version; a line of removed.jsonl of old has the id, the split and the book, no more."""
    values = dict(_NOTHING_KNOWN) | {name: row[name] for name in _COLUMNS if row.get(name) is not None}
    for name in _SHARED:
        values[name] = sys.intern(values[name])
    read_bbox = tuple(row["read_bbox"]) if row.get("read_bbox") else None
    boxes = {"bbox": tuple(values["bbox"]), "read_bbox": read_bbox}
    return Figure(**values | boxes, version=version, held=held)
