"""Corrections and audits as reasons for a version: what it says of them, and that nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataset_cards.assembly import BookEntry
from dataset_cards.audit import draw_sample, store_audit
from dataset_cards.diff import Diff
from dataset_cards.files import read_json_lines
from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import Correction
from dataset_cards.settings import DatasetSettings
from dataset_cards.verify import read_manifest, verify_version
from dataset_cards.version import nothing_new, publish_version
from tests.dataset_cards.identity.readings import Studio, two_a_page
from tests.dataset_cards.review.test_apply import correction

SETTINGS = DatasetSettings(name="demo")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def book(studio: Studio) -> BookEntry:
    return studio.read("锦", two_a_page("锦", 6))


def publish(book: BookEntry, folder: Path, *corrections: Correction) -> Path:
    return publish_version([book], folder, SETTINGS, corrections=corrections).path


def test_corrections_alone_make_a_version_which_says_so(book: BookEntry, tmp_path: Path) -> None:
    first = publish(book, tmp_path)
    pairs = sorted(book.result.pairs, key=lambda pair: (pair.page, pair.bbox))
    made = (
        correction(1, pairs[0], "reject", reason="is|two figures"),
        correction(2, pairs[1], "edit", title="新题"),
        correction(3, pairs[2], "box", bbox=[60, 80, 150, 180]),
        correction(4, book, "add", page=1, at=[300, 20, 380, 70], description="花"),
    )
    assert not nothing_new([book], tmp_path, SETTINGS, corrections=made)
    second = publish(book, tmp_path, *made)
    assert nothing_new([book], tmp_path, SETTINGS, corrections=made)
    assert verify_version(second) == []

    text = (second / "CHANGES.md").read_text("utf-8")
    assert "人工审定 review 4" in text
    assert "rejected: is\\|two figures" in text
    diff = Diff(first, second)
    assert {change.sort: set(change.why) for change in diff} == {
        key: {"review"} for key in ("added", "removed", "changed")
    }
    rows = {row["pair_id"]: row for row in iter_rows(second)}
    assert rows[pairs[1].pair_id]["review"] == "edited"
    lines = {line["pair_id"]: line for line in read_json_lines(second / "reviewed.jsonl")}
    assert lines[pairs[1].pair_id]["read"] == {"title": pairs[1].title}
    assert lines[pairs[0].pair_id]["state"] == "rejected"

    third = publish(book, tmp_path)  # somebody moved the file away
    assert {why for change in Diff(second, third) for why in change.why} == {"review"}


def test_a_page_that_is_done_and_what_was_undone_make_no_version(book: BookEntry, tmp_path: Path) -> None:
    publish(book, tmp_path)
    pair = book.result.pairs[0]
    reject = correction(1, pair, "reject", reason="no")
    made = [reject, correction(2, pair, "undo", of="c1"), correction(3, book, "page_done", page=1)]
    assert nothing_new([book], tmp_path, SETTINGS, corrections=made)


def test_the_same_corrections_in_any_order_make_the_same_bytes(book: BookEntry, tmp_path: Path) -> None:
    pairs = book.result.pairs
    made = [correction(n, pair, "edit", title=f"题{n}") for n, pair in enumerate(pairs)]
    made += [correction(9, pairs[0], "box", bbox=[60, 80, 150, 180])]
    one, other = publish(book, tmp_path / "a", *made), publish(book, tmp_path / "b", *reversed(made))
    assert read_manifest(one) == read_manifest(other)


def test_an_audit_alone_makes_a_version_whose_card_says_what_was_measured(
    book: BookEntry, tmp_path: Path
) -> None:
    first = publish(book, tmp_path)
    sample = draw_sample(first, 6)
    head = {name: getattr(sample, name) for name in ("dataset", "version", "digest", "size", "seed")}
    marks = dict.fromkeys(sample.pairs, "right")
    file = tmp_path / "marks.json"
    file.write_text(json.dumps({"tuwen_audit": 1, **head, "decisions": marks}), "utf-8")
    store_audit(file, tmp_path)
    assert not nothing_new([book], tmp_path, SETTINGS)
    second = publish(book, tmp_path)
    assert nothing_new([book], tmp_path, SETTINGS)
    assert "stratified sample of v0001 (6 pairs): 100.0% are right" in (second / "README.md").read_text(
        "utf-8"
    )
    assert "| mural | high | 6 | 6 | 0 |" in (second / "README.md").read_text("utf-8")
    assert "人工核查 Audit: v0001, 6 / 6, 100.0%" in (second / "CHANGES.md").read_text("utf-8")
    assert list(Diff(first, second)) == []
