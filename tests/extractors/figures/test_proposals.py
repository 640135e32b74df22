"""Region proposals: what a proposer gives and what it may look at."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf
import pytest

from extractors.figures.proposals import ProposalPage, RegionProposal, RegionProposer
from extractors.settings import Limits


class WholePage:
    """The smallest proposer: the page itself."""

    name = "whole-page"
    digest = "1"

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        shade = float(page.picture(36).mean()) / 255
        return [RegionProposal(page.bounds, "other", shade, self.name)]


def test_a_proposer_sees_the_page_as_displayed() -> None:
    document = pymupdf.open()
    document.new_page(width=200, height=100).set_rotation(90)
    proposer: RegionProposer = WholePage()
    (found,) = proposer.propose(ProposalPage(document[0], 1, Limits()))
    assert found == RegionProposal((0.0, 0.0, 100.0, 200.0), "other", 1.0, "whole-page")


@pytest.mark.parametrize(("bbox", "score"), [((0, 0, -1, 5), 0.5), ((0, 0, 1, 5), 1.5)])
def test_a_proposal_checks_itself(bbox: tuple[float, float, float, float], score: float) -> None:
    with pytest.raises(ValueError, match="not"):
        RegionProposal(bbox, "figure", score, "test")
