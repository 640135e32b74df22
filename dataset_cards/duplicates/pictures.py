"""Pairs that show the same picture: equal files, and prints of one picture that hashes propose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dataset_cards.duplicates.hashes import Hashes, HashIndex
from dataset_cards.duplicates.likeness import likeness
from dataset_cards.duplicates.records import Link, Shown, link
from dataset_cards.duplicates.sketches import Sketches
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair

# Hashes that one hash is compared with: its nearest. A picture printed more often than this is still one
# chain of links.
NEIGHBOURS = 32
# Pictures that stand for all those of one hash. Pictures of one hash that are not alike are rare, save for
# plain cloth and blank paper, which may come in thousands.
LEADERS = 8
# Width to height of two prints of one picture: a crop of 5 % on both sides changes it by a tenth.
_ASPECT = 1.25
_TURNS = range(1, 8)

Sourced = tuple[Pair, Path]
"""A pair and the file of its crop."""


def first_of_each(pairs: Sequence[Sourced]) -> dict[str, Sourced]:
    """By image_sha256 the first pair that shows the picture."""
    firsts: dict[str, Sourced] = {}
    for pair, source in pairs:
        firsts.setdefault(pair.image_sha256, (pair, source))
    return firsts


def same_pictures(pairs: Sequence[Sourced]) -> Iterator[Link]:
    """Each pair linked to the first one that shows the very same file."""
    firsts = first_of_each(pairs)
    for pair, _ in pairs:
        first = firsts[pair.image_sha256][0]
        if first is not pair:
            yield link(first.pair_id, pair.pair_id, "same picture", 1.0)


def near_pictures(
    pairs: Sequence[Sourced], sketches: Sketches, settings: DuplicateSettings
) -> Iterator[Link]:
    """Links between different files that print one picture; the first of `pairs` to show one stands for it.

    Perceptual hashes propose, `likeness` confirms. Pairs without a hash are never proposed.
    """
    by_hash: dict[int, list[Pair]] = defaultdict(list)
    for pair, _ in first_of_each(pairs).values():
        if pair.image_phash:
            by_hash[int(pair.image_phash, 16)].append(pair)
    comparer = _Comparer(sketches, settings)
    leaders: dict[int, list[Pair]] = {}
    for value, shown in sorted(by_hash.items()):
        leaders[value] = []
        yield from comparer.gathered(shown, leaders[value])
    hashes = np.array(sorted(by_hash), np.uint64)
    index = HashIndex(hashes)
    for turn in (0, *_TURNS) if settings.turned else (0,):
        for one, other in _proposed(index, turned_hashes(hashes, turn), settings.picture_bits):
            if turn or one != other:
                yield from comparer.compared(leaders[one], leaders[other], turn)


def turned_hashes(hashes: Hashes, turn: int) -> Hashes:
    """What the hashes of the turned pictures would be, but for a few bits (turns as in `Sketch.turned`).

    A perceptual hash says which of the 8 x 8 lowest cosine terms lie above their median, which is about 0.
    Mirroring changes the sign of the odd terms of one direction, a quarter turn also swaps the directions.
    """
    bits = (hashes[:, None] >> np.arange(63, -1, -1, dtype=np.uint64)) & np.uint64(1)
    terms = bits.astype(bool).reshape(-1, 8, 8)
    odd = np.arange(8) % 2 == 1
    across, down = np.broadcast_to(odd, (8, 8)), np.broadcast_to(odd[:, None], (8, 8))
    if turn >= 4:
        terms = terms ^ across
    for _ in range(turn % 4):
        # A quarter turn against the clock: swapped, then mirrored top to bottom.
        terms = terms.transpose(0, 2, 1) ^ down
    weights = np.uint64(1) << np.arange(63, -1, -1, dtype=np.uint64)
    turned: Hashes = (terms.reshape(-1, 64) * weights).sum(axis=1, dtype=np.uint64)
    return turned


def _proposed(index: HashIndex, queries: Hashes, bits: int) -> list[tuple[int, int]]:
    """Pairs of near hashes, each once, the lesser first, sorted."""
    query, found, _ = index.near(queries, bits, NEIGHBOURS + 1)
    one, other = index.hashes[query], index.hashes[found]
    both = np.unique(np.stack([np.minimum(one, other), np.maximum(one, other)], axis=1), axis=0)
    return [(int(a), int(b)) for a, b in both]


def picture_likeness(a: Shown, b: Shown, sketches: Sketches, settings: DuplicateSettings) -> float:
    """How surely two pairs show prints of one picture, 0..1; the same whichever comes first."""
    if a.image_sha256 == b.image_sha256:
        return 1.0
    turns = range(len(_TURNS) + 1) if settings.turned else range(1)
    return max(_likeness(a, b, sketches, turn) for turn in turns)


class _Comparer:
    def __init__(self, sketches: Sketches, settings: DuplicateSettings) -> None:
        self._sketches = sketches
        self._enough = settings.picture_likeness

    def gathered(self, shown: Sequence[Pair], leaders: list[Pair]) -> Iterator[Link]:
        """Pictures of one hash, each linked to the leader it is like; fills `leaders`."""
        for pair in shown:
            alike = next(self._links(leaders, pair, 0), None)
            if alike is not None:
                yield alike
            elif len(leaders) < LEADERS:
                leaders.append(pair)

    def compared(self, some: Sequence[Pair], others: Sequence[Pair], turn: int) -> Iterator[Link]:
        for pair in some:
            yield from self._links(others, pair, turn)

    def _links(self, others: Sequence[Pair], pair: Pair, turn: int) -> Iterator[Link]:
        for other in others:
            if other.image_sha256 != pair.image_sha256:
                score = _likeness(other, pair, self._sketches, turn)
                if score >= self._enough:
                    yield link(other.pair_id, pair.pair_id, "near picture", score)


def _likeness(a: Shown, b: Shown, sketches: Sketches, turn: int) -> float:
    if not like_shapes(a, b, turn):
        return 0.0
    first, second = sorted((a.image_sha256, b.image_sha256))
    return likeness(sketches.get(first), sketches.get(second).turned(turn))


def like_shapes(a: Shown, b: Shown, turn: int = 0) -> bool:
    """Whether two crops, the second one turned, have nearly one proportion, as prints of one picture have."""
    width, height = (b.height, b.width) if turn % 2 else (b.width, b.height)
    ratio = (a.width * height) / (a.height * width)
    return 1 / _ASPECT <= ratio <= _ASPECT
