"""Names of files that command a terminal: shown as escapes by every command, exact in JSON."""

from __future__ import annotations

import io
import json
import os
import unicodedata
from pathlib import Path

import pytest

from extractors.errors import BAD_INPUT, OK, PARTIAL
from flows.output import PrintableConsole
from flows.progress import Display
from tests.flows.command import tuwen
from tests.flows.tiny_books import draw_book

HOSTILE = "a\x1b]0;owned\x07\x9b31m\u202efdp\nforged: all sound"
SHOWN = r"a\x1b]0;owned\x07\x9b31m\u202efdp\x0aforged: all sound"
QUICK = ("--set", "extract.ocr.engine=off")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, with the name escaped in it and nothing that commands a terminal."""
    out = "".join(capsys.readouterr())
    assert [char for char in out if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"] == []
    assert not any(line.startswith("forged") for line in out.splitlines())
    assert SHOWN in out
    return out


def test_extract_and_its_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = draw_book(tmp_path / f"{HOSTILE}.pdf")
    bad = tmp_path / f"{HOSTILE}2.pdf"
    bad.write_bytes(b"no PDF")
    assert tuwen("extract", good, bad, "--out", tmp_path / "out", *QUICK) == PARTIAL
    said(capsys)
    assert tuwen("extract", tmp_path / f"{HOSTILE}3.pdf", "--out", tmp_path / "out", *QUICK) == BAD_INPUT
    said(capsys)
    assert tuwen("inspect", bad, "--page", "1", *QUICK) == BAD_INPUT
    said(capsys)
    assert tuwen("extract", good, "--out", tmp_path / "out", *QUICK, "--json") == OK
    assert json.loads(capsys.readouterr().out)["books"][0]["name"] == good.name


def test_build_and_status(tmp_path: Path, prefect_server: None, capsys: pytest.CaptureFixture[str]) -> None:
    draw_book(tmp_path / "books" / f"{HOSTILE}.pdf")
    (tmp_path / "books" / f"{HOSTILE}2.pdf").write_bytes(b"no PDF")
    assert tuwen("status", "-w", tmp_path, *QUICK) == OK
    said(capsys)
    assert tuwen("build", "-w", tmp_path, *QUICK) == PARTIAL
    said(capsys)
    assert tuwen("status", "-w", tmp_path, *QUICK) == OK
    said(capsys)
    assert tuwen("status", "-w", tmp_path, *QUICK, "--json") == OK
    assert f"{HOSTILE}.pdf" in {book["name"] for book in json.loads(capsys.readouterr().out)["books"]}


def test_bars_and_lines_on_a_terminal() -> None:
    screen = io.StringIO()
    display = Display(PrintableConsole(file=screen, force_terminal=True, width=200))
    display.start()
    display.update(HOSTILE, "reading", "pages", 1, 2)
    display.say(HOSTILE)
    display.stop()
    shown = screen.getvalue()
    assert SHOWN in shown
    assert not any(part in shown for part in ("\x1b]", "\x07", "\x9b", "\u202e"))
    assert "\x1b[" in shown  # the bar itself is drawn with escape sequences


def test_labels_of_a_book_with_a_gbk_name(tmp_path: Path) -> None:
    book = tmp_path / os.fsdecode("丝绸.pdf".encode("gbk"))
    draw_book(tmp_path / "plain.pdf").rename(book)
    assert tuwen("label", book, "--pages", "1", "--out", tmp_path / "labels", *QUICK) == OK
    assert (tmp_path / "labels" / "丝绸.truth.jsonl").is_file()
    assert tuwen("extract", book, "--out", tmp_path / "out", *QUICK) == OK
    assert tuwen("evaluate", "--truth", tmp_path / "labels", "--pred", tmp_path / "out") == OK
