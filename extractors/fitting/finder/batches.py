"""Batches of training pages as arrays: batch `index` of a seed is always the same.

Pages are drawn in blocks; each page of a block is seen `SEEN` times, the first time as drawn, then varied.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from extractors.fitting.finder.pages import TrainingPage, training_page, varied
from extractors.fitting.finder.targets import targets_of

BLOCK = 32
"""Batches of fresh pages to a block; a block has BLOCK * SEEN batches."""
SEEN = 3
SINGLES, SPREADS = 4, 3
"""Pages of a batch: a canvas of two pages is larger."""
SPREAD_SHARE = 0.27
"""Share of batches that hold spreads."""
LABELLED = 2
"""This number of the pages of a batch are labelled ones, where there are any of its canvas."""


@dataclass(frozen=True)
class Batch:
    """Arrays for one step; the first axis is the page."""

    pages: NDArray[np.uint8]
    """B x 3 x H x W."""
    boxes: NDArray[np.float32]
    hits: NDArray[np.int8]
    maps: NDArray[np.uint8]


@dataclass
class PageStream:
    """Draws batches by their index, keeping the pages of the present block."""

    seed: int
    labelled: Sequence[TrainingPage] = ()
    """Pages of real books that are seen among the drawn ones."""
    _kept: OrderedDict[tuple[int, int], TrainingPage] = field(default_factory=OrderedDict)

    def _is_spread(self, batch: int) -> bool:
        return bool(np.random.default_rng([self.seed, 0, batch]).random() < SPREAD_SHARE)

    def _page(self, batch: int, slot: int) -> TrainingPage:
        """Page `slot` of the batch of fresh pages `batch`."""
        key = (batch, slot)
        if key not in self._kept:
            rng = np.random.default_rng([self.seed, 1, batch, slot])
            self._kept[key] = training_page(rng, spread=self._is_spread(batch))
            while len(self._kept) > BLOCK * SINGLES:
                self._kept.popitem(last=False)
        return self._kept[key]

    def _sources(self, index: int) -> list[tuple[int, int]]:
        """The fresh batch and the slot of each page of batch `index`."""
        block, place = divmod(index, BLOCK * SEEN)
        seen, at = divmod(place, BLOCK)
        fresh = list(range(block * BLOCK, (block + 1) * BLOCK))
        size = {False: SINGLES, True: SPREADS}
        if not seen:
            return [(fresh[at], slot) for slot in range(size[self._is_spread(fresh[at])])]
        rng = np.random.default_rng([self.seed, 2, block, seen])
        mixed: dict[bool, list[tuple[int, int]]] = {}
        for spread in (False, True):
            own = [(b, s) for b in fresh if self._is_spread(b) == spread for s in range(size[spread])]
            mixed[spread] = [own[int(i)] for i in rng.permutation(len(own))]
        spread = self._is_spread(fresh[at])
        before = sum(self._is_spread(b) == spread for b in fresh[:at])
        return mixed[spread][before * size[spread] : (before + 1) * size[spread]]

    def _put_labelled(self, index: int, pages: list[TrainingPage]) -> None:
        """Put labelled pages, varied, in the place of the first LABELLED of `pages`."""
        fitting = [page for page in self.labelled if page.pixels.shape == pages[0].pixels.shape]
        for slot in range(LABELLED if fitting else 0):
            rng = np.random.default_rng([self.seed, 4, index, slot])
            pages[slot : slot + 1] = [varied(rng, fitting[int(rng.integers(len(fitting)))])]

    def batch(self, index: int) -> Batch:
        """Batch `index`, 0-based."""
        pages = [self._page(*source) for source in self._sources(index)]
        if index % (BLOCK * SEEN) >= BLOCK:
            pages = [
                varied(np.random.default_rng([self.seed, 3, index, slot]), page)
                for slot, page in enumerate(pages)
            ]
        self._put_labelled(index, pages)
        targets = [targets_of(page) for page in pages]
        return Batch(
            np.stack([np.ascontiguousarray(page.pixels.transpose(2, 0, 1)) for page in pages]),
            np.stack([target.boxes for target in targets]),
            np.stack([target.hits for target in targets]),
            np.stack([target.maps for target in targets]),
        )
