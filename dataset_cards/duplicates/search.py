"""All duplicates of a shelf: links of pictures and of texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from dataset_cards.duplicates.pictures import Sourced, first_of_each, near_pictures, same_pictures
from dataset_cards.duplicates.records import Link
from dataset_cards.duplicates.sketches import Sketches
from dataset_cards.duplicates.texts import text_links
from dataset_cards.settings import DuplicateSettings


def sketches_of(pairs: Sequence[Sourced]) -> Sketches:
    """The sketches of the pictures of `pairs`, none drawn yet."""
    return Sketches(first_of_each(pairs))


def find_links(pairs: Sequence[Sourced], sketches: Sketches, settings: DuplicateSettings) -> list[Link]:
    """Every link, sorted; the order of `pairs` does not matter.

    Of pairs with the same picture or text, the one with the least pair_id stands for all: the others are
    linked to it, and links to near pictures or texts name it. Raises DamagedWorkspaceError when a crop that
    has to be compared cannot be read.
    """
    ordered = sorted(pairs, key=lambda item: item[0].pair_id)
    best: dict[tuple[str, str, str], Link] = {}
    for link in chain(
        same_pictures(ordered),
        near_pictures(ordered, sketches, settings),
        text_links([pair for pair, _ in ordered], settings),
    ):
        held = best.setdefault((link.first, link.second, link.why), link)
        if link.score > held.score:
            best[link.first, link.second, link.why] = link
    return sorted(best.values())
