"""No version loses a book that nobody took away: builds while files and folders fail."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.verify import read_current
from extractors import book_pages
from extractors.errors import BAD_INPUT, OK, PARTIAL
from flows.rebuild import BuildReport, build_workspace
from flows.status import read_status
from flows.verify import verify_workspace
from tests.flows.command import tuwen
from tests.flows.test_book_files import failing
from tests.flows.tiny_books import draw_book, quick_settings

SETTINGS = quick_settings()
GBK = "敦煌.pdf".encode("gbk")

pytestmark = pytest.mark.usefixtures("prefect_server")


def build(root: Path) -> BuildReport:
    return build_workspace(root, SETTINGS)


def version_books(root: Path) -> list[str]:
    """File names of the books of the current version."""
    text = (read_current(root / "datasets" / "tiny") / "books.jsonl").read_text(encoding="utf-8")
    return sorted(json.loads(line)["file_name"] for line in text.splitlines())


def test_new_books_are_published_with_the_last_reading_of_a_lost_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_book(root / "books" / "nas" / "book3.pdf", seed=3)
    assert build(root).version == "v0002"
    draw_book(root / "books" / "book4.pdf", seed=4)
    with monkeypatch.context() as patch:
        failing(patch, "scandir", root / "books" / "nas", errno.ESTALE)
        report = build(root)
    assert (report.state, report.version, report.exit_code) == ("published", "v0003", PARTIAL)
    assert report.counts is not None
    assert (report.counts["added"], report.counts["removed"], report.counts["changed"]) == (2, 0, 0)
    assert version_books(root) == ["book1.pdf", "book2.pdf", "book3.pdf", "book4.pdf"]
    lines = "\n".join(report.lines())
    assert "last reading counts" in lines
    assert "nas: cannot be read" in lines
    assert build(root).exit_code == OK


def test_a_share_that_is_not_mounted_loses_nothing(root: Path, tmp_path: Path) -> None:
    before = version_books(root)
    (root / "books").rename(tmp_path / "mounted")
    (root / "books").mkdir()
    report = build(root)
    assert (report.state, report.version, report.exit_code) == ("nothing-new", "v0001", PARTIAL)
    (root / "extracted" / "shelf.json").unlink()
    report = build(root)
    assert (report.state, report.version, report.exit_code) == ("held", "v0001", BAD_INPUT)
    assert version_books(root) == before


def test_an_unreadable_folder_holds_the_version_when_nobody_knows_what_is_in_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_book(root / "books" / "nas" / "book3.pdf", seed=3)
    build(root)
    (root / "extracted" / "shelf.json").unlink()
    draw_book(root / "books" / "book4.pdf", seed=4)
    with monkeypatch.context() as patch:
        failing(patch, "scandir", root / "books" / "nas", errno.EACCES)
        report = build(root)
        assert (report.state, report.version, report.held) == ("held", "v0002", ("nas",))
    assert build(root).version == "v0003"
    assert len(version_books(root)) == 4


def test_a_new_place_that_cannot_be_read_holds_nothing(root: Path) -> None:
    (root / "books" / "nas").symlink_to("/mnt/not/mounted")
    draw_book(root / "books" / "book3.pdf", seed=3)
    report = build(root)
    assert (report.state, report.version, report.exit_code) == ("published", "v0002", PARTIAL)


def test_a_book_that_changes_while_it_is_read_is_not_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone copies a new edition over book1.pdf while the build reads it."""
    real = book_pages.read_book

    def read_slowly(pdf: Path, *rest: Any, **named: Any) -> Any:
        content = real(pdf, *rest, **named)
        with pdf.open("ab") as file:
            file.write(b"\n% more")
        return content

    draw_book(root / "books" / "book1.pdf", seed=9)
    with monkeypatch.context() as patch:
        patch.setattr(book_pages, "read_book", read_slowly)
        report = build(root)
    assert (report.state, report.version, report.held) == ("held", "v0001", ("book1.pdf",))
    assert report.exit_code == BAD_INPUT
    assert "changed" in {book.reason for book in report.books}
    assert build(root).version == "v0002"
    assert version_books(root) == ["book1.pdf", "book2.pdf"]


def test_a_share_that_fails_in_the_middle_leaves_no_lasting_failure(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = book_pages.read_book

    def fail(pdf: Path, *rest: Any, **named: Any) -> Any:
        if pdf.exists():
            pdf.rename(pdf.with_suffix(".away"))
        return real(pdf, *rest, **named)

    pdf = draw_book(root / "books" / "book3.pdf", seed=3)
    with monkeypatch.context() as patch:
        patch.setattr(book_pages, "read_book", fail)
        report = build(root)
    assert [book.reason for book in report.books if book.state == "failed"] == ["not-found"]
    pdf.with_suffix(".away").rename(pdf)
    assert build(root).version == "v0002"
    assert len(version_books(root)) == 3


def test_a_book_replaced_by_a_broken_copy_holds_the_version(root: Path) -> None:
    pdf = root / "books" / "book1.pdf"
    whole = draw_book(pdf, seed=9).read_bytes()
    pdf.write_bytes(whole[:200])
    for _ in range(2):
        report = build(root)
        assert (report.state, report.version, report.held) == ("held", "v0001", ("book1.pdf",))
        assert "take them out of books/" in report.lines()[0]
    pdf.unlink()  # on purpose
    assert build(root).version == "v0002"
    assert version_books(root) == ["book2.pdf"]


def test_a_name_in_gbk_goes_through_everything(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf = Path(os.fsdecode(bytes(root) + b"/books/" + GBK))
    shutil.move(draw_book(root / "drawn.pdf", seed=3), pdf)
    assert build(root).version == "v0002"
    name = next(book.name for book in read_status(root, SETTINGS).books if book.name.startswith("敦煌~"))
    (root / "books.toml").write_text(f'[[book]]\nfile = "{name}"\nauthor = "常书鸿"\n', encoding="utf-8")
    report = build(root)
    assert (report.version, report.exit_code) == ("v0003", OK)
    assert name in version_books(root)
    text = (read_current(root / "datasets" / "tiny") / "books.jsonl").read_text(encoding="utf-8")
    (row,) = [json.loads(line) for line in text.splitlines() if name in line]
    assert (row["title"], row["author"]) == ("敦煌", "常书鸿")
    assert verify_workspace(root).problems == ()
    given = ("-w", root, "--set", "dataset.name=tiny", "--set", "extract.ocr.engine=off")
    assert tuwen("status", *given, "--json") == OK
    assert name in capsys.readouterr().out
    assert tuwen("build", *given, "--json") == OK
    assert json.loads(capsys.readouterr().out)["state"] == "nothing-new"
    assert tuwen("diff", *given, "--json") == OK
    assert tuwen("export", *given, "--format", "parquet") == OK
    other = Path(os.fsdecode(bytes(root) + b"/books/" + "织锦.pdf".encode("gbk")))
    shutil.move(draw_book(root / "drawn.pdf", seed=4), other)
    processes = build_workspace(root, quick_settings("build.runner=processes"))
    assert (processes.version, processes.exit_code) == ("v0004", OK)
