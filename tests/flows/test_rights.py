"""books.toml of a workspace: what status and doctor say of it, and how it reaches a version."""

from __future__ import annotations

import json
from pathlib import Path

import pymupdf
import pytest

from dataset_cards.files import read_json_lines
from dataset_cards.verify import read_current
from extractors.errors import MISSING_DEPENDENCY, OK, USAGE
from flows.progress import display
from flows.rebuild import BuildReport, build_workspace
from flows.status import read_status
from tests.flows.command import tuwen
from tests.flows.tiny_books import draw_book, quick_settings

KNOWN = """
[[book]]
file = "book1.pdf"
title = "小书"
rights = "https://creativecommons.org/licenses/by/4.0/"

[[book]]
file = "book3.pdf"
"""


def state(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert tuwen("status", "-w", root, "--json") == OK
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_rights_stated_later_make_a_version_of_their_own(root: Path) -> None:
    (root / "books.toml").write_text(KNOWN, encoding="utf-8")
    report = build_workspace(root, quick_settings())
    assert (report.state, report.version) == ("published", "v0002")
    assert report.counts is not None
    assert (report.counts["added"], report.counts["removed"], report.counts["changed"]) == (0, 0, 0)
    assert report.path is not None
    rows = {row["file_name"]: row for row in read_json_lines(report.path / "books.jsonl")}
    assert (rows["book1.pdf"]["title"], rows["book1.pdf"]["licence"]) == ("小书", "CC BY 4.0")
    assert rows["book2.pdf"]["rights"] == "unknown"
    assert build_workspace(root, quick_settings()).state == "nothing-new"


def test_status_tells_which_books_lack_rights(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert state(root, capsys)["without_rights"] == ["book1.pdf", "book2.pdf"]
    (root / "books.toml").write_text(KNOWN, encoding="utf-8")
    found = state(root, capsys)
    assert found["without_rights"] == ["book2.pdf"]
    assert tuwen("status", "-w", root) == OK
    text = capsys.readouterr().out
    assert "rights: not stated for 1 of the books: book2.pdf; state them in books.toml" in text
    assert "! books.toml describes book3.pdf, which is not in books/; did you mean book" in text


def test_doctor_tells_of_rights_and_of_slips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_book(tmp_path / "books" / "book1.pdf")
    (tmp_path / "books.toml").write_text(KNOWN, encoding="utf-8")
    tuwen("doctor", "-w", tmp_path)
    assert "✓ rights: stated for 1 of 1 books; books.toml describes book3.pdf" in capsys.readouterr().out
    (tmp_path / "books.toml").write_text('[[book]]\nfile = "book1.pdf"\nright = ""\n', encoding="utf-8")
    assert tuwen("doctor", "-w", tmp_path) == MISSING_DEPENDENCY
    assert "there is no field right; did you mean rights?" in capsys.readouterr().out


def rights(root: Path) -> dict[str, str]:
    rows = read_json_lines(read_current(root / "datasets" / "tiny") / "books.jsonl")
    return {row["file_name"]: row["rights"] for row in rows}


def build_aloud(root: Path) -> BuildReport:
    """A build that says what the command would."""
    with display():
        return build_workspace(root, quick_settings())


def test_a_book_that_was_renamed_copied_or_saved_again_keeps_its_rights(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "books.toml").write_text(KNOWN, encoding="utf-8")
    build_aloud(root)
    books = root / "books"
    (books / "book1.pdf").rename(books / "renamed.pdf")
    capsys.readouterr()
    report = build_aloud(root)
    said = capsys.readouterr().err
    assert 'describes book1.pdf, which is now renamed.pdf: write file = "renamed.pdf"' in said
    assert report.counts is not None
    assert (report.counts["added"], report.counts["removed"]) == (0, 0)
    assert rights(root)["renamed.pdf"].startswith("https://creativecommons.org")
    assert build_aloud(root).state == "nothing-new"
    (books / "a copy.pdf").write_bytes((books / "renamed.pdf").read_bytes())
    build_aloud(root)
    assert rights(root)["a copy.pdf"].startswith("https://creativecommons.org")
    (books / "a copy.pdf").unlink()
    with pymupdf.open(books / "renamed.pdf") as book:
        book.set_metadata({"producer": "saved again"})
        book.save(books / "saved again.pdf", garbage=3, deflate=True)
    (books / "renamed.pdf").unlink()
    report = build_aloud(root)
    assert "saved again.pdf is" in capsys.readouterr().err
    assert report.counts is not None
    assert (report.counts["added"], report.counts["removed"]) == (0, 0)
    assert rights(root)["saved again.pdf"].startswith("https://creativecommons.org")
    (hint,) = (line for line in described(root) if "book1.pdf" in line)
    assert "which is now saved again.pdf" in hint


def described(root: Path) -> tuple[str, ...]:
    return read_status(root, quick_settings()).warnings


def test_a_slip_stops_a_build_before_any_book_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw_book(tmp_path / "books" / "a.pdf")
    (tmp_path / "books.toml").write_text('[[book]]\nfile = "a.pdf"\nyear = "二〇一二"\n', encoding="utf-8")
    assert tuwen("build", "-w", tmp_path) == USAGE
    assert "books.toml, line 3, book 1: year = '二〇一二'" in capsys.readouterr().err
    assert not list((tmp_path / "extracted").glob("*/*.json"))
