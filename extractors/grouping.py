"""Looking boxes up by place and grouping those that are near one another, in near-linear time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import shapely  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from extractors.geometry import Box, union

PAIRS_PER_BOX = 16
"""Pairs looked at before what they join is merged: in a heap of overlapping boxes all pairs are too many."""
CHUNK = 64
"""Boxes looked up at once: enough to keep the work in native code, few enough to stop early in a heap."""
ROUNDING = 1e-6
"""Points added to a search, so that rounding loses no neighbour; the exact distance decides after it."""
FEW = 4096
"""Up to this many pairs are looked at one by one sooner than the tree is asked."""

Pairs = NDArray[np.intp]
"""Indices of boxes, (n, 2)."""
G = TypeVar("G")


class BoxIndex:
    """Boxes (points) that can be looked up by place."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._corners = np.array(boxes, np.float64).reshape(-1, 4)
        self._tree: shapely.STRtree | None = None

    def near(self, box: Box, reach: float = 0.0) -> list[int]:
        """Indices, ascending, of the boxes at most `reach` points from `box` (0: they touch or overlap)."""
        return self.near_each([box], reach)[0]

    def near_each(self, boxes: Sequence[Box], reach: float = 0.0) -> list[list[int]]:
        """`near` of each of `boxes`, at the price of one search."""
        found: list[list[int]] = [[] for _ in boxes]
        if len(self._corners) and boxes:
            for row, k in self.pairs(np.array(boxes, np.float64), reach).tolist():
                found[row].append(k)
        return found

    def nearest(self, boxes: Sequence[Box], count: int) -> list[list[int]]:
        """Indices, ascending, of the `count` boxes nearest to each of `boxes`; of equals the first."""
        found: list[list[int]] = [[] for _ in boxes]
        corners = np.array(boxes, np.float64).reshape(-1, 4)
        count = min(count, len(self._corners))
        if not count or not boxes:
            return found
        extent = float(np.ptp(np.concatenate([self._corners, corners]), axis=0).max()) + 1.0
        reach = extent * (count / len(self._corners)) ** 0.5
        waiting = np.arange(len(corners))
        while len(waiting):
            pairs = self.pairs(corners[waiting], reach)
            enough = np.bincount(pairs[:, 0], minlength=len(waiting)) >= count
            pairs = pairs[enough[pairs[:, 0]]]
            apart = _apart(corners[waiting[pairs[:, 0]]], self._corners[pairs[:, 1]])
            pairs = pairs[np.lexsort((pairs[:, 1], apart, pairs[:, 0]))]
            rank = np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0])
            for row, k in pairs[rank < count].tolist():
                found[waiting[row]].append(k)
            waiting, reach = waiting[~enough], 2 * reach
        return [sorted(indices) for indices in found]

    def pairs(self, corners: NDArray[np.float64], reach: float) -> Pairs:
        """(row of `corners` (n, 4), index of box) of all that are at most `reach` points apart, sorted."""
        if len(corners) * len(self._corners) <= FEW:
            rows, found = np.divmod(np.arange(len(corners) * len(self._corners)), max(1, len(self._corners)))
        else:
            if self._tree is None:
                self._tree = shapely.STRtree(shapely.box(*self._corners.T))
            grown = corners + (reach + ROUNDING) * np.array([-1.0, -1.0, 1.0, 1.0])
            rows, found = self._tree.query(shapely.box(*grown.T))
        kept = _apart(corners[rows], self._corners[found]) <= reach
        rows, found = rows[kept], found[kept]
        order = np.lexsort((found, rows))
        return np.column_stack([rows[order], found[order]])


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distance (points) of each box of `a` from that of `b`, both (n, 4)."""
    dx = np.maximum(0.0, np.maximum(a[:, 0] - b[:, 2], b[:, 0] - a[:, 2]))
    dy = np.maximum(0.0, np.maximum(a[:, 1] - b[:, 3], b[:, 1] - a[:, 3]))
    return np.asarray(np.hypot(dx, dy))


def group_boxes(
    boxes: Sequence[Box], reach: float, joined: Callable[[Box, Box], bool] | None = None
) -> list[list[int]]:
    """Indices of `boxes` (points) in groups of neighbours.

    What is at most `reach` apart is merged into the box around it, until no two boxes are so near. With
    `joined`, only neighbours for which it holds merge. Groups come in the order of their first members,
    members ascending.
    """
    groups = [[i] for i in range(len(boxes))]
    unions = list(boxes)
    while len(unions) > 1:
        links, complete = _links(unions, reach, joined)
        merged = _components(links, len(unions))
        if len(merged) == len(unions) and complete:
            break
        groups = [sorted(i for k in members for i in groups[k]) for members in merged]
        unions = [union([unions[k] for k in members]) for members in merged]
    return groups


def merge_nearest_first(
    boxes: Sequence[Box], reach: float, groups: Sequence[G], merge: Callable[[G, G], G | None]
) -> list[list[int]]:
    """Indices of `boxes` (points) in groups that grow from neighbour to neighbour, the nearest first.

    Each box begins as a group, which `groups` describes. Two groups with boxes at most `reach` apart become
    the group that `merge` makes of them, unless that is None. Groups come in the order of their first
    members, members ascending.
    """
    known = list(groups)
    forest = _Forest(len(boxes))
    for i, j in _nearest_first(boxes, reach):
        a, b = forest.root(i), forest.root(j)
        whole = merge(known[min(a, b)], known[max(a, b)]) if a != b else None
        if whole is not None:
            known[forest.join(a, b)] = whole
    return forest.groups()


def _nearest_first(boxes: Sequence[Box], reach: float) -> Iterator[tuple[int, int]]:
    """Pairs of boxes at most `reach` apart, the nearest first, of equals the first."""
    corners = np.array(boxes, np.float64).reshape(-1, 4)
    pairs = BoxIndex(boxes).pairs(corners, reach)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    apart = _apart(corners[pairs[:, 0]], corners[pairs[:, 1]])
    yield from (tuple(pair) for pair in pairs[np.lexsort((pairs[:, 1], pairs[:, 0], apart))].tolist())


class _Forest:
    """Union-find: things that are joined one pair at a time."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, i: int) -> int:
        """The first member of the group of `i`."""
        while self._above[i] != i:
            self._above[i] = self._above[self._above[i]]
            i = self._above[i]
        return i

    def join(self, a: int, b: int) -> int:
        """Make one group of those with the roots `a` and `b`; its root."""
        first, second = min(a, b), max(a, b)
        self._above[second] = first
        return first

    def groups(self) -> list[list[int]]:
        """All groups in the order of their first members, members ascending."""
        return _by_label([self.root(i) for i in range(len(self._above))])


