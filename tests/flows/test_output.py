"""Terminals and logs that cannot show every character: nothing fails, and JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.errors import OK
from tests.flows.tiny_books import draw_book

ENCODINGS = (
    {"PYTHONIOENCODING": "gbk"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
)


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    given = {key: value for key, value in os.environ.items() if key != "PYTHONIOENCODING"}
    given |= {"TUWEN_EXTRACT__OCR__ENGINE": "off", **environment}
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    return subprocess.run(command, env=given, capture_output=True, check=False, timeout=300)


@pytest.mark.parametrize("environment", ENCODINGS, ids=lambda given: "-".join(given.values()))
def test_a_character_that_cannot_be_shown_ends_no_command(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    pdf, out = draw_book(tmp_path / "织锦é𠮷.pdf"), tmp_path / "out"
    shown = run(environment, "extract", pdf, "--out", out)
    assert (shown.returncode, shown.stderr) == (OK, b"")
    assert b"2 pairs, 0 unmatched from 1 book" in shown.stdout  # after a line that begins with a tick
    result = run(environment, "extract", pdf, "--out", out, "--json")
    assert (result.returncode, result.stderr) == (OK, b"")
    document = json.loads(result.stdout.decode("gbk"))
    assert document["books"][0]["name"] == "织锦é𠮷.pdf"


def test_json_in_utf8_shows_chinese(tmp_path: Path) -> None:
    draw_book(tmp_path / "books" / "织锦.pdf")
    assert (
        "织锦.pdf" in run({"PYTHONIOENCODING": "utf-8"}, "status", "-w", tmp_path, "--json").stdout.decode()
    )
