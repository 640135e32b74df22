"""Which 64-bit hashes are near each other, found by looking up bands instead of comparing all with all.

A hash is cut into four bands of 16 bits. Two hashes that differ by no more than 11 bits differ by no more
than two in one of the bands (11 = 4 · 2 + 3), so whoever looks up each band of a hash with up to two of its
bits flipped finds every such neighbour: multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012).
Among more hashes than 16 bits tell apart the buckets would fill, and the comparisons grow as the square;
there the bands are three, of 21 or 22 bits, and three bits are flipped (11 = 3 · 3 + 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, combinations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Looked = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Three arrays of one length: number of the query, number of the hash found, bits that differ."""

# Widths of the bands and bits flipped in each.
_FEW = ((16, 16, 16, 16), 2)
_MANY = ((22, 21, 21), 3)
# From so many hashes on the wide bands take less time (measured).
_MANY_HASHES = 100_000

SURE_BITS = 11
"""Every neighbour within so many bits is looked at; of those farther away, most."""

# Hashes of one bucket that one look-up compares. Random hashes hardly fill a bucket; one above this is a
# crowd of like pictures, of which those next in order, so alike in further bits, are taken.
CROWD = 128
# Queries worked on together, and finds held before the farther ones are let go: some 200 MB.
_QUERIES = 20_000
_HELD = 3_000_000

_ONES = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


def differing_bits(a: Hashes, b: Hashes) -> npt.NDArray[np.int64]:
    """The Hamming distance of hashes, element by element."""
    words = np.ascontiguousarray(a ^ b).view(np.uint16).reshape(-1, 4)
    counts: npt.NDArray[np.int64] = _ONES[words].sum(axis=1, dtype=np.int64)
    return counts


@dataclass(frozen=True)
class _Band:
    """The hashes in the order of one band, and where each value of the band begins in it."""

    first_bit: int
    width: int
    order: npt.NDArray[np.int64]
    turned: Hashes
    starts: npt.NDArray[np.int64]
    taken: npt.NDArray[np.bool_]
    """By value: whether there is such a hash; small, so that most look-ups end here."""

    @staticmethod
    def of(hashes: Hashes, first_bit: int, width: int) -> _Band:
        turned = _turn(hashes, first_bit)
        order = np.argsort(turned, kind="stable")
        values = (turned[order] >> np.uint64(64 - width)).astype(np.int64)
        starts = np.searchsorted(values, np.arange((1 << width) + 1, dtype=np.int64))
        return _Band(first_bit, width, order, turned[order], starts, np.diff(starts) > 0)

    def look_up(self, aims: Hashes, mask: int) -> Looked:
        """The hashes whose band is that of `aims` with the bits of `mask` flipped: (aim, hash), by place."""
        keys = (aims >> np.uint64(64 - self.width)).astype(np.int64) ^ mask
        query = np.flatnonzero(self.taken[keys])
        start, end = self.starts[keys[query]], self.starts[keys[query] + 1]
        crowded = np.flatnonzero(end - start > CROWD)
        if len(crowded):
            aim = aims[query[crowded]] ^ np.uint64(mask << (64 - self.width))
            place = np.searchsorted(self.turned, aim) - CROWD // 2
            start[crowded] = np.clip(place, start[crowded], end[crowded] - CROWD)
            end[crowded] = start[crowded] + CROWD
        sizes = end - start
        first = np.repeat(start - (np.cumsum(sizes) - sizes), sizes)
        return np.repeat(query, sizes), self.order[first + np.arange(len(first))]


class HashIndex:
    """Hashes ready to be looked up."""

    def __init__(self, hashes: Hashes) -> None:
        """`hashes`: n different values; what is found is named by its place in this array."""
        self.hashes = hashes
        widths, self._flips = _FEW if len(hashes) < _MANY_HASHES else _MANY
        ends = accumulate(widths)
        self._bands = [_Band.of(hashes, end - width, width) for end, width in zip(ends, widths, strict=True)]

    def near(self, queries: Hashes, bits: int, most: int) -> Found:
        """For each query the `most` nearest hashes within `bits`, itself included where it is indexed.

        Sorted by query, then bits, then place; equal distances are decided by the place in the index.
        Sure to be complete up to `SURE_BITS`, crowds excepted (see `CROWD`).
        """
        parts = [
            self._near(queries[at : at + _QUERIES], bits, most, at) for at in range(0, len(queries), _QUERIES)
        ]
        if not parts:
            return _nothing()
        query, found, far = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return query, found, far

    def _near(self, queries: Hashes, bits: int, most: int, offset: int) -> Found:
        held: list[Found] = [_nothing()]
        count = 0
        for query, found in self._looked_up(queries):
            far = differing_bits(queries[query], self.hashes[found])
            close = far <= bits
            held.append((query[close], found[close], far[close]))
            count += len(held[-1][0])
            if count > _HELD:
                held, count = [_nearest(held, most)], 0
        query, found, far = _nearest(held, most)
        return query + offset, found, far

    def _looked_up(self, queries: Hashes) -> Iterator[Looked]:
        """(query, hash) of every look-up: each band, with each mask."""
        for band in self._bands:
            aims = _turn(queries, band.first_bit)
            for flips in range(self._flips + 1):
                for bits in combinations(range(band.width), flips):
                    yield band.look_up(aims, sum(1 << bit for bit in bits))


def _turn(hashes: Hashes, first_bit: int) -> Hashes:
    """The hashes with the bits from `first_bit` on brought to the top; the others follow in a circle."""
    if first_bit == 0:
        return hashes
    return (hashes << np.uint64(first_bit)) | (hashes >> np.uint64(64 - first_bit))


def _nothing() -> Found:
    empty = np.empty(0, np.int64)
    return empty, empty, empty


def _nearest(parts: list[Found], most: int) -> Found:
    """The `most` nearest of each query, each once, in order."""
    query, found, far = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((found, far, query))
    query, found, far = query[order], found[order], far[order]
    if not len(query):
        return query, found, far
    new = np.r_[True, (np.diff(query) != 0) | (np.diff(found) != 0)]
    query, found, far = query[new], found[new], far[new]
    first = np.r_[True, np.diff(query) != 0]
    rank = np.arange(len(query)) - np.maximum.accumulate(np.where(first, np.arange(len(query)), 0))
    kept = rank < most
    return query[kept], found[kept], far[kept]
