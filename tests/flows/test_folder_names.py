"""Where `tuwen extract` puts each book."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from flows.folder_names import folder_names


def put(folder: Path, *names: str) -> list[Path]:
    """Files of these names, each with its own bytes."""
    paths = [folder / str(number) / name for number, name in enumerate(names)]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(str(path).encode("utf-8", "surrogateescape"))
    return paths


def as_a_disk_compares(name: str) -> str:
    return unicodedata.normalize("NFD", name).casefold()


@pytest.mark.parametrize(
    "names",
    [
        ("a.pdf", "..pdf", "...pdf", "....pdf", ".pdf"),
        ("a.pdf", "A.PDF", "a.pdf"),
        ("é.pdf", "e\u0301.pdf"),
        ("ß.pdf", "SS.pdf"),
        ("长" * 83 + ".pdf", "长" * 82 + "甲.pdf"),
        ("a.pdf", "a .pdf", "a..pdf"),
        (".refined.pdf", ".tuwen-1-0.pdf"),
        ("a", "a.pdf", "a.txt"),
    ],
)
def test_books_get_folders_of_their_own(tmp_path: Path, names: tuple[str, ...]) -> None:
    found = list(folder_names(put(tmp_path, *names)).values())
    assert len({as_a_disk_compares(name) for name in found}) == len(names)
    for name in found:
        assert not name.startswith(".")
        (tmp_path / name).mkdir()
        (tmp_path / f".{name}.old").mkdir()


def test_equal_books_of_one_name_get_two_folders(tmp_path: Path) -> None:
    first, second = put(tmp_path, "a.pdf", "a.pdf")
    second.write_bytes(first.read_bytes())
    assert len(set(folder_names([first, second]).values())) == 2


def test_a_name_that_another_would_get_is_left_to_it(tmp_path: Path) -> None:
    first, second = put(tmp_path, "a.pdf", "a.pdf")
    taken = folder_names([first, second])[first]
    third = tmp_path / f"{taken}.pdf"
    third.write_bytes(b"third")
    found = folder_names([first, second, third])
    assert found[third] == taken
    assert len(set(found.values())) == 3


def test_gbk_names_are_read(tmp_path: Path) -> None:
    (path,) = put(tmp_path, os.fsdecode("敦煌.pdf".encode("gbk")))
    assert folder_names([path]) == {path: "敦煌"}
