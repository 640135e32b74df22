"""Exports as a whole: what is chosen, where it goes, what is refused; the readers of each are in formats/."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.export import EXPORT_FILE, FORMATS, export_version, find_version
from dataset_cards.files import all_files, file_sha256, read_json_lines
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.rights import BookFacts
from dataset_cards.settings import DatasetSettings
from dataset_cards.sums import SUMS
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book

ROOT = Path(__file__).parents[2]
FREE = "http://rightsstatements.org/vocab/NoC-NC/1.0/"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in all_files(folder)}


def ids_in(folder: Path) -> set[str]:
    return {row["pair_id"] for path in folder.rglob("metadata.jsonl") for row in read_json_lines(path)}


@pytest.fixture
def writable_version(version_dir: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    copy = tmp_path / "demo" / version_dir.name
    shutil.copytree(version_dir, copy)
    for path in all_files(copy):
        path.chmod(0o644)
    return copy


def test_every_format_has_the_same_bytes_in_another_place_zone_and_order(
    version_dir: Path, tmp_path: Path
) -> None:
    export_version(version_dir, FORMATS, tmp_path / "here")
    code = (
        "import sys; from pathlib import Path; from dataset_cards.export import FORMATS, export_version;"
        "export_version(Path(sys.argv[1]), FORMATS[::-1], Path('there'))"
    )
    (tmp_path / "cwd").mkdir()
    shutil.copytree(version_dir, tmp_path / "cwd" / version_dir.name)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TZ": "Asia/Shanghai",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", code, version_dir.name]
    subprocess.run(command, cwd=tmp_path / "cwd", env=environment, check=True)
    assert contents(tmp_path / "here") == contents(tmp_path / "cwd" / "there")


def test_the_manifest_names_the_choice_and_every_file(version_dir: Path, tmp_path: Path) -> None:
    (done,) = export_version(version_dir, ["imagefolder"], tmp_path, split="test")
    manifest = json.loads((done.path / EXPORT_FILE).read_text("utf-8"))
    assert (manifest["version"], manifest["format"], manifest["split"]) == ("v0001", "imagefolder", "test")
    assert (manifest["pairs"], done.pairs) == ({"test": 18}, 18)
    present = {path.relative_to(done.path).as_posix(): path for path in all_files(done.path)}
    assert set(manifest["files"]) == set(present) - {EXPORT_FILE, SUMS}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=done.path, check=True)
    for name, entry in manifest["files"].items():
        assert entry == {"sha256": file_sha256(present[name]), "bytes": present[name].stat().st_size}
    assert (done.files, done.bytes) == (19, sum(entry["bytes"] for entry in manifest["files"].values()))


def test_a_split_goes_to_a_folder_of_its_own(version_dir: Path, tmp_path: Path) -> None:
    (whole,) = export_version(version_dir, ["imagefolder"], tmp_path)
    (part,) = export_version(version_dir, ["imagefolder"], tmp_path, split="val")
    assert (whole.path.name, part.path.name) == ("imagefolder", "imagefolder-val")
    assert ids_in(part.path) == {row["pair_id"] for row in iter_rows(version_dir, "val")}
    assert ids_in(whole.path) == {row["pair_id"] for row in iter_rows(version_dir)}


def test_fresh_are_the_pairs_of_the_newest_books(tmp_path: Path) -> None:
    books = [make_book(tmp_path / "objects", title) for title in ("丝绸纹样", "敦煌壁画")]
    publish_version(books[:1], tmp_path / "demo", DatasetSettings())
    second = publish_version(books, tmp_path / "demo", DatasetSettings()).path
    new = {pair.pair_id for pair in books[1].result.pairs}
    for name in FORMATS:
        (done,) = export_version(second, [name], tmp_path / "out", split="fresh")
        assert (done.path.name, done.pairs) == (f"{name}-fresh", len(new))
    assert ids_in(tmp_path / "out" / "imagefolder-fresh") == new


def test_a_public_export_leaves_out_books_whose_rights_are_not_stated(tmp_path: Path) -> None:
    known, unknown = (make_book(tmp_path / "objects", title) for title in ("丝绸纹样", "敦煌壁画"))
    stated = replace(known, facts=BookFacts(file="丝绸纹样.pdf", rights=FREE))
    version_dir = publish_version([stated, unknown], tmp_path / "demo", DatasetSettings()).path
    (done,) = export_version(version_dir, ["imagefolder"], tmp_path / "out", public=True)
    assert (done.path.name, done.pairs, done.left_out) == ("imagefolder-public", 12, 12)
    assert ids_in(done.path) == {pair.pair_id for pair in known.result.pairs}
    assert json.loads((done.path / EXPORT_FILE).read_text("utf-8"))["left_out"] == 12


def test_a_public_export_of_unknown_books_only_is_refused(version_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no pair of a book whose rights are stated.*books\.toml"):
        export_version(version_dir, ["csv"], tmp_path, public=True)
    assert list(tmp_path.iterdir()) == []


def test_only_an_earlier_export_is_replaced(version_dir: Path, tmp_path: Path) -> None:
    (first,) = export_version(version_dir, ["csv"], tmp_path)
    (first.path / "notes.txt").write_text("of the old export")
    export_version(version_dir, ["csv"], tmp_path)
    assert not (first.path / "notes.txt").exists()
    (tmp_path / "lmdb").mkdir()
    (tmp_path / "lmdb" / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="is no earlier export"):
        export_version(version_dir, ["parquet", "lmdb"], tmp_path)
    assert (tmp_path / "lmdb" / "mine.txt").read_text() == "precious"
    assert not (tmp_path / "parquet").exists()


def test_an_export_that_fails_leaves_the_old_one(writable_version: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (done,) = export_version(writable_version, ["label-studio"], out)
    before = contents(done.path)
    next((writable_version / "report" / "pages").rglob("*.jpg")).unlink()
    with pytest.raises(DamagedWorkspaceError, match="tuwen verify"):
        export_version(writable_version, ["label-studio"], out)
    assert contents(done.path) == before


def test_what_a_stopped_export_left_is_cleared_away(version_dir: Path, tmp_path: Path) -> None:
    (tmp_path / ".csv.partial").mkdir()
    (tmp_path / ".csv.partial" / "half.png").write_bytes(b"")
    export_version(version_dir, ["csv"], tmp_path)
    (tmp_path / ".csv.old").mkdir()
    (done,) = export_version(version_dir, ["csv"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]
    assert not (done.path / "half.png").exists()


# What Python reports before it asks the system to change names and files.
STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


def killed_at(step: int, version_dir: Path, out: Path) -> bool:
    """Export in a process of its own that ends before its change number `step`; False when it made fewer."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in STEPS:
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.addaudithook(count)
        try:
            export_version(version_dir, ["csv"], out, split="val")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("can_exchange", [True, False])
