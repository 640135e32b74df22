"""Books printed by several programs (tests/data/README.md): their figures are found with their own text."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.book import extract_book
from extractors.evaluation.evaluate import evaluate
from extractors.evaluation.summary import Summary, by_family
from extractors.settings import ExtractSettings, OcrSettings

PRODUCERS = Path(__file__).parents[1] / "data" / "producers"
BOOKS = ("chromium", "ghostscript", "libreoffice", "ocr-layer", "xetex")
LEAST_PAIRS = {"chromium": 0.2, "ghostscript": 0.2}
"""Pair F1 each book must reach where it is not 1: names above a second caption line are not read yet."""


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Summary]:
    """The score of each book."""
    out = tmp_path_factory.mktemp("producers")
    settings = ExtractSettings(ocr=OcrSettings(engine="off"))
    for name in BOOKS:
        extract_book(PRODUCERS / f"{name}.pdf", out / name, settings)
    run = evaluate(PRODUCERS, out)
    return {layout: summary for (layout, _), summary in by_family(run.books).items()}


def test_every_book_is_scored(summaries: dict[str, Summary]) -> None:
    assert sorted(path.stem for path in PRODUCERS.glob("*.pdf")) == sorted(summaries) == sorted(BOOKS)


@pytest.mark.parametrize("name", BOOKS)
def test_figures_are_found(name: str, summaries: dict[str, Summary]) -> None:
    assert summaries[name].figures.f1 == 1


@pytest.mark.parametrize("name", BOOKS)
def test_figures_have_their_own_text(name: str, summaries: dict[str, Summary]) -> None:
    assert (summaries[name].pairs.f1 or 0.0) >= LEAST_PAIRS.get(name, 1.0)
