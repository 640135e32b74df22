"""Captions on another page than their figures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout.candidates import Candidate
from extractors.pairing.drafts import Draft
from extractors.pairing.facing import pair_facing
from tests.extractors.made import caption, figure


def plates(*pages: int) -> list[Draft]:
    return [Draft(number, figure(40, 40, 380, 550)) for number in pages]


def joined(drafts: Sequence[Draft], free: Sequence[Candidate]) -> dict[int, str]:
    """Page of each figure that found a caption, with the body of that caption."""
    result, used = pair_facing(drafts, free)
    found = {draft.page: draft.candidate.body for draft in result if draft.candidate is not None}
    assert {free[k].body for k in used} == set(found.values())
    return found


def pages_of_captions(shift: int, *, pointer: str = "") -> list[Candidate]:
    return [
        caption(f"{pointer}图版{i + 1} {name}", 60, 300, number=2 * (i + 1) + shift)
        for i, name in enumerate(("飞天", "藻井", "供养人"))
    ]


@pytest.mark.parametrize("shift", [-1, 1])
def test_captions_before_or_after_their_plates(shift: int) -> None:
    assert joined(plates(2, 4, 6), pages_of_captions(shift)) == {2: "飞天", 4: "藻井", 6: "供养人"}


@pytest.mark.parametrize(("pointer", "page"), [("后页：", 4), ("前页：", 2), ("右图：", 4), ("左图：", 2)])
def test_a_pointer_says_where_to_look(pointer: str, page: int) -> None:
    assert joined(plates(2, 4), [caption(f"{pointer}莲花纹瓦当", 60, 300, number=3)]) == {page: "莲花纹瓦当"}


def test_a_block_of_captions_speaks_of_the_next_plates() -> None:
    block = [caption(f"图版{n} {name}", 60, 100 + 40 * n, number=1) for n, name in enumerate("甲乙丙丁", 1)]
    assert joined(plates(2, 3, 4, 5), block) == {2: "甲", 3: "乙", 4: "丙", 5: "丁"}


def test_numbers_on_both_pages_must_agree() -> None:
    numbered = [draft.with_(key=(n,), number=str(n)) for draft, n in zip(plates(2, 3), (8, 7), strict=True)]
    found = joined(
        numbered, [caption("图版7 飞天", 60, 100, number=1), caption("图版9 藻井", 60, 140, number=1)]
    )
    assert found == {3: "飞天"}


def test_a_number_on_both_sides_is_surer() -> None:
    free = [caption("图版7 飞天", 60, 100, number=1)]
    (plain,), _ = pair_facing(plates(2), free)
    (numbered,), _ = pair_facing([plates(2)[0].with_(key=(7,))], free)
    assert 0 < plain.confidence < numbered.confidence <= 1


def test_a_plate_far_away_is_left_alone() -> None:
    assert joined(plates(40), [caption("图版1 飞天", 60, 100, number=1)]) == {}


def test_figures_that_have_text_take_no_part() -> None:
    described = plates(2)[0].with_(description="已有说明")
    assert pair_facing([described], [caption("图版1 飞天", 60, 100, number=1)]) == ([described], set())


def test_nothing_to_join() -> None:
    assert pair_facing([], []) == ([], set())
    drafts = plates(1, 2)
    assert pair_facing(drafts, []) == (drafts, set())


def test_the_order_of_captions_is_kept() -> None:
    free = [caption(f"图版{n} 纹样之{n}", 60, 100, number=2 * n - 1) for n in range(1, 7)]
    result, _ = pair_facing(plates(*range(2, 13, 2)), free[::-1])
    assert [draft.candidate.label.key for draft in result if draft.candidate and draft.candidate.label] == [
        (n,) for n in range(1, 7)
    ]


def test_numbers_on_plates_that_no_caption_near_them_has_are_page_numbers() -> None:
    free = [caption(f"图版{n} {name}", 60, 300, number=n) for n, name in ((11, "飞天"), (13, "藻井"))]
    over = [d.with_(key=(n,), namespace="tag") for d, n in zip(plates(12, 14), (4, 5), strict=True)]
    assert joined(over, free) == {12: "飞天", 14: "藻井"}
    own = [d.with_(key=(n,), namespace="tag") for d, n in zip(plates(12, 14), (11, 5), strict=True)]
    assert joined(own, free) == {12: "飞天"}
