"""The command as a shell sees it: exit codes, what goes to stdout, and stopping by a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extractors.errors import (
    BAD_INPUT,
    BUSY,
    DAMAGED_WORKSPACE,
    ENCRYPTED,
    INTERRUPTED,
    OK,
    PARTIAL,
    USAGE,
    TuwenError,
)
from flows.lock import workspace_lock
from tests.flows.command import tuwen
from tests.flows.processes import running
from tests.flows.tiny_books import draw_book, encrypt_book

COMMANDS = (
    "extract",
    "inspect",
    "evaluate",
    "label",
    "build",
    "watch",
    "serve",
    "export",
    "benchmark",
    "search",
    "run",
    "finetune",
    "diff",
    "audit",
    "gc",
    "demo",
    "status",
    "verify",
    "doctor",
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUWEN_EXTRACT__OCR__ENGINE", "off")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen(command, "--help") == OK
    assert capsys.readouterr().out.count(f"tuwen {command}") >= 2


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, flows.cli; print([name for name, module in sys.modules.items() if module])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = ("prefect", "paddleocr", "datasets", "pandas", "pymupdf", "cv2", "numpy")
    assert [name for name in heavy if f"'{name}'" in loaded] == []


def test_results_go_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    assert tuwen("extract", pdf, "--out", tmp_path / "out", "--json") == OK
    result = json.loads(capsys.readouterr().out)
    assert result["books"][0]["pairs"] == 2


def test_exit_codes_of_extract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, locked = draw_book(tmp_path / "a.pdf"), encrypt_book(draw_book(tmp_path / "b.pdf"))
    out = tmp_path / "out"
    assert tuwen("extract", locked, "--out", out) == ENCRYPTED
    assert "b.pdf" in capsys.readouterr().out
    assert tuwen("extract", good, locked, "--out", out) == PARTIAL
    assert f"2 pairs, 0 unmatched from 1 book: {out}" in capsys.readouterr().out
    assert tuwen("extract", tmp_path / "none.pdf", "--out", out) == BAD_INPUT
    assert tuwen("extract", good, "--out", out, "--pages", "5-2") == USAGE
    assert tuwen("extract", good) == USAGE
    capsys.readouterr()
    assert tuwen("extract", good, "--out", out, "--set", "extract.worker=2") == USAGE
    assert "did you mean extract.workers?" in capsys.readouterr().err


def test_only_the_pages_asked_for_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf = draw_book(tmp_path / "a.pdf", pages=4)
    assert tuwen("extract", pdf, "--out", tmp_path / "out", "--pages", "2,4") == OK
    assert "2 of 4 pages" in capsys.readouterr().out
    lines = (tmp_path / "out" / "a" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["page"] for line in lines] == [2, 4]


def test_inspect_writes_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf, png = draw_book(tmp_path / "a.pdf"), tmp_path / "page.png"
    assert tuwen("inspect", pdf, "--page", "1", "--out", png) == OK
    assert capsys.readouterr().out.strip() == str(png)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert tuwen("inspect", tmp_path / "none.pdf", "--page", "1") == BAD_INPUT


@pytest.mark.usefixtures("prefect_server")
def test_build_status_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_book(tmp_path / "books" / "a.pdf")
    assert tuwen("status", "-w", tmp_path) == OK
    assert "a.pdf: new" in capsys.readouterr().out
    assert tuwen("build", "-w", tmp_path) == OK
    assert "published v0001: 2 pairs" in capsys.readouterr().out
    assert tuwen("build", "-w", tmp_path, "--json") == OK
    assert json.loads(capsys.readouterr().out)["state"] == "nothing-new"
    assert tuwen("status", "-w", tmp_path, "--json") == OK
    status = json.loads(capsys.readouterr().out)
    assert status["version"] == "v0001"
    assert status["books"][0]["state"] == "done"
    assert tuwen("verify", "-w", tmp_path) == OK
    victim = sorted((tmp_path / "objects").glob("??/*"))[0]
    victim.chmod(0o644)
    victim.write_bytes(b"")
    capsys.readouterr()
    assert tuwen("verify", "-w", tmp_path) == DAMAGED_WORKSPACE
    assert victim.name in capsys.readouterr().out


def test_busy_and_no_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen("build", "-w", tmp_path) == USAGE
    (tmp_path / "books").mkdir()
    with workspace_lock(tmp_path):
        assert tuwen("build", "-w", tmp_path) == BUSY
    assert f"process {os.getpid()}" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_watch_ends_by_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "books").mkdir()
    command = [sys.executable, "-m", "flows", "watch", "-w", str(tmp_path), "--interval", "600"]
    with running(command, ready="watching", stream="stderr") as watching:
        watching.send_signal(number)
        assert watching.wait(60) == INTERRUPTED


def test_an_interrupted_extract_leaves_nothing_behind(tmp_path: Path) -> None:
    pdf, out = draw_book(tmp_path / "a.pdf", pages=200), tmp_path / "out"
    command = [sys.executable, "-m", "flows", "extract", str(pdf), "--out", str(out)]
    working = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(out.glob(".tuwen-*")) and working.poll() is None:
        time.sleep(0.05)
    working.send_signal(signal.SIGINT)
    assert "interrupted" in working.communicate(timeout=60)[1]
    assert working.returncode == INTERRUPTED
    assert list(out.iterdir()) == []


def test_a_place_that_cannot_be_used_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = draw_book(tmp_path / "a.pdf")
    assert tuwen("extract", pdf, "--out", pdf) == USAGE
    assert "is a file" in capsys.readouterr().err
    assert tuwen("extract", pdf, "--out", pdf / "out") == TuwenError.exit_code
    assert f"tuwen: {pdf}" in capsys.readouterr().err
