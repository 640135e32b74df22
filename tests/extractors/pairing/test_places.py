"""Lines without label at the same place of picture after picture: on one page, or through the book."""

from __future__ import annotations

import pytest

from extractors.pairing.solve import solve_book
from extractors.records import PageContent
from tests.extractors.made import book, figure, line, page, prose

SEALS = ("「松風閣」朱文印", "「澹如」白文印", "「抱殘守缺」印")
NAMES = ("联珠对鸟纹锦", "宝相花纹罗", "缠枝莲纹绫", "方格兽面纹绮")


def labelled(number: int) -> PageContent:
    lines = [line(f"图{number} 青铜器", 150, 306), *prose(50, 360, 320, 8, start=number)]
    return page(number, lines, [figure(100, 100, 320, 300)])


def grid(*, shifts: tuple[float, ...]) -> PageContent:
    """Seals in a row, each over its name, which is moved down by some points."""
    boxes = [(40.0 + 125 * k, 100.0, 140.0 + 125 * k, 200.0) for k in range(3)]
    lines = [line(SEALS[k], box[0], 209 + shifts[k], 10) for k, box in enumerate(boxes)]
    return page(7, [*lines, *prose(40, 320, 340, 8, start=9)], [figure(*box) for box in boxes])


def captions(*pages: PageContent) -> list[str]:
    return [draft.caption for draft in solve_book(book(pages)).drafts]


def test_lines_at_the_same_place_of_their_pictures_name_them() -> None:
    before = [labelled(n) for n in range(1, 7)]
    assert captions(*before, grid(shifts=(0, 0, 0)))[-3:] == list(SEALS)
    assert captions(*before, grid(shifts=(0, 8, 16)))[-3:] != list(SEALS)


@pytest.mark.parametrize("every", [True, False], ids=["all pictures", "one picture"])
def test_the_place_may_be_that_of_one_picture_a_page(*, every: bool) -> None:
    pages = [
        page(
            n,
            [line(name, 215, 182 if every else 182 + 30 * n), *prose(50, 320, 320, 8, start=n)],
            [figure(50, 100, 200, 270)],
        )
        for n, name in enumerate(NAMES, start=1)
    ]
    assert captions(*pages) == (list(NAMES) if every else [""] * 4)


def test_lines_set_flush_left_of_their_pictures_name_them_whatever_their_length() -> None:
    names = ("黑地织带", "石青地缠枝花卉纹绦边", "湖绿地万字锦纹绦边", "大红地锦边")
    boxes = [(160.0, 60.0 + 110 * k, 400.0, 150.0 + 110 * k) for k in range(4)]

    def shown(shift: float) -> list[str]:
        lines = [line(name, 50 + shift * k, boxes[k][1], 9) for k, name in enumerate(names)]
        return captions(page(1, lines, [figure(*box) for box in boxes]))

    assert shown(0) == list(names)
    assert shown(9) != list(names)
