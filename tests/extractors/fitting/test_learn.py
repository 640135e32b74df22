"""Fitting costs: what it learns, what it leaves, and the scale of confidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.fitting.examples import Answer, Example
from extractors.fitting.learn import PULLS, fit, outcome
from extractors.fitting.report import cross_validate, fold_table, pull_table, verdict
from extractors.layout.candidate import Candidate
from extractors.pairing.conventions import Conventions
from extractors.pairing.costs import COSTS
from extractors.pairing.page_problem import PageProblem
from extractors.records import Region
from tests.extractors.made import caption, figure

PLAIN = Conventions(body_size=10)
PULL = min(PULLS)


def example(
    figures: list[Region], captions: list[Candidate], answers: list[Answer], fold: str = "a"
) -> Example:
    problem = PageProblem(figures, captions, [c.bbox for c in captions], PLAIN)
    return Example.of_page(problem, answers, fold)


def captioned_pages() -> list[Example]:
    """A figure with a line of running text right under it and its caption a little lower."""
    return [
        example(
            [figure(100, 100, 300, 300)],
            [caption("馆藏标本一件", 170, 303 + k), caption(f"图{k + 1} 缠枝莲纹", 160, 318 + k)],
            [frozenset({1})],
            fold="ab"[k % 2],
        )
        for k in range(6)
    ]


TOO_CHEAP = replace(COSTS, plain=0.05, body_sized=0.05, null_labelled=0.05, misaligned=0.05)
"""Costs under which the nearest line wins, whatever it is."""


def test_fitting_corrects_costs_that_choose_wrong() -> None:
    pages = captioned_pages()
    assert outcome(pages, TOO_CHEAP).accuracy == 0.0
    assert outcome(pages, fit(pages, TOO_CHEAP, PULL)).accuracy == 1.0


def test_costs_that_no_page_speaks_of_stay() -> None:
    fitted = fit(captioned_pages(), TOO_CHEAP, PULL)
    assert fitted.tag == TOO_CHEAP.tag
    assert fitted.figure_between == TOO_CHEAP.figure_between
    assert fitted.plain > TOO_CHEAP.plain


def test_pages_already_right_by_a_wide_margin_change_nothing() -> None:
    far_apart = example(
        [figure(60, 60, 160, 160), figure(60, 500, 160, 600)],
        [caption("图1 缠枝莲纹", 70, 163), caption("图2 缠枝莲纹", 70, 603)],
        [frozenset({0}), frozenset({1})],
    )
    assert fit([far_apart], COSTS, PULL) == COSTS


def test_figures_without_an_answer_are_not_judged() -> None:
    pages = [
        example(
            [figure(100, 100, 300, 300), figure(100, 400, 300, 500)],
            [caption("图1 缠枝莲纹", 170, 303)],
            [frozenset({0}), None],
        )
    ]
    assert outcome(pages, COSTS).right == (True,)


def test_a_figure_that_should_stay_without_text() -> None:
    pages = [example([figure(100, 100, 300, 300)], [caption("图1 缠枝莲纹", 170, 303)], [frozenset()])]
    result = outcome(pages, COSTS)
    assert result.right == (False,)
    assert result.margins[0] > 0


def test_contradicting_labels_are_left_out_and_nothing_left_is_an_error() -> None:
    # A bare number names one figure: both cannot own it.
    tags = [caption("3", 195, 303)]
    tags = [replace(tags[0], kind="tag")]
    page = example([figure(100, 100, 300, 300)] * 2, tags, [frozenset({0})] * 2)
    with pytest.raises(ValueError, match="no labelled page"):
        fit([page], COSTS, PULL)


def test_cross_validation_judges_each_fold_by_the_others() -> None:
    best, *others = cross_validate(captioned_pages(), TOO_CHEAP)
    folds = best.folds
    assert [(f.name, f.present.accuracy, f.fitted.accuracy) for f in folds] == [("a", 0, 1), ("b", 0, 1)]
    assert all(fold.fitted_loss < fold.present_loss for fold in folds)
    assert "| all | 6 | 0.000 | 1.000 |" in fold_table(folds)
    assert sorted(v.pull for v in (best, *others)) == sorted(PULLS)
    assert best.score == max(v.score for v in (best, *others))
    assert "| 0.02 | 6 |" in pull_table([best, *others])
    assert verdict(best) == "of 6 left out, the present costs have 0 right, fitted ones 6: " + (
        "take these lines over into tuwen.toml"
    )
    with pytest.raises(ValueError, match="at least two"):
        cross_validate([e for e in captioned_pages() if e.fold == "a"], COSTS)


def test_costs_that_do_no_better_on_what_was_left_out_are_not_recommended() -> None:
    best, *_ = cross_validate(captioned_pages(), COSTS)
    worse = replace(
        best, folds=tuple(replace(f, fitted=f.present, fitted_loss=f.present_loss) for f in best.folds)
    )
    assert worse.score == worse.present
    assert verdict(worse).endswith("keep the present ones")
