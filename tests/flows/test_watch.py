from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import append, decide
from extractors.errors import TuwenError, UsageError
from flows.progress import display
from flows.rebuild import BuildReport
from flows.watch import Watcher, watch_workspace
from tests.flows.tiny_books import quick_settings

OLD, NEW, NEWER = (1, 10, 0, 0), (1, 20, 0, 0), (1, 30, 0, 0)


def test_a_book_counts_when_two_scans_saw_it_the_same() -> None:
    watcher = Watcher()
    assert watcher.look({"a.pdf": OLD}) is None
    assert watcher.look({"a.pdf": NEW}) is None  # still growing
    assert watcher.look({"a.pdf": NEW}) == {"a.pdf"}


def test_nothing_is_built_twice() -> None:
    watcher = Watcher()
    watcher.look({"a.pdf": OLD})
    names = watcher.look({"a.pdf": OLD})
    assert names is not None
    watcher.built(names)
    assert watcher.look({"a.pdf": OLD}) is None


def test_a_build_that_could_not_be_done_is_asked_for_again() -> None:
    watcher = Watcher()
    watcher.look({"a.pdf": OLD})
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}


def built_with(watcher: Watcher, scan: dict[str, tuple[int, int, int, int]]) -> None:
    watcher.look(scan)
    names = watcher.look(scan)
    assert names == set(scan)
    watcher.built(frozenset(scan))


def test_a_book_still_being_copied_waits_while_a_settled_one_is_built() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD})
    watcher.look({"a.pdf": OLD, "b.pdf": OLD, "c.pdf": OLD})
    assert watcher.look({"a.pdf": OLD, "b.pdf": OLD, "c.pdf": NEW}) == {"a.pdf", "b.pdf"}


def test_a_known_book_being_rewritten_holds_the_build() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD})
    assert watcher.look({"a.pdf": NEW}) is None
    assert watcher.look({"a.pdf": NEWER}) is None
    assert watcher.look({"a.pdf": NEWER}) == {"a.pdf"}


def test_a_book_taken_away_is_a_change() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD, "b.pdf": OLD})
    assert watcher.look({"a.pdf": OLD}) == {"a.pdf"}


def test_an_empty_shelf_is_nothing_to_build() -> None:
    watcher = Watcher()
    assert watcher.look({}) is None
    assert watcher.look({}) is None


def test_what_people_say_is_a_change_once_they_pause() -> None:
    watcher = Watcher()
    built_with(watcher, {"a.pdf": OLD})
    assert watcher.look({"a.pdf": OLD}, {"corrections.jsonl": OLD}) is None  # still at it
    assert watcher.look({"a.pdf": OLD}, {"corrections.jsonl": NEW}) is None
    assert watcher.look({"a.pdf": OLD}, {"corrections.jsonl": NEW}) == {"a.pdf"}
    watcher.built(frozenset({"a.pdf"}))
    assert watcher.look({"a.pdf": OLD}, {"corrections.jsonl": NEW}) is None


class Stopped(Exception):
    """Ends a watch from outside."""


def watch(root: Path, monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> list[BuildReport]:
    """The reports of a watch in which each of `steps` happens between two scans."""
    reports: list[BuildReport] = []
    waiting = iter(steps)

    really = time.sleep

    def sleep(seconds: float) -> None:
        if threading.current_thread() is not threading.main_thread():
            really(seconds)  # of a thread of Prefect
            return
        step = next(waiting, None)
        if step is None:
            raise Stopped
        step()

    monkeypatch.setattr(time, "sleep", sleep)
    with display(), pytest.raises(Stopped):
        watch_workspace(root, quick_settings(), built=reports.append)
    return reports


def nothing() -> None:
    """A scan without news."""


def test_a_half_edited_book_list_is_said_once_and_ends_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books_file = root / "books.toml"
    reports = watch(
        root,
        monkeypatch,
        lambda: books_file.write_text("[[book]", encoding="utf-8"),
        nothing,
        nothing,
        books_file.unlink,
        nothing,
    )
    assert [report.state for report in reports] == ["nothing-new"]
    assert capsys.readouterr().err.count("not valid TOML") == 1


def test_decisions_are_built(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(iter(iter_rows(root / "datasets" / "tiny" / "v0001")))
    about = {"book": row["book_sha256"], "page": row["page"], "bbox": row["bbox"], "pair_id": row["pair_id"]}
    decision = decide("edit", {"title": "新题"}, who="甲", **about)
    reports = watch(
        root,
        monkeypatch,
        nothing,
        lambda: append(root / "corrections.jsonl", decision),
        nothing,
        nothing,
    )
    assert [report.state for report in reports] == ["nothing-new", "published"]


def test_a_failing_disk_is_said_once_and_ends_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = os.fsync

    def failing(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (root / "books" / "book1.pdf").touch()  # its new time stamp is to be written down
    reports = watch(
        root,
        monkeypatch,
        lambda: monkeypatch.setattr(os, "fsync", failing),
        nothing,
        lambda: monkeypatch.setattr(os, "fsync", real),
        nothing,
    )
    assert [report.state for report in reports] == ["nothing-new"]
    assert capsys.readouterr().err.count("Input/output error") == 1


def test_a_shelf_that_goes_and_comes_back_ends_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books, away = root / "books", root / "away"
    reports = watch(
        root,
        monkeypatch,
        nothing,
        lambda: books.rename(away),
        nothing,
        lambda: away.rename(books),
        nothing,
        nothing,
    )
    assert {report.state for report in reports} == {"nothing-new"}
    assert {report.version for report in reports} == {"v0001"}
    assert "mounted" in capsys.readouterr().err


def test_no_workspace_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        watch_workspace(tmp_path, quick_settings(), built=lambda _: None)


FAULTY = """
import sys, threading, time
import flows.watch
from flows.cli import main

def scan(workspace):
    raise ZeroDivisionError("a fault of ours")

flows.watch.scan_books = scan
threading.Thread(target=time.sleep, args=(600,)).start()  # as libraries leave behind
sys.argv = ["tuwen", "watch", "-w", sys.argv[1]]
main()
"""


def test_a_fault_of_the_program_ends_the_watch_at_once(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    command = [sys.executable, "-c", FAULTY, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == TuwenError.exit_code
    assert "ZeroDivisionError: a fault of ours" in ended.stderr
