"""A book is solved in a worker: the same whole, under the limits of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.book_pages import open_sandbox
from extractors.book_solving import solve_apart
from extractors.errors import UnsolvedBookError
from extractors.pairing.solve import solve_book
from extractors.sandbox import Sandbox
from extractors.settings import Limits, WordSettings
from tests.extractors.made import QUIET, book, crowded_page, figure, line, page

PDF = Path("纹样.pdf")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(QUIET) as opened:
        yield opened


def test_a_worker_finds_the_same_whole(sandbox: Sandbox) -> None:
    content = book([crowded_page(6), page(2, [line("图7 联珠纹", 60, 208)], [figure(50, 50, 250, 200)])])
    alone = solve_book(content)
    solved = solve_apart(content, PDF, QUIET, sandbox, shown=(2,))
    assert solved == replace(alone, layouts=tuple(x for x in alone.layouts if x.page == 2))
    assert len(solved.drafts) == 7


def test_the_words_of_the_settings_count(sandbox: Sandbox) -> None:
    content = book([page(1, [line("标本7 联珠纹", 60, 208)], [figure(50, 50, 250, 200)])])
    settings = QUIET.model_copy(update={"words": WordSettings(figure=("标本",))})
    (draft,) = solve_apart(content, PDF, settings, sandbox).drafts
    assert (draft.number, draft.title) == ("标本7", "联珠纹")


def test_a_book_beyond_the_limits_of_a_page_fails_with_its_remedy() -> None:
    settings = QUIET.model_copy(update={"limits": Limits(page_seconds=0.2)})
    with (
        open_sandbox(settings) as sandbox,
        pytest.raises(UnsolvedBookError, match=r"纹样\.pdf: .*--set extract\.limits\.page_seconds=N"),
    ):
        solve_apart(book([crowded_page(600)]), PDF, settings, sandbox)
