"""Sample books, drawn and extracted once for all tests that look at them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors.book import open_sandbox, pair_book, read_book
from extractors.records import BookContent, BookResult
from extractors.sample_books import draw_books
from tests.extractors.made import QUIET

SEED = 1


@dataclass(frozen=True)
class SampleBook:
    """A drawn book, what was read of it (no OCR), and what it came to."""

    folder: Path
    """Holds <layout>.truth.jsonl."""
    content: BookContent
    result: BookResult


@pytest.fixture(scope="session")
def sample_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], SampleBook]]:
    """A function: layout -> its sample book, extracted when first asked for."""
    folder = tmp_path_factory.mktemp("sample-books")
    with open_sandbox(QUIET) as sandbox:

        @functools.cache
        def extracted(layout: str) -> SampleBook:
            (pdf,) = draw_books(folder, SEED, [layout])
            content = read_book(pdf, QUIET, sandbox=sandbox)
            return SampleBook(
                folder, content, pair_book(content, pdf, folder / layout, QUIET, sandbox=sandbox)
            )

        yield extracted
