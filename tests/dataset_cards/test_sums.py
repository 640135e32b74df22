"""SHA256SUMS of a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dataset_cards.files import file_sha256
from dataset_cards.sums import SUMS, damaged_files, write_sums


def made(folder: Path) -> Path:
    (folder / "图").mkdir(parents=True)
    (folder / "a.txt").write_text("one")
    (folder / "图" / "纹样 1.txt").write_text("two")
    write_sums(folder)
    return folder


def test_the_form_is_that_of_sha256sum(tmp_path: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=made(tmp_path), check=False)
    assert done.returncode == 0


def test_changed_and_missing_files_are_named_and_later_ones_are_no_damage(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "later.txt").write_text("three")
    assert damaged_files(folder) == []
    (folder / "a.txt").write_text("One")
    (folder / "图" / "纹样 1.txt").unlink()
    assert damaged_files(folder) == ["a.txt is not what was written", "图/纹样 1.txt is missing"]
    assert damaged_files(folder, {"later.txt"}) == []


def test_a_folder_without_checksums_has_no_known_damage(tmp_path: Path) -> None:
    assert damaged_files(tmp_path) == []


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname", "a/../../outside.txt", ""])
def test_a_list_names_nothing_outside_its_folder(name: str, tmp_path: Path) -> None:
    folder = made(tmp_path / "model")
    (tmp_path / "outside.txt").write_text("secret")
    sha256 = file_sha256(tmp_path / "outside.txt")
    (folder / SUMS).write_text(f"{sha256}  {name}\n")
    (fault,) = damaged_files(folder)
    assert fault.startswith(f"{SUMS} is not what was written")


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / SUMS).write_bytes(b"\xff\0" * 1000)
    (fault,) = damaged_files(folder, {"a.txt"})
    assert len(fault) < 500
