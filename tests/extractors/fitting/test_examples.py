"""What of a labelled book becomes an example for fitting, and what fitting makes of it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from extractors.book import read_book
from extractors.evaluation.labels import BookLabels, read_labels
from extractors.fitting.examples import BARE_WEIGHT, Example, examples_of
from extractors.fitting.learn import PULLS, fit, margin_loss, outcome
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.records import BookContent
from extractors.sample_books import draw_books
from extractors.settings import ExtractSettings, OcrSettings

Book = tuple[BookContent, BookLabels]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("books")
    (pdf,) = draw_books(folder, 3, ["excavation_report"])
    return read_book(pdf, ExtractSettings(ocr=OcrSettings(engine="off"))), read_labels(folder, pdf.stem)


def split(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Pages as they are, and pages without their captions."""
    return [e for e in examples if e.weight == 1.0], [e for e in examples if e.weight == BARE_WEIGHT]


def test_a_page_without_its_captions_has_no_right_text(report: Book) -> None:
    whole, bare = split(examples_of(*report, "report", COSTS))
    assert any(answer for example in whole for answer in example.answers)
    assert bare
    assert not any(answer for example in bare for answer in example.answers)


def test_pages_with_an_unreadable_text_layer_are_left_out(report: Book) -> None:
    book, labels = report
    broken = replace(book, pages=tuple(replace(page, text_quality=0.3) for page in book.pages))
    assert examples_of(broken, labels, "report", COSTS) == []


def test_pages_that_nobody_labelled_teach_nothing(report: Book) -> None:
    book, labels = report
    pages = sorted({figure.page for figure in labels.figures})[:2]
    some = replace(
        labels,
        pages=frozenset(pages),
        figures=tuple(figure for figure in labels.figures if figure.page in pages),
    )
    examples = examples_of(book, some, "report", COSTS)
    answers = [answer for example in examples for answer in example.answers if answer is not None]
    everything = [a for example in examples_of(*report, "report", COSTS) for a in example.answers]
    assert 0 < len(answers) < len(everything)
    assert {example.page for example in examples} == set(pages)


def test_fitting_corrects_a_bad_cost_and_the_pull_holds_it(report: Book) -> None:
    examples = examples_of(*report, "report", COSTS)
    bad = replace(COSTS, null_figure=0.9)
    free, held = fit(examples, bad, min(PULLS)), fit(examples, bad, max(PULLS))
    assert margin_loss(examples, free) < margin_loss(examples, bad)
    assert sum(outcome(examples, free).right) > sum(outcome(examples, bad).right)
    assert moved(held, bad) < moved(free, bad)


def moved(costs: PairingCosts, start: PairingCosts) -> float:
    """How far costs are from those that fitting started with, as its pull measures it."""
    pairs = [(getattr(costs, f.name), getattr(start, f.name)) for f in fields(start)]
    return sum(((a - b) / b) ** 2 for a, b in pairs)
