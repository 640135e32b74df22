"""Corrections and audits as reasons for a version: what it says of them, and that nothing else changes."""

from __future__ import annotations

import json
from dataclasses import replace
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
    assert "| 剔除 rejected: is\\|two figures |" in text
    assert "采纳 accepted" not in text
    assert "| 书 Book | 页 Page | pair_id | 原因 Reason | 审阅者 Who |" in text
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


def test_reasons_of_figures_that_left_are_told_in_both_languages(book: BookEntry, tmp_path: Path) -> None:
    publish(book, tmp_path)
    first, second, *_, third, fourth = sorted(book.result.pairs, key=lambda pair: (pair.page, pair.bbox))
    made = (
        correction(1, first, "reject", reason="wrong-text"),
        correction(2, second, "remove"),
        correction(3, third, "merge", boxes=[list(fourth.bbox)], bbox=list(third.bbox)),
    )
    text = (publish(book, tmp_path, *made) / "CHANGES.md").read_text("utf-8")
    assert "| 剔除（文字与图不符） rejected: wrong-text |" in text
    assert "| 此处无图 removed: no figure |" in text
    assert "| 合并（并入另一图） merged: part of " in text


def test_what_was_undone_makes_no_version(book: BookEntry, tmp_path: Path) -> None:
    publish(book, tmp_path)
    pair = book.result.pairs[0]
    reject = correction(1, pair, "reject", reason="no")
    made = [reject, correction(2, pair, "undo", of="c1")]
    assert nothing_new([book], tmp_path, SETTINGS, corrections=made)


def test_the_pairs_of_a_page_that_is_done_count_as_accepted(
    studio: Studio, book: BookEntry, tmp_path: Path
) -> None:
    first = publish(book, tmp_path)
    done = [correction(number, book, "page_done", page=1) for number in (1, 2)]
    second = publish(book, tmp_path, *done)
    reviews = {row["pair_id"]: row["review"] for row in iter_rows(second)}
    here = {row["pair_id"] for row in iter_rows(first) if row["page"] == 1}
    assert {pair_id for pair_id, review in reviews.items() if review == "accepted"} == here
    lines = read_json_lines(second / "reviewed.jsonl")
    assert sorted((line["state"], line["who"], line["corrections"]) for line in lines) == [
        *[("accepted", ["甲"], ["c1", "c2"])] * 2,
        ("done", ["甲"], ["c1", "c2"]),
    ]
    assert "采纳 accepted 2 · 整页审毕 done 1" in (second / "CHANGES.md").read_text("utf-8")
    # A figure that a later reading finds there was seen by nobody.
    other = studio.read("绫", two_a_page("绫", 4))
    new = replace(book.result.pairs[0], pair_id="new", bbox=(60.0, 300.0, 200.0, 405.0))
    more = replace(book, result=replace(book.result, pairs=(*book.result.pairs, new)))
    third = publish(more, tmp_path, *done)
    unseen = [row for row in iter_rows(third) if row["page"] == 1 and row["review"] == "unreviewed"]
    assert [row["bbox"] for row in unseen] == [[60.0, 300.0, 200.0, 405.0]]
    (lost,) = read_json_lines(publish(other, tmp_path / "other", done[0]) / "reviewed.jsonl")
    assert (lost["state"], lost["reason"]) == ("not applied", "its book is not on the shelf")


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
