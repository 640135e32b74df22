"""Every kind of error, each from the smallest example that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from extractors.evaluation.fault_types import Fault, FaultType
from extractors.evaluation.faults import find_faults
from extractors.evaluation.labels import LabelledFigure, Negative
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import score_book
from tests.extractors.evaluation.made import CAPTIONS, figure, labels, place, right
from tests.extractors.evaluation.test_scoring import figures, negatives, predictions

FIRST, SECOND = figure(0), figure(1)
DESCRIBED = figure(2, description="敞口，束颈，双耳对称，腹部绘有弦纹数周。")
LOGO = Negative(1, place(4), "logo")
FRAME = Negative(1, (0, 0, 500, 500), "frame-rule")
SLIP = Prediction(1, place(4), "")


def faults(
    marked: Sequence[LabelledFigure], came: Sequence[Prediction], no_figures: Sequence[Negative] = ()
) -> tuple[Fault, ...]:
    return find_faults(score_book(labels(marked, no_figures), came))


def part(nth: int, left: float, right: float) -> tuple[float, float, float, float]:
    """From `left` to `right` of the `nth` place, as shares of its width."""
    x0, y0, x1, y1 = place(nth)
    return x0 + left * (x1 - x0), y0, x0 + right * (x1 - x0), y1


BOTH_PLACES = (*place(0)[:2], *place(1)[2:])


@pytest.mark.parametrize(
    ("came", "kind", "note"),
    [
        ([], FaultType.MISSED_FIGURE, ""),
        ([right(FIRST, page=2)], FaultType.MISSED_FIGURE, ""),
        ([right(FIRST, bbox=part(0, 0, 0.4))], FaultType.CUT_FIGURE, "cut short"),
        ([right(FIRST, bbox=part(0, -0.5, 1.2))], FaultType.CUT_FIGURE, "too large"),
        ([right(FIRST, bbox=part(0, 0.45, 1.45))], FaultType.CUT_FIGURE, "beside it"),
        (
            [right(FIRST, bbox=part(0, 0, 0.5)), right(FIRST, bbox=part(0, 0.5, 1))],
            FaultType.SPLIT_FIGURE,
            "2 pieces",
        ),
    ],
)
def test_a_figure_not_found(came: list[Prediction], kind: FaultType, note: str) -> None:
    own = [fault for fault in faults([FIRST], came) if fault.fid]
    assert [(fault.type, fault.note, fault.bbox) for fault in own] == [(kind, note, FIRST.bbox)]


def test_what_explains_a_missed_figure_is_no_error_of_its_own() -> None:
    pieces = [right(FIRST, bbox=part(0, 0, 0.5)), right(FIRST, bbox=part(0, 0.5, 1))]
    assert len(faults([FIRST], pieces)) == 1
    assert len(faults([FIRST], pieces[:1])) == 1


def test_figures_that_came_as_one() -> None:
    found = faults([FIRST, SECOND], [right(FIRST, bbox=BOTH_PLACES)])
    assert [(fault.type, fault.fid) for fault in found] == [
        (FaultType.MERGED_FIGURES, FIRST.fid),
        (FaultType.MERGED_FIGURES, SECOND.fid),
    ]


def test_a_figure_swallowed_by_the_match_of_its_neighbour() -> None:
    wide = figure(0, bbox=place(0)[:2] + place(3)[2:])
    small = figure(4, bbox=part(4, 0, 0.3))
    came = right(wide, bbox=wide.bbox[:2] + small.bbox[2:])
    (fault,) = faults([wide, small], [came])
    assert (fault.type, fault.fid) == (FaultType.MERGED_FIGURES, small.fid)


@pytest.mark.parametrize(
    ("extra", "no_figures", "kind"),
    [
        (Prediction(1, place(4)), [], FaultType.FALSE_FIGURE),
        (Prediction(1, place(4)), [LOGO], FaultType.FURNITURE),
        (Prediction(1, part(4, 0, 0.3)), [LOGO], FaultType.FURNITURE),
        (Prediction(1, place(4)), [FRAME], FaultType.FALSE_FIGURE),
        (Prediction(1, FRAME.bbox), [FRAME], FaultType.FURNITURE),
        (Prediction(1, part(0, 0, 0.4)), [], FaultType.SPLIT_FIGURE),
        (Prediction(1, BOTH_PLACES), [], FaultType.MERGED_FIGURES),
    ],
)
def test_a_prediction_that_shows_no_figure(
    extra: Prediction, no_figures: list[Negative], kind: FaultType
) -> None:
    (fault,) = faults([FIRST, SECOND], [right(FIRST), right(SECOND), extra], no_figures)
    assert (fault.type, fault.fid, fault.bbox) == (kind, "", extra.bbox)


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("", FaultType.NO_TEXT),
        (CAPTIONS[1], FaultType.WRONG_CAPTION),
        ("图9 与此无关的文字", FaultType.WRONG_CAPTION),
        ("图1 联珠", FaultType.CAPTION_CUT),
        (CAPTIONS[0] + "，出土时已残破，现藏于博物馆", FaultType.CAPTION_OVERRUN),
        ("图1 联珠口口口锦", FaultType.MISREAD),
        ("如图3所示，墓室平面呈长方形", FaultType.MENTION),
    ],
)
def test_a_wrong_text(caption: str, kind: FaultType) -> None:
    (fault,) = faults([FIRST, SECOND], [right(FIRST, caption=caption), right(SECOND)])
    assert (fault.type, fault.fid, fault.counts) == (kind, FIRST.fid, True)
    assert (fault.expected, fault.came) == (FIRST.caption, caption)


def test_whose_text_it_is() -> None:
    (fault,) = faults([FIRST, SECOND], [right(FIRST, caption=SECOND.caption), right(SECOND)])
    assert fault.note == f"the text of {SECOND.fid}"


@pytest.mark.parametrize(
    ("description", "note"),
    [
        ("", "none came"),
        ("敞口，束颈", "only a part of it"),
        (DESCRIBED.description + "同出陶片四十余件，多为泥质灰陶。", "it and more"),
        ("与此无关的一段正文，说的是别的事情。", ""),
    ],
)
def test_a_wrong_description_beside_a_right_caption(description: str, note: str) -> None:
    (fault,) = faults([DESCRIBED], [right(DESCRIBED, description=description)])
    assert (fault.type, fault.note, fault.counts) == (FaultType.WRONG_DESCRIPTION, note, False)


def test_the_description_of_another_figure_makes_a_wrong_pair() -> None:
    other = figure(1, caption="", description="窠内对鸟相向而立，颈系绶带，尾羽上扬。")
    near = figure(0, caption="图版五 联珠纹锦袍", description="与上条不同的一段说明文字，另有所指。")
    came = [right(near, caption="图版五 联珠纹锦衣", description=other.description), right(other)]
    (fault,) = faults([near, other], came)
    assert (fault.type, fault.counts) == (FaultType.WRONG_DESCRIPTION, True)


@pytest.mark.parametrize(
    ("caption", "kind"),
    [("", FaultType.CAPTION_MISSING), ("图3 双耳", FaultType.CAPTION_CUT)],
)
def test_a_lost_caption_beside_a_right_description(caption: str, kind: FaultType) -> None:
    (fault,) = faults([DESCRIBED], [right(DESCRIBED, caption=caption)])
    assert (fault.type, fault.counts) == (kind, False)


def test_a_text_given_to_a_figure_that_has_none() -> None:
    free = figure(0, caption="", optional=True)
    assert faults([free, SECOND], [right(free), right(SECOND)]) == ()
    (fault,) = faults([free, SECOND], [right(free, caption="图9 别处的文字"), right(SECOND)])
    assert fault.type is FaultType.TEXT_GIVEN


@given(figures, predictions, negatives)
def test_each_figure_and_each_prediction_has_one_error_at_most(
    marked: list[LabelledFigure], came: list[Prediction], no_figures: list[Negative]
) -> None:
    score = score_book(labels(marked, no_figures), came)
    found = find_faults(score)
    named = [fault.fid for fault in found if fault.fid]
    assert len(named) == len(set(named))
    counted = {fault.fid for fault in found if fault.counts}
    for outcome in score.figures:
        wrong = outcome.pair_right is False or not outcome.found
        assert not wrong or outcome.figure.fid in counted
        assert not outcome.pair_right or outcome.figure.fid not in counted
    spare = sum(outcome.figure is None for outcome in score.predictions)
    assert sum(not fault.fid for fault in found) <= spare
    assert find_faults(score_book(labels(marked, no_figures), came[::-1])) == found


def test_every_kind_says_what_it_means() -> None:
    assert len({kind.label for kind in FaultType}) == len({kind.meaning for kind in FaultType}) == 22
