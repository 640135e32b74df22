from __future__ import annotations

import pytest

from extractors.records import TextLine
from flows.review.printed_text import PrintedTexts, in_order
from flows.stage_keys import stage_keys
from flows.stages import run_pages
from flows.workspace import Workspace
from tests.flows.tiny_books import draw_book, quick_settings


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A book of one page whose pages were read."""
    workspace = Workspace(tmp_path_factory.mktemp("read"))
    draw_book(workspace.books / "a.pdf", pages=1)
    settings = quick_settings().extract
    run_pages(workspace, workspace.shelf().books[0], settings, stage_keys(settings))
    return workspace


def test_the_text_inside_a_box_is_the_printed_one(workspace: Workspace) -> None:
    texts, (book,) = PrintedTexts(workspace), workspace.shelf().books
    assert texts.at(book.sha256, 1, (60, 255, 280, 285)).startswith("图1 ")
    assert texts.at(book.sha256, 1, (60, 10, 280, 40)) == ""
    assert texts.at(book.sha256, 9, (60, 255, 280, 285)) == ""


def test_a_book_that_was_never_read_has_no_text(workspace: Workspace) -> None:
    assert PrintedTexts(workspace).at("0" * 64, 1, (0, 0, 500, 500)) == ""


def line(text: str, x: float, y: float, vertical: bool = False) -> TextLine:
    return TextLine(text, (x, y, x + 50, y + 10), 10, vertical=vertical)


def test_rows_are_read_from_the_top_and_columns_from_the_right() -> None:
    rows = [line("丁", 60, 21), line("乙", 60, 1), line("丙", 0, 20), line("甲", 0, 2)]
    assert "".join(row.text for row in in_order(rows, vertical=False)) == "甲乙丙丁"
    columns = [line("乙", 0, 0, True), line("甲", 60, 0, True)]
    assert "".join(column.text for column in in_order(columns, vertical=True)) == "甲乙"
