"""`python -m extractors.fitting` on sample books."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from extractors.sample_books import draw_books


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "extractors.fitting", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_report_names_every_fold_and_cost(tmp_path: Path) -> None:
    draw_books(tmp_path, 3, ["mural_plates", "bilingual_catalogue"])
    done = run("--truth", str(tmp_path), "--ocr", "off")
    assert done.returncode == 0, done.stderr
    assert "| bilingual_catalogue |" in done.stdout
    assert "| second_figure |" in done.stdout
    assert "| elongated |" in done.stdout
    assert "left out: calibration error" in done.stdout


def test_a_folder_without_labels_is_said_so(tmp_path: Path) -> None:
    done = run("--truth", str(tmp_path))
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr


def test_pages_of_one_book_fit_costs_without_a_word_on_confidence(tmp_path: Path) -> None:
    draw_books(tmp_path, 3, ["mural_plates"])
    done = run("--truth", str(tmp_path), "--ocr", "off", "--hold-out", "pages")
    assert done.returncode == 0, done.stderr
    kept = "keep the present ones" in done.stdout
    assert ("[extract.costs]" in done.stdout) != kept
    assert "left out, the present costs have" in done.stdout
    assert "takes two books at least" in done.stdout
