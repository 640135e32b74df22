"""Two published versions compared pair by pair, as a stream: what came, left and changed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dataset_cards.changes import Changes, Tally, columns_of, row_digest
from dataset_cards.reading import iter_rows
from dataset_cards.reasons import Row, read_background

Sort = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class PairChange:
    """One pair that is not the same in both versions."""

    sort: Sort
    pair_id: str
    why: tuple[str, ...]
    """Slugs of `dataset_cards.reasons.REASONS`."""
    columns: tuple[str, ...]
    """Of a changed pair: what differs."""
    old: Row | None
    """Its row in the earlier version; None for an added pair."""
    new: Row | None

    @property
    def row(self) -> Row:
        """Its row where it is, the later one where it is in both."""
        row = self.new or self.old
        assert row is not None
        return row

    def as_json(self) -> dict[str, Any]:
        """Plain values: where the pair stands, why, and each changed column with its old and new value."""
        row = self.row
        return {
            "sort": self.sort,
            "pair_id": self.pair_id,
            "book_sha256": row["book_sha256"],
            "book_title": row["book_title"],
            "page": row["page"],
            "why": self.why,
            "columns": {name: [(self.old or {}).get(name), row.get(name)] for name in self.columns},
        }


class Diff:
    """The differences of two versions of a dataset; iterate over it, then ask for `changes`.

    A digest of every row is compared first; only rows that left or changed are held, packed, while the later
    version is read. Added and changed pairs come first, in the order of the later version, then the removed.
    Raises DamagedWorkspaceError when a version cannot be read.
    """

    def __init__(self, old_dir: Path, new_dir: Path) -> None:
        self.old_dir, self.new_dir = old_dir, new_dir
        self._tally = Tally(
            read_background(old_dir, columns_of(old_dir)), read_background(new_dir, columns_of(new_dir))
        )

    def __iter__(self) -> Iterator[PairChange]:
        digests = {row["pair_id"]: row_digest(row) for row in iter_rows(self.new_dir)}
        packed: dict[str, str] = {}
        for row in iter_rows(self.old_dir):
            # What stays the same need not be looked at again.
            if digests.get(row["pair_id"]) == row_digest(row):
                del digests[row["pair_id"]]
            else:
                packed[row["pair_id"]] = json.dumps(row, ensure_ascii=False)
        if digests:
            for row in iter_rows(self.new_dir):
                if row["pair_id"] in digests:
                    yield self._come(row, packed.pop(row["pair_id"], None))
        for text in packed.values():
            row = json.loads(text)
            why = self._tally.remove(row)
            yield PairChange("removed", row["pair_id"], (why,), (), row, None)

    @property
    def changes(self) -> Changes:
        """Counts by book and reason, of what was iterated over."""
        return Changes(self.old_dir.name, self._tally.books())

    def _come(self, row: Row, packed: str | None) -> PairChange:
        if packed is None:
            return PairChange("added", row["pair_id"], (self._tally.add(row),), (), None, row)
        old = json.loads(packed)
        columns, why = self._tally.change(old, row)
        return PairChange("changed", row["pair_id"], why, columns, old, row)
