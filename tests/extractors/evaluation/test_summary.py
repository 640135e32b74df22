"""Sums over books and layouts, confidence against truth, and what changed between two runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.evaluation.change import compare
from extractors.evaluation.evaluate import Evaluation
from extractors.evaluation.fault_types import FaultType
from extractors.evaluation.faults import find_faults
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import BookScore, score_book
from extractors.evaluation.summary import Rates, by_layout, reliability, summarise
from tests.extractors.evaluation.made import CAPTIONS, figure, labels, place, right

FIGURES = [figure(n, layout="grids" if n < 4 else "plates") for n in range(6)]


def run(*predictions: Prediction) -> Evaluation:
    score = score_book(labels(FIGURES), predictions)
    return Evaluation(0.7, (score,), find_faults(score), ())


def test_rates_of_nothing_are_not_numbers() -> None:
    assert (Rates(0, 0, 0).precision, Rates(0, 0, 0).recall, Rates(0, 0, 0).f1) == (None, None, None)
    assert (Rates(0, 0, 3).precision, Rates(0, 0, 3).recall, Rates(0, 0, 3).f1) == (None, 0, 0)
    assert Rates(1, 2, 4).f1 == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_each_layout_has_its_own_precision() -> None:
    false = Prediction(1, place(5, row=1), "图9 别处的图")
    layouts = by_layout(run(*map(right, FIGURES), false).books)
    assert layouts["grids", False].figures == Rates(4, 4, 4)
    assert layouts["plates", False].figures == layouts["plates", False].pairs == Rates(2, 3, 2)


def test_scans_of_a_layout_stand_apart() -> None:
    book = labels(FIGURES)
    scores = [score_book(b, []) for b in (book, replace(book, scan=True))]
    assert sorted(by_layout(scores)) == [
        ("grids", False),
        ("grids", True),
        ("plates", False),
        ("plates", True),
    ]
    assert summarise(scores).figures == Rates(0, 0, 12)


def test_the_error_rate_is_of_figures_that_were_found() -> None:
    half = right(FIGURES[0], caption="图1 联珠")
    rates = summarise([score_book(labels(FIGURES), [half])]).captions
    assert (rates.right, rates.labelled) == (0, 6)
    assert rates.error_rate == pytest.approx(4 / 8)


def judged(*said: tuple[float | None, bool]) -> BookScore:
    """A book whose pairs have these confidences, and are right or wrong."""
    marked = [figure(n, page=n + 1, caption=f"图{n} {CAPTIONS[0]}{n}") for n in range(len(said))]
    came = [
        right(f, confidence=confidence, caption=f.caption if good else "别处的一句文字")
        for f, (confidence, good) in zip(marked, said, strict=True)
    ]
    return score_book(labels(marked), came)


def test_confidence_is_held_against_truth() -> None:
    found = reliability([judged((1.0, True), (0.95, True), (0.9, False), (0.8, True), (0.3, False))])
    assert [(b.low, b.pairs, b.right) for b in found.bins] == [(0.3, 1, 0), (0.8, 1, 1), (0.9, 3, 2)]
    assert (found.sure, found.sure_right) == (4, 3)
    assert found.calibration_error == pytest.approx((0.3 + 0.2 + abs(2.85 - 2)) / 5)


def test_pairs_without_confidence_are_left_out() -> None:
    found = reliability([judged((None, True))])
    assert (found.bins, found.calibration_error, found.sure) == ((), None, 0)


@given(st.lists(st.tuples(st.integers(0, 1000).map(lambda n: n / 1000), st.booleans()), max_size=12))
def test_every_pair_is_in_one_bin(said: list[tuple[float, bool]]) -> None:
    found = reliability([judged(*said)])
    assert sum(b.pairs for b in found.bins) == len(said)
    assert all(b.low <= b.confidence <= b.high for b in found.bins)
    assert found.calibration_error is None or 0 <= found.calibration_error <= 1


def test_what_changed_between_two_runs() -> None:
    before = run(right(FIGURES[0]), right(FIGURES[1], caption=""), right(FIGURES[4]))
    after = run(right(FIGURES[0], caption=CAPTIONS[3]), right(FIGURES[1]), right(FIGURES[4]))
    change = compare(before, after)
    assert [(turn.fid, turn.fault) for turn in change.became_right] == [("book-1-1", FaultType.NO_TEXT)]
    assert [(turn.fid, turn.fault) for turn in change.became_wrong] == [("book-1-0", FaultType.WRONG_CAPTION)]
    assert change.faults[FaultType.NO_TEXT] == (1, 0)
    assert change.faults[FaultType.MISSED_FIGURE] == (3, 3)
    first, second = change.layouts["grids", False]
    assert (first.pairs.predicted, second.pairs.predicted) == (1, 2)


def test_nothing_changes_from_a_run_to_itself() -> None:
    same = run(right(FIGURES[0]), right(FIGURES[1], caption=""))
    change = compare(same, same)
    assert (change.became_right, change.became_wrong) == ((), ())
    assert all(first == second for first, second in change.layouts.values())
