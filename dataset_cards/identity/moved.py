"""Val and test pairs of earlier versions that the training pairs of this one show: by picture or by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataset_cards.duplicates.pictures import Sourced
from dataset_cards.identity.places import by_place, sharing_pixels
from dataset_cards.identity.prints import find_prints
from dataset_cards.identity.records import Figure, History
from dataset_cards.splits import HELD_OUT
from extractors.records import Pair


def shown_in_train(
    history: History, pairs: Sequence[Sourced], splits: Mapping[str, str]
) -> list[tuple[Figure, Pair, int | None]]:
    """Each held-out figure that `pairs` no longer hold and train shows, with the training pair that is
    nearest.

    `splits` names the split of each of `pairs`. The third is the number of bits between the hashes, None
    where only the place tells. Raises DamagedWorkspaceError for a crop that cannot be read.
    """
    gone = [
        figure
        for pair_id, figure in sorted(history.figures.items())
        if figure.split in HELD_OUT and pair_id not in splits
    ]
    train = sorted(
        (item for item in pairs if splits[item[0].pair_id] == "train"), key=lambda item: item[0].pair_id
    )
    nearest: dict[str, tuple[Figure, Pair, int | None]] = {}
    prints = find_prints(gone, train, history.picture) if gone else []
    for item in sorted(prints, key=lambda item: (not item.exact, item.bits, item.new.pair_id)):
        nearest.setdefault(item.old.pair_id, (item.old, item.new, item.bits))
    places = by_place(gone)
    for pair, _ in train:
        for figure in sharing_pixels(pair, places.get((pair.book_sha256, pair.page), ())):
            nearest.setdefault(figure.pair_id, (figure, pair, None))
    return [nearest[pair_id] for pair_id in sorted(nearest)]
