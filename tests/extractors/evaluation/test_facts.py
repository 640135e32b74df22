"""Titles, numbers, kinds, descriptions, their pages and groups are scored beside the pair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.evaluation.facts import FACTS, number_key, title_is_printed
from extractors.evaluation.fault_types import FaultType
from extractors.evaluation.faults import find_faults
from extractors.evaluation.labels import LabelledFigure
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import BookScore, score_book
from extractors.evaluation.summary import summarise
from tests.extractors.evaluation.made import figure, labels, right


def told(text: str, page: int, medium: str = "", subject: str = "") -> dict[str, Any]:
    """A description, the page it is printed on, and what is shown, as a label states them."""
    shown = {"medium": medium, "subject": subject}
    return {"description": text, "description_pages": frozenset({page})} | shown


FIGURES = [
    figure(
        0,
        title="联珠对鸟纹锦",
        number="图1",
        kind="pattern",
        group="a",
        **told("褐色地上显对鸟纹样。", 7, "photograph", "pattern"),
    ),
    figure(
        1,
        title="北壁说法图局部",
        number="图2",
        kind="mural",
        group="a",
        **told("佛结跏趺坐于莲台。", 8, "plate", "mural"),
    ),
    figure(
        2,
        title="双耳彩陶罐线图",
        number="图3",
        kind="drawing",
        group="b",
        **told("侈口圆腹，平底略内凹。", 9, "drawing", "ceramic"),
    ),
]


def scored(predictions: list[Prediction], figures: list[LabelledFigure] = FIGURES) -> BookScore:
    return score_book(labels(figures), predictions)


def shares(predictions: list[Prediction], figures: list[LabelledFigure] = FIGURES) -> list[float | None]:
    """The share right of each of FACTS."""
    facts = summarise([scored(predictions, figures)]).facts
    return [facts[fact].share for fact in FACTS]


def test_right_facts_score_one() -> None:
    assert shares([right(f) for f in FIGURES]) == [1] * len(FACTS)


@pytest.mark.parametrize(
    ("fact", "wrong", "kind"),
    [
        ("title", "文物图录", FaultType.WRONG_TITLE),
        ("number", "12", FaultType.WRONG_NUMBER),
        ("kind", "chart", FaultType.WRONG_KIND),
        ("medium", "photograph", FaultType.WRONG_MEDIUM),
        ("subject", "bronze", FaultType.WRONG_SUBJECT),
        ("description", "青砖铺地，北高南低。", FaultType.WRONG_DESCRIPTION),
        ("description page", 2, FaultType.WRONG_PAGE),
        ("group", "elsewhere", FaultType.WRONG_GROUP),
    ],
)
def test_a_wrong_fact_lowers_its_own_share_and_no_pair(fact: str, wrong: Any, kind: FaultType) -> None:
    came = [right(f) for f in FIGURES]
    came[2] = replace(came[2], **{fact.replace(" ", "_"): wrong})
    if fact == "group":  # a name of its own is as good as another: the wrong group is that of others
        came[2] = replace(came[2], group="a")
    score = scored(came)
    summary = summarise([score])
    assert summary.pairs.f1 == 1
    low = {name for name in FACTS if summary.facts[name].share != 1}
    assert low == {fact}
    faults = [fault for fault in find_faults(score) if fault.type is kind]
    assert {fault.counts for fault in faults} == {False}


def test_a_running_head_is_no_title() -> None:
    came = [right(f, title="中国丝绸全集") for f in FIGURES]
    assert shares(came)[0] == 0


def test_another_title_may_be_accepted() -> None:
    figures = [figure(0, caption="图1 坐佛 北魏", title="坐佛", also_titles=("坐佛 北魏",))]
    for title in ("坐佛", "坐佛北魏"):
        assert shares([right(figures[0], title=title)], figures)[0] == 1
    assert shares([right(figures[0], title="图1")], figures)[0] == 0


def test_english_may_stand_in_a_field_of_its_own() -> None:
    both = figure(0, **told("药师经变 Pure Land of the Medicine Buddha", 7))
    came = right(both, description="药师经变", english="Pure Land of the Medicine Buddha")
    assert shares([came], [both])[FACTS.index("description")] == 1
    assert shares([replace(came, english="")], [both])[FACTS.index("description")] == 0


def test_a_lost_group_is_wrong() -> None:
    came = [right(f, group="") for f in FIGURES]
    assert shares(came)[-1] == pytest.approx(1 / 3)  # the third is alone in its group all the same


@given(st.permutations(["x", "y"]))
def test_groups_are_compared_by_their_members(names: list[str]) -> None:
    came = [right(f, group=names[0] if f.group == "a" else names[1]) for f in FIGURES]
    assert shares(came)[3] == 1


def test_what_is_not_found_or_not_stated_is_not_scored() -> None:
    assert shares([]) == [None] * len(FACTS)
    unstated = [figure(0), figure(1)]
    assert shares([right(f, title="x", number="9", kind="photo") for f in unstated], unstated) == [
        None
    ] * len(FACTS)


@pytest.mark.parametrize(
    ("title", "caption", "printed"),
    [
        ("联珠对鸟纹锦", "图1 联珠对鸟纹锦", True),
        ("10联珠对鸟纹锦", "联珠对鸟纹锦", True),
        ("联珠对鸟纹锦", "", True),
        ("炳灵寺-伎乐天.西秦", "伎乐天 西秦 炳灵寺", False),
        ("", "图1 联珠对鸟纹锦", False),
    ],
)
def test_a_composed_title_is_not_scored(title: str, caption: str, printed: bool) -> None:
    assert title_is_printed(figure(title=title, caption=caption)) is printed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("图版貳拾", "20"),
        ("图1-2", "1-2"),
        ("Pl. IV", "4"),
        ("图３", "3"),
        ("Fig. 12a", "12A"),
        ("图⑫", "12"),
        ("圖版一:1", "一：1"),
    ],
)
def test_numbers_are_compared_by_value(one: str, other: str) -> None:
    assert number_key(one) == number_key(other) != ()


@pytest.mark.parametrize(("one", "other"), [("1-2", "2-1"), ("图12", "图1"), ("12a", "12b"), ("图1", "")])
def test_other_numbers_differ(one: str, other: str) -> None:
    assert number_key(one) != number_key(other)
