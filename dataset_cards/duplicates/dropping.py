"""Which pairs are left out as duplicates of another: none, unless the settings say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Sequence

from dataset_cards.duplicates.pictures import picture_likeness
from dataset_cards.duplicates.records import DroppedPair, DropReason, Link
from dataset_cards.duplicates.sketches import Sketches
from dataset_cards.duplicates.texts import nearly_equal, normal_text
from dataset_cards.settings import DuplicateSettings
from dataset_cards.union import Union
from extractors.records import Pair

_REVIEWED = ("accepted", "edited")


def dropped_pairs(
    pairs: Sequence[Pair],
    links: Sequence[Link],
    sketches: Sketches,
    settings: DuplicateSettings,
    published: Container[str],
) -> list[DroppedPair]:
    """The pairs to leave out, sorted by pair_id: each repeats both the picture and the text of a kept one.

    Of such pairs that one is kept which was published before, then a reviewed one, then the one with the
    highest confidence, the largest crop, the least pair_id. A picture with two different texts, or a text
    with two pictures, repeats nothing and stays.
    """
    if settings.drop == "none":
        return []
    dropped = list(_repeated(pairs, _same, published, "same-pair", lambda kept, pair: True))
    if settings.drop == "near":
        gone = {item.pair.pair_id for item in dropped}
        pictures, texts = _clusters(links, "picture"), _clusters(links, "text")

        def repeats(kept: Pair, pair: Pair) -> bool:
            alike = picture_likeness(kept, pair, sketches, settings) >= settings.picture_likeness
            return alike and _near_text(kept, pair, settings)

        def place(pair: Pair) -> Hashable:
            return pictures.root(pair.pair_id), texts.root(pair.pair_id)

        left = [pair for pair in pairs if pair.pair_id not in gone]
        dropped += _repeated(left, place, published, "near-pair", repeats)
    return sorted(dropped, key=lambda item: item.pair.pair_id)


def _same(pair: Pair) -> Hashable:
    return pair.image_sha256, normal_text(pair.description)


def _repeated(
    pairs: Sequence[Pair],
    place: Callable[[Pair], Hashable],
    published: Container[str],
    reason: DropReason,
    repeats: Callable[[Pair, Pair], bool],
) -> Iterable[DroppedPair]:
    """Among pairs of one place, those that repeat the best one; it is asked of each, as chains may drift."""
    gathered: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in pairs:
        gathered[place(pair)].append(pair)

    def worth(pair: Pair) -> tuple[object, ...]:
        return (
            pair.pair_id not in published,
            pair.review not in _REVIEWED,
            -pair.confidence,
            -pair.width * pair.height,
            pair.pair_id,
        )

    for together in gathered.values():
        kept, *others = sorted(together, key=worth)
        for pair in others:
            if repeats(kept, pair):
                yield DroppedPair(pair, reason, kept.pair_id)


def _clusters(links: Sequence[Link], of: str) -> Union:
    union = Union()
    for item in links:
        if item.why.endswith(of):
            union.join(item.first, item.second)
    return union


def _near_text(a: Pair, b: Pair, settings: DuplicateSettings) -> bool:
    return nearly_equal(normal_text(a.description), normal_text(b.description), settings) is not None
