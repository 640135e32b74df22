"""A layout model of the user's: a small network in PaddleOCR's file format, beside the finder and alone."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from extractors.errors import MissingDependencyError
from extractors.figures.fusion import FusedProposer, fused, scan_proposer
from extractors.figures.layout_model import LayoutModelProposer, layout_model_digest
from extractors.figures.proposals import ProposalPage, RegionLabel, RegionProposal
from extractors.geometry import Box
from extractors.settings import Limits
from tests.extractors.figures.layout_models import SEEN, model_folder


def page() -> ProposalPage:
    return ProposalPage(pymupdf.open().new_page(width=500, height=700), 1, Limits())


def region(label: RegionLabel, bbox: Box, score: float, source: str) -> RegionProposal:
    return RegionProposal(bbox, label, score, source)


def test_regions_are_in_points_with_our_labels(tmp_path: Path) -> None:
    proposer = LayoutModelProposer(model_folder(tmp_path / "model"))
    assert list(proposer.propose(page())) == [
        region("figure", (50, 75, 250, 300), 0.9, "layout-model"),
        region("table", (50, 350, 250, 450), 0.8, "layout-model"),
        region("other", (50, 500, 250, 600), 0.7, "layout-model"),
    ]


def test_the_digest_is_that_of_the_model_wherever_it_is(tmp_path: Path) -> None:
    here, there = model_folder(tmp_path / "here"), model_folder(tmp_path / "there")
    other = model_folder(tmp_path / "other", SEEN[:1])
    assert layout_model_digest(here) == layout_model_digest(there) != layout_model_digest(other)


def test_a_folder_without_a_model_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match=r"extract\.layout_model_dir .*inference\.onnx"):
        LayoutModelProposer(tmp_path)


def test_on_scans_the_model_is_asked_beside_the_finder(tmp_path: Path) -> None:
    proposer = scan_proposer(None, model_folder(tmp_path / "model"))
    assert isinstance(proposer, FusedProposer)
    assert "layout-model" in {found.source for found in proposer.propose(page())}
    assert proposer.digest != scan_proposer(None, None).digest


def test_agreement_makes_a_region_surer() -> None:
    ours = region("figure", (0, 0, 100, 100), 0.6, "finder")
    theirs = region("figure", (0, 0, 100, 96), 0.5, "layout-model")
    assert fused([[ours], [theirs]]) == [region("figure", (0, 0, 100, 100), 0.8, "finder")]


def test_no_proposer_overrides_another() -> None:
    ours = region("figure", (0, 0, 100, 100), 0.6, "finder")
    theirs = region("figure", (200, 0, 300, 100), 0.9, "layout-model")
    table = region("table", (0, 0, 100, 100), 0.9, "layout-model")
    assert fused([[ours], [theirs, table]]) == [theirs, table, ours]


def test_a_part_of_a_surer_region_is_dropped() -> None:
    whole = region("figure", (0, 0, 100, 100), 0.9, "layout-model")
    part = region("figure", (0, 0, 100, 40), 0.6, "finder")
    assert fused([[part], [whole]]) == [whole]
