from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from extractors.durable import file_sha256
from extractors.errors import DamagedWorkspaceError
from flows.objects import ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


def make_writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def test_an_object_lies_under_its_hash_and_is_read_only(store: ObjectStore) -> None:
    stored = store.put("联珠纹".encode(), "a.txt")
    path = store.path(stored.sha256)
    assert path.parent.name == stored.sha256[:2]
    assert file_sha256(path) == stored.sha256
    assert not stat.S_IMODE(path.stat().st_mode) & 0o222
    assert store.read(stored) == "联珠纹".encode()
    assert list(store) == [stored.sha256]


def test_the_same_bytes_are_stored_once(store: ObjectStore) -> None:
    first = store.put(b"same", "a")
    inode = store.path(first.sha256).stat().st_ino
    second = store.put(b"same", "b")
    assert second.sha256 == first.sha256
    assert store.path(first.sha256).stat().st_ino == inode


def test_a_truncated_object_is_seen_and_made_again(store: ObjectStore) -> None:
    stored = store.put(b"0123456789", "a")
    make_writable(store.path(stored.sha256)).write_bytes(b"01234")
    assert not store.is_there(stored)
    with pytest.raises(DamagedWorkspaceError, match=stored.sha256):
        store.read(stored)
    store.put(b"0123456789", "a")
    assert store.read(stored) == b"0123456789"


def test_changed_bytes_of_the_right_size_are_seen(store: ObjectStore) -> None:
    stored = store.put(b"0123456789", "a")
    make_writable(store.path(stored.sha256)).write_bytes(b"012345678X")
    assert store.is_there(stored)
    assert not store.is_sound(stored)
    with pytest.raises(DamagedWorkspaceError, match="changed"):
        store.read(stored)
    store.put(b"0123456789", "a")
    assert store.is_sound(stored)


def test_a_crash_before_the_rename_leaves_a_file_that_is_swept(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        patch.setattr(Path, "unlink", crash)  # a dead process cleans nothing up
        with pytest.raises(Crash):
            store.put(b"half", "a")
    assert list(store) == []
    assert store.sweep() == 1
    assert store.read(store.put(b"half", "a")) == b"half"
