"""Furniture is what a book repeats; plate numbers and catalogue labels only look like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from extractors.layout.furniture import furniture_lines
from extractors.records import PageContent, TextLine
from tests.extractors.made import PAGE, figure, line, page, prose

WIDTH, HEIGHT = PAGE


def pages(count: int, lines: Callable[[int], list[TextLine]]) -> list[PageContent]:
    """Pages of running text, each with the lines that `lines(page number)` adds."""
    return [page(n, [*lines(n), *prose(50, 100, 300, 12, start=n)]) for n in range(1, count + 1)]


def furniture_texts(content: list[PageContent]) -> list[set[str]]:
    found = furniture_lines(content)
    return [{p.lines[i].text for i in found.get(p.page, set())} for p in content]


def test_running_heads_are_found() -> None:
    content = pages(8, lambda n: [line("中国历代丝绸纹样", 140, 24)])
    assert furniture_texts(content) == [{"中国历代丝绸纹样"}] * 8


def test_running_heads_that_change_with_the_chapter_are_found() -> None:
    content = pages(20, lambda n: [line("第一章 绪论" if n <= 10 else "第二章 汉唐织锦", 140, 24)])
    assert all(furniture_texts(content))


def test_running_heads_are_found_however_ocr_reads_them() -> None:
    misread = ["海岳拍卖中国艺术品", "海岳拍实中国艺术品", "海岳拍卖中圆艺术品", "海缶拍卖中国艺术品"]
    content = pages(8, lambda n: [line(misread[n % 4], 140, 24)])
    read = [replace(page, text_source="ocr") for page in content]
    assert furniture_texts(read) == [{misread[n % 4]} for n in range(1, 9)]
    assert furniture_texts(content) != furniture_texts(read)  # in type, other words are other heads


def test_names_of_things_at_one_place_are_no_running_head() -> None:
    names = ["青釉执壶", "白釉盘口瓶", "黑釉盏", "三彩骆驼俑", "绿釉陶仓", "酱釉罐", "彩绘陶壶", "影青碗"]
    content = [replace(p, text_source="ocr") for p in pages(8, lambda n: [line(names[n - 1], 140, 24)])]
    assert furniture_texts(content) == [set()] * 8


def test_page_numbers_left_and_right_in_turn_are_found() -> None:
    content = pages(10, lambda n: [line(str(n + 16), 30 if n % 2 else WIDTH - 42, HEIGHT - 30)])
    assert furniture_texts(content) == [{str(n + 16)} for n in range(1, 11)]


@pytest.mark.parametrize("form", ["— {} —", "·{}·", "第{}页", "- {} -"])
def test_ornaments_around_page_numbers(form: str) -> None:
    content = pages(8, lambda n: [line(form.format(n), 200, HEIGHT - 30)])
    assert all(furniture_texts(content))


def test_vertical_heads_at_the_side_are_found() -> None:
    content = pages(8, lambda n: [line("敦煌石窟全集", WIDTH - 25, 200, vertical=True)])
    assert furniture_texts(content) == [{"敦煌石窟全集"}] * 8


def test_running_text_is_kept() -> None:
    assert furniture_texts(pages(8, lambda n: [])) == [set()] * 8


def test_what_stands_on_two_pages_of_many_is_kept() -> None:
    content = pages(12, lambda n: [line("附记", 200, 24)] if n in (3, 9) else [])
    assert furniture_texts(content) == [set()] * 12


def test_labelled_plate_numbers_beside_their_plates_are_kept() -> None:
    content = [
        page(n, [line(f"图版{n}", 190, HEIGHT - 40)], [figure(40, 60, 380, HEIGHT - 50)])
        for n in range(1, 11)
    ]
    assert furniture_texts(content) == [set()] * 10


@pytest.mark.parametrize("label", ["图版{}", "No. {}", "图{} 联珠纹"])
def test_numbered_labels_far_from_their_plates_are_kept(label: str) -> None:
    content = [page(n, [line(label.format(n), 60, 40)], [figure(60, 130, 360, 560)]) for n in range(1, 9)]
    assert furniture_texts(content) == [set()] * 8


def test_a_plate_number_is_told_from_the_page_number() -> None:
    content = [
        page(n, [line(f"{n + 20}", 200, 570, 8), line(f"{n}", 200, 540)], [figure(60, 60, 360, 530)])
        for n in range(1, 9)
    ]
    assert furniture_texts(content) == [{f"{n + 20}"} for n in range(1, 9)]


def test_page_numbers_of_two_page_spreads_are_found() -> None:
    content = [
        page(
            n,
            [
                line(str(38 + 2 * n), 40, 570, 8),
                line(str(39 + 2 * n), 790, 570, 8),
                *prose(60, 100, 320, 15, start=n),
            ],
            [figure(440, 40, 800, 550)],
            size=(840, 595),
        )
        for n in range(1, 7)
    ]
    assert furniture_texts(content) == [{str(38 + 2 * n), str(39 + 2 * n)} for n in range(1, 7)]


def skipping(numbers: Sequence[int | None], *, plates: bool) -> list[PageContent]:
    """Pages with these numbers at the foot (None: unnumbered), right below a plate or far from any."""
    return [
        page(
            n,
            [] if number is None else [line(str(number), 200, 560)],
            [figure(60, 60, 360, 550)] if plates else [],
        )
        for n, number in enumerate(numbers, 1)
    ]


CLIMBING: dict[str, list[int | None]] = {
    "one number on both pages of an opening": [n // 2 + 7 for n in range(1, 15)],
    "a number on every other page": [n // 2 + 7 if n % 2 == 0 else None for n in range(1, 15)],
    "unnumbered plates between": [3, 4, None, 5, 6, None, None, 7, 8, None, 9, 10, None, 11],
}


@pytest.mark.parametrize("numbers", CLIMBING.values(), ids=CLIMBING.keys())
def test_numbers_that_climb_with_the_pages_are_page_numbers(numbers: list[int | None]) -> None:
    found = furniture_texts(skipping(numbers, plates=False))
    assert found == [set() if number is None else {str(number)} for number in numbers]


@pytest.mark.parametrize("numbers", CLIMBING.values(), ids=CLIMBING.keys())
def test_numbers_that_climb_from_picture_to_picture_are_the_pictures(numbers: list[int | None]) -> None:
    assert furniture_texts(skipping(numbers, plates=True)) == [set()] * len(numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        [4, 9, 2, 15, 7, 1, 12, 3, 8, 13],
        [3, 8, 19, 44, 71, 90, 102, 140, 155, 171],
        [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
    ],
)
def test_numbers_that_fall_or_climb_otherwise_are_no_page_numbers(numbers: list[int]) -> None:
    assert furniture_texts(skipping(numbers, plates=False)) == [set()] * len(numbers)


def test_captions_at_the_foot_of_plates_are_kept() -> None:
    titles = ["飞天", "说法图", "供养人", "西方净土变", "狩猎图", "伎乐天", "药师佛", "藻井"]
    content = [
        page(n + 1, [line(f"图{n + 1} {title}", 150, HEIGHT - 45)], [figure(40, 60, 380, HEIGHT - 55)])
        for n, title in enumerate(titles)
    ]
    assert furniture_texts(content) == [set()] * len(titles)


@pytest.mark.parametrize("label", ["纹样", "藏址", "【细节】"])
def test_labels_of_catalogue_paragraphs_are_kept(label: str) -> None:
    content = pages(8, lambda n: [line(label, 30, 60)])
    assert furniture_texts(content) == [set()] * 8


@pytest.mark.parametrize("form", ["— 三六 —", "· 36 ·", "第36页"])
def test_a_number_dressed_as_a_page_number_is_one_on_whatever_page(form: str) -> None:
    content = pages(12, lambda n: [line(form, 200, HEIGHT - 30)] if n == 4 else [])
    assert furniture_texts(content)[3] == {form}


def test_heads_that_only_the_pages_of_text_carry_are_found() -> None:
    """A book of plates to the edges, with a page of captions after every six."""
    content = [
        page(n, [line("历代锦绣图录", 140, 24), *prose(50, 100, 300, 5)] if n % 7 == 0 else [])
        for n in range(1, 22)
    ]
    assert furniture_texts(content)[6::7] == [{"历代锦绣图录"}] * 3


def test_numbers_of_objects_above_their_names_are_no_page_numbers() -> None:
    """They rise by one in two pages, as numbers of openings do; but the pages have numbers of their own."""

    def lines(n: int) -> list[TextLine]:
        return [line(str(n + 9), 200, HEIGHT - 30)] + ([line(str(n // 2), 50, 60)] if n % 2 else [])

    assert furniture_texts(pages(15, lines)) == [{str(n + 9)} for n in range(1, 16)]


def test_numbers_of_objects_between_dressed_numbers_of_openings_are_no_page_numbers() -> None:
    def lines(n: int) -> list[TextLine]:
        if n % 2:
            return [line(f"— {248 + n // 2} —", 200, HEIGHT - 30)]
        return [line(str(54 + n // 2), 50, 60)]

    assert furniture_texts(pages(12, lines)) == [
        {f"— {248 + n // 2} —"} if n % 2 else set() for n in range(1, 13)
    ]
