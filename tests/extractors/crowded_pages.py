"""Pages of as many figures as wanted, in rows of fifteen, captioned in several ways."""

from __future__ import annotations

from collections.abc import Callable

from extractors.records import PageContent
from tests.extractors.made import crowded_page, figure, line, page

NAMES = ("瓦当", "陶罐", "玉璧", "铜镜", "石斧")
ACROSS, DOWN = 95, 110
WIDTH = 1485.0


def places(count: int) -> list[tuple[float, float]]:
    """Top left corners of the figures."""
    return [(20.0 + ACROSS * (k % 15), 20.0 + DOWN * (k // 15)) for k in range(count)]


def bottom(count: int) -> float:
    """Where the rows end."""
    return 20.0 + DOWN * -(-count // 15)


def captioned_drawings(count: int) -> PageContent:
    """Vector drawings, each with its labelled caption and the number of a part below it."""
    at = places(count)
    lines = [line(f"图{k + 1} {NAMES[k % 5]}", x + 10, y + 85, 8) for k, (x, y) in enumerate(at)]
    lines += [line(str(k % 9 + 1), x + 30, y + 81, 4) for k, (x, y) in enumerate(at)]
    regions = [figure(x, y, x + 80, y + 80, "drawing") for x, y in at]
    return page(1, lines, regions, size=(WIDTH, bottom(count) + 40))


def lines_at_panels(count: int) -> PageContent:
    """Each figure over a line with its key: 7 瓦当."""
    at = places(count)
    lines = [line(f"{k + 1} {NAMES[k % 5]}", x + 10, y + 85, 8) for k, (x, y) in enumerate(at)]
    return page(1, lines, [figure(x, y, x + 80, y + 80) for x, y in at], size=(WIDTH, bottom(count) + 40))


def numbered_panels(count: int) -> PageContent:
    """A number printed in each figure, and a list of keyed lines below all."""
    at, end = places(count), bottom(count)
    lines = [line(str(k + 1), x + 5, y + 5, 8) for k, (x, y) in enumerate(at)]
    lines += [line(f"{k + 1} {NAMES[k % 5]}", 20, end + 14 * k, 9) for k in range(count)]
    regions = [figure(x, y, x + 80, y + 80) for x, y in at]
    return page(1, lines, regions, size=(WIDTH, end + 14 * count + 40))


def parts_of_one(count: int) -> PageContent:
    """A number below each figure, and one caption for all."""
    at, end = places(count), bottom(count)
    lines = [line(str(k + 1), x + 38, y + 83, 8) for k, (x, y) in enumerate(at)]
    lines.append(line("图1 陶器 1.罐 2.钵 3.盆", 600, end + 10, 8))
    return page(1, lines, [figure(x, y, x + 80, y + 80) for x, y in at], size=(WIDTH, end + 40))


def names_alone(count: int) -> PageContent:
    """A name without label below each figure."""
    at = places(count)
    lines = [line(f"{NAMES[k % 5]}纹", x + 10, y + 85, 8) for k, (x, y) in enumerate(at)]
    return page(1, lines, [figure(x, y, x + 80, y + 80) for x, y in at], size=(WIDTH, bottom(count) + 40))


def loose_drawings(count: int) -> PageContent:
    """Drawings that stand close together, with one caption."""
    at, end = places(count), bottom(count)
    regions = [figure(x, y, x + 80, y + 80, "drawing") for x, y in at]
    return page(1, [line("图1 陶器组合", 600, end + 10, 8)], regions, size=(WIDTH, end + 40))


CROWDED: dict[str, Callable[[int], PageContent]] = {
    "captions": crowded_page,
    "captioned drawings": captioned_drawings,
    "lines at panels": lines_at_panels,
    "numbered panels": numbered_panels,
    "parts of one": parts_of_one,
    "names alone": names_alone,
    "loose drawings": loose_drawings,
}
