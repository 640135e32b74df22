from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extractors.errors import BAD_INPUT, ENCRYPTED, OK, PARTIAL, USAGE, UsageError
from flows.extract import extract_books
from flows.folder_names import folder_names
from flows.progress import display
from flows.report import BookReport, common_exit_code
from tests.flows.tiny_books import draw_book, encrypt_book, quick_settings

EXTRACT = quick_settings().extract


def extract(arguments: list[Path], out: Path) -> list[BookReport]:
    told: list[BookReport] = []
    reports = extract_books(arguments, out, EXTRACT, done=told.append)
    assert told == reports
    return reports


def test_a_book_becomes_a_folder(tmp_path: Path) -> None:
    pdf = draw_book(tmp_path / "织锦.pdf")
    (report,) = extract([pdf], tmp_path / "out")
    folder = tmp_path / "out" / "织锦"
    rows = [json.loads(line) for line in (folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == report.pairs == 2
    assert all((folder / row["image"]).is_file() for row in rows)
    assert (folder / "unmatched.jsonl").is_file()
    assert (report.state, report.pages, report.exit_code) == ("done", 2, OK)
    assert "织锦.pdf: 2 pages, 2 pairs" in report.lines()[0]


def test_bad_books_do_not_stop_the_others(tmp_path: Path) -> None:
    books = tmp_path / "books"
    draw_book(books / "good.pdf")
    encrypt_book(draw_book(books / "locked.pdf"))
    (books / "empty.pdf").write_bytes(b"")
    reports = extract([books, tmp_path / "missing.pdf"], tmp_path / "out")
    found = {report.name: (report.state, report.reason, report.exit_code) for report in reports}
    assert found == {
        "good.pdf": ("done", "", OK),
        "locked.pdf": ("failed", "encrypted", ENCRYPTED),
        "empty.pdf": ("failed", "empty-file", BAD_INPUT),
        "missing.pdf": ("failed", "not-found", BAD_INPUT),
    }
    assert common_exit_code(reports) == PARTIAL
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good"]


def test_the_only_book_gives_its_own_code(tmp_path: Path) -> None:
    pdf = encrypt_book(draw_book(tmp_path / "locked.pdf"))
    assert common_exit_code(extract([pdf], tmp_path / "out")) == ENCRYPTED


def test_books_of_one_name_get_folders_of_their_own(tmp_path: Path) -> None:
    first = draw_book(tmp_path / "a" / "图录.pdf", seed=1)
    second = draw_book(tmp_path / "b" / "图录.PDF", seed=2)
    other = draw_book(tmp_path / "c.pdf", seed=3)
    names = folder_names([first, second, other])
    assert names[other] == "c"
    assert names[first] != names[second]
    assert all(names[pdf].startswith("图录-") for pdf in (first, second))


def test_a_folder_is_replaced_whole_but_only_if_it_is_ours(tmp_path: Path) -> None:
    pdf, out = draw_book(tmp_path / "a.pdf", pages=3), tmp_path / "out"
    extract([pdf], out)
    pdf.unlink()
    draw_book(pdf, pages=1)
    extract([pdf], out)
    assert len(list((out / "a" / "images").iterdir())) == 1
    (out / "a" / "summary.json").unlink()
    with pytest.raises(UsageError, match="--out"):
        extract([pdf], out)


def test_a_book_named_twice_is_taken_once(tmp_path: Path) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    assert len(extract([pdf, tmp_path, pdf], tmp_path / "out")) == 1


def test_pages_a_book_has_not_are_its_own_failure(tmp_path: Path) -> None:
    short, long = draw_book(tmp_path / "a.pdf", pages=1), draw_book(tmp_path / "b.pdf", pages=2)
    reports = extract_books([short, long], tmp_path / "out", EXTRACT, pages=[2], done=lambda _: None)
    assert [(report.state, report.exit_code) for report in reports] == [("failed", USAGE), ("done", OK)]


def test_a_folder_without_books_is_a_slip(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no PDF"):
        extract([tmp_path], tmp_path / "out")


def test_no_name_of_a_book_harms_another(tmp_path: Path) -> None:
    """`..pdf` once took the folder above for its own, and removed what was there."""
    names = ("a.pdf", "..pdf", "...pdf", "A.PDF", os.fsdecode("敦煌.pdf".encode("gbk")))
    books = [
        draw_book(tmp_path / "drawn.pdf", seed=n).rename(tmp_path / name) for n, name in enumerate(names)
    ]
    out = tmp_path / "out"
    reports = extract(books, out)
    assert {report.state for report in reports} == {"done"}
    folders = [path for path in out.iterdir() if (path / "summary.json").is_file()]
    assert len(folders) == len(list(out.iterdir())) == len(books)
    rows = [json.loads((path / "pairs.jsonl").read_text("utf-8").splitlines()[0]) for path in folders]
    assert len({row["book_sha256"] for row in rows}) == len(books)
    assert "敦煌" in {row["book_title"] for row in rows}


def test_what_is_no_file_costs_only_itself(tmp_path: Path) -> None:
    good = draw_book(tmp_path / "good.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "loop.pdf").symlink_to("loop.pdf")
    (tmp_path / "zero.pdf").symlink_to("/dev/zero")
    odd = [tmp_path / name for name in ("pipe.pdf", "loop.pdf", "zero.pdf")]
    reports = extract([*odd, good], tmp_path / "out")
    assert [(report.state, report.reason) for report in reports] == [("failed", "no-access")] * 3 + [
        ("done", "")
    ]
    assert common_exit_code(reports) == PARTIAL


def test_in_a_folder_what_is_no_file_is_only_mentioned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw_book(tmp_path / "books" / "good.pdf")
    os.mkfifo(tmp_path / "books" / "pipe.pdf")
    with display():
        reports = extract([tmp_path / "books"], tmp_path / "out")
    assert common_exit_code(reports) == OK
    assert "pipe.pdf: skipped, a named pipe" in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    draw_book(tmp_path / "books" / "good.pdf")
    (tmp_path / "books" / "nas").symlink_to("/mnt/not/mounted")
    reports = extract([tmp_path / "books"], tmp_path / "out")
    assert [(report.state, report.reason) for report in reports] == [("failed", "no-access"), ("done", "")]
    assert common_exit_code(reports) == PARTIAL


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    pdf, out = draw_book(tmp_path / "a.pdf", pages=200), tmp_path / "out"
    command = [sys.executable, "-m", "flows", "extract", str(pdf), "--out", str(out)]
    environment = {**os.environ, "TUWEN_EXTRACT__OCR__ENGINE": "off"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as killed:
        while not list(out.glob(".tuwen-*/book")) and killed.poll() is None:
            time.sleep(0.05)
        killed.kill()
    assert list(out.glob(".tuwen-*"))
    pdf.unlink()
    extract([draw_book(pdf, pages=1)], out)
    assert [path.name for path in out.iterdir()] == ["a"]
