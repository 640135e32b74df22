"""Scoring a model on drawn pages."""

from __future__ import annotations

from extractors.figures.finder import MODEL
from extractors.fitting.finder.thresholds import Tally, right_boxes, tallies


def test_each_true_box_is_found_once() -> None:
    true = [(0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0)]
    assert right_boxes([(0, 0, 10, 10), (1, 0, 10, 10), (20, 0, 24, 10)], true) == 1
    assert right_boxes(true[::-1], true) == 2


def test_f1_of_a_tally() -> None:
    assert Tally(right=3, given=4, true=6).f1 == 0.6
    assert Tally(right=3, given=4, true=6).precision == 0.75
    assert Tally().f1 == Tally().precision == 0.0


def test_the_shipped_model_finds_most_figures_of_drawn_pages() -> None:
    figures = tallies(MODEL, 12, seed=901)["figure", 0.5]
    assert figures.true > 20
    assert figures.f1 > 0.6
