"""Vector art drawn into a test page: vessels, charts, tables, frames. Boxes and places in points."""

from __future__ import annotations

import pymupdf

from extractors.geometry import Box
from tests.extractors.made import write


def vessel(page: pymupdf.Page, x: float, y: float, size: float = 80) -> Box:
    """The profile of a pot: curves left and right, rim and base, a few bands."""
    shape = page.new_shape()
    for side in (0.0, size):
        lean = size / 4 if side == 0 else -size / 4
        shape.draw_bezier(
            (x + side, y),
            (x + side - lean, y + size / 3),
            (x + side - lean, y + size / 1.5),
            (x + side + lean, y + size),
        )
    for height in (0.0, 0.2, 0.5, 1.0):
        shape.draw_line((x, y + size * height), (x + size, y + size * height + 0.4))
    for k in range(6):
        shape.draw_line((x + 10 + 8 * k, y + 0.2 * size), (x + 16 + 8 * k, y + 0.5 * size))
    shape.finish(width=0.8)
    shape.commit()
    return x - size / 4, y, x + size + size / 4, y + size


def bar_chart(page: pymupdf.Page, x: float, y: float) -> Box:
    """Two axes, solid bars, a label under each bar."""
    shape = page.new_shape()
    shape.draw_line((x, y), (x, y + 150))
    shape.draw_line((x, y + 150), (x + 200, y + 150))
    shape.finish(width=0.7)
    for k, high in enumerate((40, 90, 130, 60, 110)):
        shape.draw_rect((x + 15 + 36 * k, y + 150 - high, x + 37 + 36 * k, y + 150))
        shape.finish(fill=(0.3, 0.4, 0.6), color=(0, 0, 0), width=0.5)
    shape.commit()
    for k, word in enumerate("鼎壶罐钵盆"):
        write(page, word, x + 20 + 36 * k, y + 162, 8)
    return x, y, x + 200, y + 150


def cells(page: pymupdf.Page, xs: list[float], ys: list[float]) -> None:
    """A word in every cell of a table."""
    for row, y in enumerate(ys[:-1]):
        for column, x in enumerate(xs[:-1]):
            write(page, f"{'编号数量尺寸备注'[2 * column : 2 * column + 2]}{row}", x + 6, y + 14, 9)


def ruled_table(page: pymupdf.Page, x: float, y: float) -> Box:
    """A grid of 4 x 5 cells, all lines drawn."""
    xs, ys = [x + 60 * k for k in range(5)], [y + 20 * k for k in range(6)]
    for line in xs:
        page.draw_line((line, ys[0]), (line, ys[-1]), width=0.5)
    for line in ys:
        page.draw_line((xs[0], line), (xs[-1], line), width=0.5)
    cells(page, xs, ys)
    return xs[0], ys[0], xs[-1], ys[-1]


def three_line_table(page: pymupdf.Page, x: float, y: float) -> Box:
    """A table ruled above and below its head and at its foot."""
    xs, ys = [x + 60 * k for k in range(5)], [y + 20 * k for k in range(8)]
    for line in (ys[0], ys[1], ys[-1]):
        page.draw_line((xs[0], line), (xs[-1], line), width=0.8)
    cells(page, xs, ys)
    return xs[0], ys[0], xs[-1], ys[-1]
