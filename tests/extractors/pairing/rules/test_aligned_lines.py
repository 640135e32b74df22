"""Names without label below the pictures of a grid, in a book whose other captions carry labels."""

from __future__ import annotations

from extractors.pairing.solve import solve_book
from extractors.records import PageContent
from tests.extractors.made import book, figure, line, page, prose

SEALS = ("「松風閣」朱文印", "「澹如」白文印", "「抱殘守缺」印")


def labelled(number: int) -> PageContent:
    lines = [line(f"图{number} 青铜器", 150, 306), *prose(50, 360, 320, 8, start=number)]
    return page(number, lines, [figure(100, 100, 320, 300)])


def grid(*, shifts: tuple[float, ...]) -> PageContent:
    """Seals in a row, each over its name, which is moved down by some points."""
    boxes = [(40.0 + 125 * k, 100.0, 140.0 + 125 * k, 200.0) for k in range(3)]
    lines = [line(SEALS[k], box[0], 209 + shifts[k], 10) for k, box in enumerate(boxes)]
    return page(7, [*lines, *prose(40, 320, 340, 8, start=9)], [figure(*box) for box in boxes])


def captions(seals: PageContent) -> list[str]:
    drafts = solve_book(book([*(labelled(n) for n in range(1, 7)), seals])).drafts
    return [draft.caption for draft in drafts if draft.page == seals.page]


def test_lines_at_the_same_place_of_their_pictures_name_them() -> None:
    assert captions(grid(shifts=(0, 0, 0))) == list(SEALS)


def test_lines_at_different_places_say_less() -> None:
    assert captions(grid(shifts=(0, 5, 10))) != list(SEALS)
