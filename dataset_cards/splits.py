"""Train, val and test without leaks: what belongs together stays together, and nothing ever moves.

Two pairs belong together when they share a group (one caption or one entry), when one is a part of the
other, or when they show the same picture. The parts of the graph that this makes are divided, not the pairs.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from dataset_cards.settings import SplitRatios
from extractors.records import Pair

SPLITS = ("train", "val", "test")

# Components above this share of all pairs are placed first, largest first: put in last, one of them alone
# would carry a full split past its target by more than a point.
GIANT_SHARE = 0.01
# In a small dataset an ordinary entry is above that share; it is no giant.
GIANT_PAIRS = 10

# Which split new pairs follow when their component holds old pairs of several splits: an old test pair then
# has no near relative among the new training pairs.
_STRICTEST_FIRST = ("test", "val", "train")


def components(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The connected components of `pairs`, each sorted by pair_id, in the order of their first pair_id."""
    parent: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for pair in pairs:
        for key in _keys(pair):
            parent[root(key)] = root(pair.pair_id)
    members: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: pair.pair_id):
        members[root(pair.pair_id)].append(pair)
    return list(members.values())


def assign_splits(
    pairs: Sequence[Pair], ratios: SplitRatios, previous: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The split of every pair: pair_id -> train, val or test.

    A pair in `previous` (pair_id -> split of earlier versions) keeps its split. A new pair whose component
    holds old pairs takes theirs; where they differ, test before val before train. A component of new pairs
    only goes to the split furthest below its target; with too few components for three splits, train is
    served first. The result depends on the set of pairs, not on their order.
    """
    known = {} if previous is None else previous
    splits = {pair.pair_id: known[pair.pair_id] for pair in pairs if pair.pair_id in known}
    fresh: list[list[Pair]] = []
    for component in components(pairs):
        taken = {splits[pair.pair_id] for pair in component if pair.pair_id in splits}
        if not taken:
            fresh.append(component)
            continue
        followed = next(split for split in _STRICTEST_FIRST if split in taken)
        for pair in component:
            splits.setdefault(pair.pair_id, followed)
    counts = Counter(splits.values())
    for component in _in_order(fresh, len(pairs)):
        split = _furthest_below(counts, ratios, len(pairs))
        counts[split] += len(component)
        splits.update((pair.pair_id, split) for pair in component)
    return splits


def _keys(pair: Pair) -> Iterable[Hashable]:
    """What ties `pair` to others. Names given inside a book count in that book only; pictures everywhere."""
    book = pair.book_sha256
    if pair.group:
        yield "group", book, pair.group
    if pair.figure_id:
        yield "figure", book, pair.figure_id
    if pair.parent:
        yield "figure", book, pair.parent
    if pair.image_sha256:
        yield "picture", pair.image_sha256


def _in_order(fresh: list[list[Pair]], total: int) -> list[list[Pair]]:
    """Giants by size, then the rest in an order that is random but always the same."""

    def order(component: list[Pair]) -> tuple[int, str]:
        size = len(component) if len(component) > max(total * GIANT_SHARE, GIANT_PAIRS) else 0
        return -size, hashlib.sha256(component[0].pair_id.encode()).hexdigest()

    return sorted(fresh, key=order)


def _furthest_below(counts: Mapping[str, int], ratios: SplitRatios, total: int) -> str:
    """The split that lacks most; in whole numbers, so that no rounding decides; the first one on a tie."""
    parts = {"train": ratios.train, "val": ratios.val, "test": ratios.test}
    whole = sum(parts.values())
    return max(
        (split for split in SPLITS if parts[split]),
        key=lambda split: parts[split] * total - counts.get(split, 0) * whole,
    )
