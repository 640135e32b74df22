"""Plate descriptions: found at the back or the front, joined by number, then by order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout.book_layout import lay_out
from extractors.pairing.drafts import Draft
from extractors.pairing.plates import Description, find_descriptions, join_descriptions
from extractors.pairing.solve import solve_book
from extractors.records import PageContent, TextLine
from tests.extractors.made import book, figure, line, page

BODY = "画面构图饱满，线描劲健，设色以青绿为主，人物神情生动，为同期壁画中的佳作。"


def plate(number: int, *lines: TextLine) -> PageContent:
    return page(number, lines, [figure(40, 60, 380, 480)])


def section(number: int, heading: str, paragraphs: Sequence[str]) -> PageContent:
    """A page of descriptions: the heading, then each paragraph, its second line the common body."""
    lines = [line(heading, 160, 90, 16)]
    y = 130.0
    for text in paragraphs:
        lines += [
            line(text, 50, y),
            line(BODY[: len(BODY) // 2], 50, y + 15),
            line(BODY[len(BODY) // 2 :], 50, y + 30),
        ]
        y += 70
    return page(number, lines)


def described(pages: Sequence[PageContent]) -> list[Description]:
    return find_descriptions(lay_out(book(pages)))[0]


def drafts(*numbers: tuple[int, ...], sub: str = "") -> list[Draft]:
    """One plate a page with these numbers; () for a plate without."""
    return [
        Draft(
            i + 1,
            figure(40, 60, 380, 480),
            key=key,
            number="-".join(map(str, key)),
            namespace="plate" if key else "",
        )
        for i, key in enumerate(numbers)
    ]


def description(
    key: tuple[int, ...], text: str, sub: str = "", last: tuple[int, ...] | None = None
) -> Description:
    return Description(key, last, sub, "", text, 20, (50, 100, 350, 140), 1.0)


def texts(result: Sequence[Draft]) -> list[str]:
    return [draft.description for draft in result]


PARAGRAPHS = {
    "Arabic": ["1. 飞天", "2. 藻井", "3. 供养人"],
    "Chinese": ["一　飞天", "二　藻井", "三　供养人"],
    "labelled": ["图版1 飞天", "图版2 藻井", "图版3 供养人"],
}


@pytest.mark.parametrize("heading", ["图版说明", "圖版說明", "图版解说", "Notes on the Plates"])
@pytest.mark.parametrize("numbering", list(PARAGRAPHS))
def test_a_section_is_read_by_its_numbers(heading: str, numbering: str) -> None:
    pages = [*(plate(n) for n in (1, 2, 3)), section(4, heading, PARAGRAPHS[numbering])]
    found = described(pages)
    assert [d.key for d in found] == [(1,), (2,), (3,)]
    for entry, name in zip(found, ("飞天", "藻井", "供养人"), strict=True):
        assert name in entry.title + entry.text
        assert BODY in entry.text
        assert entry.page == 4


def test_a_section_goes_on_over_the_page() -> None:
    back = [
        section(5, "图版说明", ["1. 飞天", "2. 藻井"]),
        section(6, "图版说明（续）", ["3. 供养人", "4. 说法图"]),
    ]
    assert [d.key for d in described([*(plate(n) for n in (1, 2, 3, 4)), *back])] == [(1,), (2,), (3,), (4,)]


def test_a_section_ends_with_the_next_heading() -> None:
    after = page(5, [line("后记", 180, 90, 16), line("5. 本书的编写历时三年，得到各方支持。", 50, 130)])
    pages = [*(plate(n) for n in (1, 2, 3)), section(4, "图版说明", PARAGRAPHS["Arabic"]), after]
    assert [d.key for d in described(pages)] == [(1,), (2,), (3,)]


@pytest.mark.parametrize("heading", ["图版目录", "List of Plates"])
def test_a_list_of_plates_that_describes_them_is_a_section(heading: str) -> None:
    found = described([*(plate(n) for n in (1, 2, 3)), section(4, heading, PARAGRAPHS["Arabic"])])
    assert [d.key for d in found] == [(1,), (2,), (3,)]
    assert all(BODY in d.text for d in found)


def test_a_bare_list_of_plates_describes_nothing() -> None:
    names = [
        f"{n}. {name}，莫高窟第{n + 200}窟，唐代" for n, name in enumerate(("飞天", "藻井", "供养人"), 1)
    ]
    listed = [line(text, 50, 130 + 30 * k) for k, text in enumerate(names)]
    plates = [plate(n) for n in (2, 3, 4)]
    assert described([page(1, [line("图版目录", 160, 90, 16), *listed]), *plates]) == []
    assert len(described([page(1, [line("图版说明", 160, 90, 16), *listed]), *plates])) == 3


def test_numbered_text_without_such_a_heading_is_no_section() -> None:
    pages = [*(plate(n) for n in (1, 2, 3)), section(4, "第一章 绪论", PARAGRAPHS["Arabic"])]
    assert described(pages) == []


def test_a_manuals_instructions_describe_no_plates() -> None:
    assert described([section(1, "说明", PARAGRAPHS["Arabic"]), page(2), page(3)]) == []


def test_descriptions_go_to_their_numbers_whatever_the_order() -> None:
    result = join_descriptions(
        drafts((3,), (1,), (2,)), [description((n,), t) for n, t in enumerate(("飞天", "藻井", "供养人"), 1)]
    )
    assert texts(result) == ["供养人", "飞天", "藻井"]
    assert {draft.description_source for draft in result} == {"plate_description"}


def test_two_plates_under_one_number_have_their_own_or_share() -> None:
    plates = [d.with_(sub=sub) for d, sub in zip(drafts((8,), (8,), (9,), (9,)), "上下上下", strict=True)]
    known = [description((8,), "上图", "上"), description((8,), "下图", "下"), description((9,), "合说")]
    assert texts(join_descriptions(plates, known)) == ["上图", "下图", "合说", "合说"]


def test_second_levels_have_their_own_or_share() -> None:
    plates = drafts((8, 1), (8, 2), (9, 1), (9, 2))
    known = [description((8, 1), "其一"), description((8, 2), "其二"), description((9,), "合说")]
    assert texts(join_descriptions(plates, known)) == ["其一", "其二", "合说", "合说"]


def test_a_range_describes_all_its_plates() -> None:
    known = [description((40,), "四图合说", last=(43,)), description((44,), "单说")]
    assert texts(join_descriptions(drafts((40,), (42,), (43,), (44,)), known)) == ["四图合说"] * 3 + ["单说"]


def test_plates_without_a_number_are_filled_in_by_order() -> None:
    known = [description((n,), f"说明{n}") for n in (1, 2, 3, 4)]
    result = join_descriptions(drafts((1,), (), (), (4,)), known)
    assert texts(result) == ["说明1", "说明2", "说明3", "说明4"]
    assert result[1].confidence < result[0].confidence
    assert all(
        join_descriptions(drafts((), (), (), ()), known)[i].description == f"说明{i + 1}" for i in range(4)
    )


def test_order_is_not_guessed_when_the_counts_differ() -> None:
    known = [description((n,), f"说明{n}") for n in (1, 2, 3, 4)]
    assert texts(join_descriptions(drafts((1,), (), (4,)), known)) == ["说明1", "", "说明4"]


def test_the_caption_stays_beside_the_description() -> None:
    (first, _) = join_descriptions(
        [
            d.with_(caption="图版1 飞天", title="飞天", description="飞天", rule="same-page")
            for d in drafts((1,), (2,))
        ],
        [description((1,), "长文"), description((2,), "又一段")],
    )
    assert (first.caption, first.title, first.description) == ("图版1 飞天", "飞天", "长文")


def test_without_descriptions_nothing_changes() -> None:
    plates = drafts((1,), (2,))
    assert join_descriptions(plates, []) == plates


def test_a_page_of_captions_for_a_range_of_plates() -> None:
    names = {"四〇": "飞天", "四一": "藻井", "四二": "供养人", "四三": "说法图"}
    lines = [line("图版四〇—四三", 60, 90, 14)]
    lines += [line(f"{number}　{name}", 60, 130 + 40 * i) for i, (number, name) in enumerate(names.items())]
    result = solve_book(book([page(1, lines), *(plate(n) for n in (2, 3, 4, 5))]))
    assert texts(result.drafts) == list(names.values())
    assert [draft.key for draft in result.drafts] == [(40,), (41,), (42,), (43,)]


@pytest.mark.parametrize(("size", "found"), [(16, 3), (10, 4)])
def test_a_heading_of_the_rank_of_the_sections_own_ends_it(size: float, found: int) -> None:
    plates = [plate(n) for n in range(1, 5)]
    told = section(5, "图版说明", ["1 飞天", "2 藻井", "3 供养人"])
    after = section(6, "", ["4 莲花"])
    other = page(6, [line("石窟保护工作综述", 160, 60, size), *(n for n in after.lines if n.text)])
    assert len(described([*plates, told, other])) == found
