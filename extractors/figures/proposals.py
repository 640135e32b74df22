"""Region proposers: each says where figures, captions and tables may be on a page, and how sure it is.

A proposer never overrides another. Their boxes, scores and agreement are what the choice of figures is made
from. To add one, write a class with `name`, `digest` and `propose`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pymupdf
from numpy.typing import NDArray

from extractors.document import render
from extractors.figures.paint import PaintOp
from extractors.geometry import Box
from extractors.records import TextLine
from extractors.settings import Limits

RegionLabel = Literal["figure", "group", "caption", "table", "other"]
"""A group is all figures under one caption."""


@dataclass(frozen=True, slots=True)
class RegionProposal:
    """One box that a proposer sees on a page."""

    bbox: Box
    """[x0, y0, x1, y1] in PDF points, origin top-left, as displayed."""
    label: RegionLabel
    score: float
    """0..1: how sure the proposer is. Scores of two proposers are not on one scale."""
    source: str
    """The proposer's name."""

    def __post_init__(self) -> None:
        if not (self.bbox[0] <= self.bbox[2] and self.bbox[1] <= self.bbox[3]):
            raise ValueError(f"not a box: {self.bbox}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score} is not in 0..1")


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """What a proposer may look at: the PDF page, what it paints, its text, its picture."""

    page: pymupdf.Page
    number: int
    """1-based."""
    limits: Limits
    ops: Sequence[PaintOp] = ()
    """The paint log: images, fills and strokes in the order of painting; empty for a scan."""
    lines: Sequence[TextLine] = ()
    """Text lines of the text layer; empty before OCR."""

    @property
    def bounds(self) -> Box:
        """The page in points, as displayed."""
        return 0.0, 0.0, self.page.rect.width, self.page.rect.height

    def picture(self, dpi: float) -> NDArray[np.uint8]:
        """The page rendered: (height, width, 3) uint8 RGB. Raises TuwenError for one over the limits."""
        return render(self.page, dpi, self.limits)


class RegionProposer(Protocol):
    """Looks at one page at a time and keeps nothing between two pages."""

    name: str
    """Stable slug, stored as `RegionProposal.source`."""
    digest: str
    """Changes whenever the proposer could answer differently: part of the cache key of stored pages."""

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        """Proposals for `page`, best first. Raises TuwenError where the page cannot be rendered."""
        ...