def _links(
    boxes: Sequence[Box], reach: float, joined: Callable[[Box, Box], bool] | None
) -> tuple[Pairs, bool]:
    """Pairs of boxes to be merged, and whether these are all there are.

    Nearness survives merging, so that the search may stop after some pairs and go on with the merged boxes;
    `joined` may not, so all its pairs are asked.
    """
    corners = np.array(boxes, np.float64)
    index = BoxIndex(boxes)
    found: list[Pairs] = []
    seen = 0
    for start in range(0, len(boxes), CHUNK):
        pairs = index.pairs(corners[start : start + CHUNK], reach) + np.array([start, 0])
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        if joined is not None:
            pairs = np.array([p for p in pairs if joined(boxes[p[0]], boxes[p[1]])], np.intp).reshape(-1, 2)
        found.append(pairs)
        seen += len(pairs)
        if joined is None and seen > PAIRS_PER_BOX * len(boxes):
            return np.concatenate(found), False
    return np.concatenate(found), True


def _components(links: Pairs, count: int) -> list[list[int]]:
    """The connected components of `count` things, in the order of their first members."""
    graph = coo_array((np.ones(len(links), np.int8), (links[:, 0], links[:, 1])), shape=(count, count))
    return _by_label(connected_components(graph, directed=False)[1].tolist())


def _by_label(labels: Sequence[int]) -> list[list[int]]:
    """Indices of equal labels together, in the order of their first ones."""
    members: dict[int, list[int]] = {}
    for i, label in enumerate(labels):
        members.setdefault(label, []).append(i)
    return list(members.values())
