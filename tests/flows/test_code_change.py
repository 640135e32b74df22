"""What was made by other code is made again; what was made by the same code is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dataset_cards.verify import read_current
from extractors.code_digest import PACKAGES, ROOT

GIVEN = ("--set", "extract.ocr.engine=off", "--set", "dataset.name=tiny")
BOTH = ["book1.pdf", "book2.pdf"]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program, to be changed."""
    for package in PACKAGES:
        target = tmp_path / "program" / package
        shutil.copytree(ROOT / package, target, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "program"


def tuwen(program: Path, *arguments: str | Path) -> str:
    """What the command of `program` prints."""
    from prefect.settings import PREFECT_API_URL

    environment = {**os.environ, "PYTHONPATH": str(program), "PREFECT_API_URL": str(PREFECT_API_URL.value())}
    command = [sys.executable, "-m", "flows", *map(str, arguments), *GIVEN]
    done = subprocess.run(command, cwd=program, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def waiting(program: Path, root: Path) -> list[str]:
    """The books that the next build would read."""
    names: list[str] = json.loads(tuwen(program, "status", "-w", root, "--json"))["waiting"]
    return names


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


ANOTHER = ("import annotations\n", "import annotations\nANOTHER = 1\n")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("extractors/page.py", "GOOD_TEXT = 0.75", "GOOD_TEXT = 0.76"),
        ("extractors/pairing/costs.py", *ANOTHER),
    ],
    ids=["reading", "pairing"],
)
def test_a_book_is_read_again_when_the_code_that_read_it_changed(
    file: str, old: str, new: str, program: Path, root: Path
) -> None:
    edit(program / file, old, new)
    assert waiting(program, root) == BOTH


def test_a_changed_constant_reaches_the_next_version(program: Path, root: Path) -> None:
    edit(program / "extractors/crops.py", "PREVIEW_QUALITY = ", "PREVIEW_QUALITY = 1 + ")
    assert "published v0002" in tuwen(program, "build", "-w", root)
    old, new = (
        [path.read_bytes() for path in sorted((root / "datasets/tiny" / version).rglob("*.jpg"))]
        for version in ("v0001", "v0002")
    )
    assert old != new
    assert "nothing new" in tuwen(program, "build", "-w", root)


def test_changed_publishing_code_makes_a_version_and_reads_no_book(program: Path, root: Path) -> None:
    edit(program / "extractors/page.py", "GOOD_TEXT = 0.75", "GOOD_TEXT = 0.75  # of 1")
    edit(program / "extractors/page.py", '"""One page', '"""A single page')
    edit(program / "dataset_cards/report/gallery.py", *ANOTHER)
    edit(program / "dataset_cards/report/gallery.css", "\n", "\n/* another page */\n")
    assert waiting(program, root) == []
    assert "published v0002" in tuwen(program, "build", "-w", root)
    assert read_current(root / "datasets" / "tiny").name == "v0002"
