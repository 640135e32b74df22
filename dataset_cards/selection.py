"""Which pairs of a published version go into an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dataset_cards.errors import UsageError
from dataset_cards.files import read_json_lines
from dataset_cards.fresh import fresh_pair_ids
from dataset_cards.reading import Row, iter_rows
from dataset_cards.rights import UNKNOWN_RIGHTS
from dataset_cards.splits import SPLITS

SPLIT_CHOICES = ("all", *SPLITS, "fresh")


@dataclass(frozen=True)
class Selection:
    """Some pairs of a version: one split, all three, or those of its new books; perhaps only public ones."""

    version_dir: Path
    split: str = "all"
    """One of `SPLIT_CHOICES`."""
    public: bool = False
    """Whether pairs of books whose rights nobody has stated are left out."""

    def __post_init__(self) -> None:
        if self.split not in SPLIT_CHOICES:
            raise UsageError(f"there is no split {self.split!r}; choose one of {', '.join(SPLIT_CHOICES)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The splits that were chosen; the fresh pairs are one split of that name."""
        return SPLITS if self.split == "all" else (self.split,)

    def splits(self) -> list[str]:
        """Those of `names` that hold a pair."""
        return [split for split, count in self.counts.items() if count]

    def rows(self, split: str, columns: Sequence[str] | None = None, images: bool = False) -> Iterator[Row]:
        """The rows of one of `names`, a few at a time (see `iter_rows`)."""
        wanted = None if columns is None else list(dict.fromkeys([*columns, "pair_id", "book_sha256"]))
        held = None if split == "fresh" else split
        return filter(self._chosen, iter_rows(self.version_dir, held, wanted, images))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Pairs in each split that was chosen."""
        return {split: sum(1 for _ in self.rows(split, ())) for split in self.names}

    @cached_property
    def left_out(self) -> int:
        """Pairs of the chosen splits that are not public."""
        if not self.public:
            return 0
        every = Selection(self.version_dir, self.split)
        return sum(every.counts.values()) - sum(self.counts.values())

    @cached_property
    def _chosen(self) -> Callable[[Row], bool]:
        fresh = frozenset(fresh_pair_ids(self.version_dir)) if self.split == "fresh" else None
        books = _books_with_rights(self.version_dir) if self.public else None

        def chosen(row: Row) -> bool:
            return (fresh is None or row["pair_id"] in fresh) and (
                books is None or row["book_sha256"] in books
            )

        return chosen


def _books_with_rights(version_dir: Path) -> frozenset[str]:
    rows = read_json_lines(version_dir / "books.jsonl")
    return frozenset(row["sha256"] for row in rows if (row.get("rights") or UNKNOWN_RIGHTS) != UNKNOWN_RIGHTS)
