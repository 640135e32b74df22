"""The blocks and figures of a page, looked up by where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractors.geometry import Box
from extractors.grammar.characters import has_han
from extractors.grouping import BoxIndex
from extractors.layout.blocks import Block


class Surroundings:
    """What stands around each block of a page. Boxes and distances in points."""

    def __init__(self, blocks: Sequence[Block], figures: Sequence[Box]) -> None:
        self.figures = figures
        self.usual_size = _usual_size(blocks)
        """The size most characters of the page are set in; 0 without any."""
        self.is_horizontal = any(not block.vertical and has_han(block.text) for block in blocks)
        """Whether Chinese lines of the page run across."""
        self.blocks = blocks
        self.repeated_asides: list[Block] | None = None
        """Titles of asides (`candidates`), once they were looked for."""
        self._by_place = BoxIndex([block.bbox for block in blocks])
        self._figures_by_place = BoxIndex(figures)

    def blocks_near(self, block: Block, reach: float) -> list[Block]:
        """The blocks at most `reach` from `block`, itself among them, in their order."""
        return [self.blocks[k] for k in self._by_place.near(block.bbox, reach)]

    def figures_near(self, box: Box, reach: float) -> list[Box]:
        """The figures at most `reach` from `box`, in their order."""
        return [self.figures[k] for k in self._figures_by_place.near(box, reach)]


def _usual_size(blocks: Sequence[Block]) -> float:
    sizes: Counter[float] = Counter()
    for block in blocks:
        sizes[round(block.size * 2) / 2] += len(block.text)
    return min(sizes, key=lambda size: (-sizes[size], size), default=0.0)