def test_an_export_killed_anywhere_leaves_the_old_one_or_the_new_one(
    can_exchange: bool, version_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = [make_book(tmp_path / "objects", "丝绸纹样", 30)]
    old_version = publish_version(books, tmp_path / "old", DatasetSettings()).path
    (old,) = export_version(old_version, ["csv"], tmp_path / "whole-old", split="val")
    (new,) = export_version(version_dir, ["csv"], tmp_path / "whole-new", split="val")
    allowed = [contents(old.path), contents(new.path)]
    if not can_exchange:
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())  # a C library without renameat2
    step, seen = 0, []
    while step == 0 or seen[-1] != "finished":
        out = tmp_path / f"killed-{step}"
        export_version(old_version, ["csv"], out, split="val")
        killed = killed_at(step, version_dir, out)
        if can_exchange:
            assert contents(out / "csv-val") in allowed
        # Whoever asks for the next export, even one that comes to nothing, finds the old one in its place.
        with pytest.raises(DamagedWorkspaceError):
            export_version(tmp_path / "no-version", ["csv"], out, split="val")
        assert contents(out / "csv-val") in allowed
        export_version(version_dir, ["csv"], out, split="val")
        assert contents(out / "csv-val") == allowed[1]
        assert [path.name for path in out.iterdir()] == ["csv-val"]
        seen.append("killed" if killed else "finished")
        step += 1
    assert len(seen) > 5


def test_an_export_that_cannot_be_put_in_place_leaves_the_old_one(
    version_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (done,) = export_version(version_dir, ["csv"], tmp_path)
    before = contents(done.path)
    rename = os.rename
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())

    def refuse_the_new(source: Path, target: Path) -> None:
        if Path(source).name.endswith(".partial"):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse_the_new)
    with pytest.raises(OSError, match="Input/output"):
        export_version(version_dir, ["csv"], tmp_path)
    assert contents(done.path) == before


def test_a_damaged_version_is_not_passed_on(writable_version: Path, tmp_path: Path) -> None:
    path = data_files(writable_version, "train")[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedWorkspaceError, match=r"train-.*\.parquet is not what was published"):
        export_version(writable_version, ["csv"], tmp_path / "out", split="val")


def test_wrong_names_are_answered_with_the_right_ones(version_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no format 'tfrecord'; there are parquet, webdataset"):
        export_version(version_dir, ["tfrecord"], tmp_path)
    with pytest.raises(UsageError, match="no split 'dev'; choose one of all, train"):
        export_version(version_dir, ["csv"], tmp_path, split="dev")
    with pytest.raises(UsageError, match="no version 'v0007'; it has v0001"):
        find_version(version_dir.parent, "v0007")
    assert find_version(version_dir.parent, "v0001") == find_version(version_dir.parent) == version_dir
