"""Writing that survives crashes and other writers."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from extractors.durable import (
    READ_ONLY,
    TEMPORARY_SUFFIX,
    file_sha256,
    make_folder,
    rename_folder,
    replace_bytes,
    replace_text,
    replacing,
    sweep,
)

LONGEST_NAME = 255
"""Bytes that a file name may have."""


class Crash(BaseException):
    """The process dies here."""


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    replace_text(path, "old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_text(path, "old")

    def write_half() -> None:
        with replacing(path) as stream:
            stream.write(b"new")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_are_flushed_before_the_name_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def noted_replace(old: Path, new: Path) -> None:
        done.append("name")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    replace_text(tmp_path / "file", "text")
    assert done == ["file", "name", "folder"]


def test_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = [letter * 100_000 for letter in "abcdefgh"]
    together = threading.Barrier(len(texts))
    faults: list[Exception] = []

    def write(text: str) -> None:
        together.wait()
        try:
            for _ in range(5):
                replace_text(path, text)
        except OSError as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert path.read_text() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("纹" * (LONGEST_NAME // 3))
    replace_text(path, "text")
    assert path.read_text() == "text"


def test_a_mode_is_kept_and_the_umask_respected(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        replace_bytes(tmp_path / "sealed", b"x", mode=READ_ONLY)
        replace_text(tmp_path / "plain", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "sealed").stat().st_mode) == 0o440
    assert stat.S_IMODE((tmp_path / "plain").stat().st_mode) == 0o640


def test_what_a_crash_left_is_swept_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise Crash

    replace_text(tmp_path / "ab" / f"book{TEMPORARY_SUFFIX}", "a file of that ending, but not hidden")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        patch.setattr(Path, "unlink", crash)  # a dead process cleans nothing up
        with pytest.raises(Crash):
            replace_text(tmp_path / "ab" / "file", "half")
    assert sweep(tmp_path) == 1
    assert [path.name for path in (tmp_path / "ab").iterdir()] == [f"book{TEMPORARY_SUFFIX}"]


def test_new_folders_are_flushed_into_the_ones_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda fd: flushed.append(Path(os.readlink(f"/proc/self/fd/{fd}"))))
    make_folder(tmp_path / "a" / "b")
    assert flushed == [tmp_path, tmp_path / "a"]
    make_folder(tmp_path / "a" / "b")
    assert len(flushed) == 2


def test_a_folder_gets_its_name_when_all_it_holds_is_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    replace_text(made / "deep" / "er" / "file", "text")
    replace_text(made / "other", "text")
    flushed: set[Path] = set()
    replace = os.replace

    def noted(old: Path, new: Path) -> None:
        assert flushed == {made, made / "deep", made / "deep/er", made / "deep/er/file", made / "other"}
        replace(old, new)

    monkeypatch.setattr(os, "fsync", lambda fd: flushed.add(Path(os.readlink(f"/proc/self/fd/{fd}"))))
    monkeypatch.setattr(os, "replace", noted)
    rename_folder(made, tmp_path / "target")
    assert (tmp_path / "target/deep/er/file").read_text() == "text"
    assert tmp_path in flushed


def test_a_folder_that_holds_something_is_not_replaced(tmp_path: Path) -> None:
    replace_text(tmp_path / "made" / "file", "new")
    replace_text(tmp_path / "target" / "file", "old")
    with pytest.raises(OSError, match="not empty"):
        rename_folder(tmp_path / "made", tmp_path / "target")
    assert (tmp_path / "target" / "file").read_text() == "old"


def test_the_sha256_of_a_file(tmp_path: Path) -> None:
    replace_text(tmp_path / "file", "abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_sha256(tmp_path / "file") == known
