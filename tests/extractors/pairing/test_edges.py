"""A line far from its picture is a caption only where its type says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.pairing.conventions import PRIOR, Conventions
from extractors.pairing.page_pairing import pair_page
from extractors.pairing.page_problem import PageProblem
from extractors.pairing.solve import solve_book
from tests.extractors.made import book, caption, figure, line, page, prose

PHOTO = figure(100, 100, 300, 300)
SMALL = Conventions(caption_size=8, body_size=10)
"""A book with captions of 8 points in running text of 10."""


def is_paired(distance: float, size: float, conventions: Conventions = SMALL) -> bool:
    """Whether a line without a label, this many points below a picture, is its caption."""
    candidate = caption("联珠对鸟纹锦", 160, 300 + distance, size=size)
    return bool(pair_page(PageProblem([PHOTO], [candidate], [candidate.bbox], conventions)))


def test_a_far_line_in_the_type_of_captions_is_one() -> None:
    assert is_paired(45, 8)
    assert is_paired(45, 8.2)


@pytest.mark.parametrize("size", [7.5, 8.5, 9])
def test_a_far_line_in_other_type_is_none(size: float) -> None:
    assert not is_paired(45, size)
    assert is_paired(30, size)


@pytest.mark.parametrize("conventions", [Conventions(body_size=10), Conventions(caption_size=8)])
def test_a_book_without_a_type_for_captions_has_no_far_ones(conventions: Conventions) -> None:
    assert not is_paired(45, 8, conventions)
    assert is_paired(30, 8, conventions)


def test_the_book_shows_the_type_of_its_captions() -> None:
    names = ("联珠对鸟纹锦", "宝相花纹绫", "缠枝莲纹缎", "团窠双狮锦", "方格兽面锦")
    pages = [
        page(n, [line(names[n - 1], 170, 306, 8), *prose(50, 420, 320, 8, start=n)], [PHOTO])
        for n in range(1, 5)
    ]
    far = [line(names[4], 170, 345, 8), *prose(50, 420, 320, 8)]
    assert [d.description for d in solve_book(book([*pages, page(5, far, [PHOTO])])).drafts] == list(names)


def beside(distance: float, size: float, text: str, conventions: Conventions) -> bool:
    """Whether a line in the margin, level with the head of a picture, is its caption."""
    candidate = caption(text, 300 + distance, 100, size=size)
    return bool(pair_page(PageProblem([PHOTO], [candidate], [candidate.bbox], conventions)))


BELOW = replace(SMALL, plain_sides={**PRIOR, "below": 30.0})
"""A book whose captions else stand below."""


def test_an_unusual_side_weighs_less_for_the_type_of_captions() -> None:
    assert beside(30, 8, "联珠对鸟纹锦", BELOW)
    assert not beside(30, 9, "联珠对鸟纹锦", BELOW)
    assert not beside(30, 8, "〔3〕林远前引书", BELOW)  # a note, in the same type


def test_where_captions_carry_labels_their_type_alone_makes_none() -> None:
    assert not beside(30, 8, "联珠对鸟纹锦", replace(BELOW, words={"图": 9}))


@pytest.mark.parametrize(
    ("text", "paired"),
    [
        ("本节器物出自同一批灰坑", True),
        ("本节器物出自同一批灰坑。陶质以夹砂灰陶为主", False),
    ],
    ids=["a line", "a line that goes on after a sentence"],
)
def test_running_text_above_a_picture_is_no_caption(text: str, paired: bool) -> None:
    candidate = caption(text, 100, 82, size=9)
    page = PageProblem([PHOTO], [candidate], [candidate.bbox], Conventions(body_size=10))
    assert bool(pair_page(page)) == paired
