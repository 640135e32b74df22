"""Which 64-bit hashes are near each other, found by looking up bands instead of comparing all with all.

A hash is cut into four bands of 16 bits. Two hashes that differ by no more than 11 bits differ by no more
than two in one of the bands (11 = 4 · 2 + 3), so whoever looks up each band of a hash with up to two of its
bits flipped finds every such neighbour: multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Three arrays of one length: number of the query, number of the hash found, bits that differ."""

BAND = 16
BANDS = 64 // BAND
FLIPS = 2
SURE_BITS = BANDS * (FLIPS + 1) - 1
"""Every neighbour within so many bits is looked at; of those farther away, most."""

# Hashes of one bucket that one look-up compares. Random hashes fill a bucket with 3 at 200,000; a bucket
# above this is a crowd of like pictures, of which those next in order, so alike in further bits, are taken.
CROWD = 128
# Queries worked on together, and finds held before the farther ones are let go: some 200 MB.
_QUERIES = 20_000
_HELD = 3_000_000

_MASKS = [
    sum(1 << bit for bit in bits) for flips in range(FLIPS + 1) for bits in combinations(range(BAND), flips)
]
_ONES = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


def differing_bits(a: Hashes, b: Hashes) -> npt.NDArray[np.int64]:
    """The Hamming distance of hashes, element by element."""
    words = np.ascontiguousarray(a ^ b).view(np.uint16).reshape(-1, 4)
    counts: npt.NDArray[np.int64] = _ONES[words].sum(axis=1, dtype=np.int64)
    return counts


class HashIndex:
    """Hashes ready to be looked up."""

    def __init__(self, hashes: Hashes) -> None:
        """`hashes`: n different values; what is found is named by its place in this array."""
        self.hashes = hashes
        self._orders: list[npt.NDArray[np.int64]] = []
        self._turned: list[Hashes] = []
        self._starts: list[npt.NDArray[np.int64]] = []
        edges = np.arange((1 << BAND) + 1, dtype=np.int64)
        for band in range(BANDS):
            turned = _turn(hashes, band)
            order = np.argsort(turned, kind="stable")
            self._orders.append(order)
            self._turned.append(turned[order])
            self._starts.append(
                np.searchsorted((turned[order] >> np.uint64(64 - BAND)).astype(np.int64), edges)
            )

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

    def _looked_up(self, queries: Hashes) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """(query, hash) of every look-up: each band, with each mask."""
        everyone = np.arange(len(queries))
        for band in range(BANDS):
            order, turned, starts = self._orders[band], self._turned[band], self._starts[band]
            wanted = _turn(queries, band)
            for mask in _MASKS:
                aim = wanted ^ np.uint64(mask << (64 - BAND))
                key = (aim >> np.uint64(64 - BAND)).astype(np.int64)
                start, end = starts[key], starts[key + 1]
                crowded = np.flatnonzero(end - start > CROWD)
                if len(crowded):
                    place = np.searchsorted(turned, aim[crowded]) - CROWD // 2
                    start[crowded] = np.clip(place, start[crowded], end[crowded] - CROWD)
                    end[crowded] = start[crowded] + CROWD
                sizes = end - start
                query = np.repeat(everyone, sizes)
                within = np.arange(len(query)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
                yield query, order[start[query] + within]


def _turn(hashes: Hashes, band: int) -> Hashes:
    """The hashes with a band brought to their highest bits; the other bits follow in a circle."""
    if band == 0:
        return hashes
    shift = BAND * band
    return (hashes << np.uint64(shift)) | (hashes >> np.uint64(64 - shift))


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
