"""Columns: which pieces are one, and what a column's cells say beyond what is read in them."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.ocr import columns
from extractors.ocr.base import Quad
from extractors.ocr.columns import Cell
from tests.extractors.ocr.drawn import paper, pixels, quad, write_down

C, R, B = Cell.CHARACTER, Cell.RING, Cell.BLANK
SIZE = 40


def column(text: str) -> list[columns.Strip]:
    page = paper(3 * SIZE, (len(text) + 2) * SIZE)
    write_down(page, text, SIZE, SIZE, SIZE)
    strips, _ = columns.lay_out(pixels(page)[:, :, ::-1].copy())
    return strips


def boxes(quads: list[Quad]) -> list[tuple[float, ...]]:
    return sorted((*q.min(axis=0).tolist(), *q.max(axis=0).tolist()) for q in quads)


def test_the_pieces_of_one_column_are_joined() -> None:
    upper, lower = quad(100, 50, 140, 400), quad(101, 445, 141, 800)
    assert len(columns.join_pieces([upper, lower])) == 1


def test_short_words_one_below_the_other_are_one_column() -> None:
    upper, lower, square = quad(100, 50, 140, 150), quad(100, 170, 140, 240), quad(100, 170, 140, 210)
    assert len(columns.join_pieces([upper, lower])) == 1
    assert len(columns.join_pieces([upper, square])) == 2


def test_a_character_above_short_pieces_is_the_head_of_their_column() -> None:
    pieces = [quad(100, 50, 140, 95), quad(100, 110, 140, 170), quad(100, 190, 140, 400)]
    assert len(columns.join_pieces(pieces)) == 1


def test_columns_that_begin_level_below_a_gap_are_another_block() -> None:
    upper, lower, beside = quad(100, 50, 140, 400), quad(100, 445, 140, 800), quad(160, 447, 200, 800)
    assert boxes(columns.join_pieces([upper, lower, beside])) == boxes([upper, lower, beside])


def test_the_next_column_of_the_same_block_parts_nothing() -> None:
    upper, lower, beside = quad(100, 50, 140, 400), quad(100, 445, 140, 800), quad(160, 50, 200, 800)
    assert len(columns.join_pieces([upper, lower, beside])) == 2


def test_cells_are_told_apart() -> None:
    (strip,) = column("圖二〇　龍紋")
    assert strip.cells == (C, C, R, B, C, C)


def test_the_width_of_a_column_is_that_of_its_print() -> None:
    page = paper(300, 500)
    write_down(page, "聯珠對鳥紋", 120, 100, SIZE)
    wide = columns.lay_out(pixels(page)[:, :, ::-1].copy())[1]
    assert 0.8 * SIZE <= wide <= SIZE


def test_blank_paper_gives_no_strip() -> None:
    assert columns.lay_out(np.full((200, 50, 3), 255, dtype=np.uint8)) == ([], 0)


@pytest.mark.parametrize(
    ("text", "cells", "meant"),
    [
        ("圖三龍紋", (C, C, B, C, C), "圖三\u3000龍紋"),
        ("圖三龍紋", (C, C, B, B, C, C), "圖三\u3000龍紋"),
        ("圖三 龍紋", (C, C, B, C, C), "圖三\u3000龍紋"),
        ("A B", (C, C), "A B"),
        ("圖二龍紋", (C, C, R, B, C, C), "圖二〇\u3000龍紋"),
        ("第七窟", (C, C, R, C), "第七〇窟"),
        ("口中", (R, C, C), "口中"),  # no numeral beside the ring: another character was lost
        ("圖三龍", (C, C, B, C, C), "圖三龍"),  # one character short: no cell is sure
        ("", (B,), "\u3000"),
    ],
)
def test_what_recognisers_leave_out_is_put_back(text: str, cells: tuple[Cell, ...], meant: str) -> None:
    assert columns.restore(text, cells) == meant
