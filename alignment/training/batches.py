"""Which pairs of an epoch go together: dealt like cards, so that no batch repeats a text, picture or group.

Two pairs that share any of them belong to one family, and so do those they share others with. The families
are shuffled, laid out one after the other and dealt to the batches in turn. A family no larger than the
number of batches is thus never in one batch twice, all pairs come once an epoch, and batches differ in size
by one at most: no small last batch, whose contrast would be easy. With a single batch nothing can be kept
apart.
"""

from __future__ import annotations

import math
import random

from alignment.training.relations import Relations


class BatchSampler:
    """The batches of an epoch, the same for equal (seed, epoch) whatever the workers or processes."""

    def __init__(self, relations: Relations, batch_size: int, seed: int) -> None:
        """`batch_size` is the most pairs a batch may hold, over all processes."""
        self._families = _families(relations)
        self._seed = seed
        self.count = math.ceil(len(relations) / batch_size)
        """Batches of an epoch."""

    def batches(self, epoch: int) -> list[list[int]]:
        """The numbers of the pairs of each batch, in the order they are to be taken."""
        dice = random.Random(f"batches/{self._seed}/{epoch}")
        families = [
            dice.sample(family, len(family)) for family in dice.sample(self._families, len(self._families))
        ]
        laid_out = [pair for family in families for pair in family]
        dealt = [laid_out[start :: self.count] for start in range(self.count)]
        dice.shuffle(dealt)
        return dealt


def _families(relations: Relations) -> list[list[int]]:
    """The connected components of pairs that share a text, a picture or a group, in order of first pairs."""
    parent = list(range(len(relations)))

    def root(pair: int) -> int:
        while parent[pair] != pair:
            parent[pair] = parent[parent[pair]]
            pair = parent[pair]
        return pair

    for numbers in (relations.texts, relations.images, relations.groups):
        first: dict[int, int] = {}
        for pair, number in enumerate(numbers.tolist()):
            one, other = root(first.setdefault(number, pair)), root(pair)
            parent[max(one, other)] = min(one, other)
    families: dict[int, list[int]] = {}
    for pair in range(len(relations)):
        families.setdefault(root(pair), []).append(pair)
    return list(families.values())
