"""Books that were saved again: which new file continues which old one, and which page is which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dataset_cards.identity.prints import Print

SUCCESSOR_SHARE = 0.5
"""Share of the smaller book's figures from which two files are one book: pages may be left out of it or put
into it, but one that shows half of another's pictures does not come about otherwise."""


@dataclass(frozen=True)
class Succession:
    """A new book that continues an old one which is no longer on the shelf."""

    old: str
    """sha256."""
    new: str
    pages: Mapping[int, int]
    """Page of the new book -> the old page that it most probably is."""
    prints: Sequence[Print]


def find_successions(
    prints: Sequence[Print],
    old_sizes: Mapping[str, int],
    new_sizes: Mapping[str, int],
    shelf: Collection[str],
) -> list[Succession]:
    """Which books continue which, told by the pictures they share, sorted; sizes are figures by sha256."""
    between: dict[tuple[str, str], list[Print]] = defaultdict(list)
    for item in prints:
        if item.old.book_sha256 not in shelf:
            between[item.old.book_sha256, item.new.book_sha256].append(item)
    return list(_successions(between, old_sizes, new_sizes))


def _successions(
    between: Mapping[tuple[str, str], Sequence[Print]],
    old_sizes: Mapping[str, int],
    new_sizes: Mapping[str, int],
) -> Iterator[Succession]:
    for (old, new), shared in sorted(between.items()):
        matched = min(
            len({item.old.pair_id for item in shared}),
            len({item.new.pair_id for item in shared}),
        )
        if matched >= SUCCESSOR_SHARE * min(old_sizes[old], new_sizes[new]):
            yield Succession(old, new, _page_map(shared), shared)


def _page_map(prints: Sequence[Print]) -> dict[int, int]:
    """For each new page the old one with which it shares most pictures.

    Where several share as many, as for a picture that is repeated, the one that the pages have moved to as
    most others have.
    """
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for item in prints:
        votes[item.new.page][item.old.page] += 1
    moved = Counter(new - old for new, olds in votes.items() if len(olds) == 1 for old in olds)
    common = min(moved, key=lambda shift: (-moved[shift], abs(shift), shift)) if moved else 0
    return {
        new: min(olds, key=lambda old: (-olds[old], abs(new - common - old), old))
        for new, olds in sorted(votes.items())
    }
