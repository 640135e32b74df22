"""Damaged books: each is bad input with a remedy, or costs the pages concerned; none is a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from extractors.book_pages import open_sandbox, read_book
from extractors.book_pairs import pair_book
from extractors.damage import page_damage
from extractors.errors import BookError, DamagedPageError
from extractors.records import BookResult
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings, Limits, OcrSettings
from tests.extractors.damaged_books import DAMAGES, PAGES, write_damaged

SETTINGS = ExtractSettings(ocr=OcrSettings(engine="off"), limits=Limits(page_seconds=30))

REFUSED = {
    "empty": "empty-file",
    "html": "not-a-pdf",
    "header-only": "truncated",
    "zeros-all": "damaged",
    "unknown-handler": "encrypted",
    "drm-handler": "encrypted",
    "portfolio": "portfolio",
}
"""Damages that leave nothing to read, with the reason that is given."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(SETTINGS) as opened:
        yield opened


def outcome(path: Path, folder: Path, sandbox: Sandbox) -> BookResult | BookError:
    try:
        content = read_book(path, SETTINGS, sandbox=sandbox)
        return pair_book(content, path, folder, SETTINGS, sandbox=sandbox)
    except BookError as error:
        return error


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_damage_is_bad_input_or_costs_pages(damage: str, tmp_path: Path, sandbox: Sandbox) -> None:
    path = write_damaged(damage, tmp_path)
    result = outcome(path, tmp_path, sandbox)
    if isinstance(result, BookError):
        assert result.reason != "error", str(result)
        assert result.reason == REFUSED.get(damage, result.reason)
        assert str(result).startswith(f"{path.name}: ")
        return
    assert damage not in REFUSED
    for failure in result.failures:
        assert failure.reason != "error", failure.detail
        assert failure.detail
    assert result.pairs or result.unmatched or result.failures or result.page_count != PAGES


def test_an_error_of_our_own_is_not_taken_for_damage() -> None:
    with pytest.raises(ValueError, match="ours"), page_damage(1):
        raise ValueError("ours")
    with pytest.raises(DamagedPageError, match=r"page 7: .*another copy"), page_damage(7):
        pymupdf.open().load_page(3)
