"""Reviewed pages as labels, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import append, decide
from dataset_cards.verify import read_current
from extractors.errors import OK, USAGE
from extractors.evaluation.labels import labelled_books, read_labels
from extractors.fitting.__main__ import read_examples
from extractors.fitting.finder.labelled import labelled_pages
from extractors.settings import ExtractSettings, OcrSettings
from flows.workspace import Workspace
from tests.flows.command import tuwen

SETTINGS = ("--set", "extract.ocr.engine=off", "--set", "dataset.name=tiny")


@pytest.fixture
def reviewed(root: Path) -> Path:
    """A workspace in which page 1 of a book is done: its title was changed, and one place holds no figure."""
    row = next(row for row in iter_rows(read_current(root / "datasets" / "tiny")) if row["page"] == 1)
    about = {"who": "甲", "book": row["book_sha256"], "page": 1}
    bbox = tuple(row["bbox"])
    for correction in (
        decide("edit", {"title": "新题", "caption": "图1 新题"}, bbox=bbox, pair_id=row["pair_id"], **about),
        decide("remove", bbox=(10, 300, 60, 380), **about),
        decide("page_done", **about),
    ):
        append(Workspace(root).corrections, correction)
    (root / "tuwen.toml").write_text('[extract.ocr]\nengine = "off"\n[dataset]\nname = "tiny"\n', "utf-8")
    return root


def test_pages_that_are_done_become_labels(
    reviewed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "labels"
    assert tuwen("review", "-w", reviewed, "--labels", out) == OK
    (name,) = labelled_books(out)
    assert capsys.readouterr().out.strip() == str(out / f"{name}.truth.jsonl")
    labels = read_labels(out, name)
    assert labels.pages == {1}
    assert [(figure.title, figure.caption, figure.checked) for figure in labels.figures] == [
        ("新题", "图1 新题", True)
    ]
    assert [negative.kind for negative in labels.negatives] == ["no figure"]
    assert (out / f"{name}.pdf").is_file()


def test_evaluate_takes_a_workspace_for_the_truth(
    reviewed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert tuwen("extract", *sorted((reviewed / "books").glob("*.pdf")), "--out", out, "--ocr", "off") == OK
    capsys.readouterr()
    assert tuwen("evaluate", "--truth", reviewed, "--pred", out, "--json") == OK
    report = json.loads(capsys.readouterr().out)
    total = report["totals"]["all"]
    assert total["figures"]["f1"] == 1
    assert total["captions"]["recall"] == 0  # the person read another caption than the program


def test_fitting_and_the_finder_take_the_labels(root: Path, tmp_path: Path) -> None:
    row = next(row for row in iter_rows(read_current(root / "datasets" / "tiny")) if row["page"] == 1)
    append(Workspace(root).corrections, decide("page_done", who="甲", book=row["book_sha256"], page=1))
    out = tmp_path / "labels"
    assert tuwen("review", "-w", root, "--labels", out, *SETTINGS) == OK
    (name,) = labelled_books(out)
    examples, pairs = read_examples([out], ExtractSettings(ocr=OcrSettings(engine="off")), "pages")
    assert {example.fold for example in examples} == {f"labels/{name}, part 2"}
    assert [pair.right for pair in pairs] == [True]
    (page,) = labelled_pages([out])
    assert page.shapes


def test_a_workspace_without_a_page_that_is_done_says_what_to_do(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("review", "-w", root, "--labels", tmp_path / "labels", *SETTINGS) == USAGE
    assert "mark some" in capsys.readouterr().err
