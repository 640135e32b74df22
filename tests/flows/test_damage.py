"""A workspace with damaged files: what is damaged is named or made again, and never believed."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from dataset_cards.verify import read_manifest
from flows.rebuild import build_workspace
from flows.status import read_status
from tests.flows.tiny_books import quick_settings

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
