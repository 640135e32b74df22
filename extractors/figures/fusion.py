"""Joins the answers of several region proposers into one: agreement makes a region surer."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from extractors.figures.finder import FinderProposer, own_finder
from extractors.figures.proposals import ProposalPage, RegionProposal, RegionProposer
from extractors.geometry import area, intersect, iou

SAME = 0.7
"""Regions of one label that overlap to this share (IoU) are one region."""
INSIDE = 0.7
"""Of two regions of one label that share this much of the smaller one, the surer one stays."""


class FusedProposer:
    """Asks several proposers about a page.

    A region that more than one sees has the box of the surest and the score 1 - (1 - a)(1 - b) …, as if they
    erred independently. What one alone sees keeps its score: no proposer overrides another.
    """

    name = "fused"

    def __init__(self, proposers: Sequence[RegionProposer]) -> None:
        self.proposers = tuple(proposers)
        told = " ".join(f"{proposer.name} {proposer.digest}" for proposer in self.proposers)
        self.digest = hashlib.sha256(told.encode()).hexdigest()[:16]

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        """Regions of all proposers, best first, none twice."""
        return fused([proposer.propose(page) for proposer in self.proposers])


def fused(answers: Sequence[Sequence[RegionProposal]]) -> list[RegionProposal]:
    """One list of regions from the answers of several proposers, best first."""
    regions = sorted(
        (region for answer in answers for region in answer),
        key=lambda region: (-region.score, region.label, region.bbox, region.source),
    )
    joined = [_supported(region, regions) for region in regions]
    joined.sort(key=lambda region: -region.score)  # of equal ones the surest by itself stays first
    kept: list[RegionProposal] = []
    for region in joined:
        if not any(_is_part(region, better) for better in kept):
            kept.append(region)
    return kept


def _supported(region: RegionProposal, regions: Sequence[RegionProposal]) -> RegionProposal:
    """`region` with the score that the best agreeing region of each other proposer gives it."""
    agreeing: dict[str, float] = {}
    for other in regions:
        agrees = other.label == region.label and iou(other.bbox, region.bbox) >= SAME
        if agrees and other.source != region.source:
            agreeing[other.source] = max(agreeing.get(other.source, 0.0), other.score)
    doubt = 1.0 - region.score
    for score in agreeing.values():
        doubt *= 1.0 - score
    return replace(region, score=round(1.0 - doubt, 4))


def _is_part(region: RegionProposal, better: RegionProposal) -> bool:
    common = area(intersect(region.bbox, better.bbox))
    return region.label == better.label and common > INSIDE * min(area(region.bbox), area(better.bbox))


@functools.lru_cache(maxsize=2)
def scan_proposer(finder_model: Path | None, layout_model_dir: Path | None) -> RegionProposer:
    """Who finds figures on scans: the finder, with the user's model or ours, and the user's layout model.

    Raises MissingDependencyError where a model cannot be loaded.
    """
    finder = FinderProposer(None if finder_model is None else own_finder(finder_model))
    if layout_model_dir is None:
        return finder
    from extractors.figures.layout_model import LayoutModelProposer

    return FusedProposer([finder, LayoutModelProposer(layout_model_dir)])
