"""A workspace with damaged files: what is damaged is named or made again, and never believed."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from dataset_cards.verify import read_current, read_manifest
from extractors.durable import file_sha256
from extractors.errors import DamagedWorkspaceError
from flows.rebuild import build_workspace
from flows.repair import repair_workspace
from flows.status import read_status
from flows.verify import verify_workspace
from tests.flows.tiny_books import draw_book, quick_settings

SETTINGS = quick_settings()

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_a_digit_changed_in_the_index_of_the_shelf_loses_no_book(root: Path) -> None:
    build_workspace(root, SETTINGS)
    index = root / "extracted" / "shelf.json"
    sha256 = json.loads(index.read_bytes())["books"]["book1.pdf"][-1]
    other = sha256[:-1] + ("0" if sha256[-1] != "0" else "1")
    index.write_bytes(index.read_bytes().replace(sha256.encode(), other.encode()))
    assert read_status(root, SETTINGS).waiting == ()
    report = build_workspace(root, SETTINGS)
    assert (report.state, report.exit_code) == ("nothing-new", 0)
    assert report.path is not None
    assert read_manifest(report.path)["counts"]["books"] == 2


def test_the_status_of_a_read_only_workspace(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_status(root, SETTINGS).counts
    (root / "extracted" / "shelf.json").unlink()  # now there is something to write
    real = os.open

    def read_only(path: Path, flags: int, *rest: int, **named: int) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY) and Path(path).is_relative_to(root):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", read_only)
    found = read_status(root, SETTINGS)
    assert (found.counts, found.waiting, found.busy) == (expected, (), None)


def current(root: Path) -> Path:
    return read_current(root / "datasets" / "tiny")


def flip(path: Path) -> None:
    """Change one bit of the file, under its name and all others that it has."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def a_file(root: Path, kind: str) -> Path:
    version = current(root)
    places = {
        "picture": next((root / "objects").glob(f"??/{file_sha256(next(version.rglob('*.jpg')))}")),
        "result": max((root / "objects").glob("??/*"), key=lambda path: path.read_bytes()[:1] == b"{"),
        "manifest": next((root / "extracted").glob("*/pairs-*.json")),
        "index of the shelf": root / "extracted" / "shelf.json",
        "crop of the version": next(version.glob("imagefolder/*/*.png")),
        "table of the version": next(version.glob("data/*.parquet")),
        "page of the version": version / "report" / "index.html",
        "manifest of the version": version / "manifest.json",
        "current": version.parent / "CURRENT",
    }
    return places[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "picture",
        "result",
        "manifest",
        "index of the shelf",
        "crop of the version",
        "table of the version",
        "page of the version",
        "manifest of the version",
        "current",
    ],
)
def test_a_flipped_bit_is_named_and_the_remedy_restores_every_byte(kind: str, root: Path) -> None:
    build_workspace(root, SETTINGS)  # the copy of a workspace has other inodes: the index is written again
    before = {path: path.read_bytes() for part in ("objects", "datasets") for path in files_of(root / part)}
    path = a_file(root, kind)
    flip(path)
    (problem, *_) = verify_workspace(root).problems
    assert path.name in " ".join(verify_workspace(root).problems)
    assert "tuwen verify --repair" in problem
    assert repair_workspace(root, SETTINGS).problems == ()
    assert {path: path.read_bytes() for path in before} == before
    assert build_workspace(root, SETTINGS).state == "nothing-new"


def files_of(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_an_older_version_is_restored_from_a_newer_one_and_what_is_left_is_named(root: Path) -> None:
    old = current(root)
    draw_book(root / "books" / "book3.pdf", seed=3)
    build_workspace(root, SETTINGS)
    crop, table = next(old.glob("imagefolder/*/*.png")), next(old.glob("data/*.parquet"))
    expected = crop.read_bytes()
    copy = crop.with_suffix(".copy")
    copy.write_bytes(expected)
    os.replace(copy, crop)  # no hard link any more: the other copies stay sound
    flip(crop)
    flip(table)
    (problem,) = repair_workspace(root, SETTINGS).problems
    assert table.name in problem
    assert crop.read_bytes() == expected


def test_no_flipped_bit_of_current_is_believed(root: Path) -> None:
    pointer = root / "datasets" / "tiny" / "CURRENT"
    sound = pointer.read_bytes()
    for place in range(len(sound)):
        for bit in range(8):
            data = bytearray(sound)
            data[place] ^= 1 << bit
            pointer.write_bytes(data)
            with pytest.raises(DamagedWorkspaceError):
                current(root)
    pointer.write_text("v0001\n")  # what a person writes to go back
    assert current(root).name == "v0001"
