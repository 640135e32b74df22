"""Train, val and test without leaks: what belongs together stays together, and nothing ever moves.

Two pairs belong together when they share a group (one caption or one entry), when one is a part of the
other, or when they are linked as duplicates. The parts of the graph that this makes are divided, not the
pairs. Which split a part falls to is drawn by a hash of its name; a quota keeps the sizes near their target.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate

from dataset_cards.duplicates.records import Link
from dataset_cards.settings import SplitRatios
from dataset_cards.union import Union
from extractors.records import Pair

SPLITS = ("train", "val", "test")
HELD_OUT = ("val", "test")

# A component above this share of all pairs draws no lot: one alone would fill val, or half of test, and a
# score on it would say little. It goes where most is lacking, as a rule to train.
GIANT_SHARE = 0.01
# In a small dataset an ordinary entry is above that share; it is no giant.
GIANT_PAIRS = 10

STRICTEST_FIRST = ("test", "val", "train")
"""Which split new pairs follow when they belong to old pairs of several: an old test pair then has no near
relative among the new training pairs."""


def components(pairs: Sequence[Pair], links: Iterable[Link] = ()) -> list[list[Pair]]:
    """The connected components of `pairs`, each sorted by pair_id, in the order of their first pair_id."""
    union = Union()
    for pair in pairs:
        for key in _keys(pair):
            union.join(key, pair.pair_id)
    for link in links:
        union.join(link.first, link.second)
    members: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: pair.pair_id):
        members[union.root(pair.pair_id)].append(pair)
    return list(members.values())


def assign_splits(
    pairs: Sequence[Pair],
    ratios: SplitRatios,
    previous: Mapping[str, str] | None = None,
    parts: Sequence[Sequence[Pair]] | None = None,
    follows: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The split of every pair: pair_id -> train, val or test.

    `parts` are the components of `pairs`, when more than the pairs themselves tells what belongs together.
    A pair in `previous` (pair_id -> split of earlier versions) keeps its split. A new pair whose component
    holds old pairs, or new pairs that belong to a split by what they show (`follows`: pair_id -> split),
    takes theirs; where they differ, test before val before train. A component of other new pairs
    only goes to the split that a hash of its first pair_id draws, unless that one has no room for it: then to
    the split furthest below its target. With too few components for three splits, train is served first.
    The result depends on the set of pairs, not on their order.
    """
    known = {} if previous is None else previous
    splits = {pair.pair_id: known[pair.pair_id] for pair in pairs if pair.pair_id in known}
    fresh: list[Sequence[Pair]] = []
    for component in components(pairs) if parts is None else parts:
        taken = {splits[pair.pair_id] for pair in component if pair.pair_id in splits}
        taken |= {follows[pair.pair_id] for pair in component if follows and pair.pair_id in follows}
        if not taken:
            fresh.append(component)
            continue
        followed = next(split for split in STRICTEST_FIRST if split in taken)
        for pair in component:
            splits.setdefault(pair.pair_id, followed)
    counts = Counter(splits.values())
    # The large ones first: the small ones, at the end, fill what is left to the last pair.
    for component in sorted(fresh, key=lambda part: (-len(part), _lot(part))):
        split = _drawn(component, counts, ratios, len(pairs))
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


def _lot(component: Sequence[Pair]) -> int:
    """A number below 2⁶⁴ that only the component's first pair_id decides."""
    return int.from_bytes(hashlib.sha256(component[0].pair_id.encode()).digest()[:8])


def _drawn(component: Sequence[Pair], counts: Mapping[str, int], ratios: SplitRatios, total: int) -> str:
    """The split a component of new pairs falls to."""
    parts = _parts(ratios)
    whole = sum(parts.values())
    if len(component) <= max(total * GIANT_SHARE, GIANT_PAIRS):
        place = _lot(component) * whole >> 64
        split = next(
            name for name, upto in zip(SPLITS, accumulate(parts.values()), strict=True) if place < upto
        )
        if (counts.get(split, 0) + len(component)) * whole <= parts[split] * total:
            return split
    return _furthest_below(counts, ratios, total)


def _furthest_below(counts: Mapping[str, int], ratios: SplitRatios, total: int) -> str:
    """The split that lacks most; in whole numbers, so that no rounding decides; the first one on a tie."""
    parts = _parts(ratios)
    whole = sum(parts.values())
    return max(
        (split for split in SPLITS if parts[split]),
        key=lambda split: parts[split] * total - counts.get(split, 0) * whole,
    )


def _parts(ratios: SplitRatios) -> dict[str, int]:
    return {"train": ratios.train, "val": ratios.val, "test": ratios.test}
