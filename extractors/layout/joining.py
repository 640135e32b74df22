"""Blocks of a page that are joined, one by one, to the captions they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractors.layout.blocks import Block

GONE = 1e12
"""Points: where a block stands that was joined to another."""


class JoinedBlocks:
    """The blocks of a page by index; what is joined to one leaves its own place."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks: list[Block | None] = list(blocks)
        self._corners = np.array([block.bbox for block in blocks], np.float64).reshape(-1, 4)

    def __getitem__(self, index: int) -> Block | None:
        """What is there now; None for what was joined to another."""
        return self._blocks[index]

    @property
    def blocks(self) -> list[Block]:
        """All there is now, in the old order."""
        return [block for block in self._blocks if block is not None]

    def near(self, index: int, reach: float) -> list[tuple[int, Block]]:
        """The other blocks at most `reach` points from one, with their indices, in order."""
        own, all_ = self._corners[index], self._corners
        dx = np.maximum(all_[:, 0] - own[2], own[0] - all_[:, 2])
        dy = np.maximum(all_[:, 1] - own[3], own[1] - all_[:, 3])
        found = np.flatnonzero(np.maximum(dx, dy) <= reach).tolist()
        return [(k, block) for k in found if k != index and (block := self._blocks[k]) is not None]

    def join(self, index: int, other: int, whole: Block) -> None:
        """Let `whole` stand for both."""
        self._blocks[index], self._blocks[other] = whole, None
        self._corners[index], self._corners[other] = whole.bbox, GONE
