"""Figures known again by their picture, where the place says nothing: another file, or other page numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dataset_cards.duplicates.hashes import HashIndex
from dataset_cards.duplicates.pictures import LEADERS, NEIGHBOURS, Sourced, like_shapes, picture_likeness
from dataset_cards.duplicates.records import Shown
from dataset_cards.duplicates.sketches import Sketches
from dataset_cards.identity.records import Figure
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair

FindPicture = Callable[[Figure], Path | None]
"""From an old figure to its crop; None where it is no longer there."""

# Not those of the user: a change of what counts as a duplicate must not change an id.
_SETTINGS = DuplicateSettings()
CLEAR_BITS = 4
"""Bits that two hashes of one picture differ by when it was only encoded or scaled again (measured: nine in
ten differ by 2 at most) …"""
CLEAR_LEAD = 6
"""… which is enough when no other picture is so near: the next one is as many bits farther away. Pictures of
one series, such as bowls, differ by 2 to 6 bits, so there a second look decides."""
COMPARED = 8
"""Old pictures that one new picture is compared with at the second look, the nearest by hash."""


@dataclass(frozen=True, slots=True)
class Print:
    """An old figure and a new pair that print one picture."""

    old: Figure
    new: Pair
    bits: int
    """By which their perceptual hashes differ; 0 for one file."""

    @property
    def exact(self) -> bool:
        """Whether the two crops are the same file."""
        return self.old.image_sha256 == self.new.image_sha256


def find_prints(olds: Sequence[Figure], news: Sequence[Sourced], picture: FindPicture) -> list[Print]:
    """Which of `news` print the picture of which of `olds`; several of either where a picture is repeated.

    One file, or hashes that are near and, unless they are very near and no other is, a likeness that confirms
    it. An old picture whose file `picture` does not find cannot be confirmed. Raises DamagedWorkspaceError
    for a crop that cannot be read.
    """
    by_file: dict[str, list[Figure]] = defaultdict(list)
    for old in sorted(olds, key=lambda old: (old.page, old.pair_id)):
        if old.image_sha256:
            by_file[old.image_sha256].append(old)
    found: list[Print] = []
    rest: list[Sourced] = []
    for new, source in news:
        same = by_file.get(new.image_sha256, [])
        # A blank that is printed a thousand times stands on the same page or near it.
        nearest = sorted(same, key=lambda old: abs(old.page - new.page))[:COMPARED]
        found += [Print(old, new, 0) for old in nearest]
        if not same:
            rest.append((new, source))
    return found + list(_near_prints(olds, rest, picture))


def _near_prints(olds: Sequence[Figure], news: Sequence[Sourced], picture: FindPicture) -> Iterator[Print]:
    by_hash: dict[int, list[Figure]] = defaultdict(list)
    for old in sorted(olds, key=lambda old: old.pair_id):
        if old.image_phash:
            by_hash[int(old.image_phash, 16)].append(old)
    asked = [item for item in news if item[0].image_phash]
    if not by_hash or not asked:
        return
    index = HashIndex(np.array(sorted(by_hash), np.uint64))
    queries = np.array([int(pair.image_phash, 16) for pair, _ in asked], np.uint64)
    near: dict[int, list[Print]] = defaultdict(list)
    for query, place, bits in zip(*index.near(queries, _SETTINGS.picture_bits, NEIGHBOURS), strict=True):
        pair = asked[query][0]
        for old in by_hash[int(index.hashes[place])][:LEADERS]:
            if like_shapes(old, pair):
                near[int(query)].append(Print(old, pair, int(bits)))
    pictures = _pictures(asked, near, picture)
    with Sketches(pictures) as sketches:
        for query in sorted(near):
            yield from _confirmed(near[query], sketches, pictures)


def _pictures(
    asked: Sequence[Sourced], near: Mapping[int, Sequence[Print]], picture: FindPicture
) -> dict[str, tuple[Shown, Path]]:
    pictures: dict[str, tuple[Shown, Path]] = {}
    for query, prints in near.items():
        pair, source = asked[query]
        pictures[pair.image_sha256] = pair, source
        for item in prints:
            if item.old.image_sha256 not in pictures and (path := picture(item.old)) is not None:
                pictures[item.old.image_sha256] = item.old, path
    return pictures


def _confirmed(prints: Sequence[Print], sketches: Sketches, pictures: Container[str]) -> Iterator[Print]:
    """Those of one new picture, ordered by bits, that are prints of it."""
    first, *others = prints
    if first.bits <= CLEAR_BITS and all(other.bits - first.bits >= CLEAR_LEAD for other in others):
        yield first
        return
    for item in prints[:COMPARED]:
        if item.old.image_sha256 in pictures and (
            picture_likeness(item.old, item.new, sketches, _SETTINGS) >= _SETTINGS.picture_likeness
        ):
            yield item
