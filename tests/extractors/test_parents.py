"""Panels and cropped motifs keep the figure they are a part of."""

from __future__ import annotations

from collections.abc import Callable

from extractors.geometry import cover
from tests.extractors.conftest import SampleBook


def test_a_cropped_motif_names_its_pattern(sample_book: Callable[[str], SampleBook]) -> None:
    pairs = sample_book("silk_catalogue").result.pairs
    patterns = {pair.figure_id: pair for pair in pairs if pair.kind == "pattern"}
    crops = [pair for pair in pairs if pair.kind == "cropped"]
    assert crops
    for crop in crops:
        assert crop.parent is not None
        assert patterns[crop.parent].group == crop.group
        assert crop.parent_bbox is None
    assert all(pair.parent is None for pair in pairs if pair.kind != "cropped")


def test_panels_of_one_caption_share_a_whole_figure(sample_book: Callable[[str], SampleBook]) -> None:
    pairs = sample_book("grids").result.pairs
    panels = [pair for pair in pairs if pair.parent]
    assert panels
    for panel in panels:
        siblings = [pair for pair in panels if pair.parent == panel.parent]
        assert len(siblings) >= 2
        assert {pair.group for pair in siblings} == {panel.group}
        assert {pair.parent_bbox for pair in siblings} == {panel.parent_bbox}
        assert panel.parent_bbox is not None
        assert cover(panel.bbox, panel.parent_bbox) > 0.99
    assert any(pair.parent is None for pair in pairs)
