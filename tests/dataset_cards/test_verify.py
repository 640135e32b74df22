from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.settings import DatasetSettings
from dataset_cards.verify import list_versions, read_current, read_manifest, verify_version
from dataset_cards.version import nothing_new, publish_version
from tests.dataset_cards.shelf import make_book


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pristine")
    publish_version([make_book(root / "objects", "丝绸纹样")], root / "demo", DatasetSettings())
    return root / "demo"


@pytest.fixture
def dataset_dir(pristine: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage (hard links broken, files writable)."""
    shutil.copytree(pristine, tmp_path / "demo")
    for path in (tmp_path / "demo").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path / "demo"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_flipped_byte_is_found_in_every_file(dataset_dir: Path) -> None:
    version = read_current(dataset_dir)
    for name in read_manifest(version)["files"]:
        path = version / name
        if not path.stat().st_size:
            continue
        kept = path.read_bytes()
        flip(path)
        assert [(p.path, p.problem) for p in verify_version(version)] == [(name, "changed")]
        path.write_bytes(kept)
    assert verify_version(version) == []


def test_missing_longer_and_extra_files_are_told_apart(dataset_dir: Path) -> None:
    version = read_current(dataset_dir)
    (version / "books.jsonl").unlink()
    with (version / "CHANGES.md").open("a") as file:
        file.write("\n")
    (version / "data" / "notes.txt").write_text("mine")
    problems = verify_version(version)
    assert [(p.path, p.problem) for p in problems] == [
        ("CHANGES.md", "changed"),
        ("books.jsonl", "missing"),
        ("data/notes.txt", "extra"),
    ]
    assert str(problems[1]) == "books.jsonl: is in the manifest but not in the folder"


@pytest.mark.parametrize(
    "damage",
    [flip, Path.unlink, lambda path: path.write_text("[]"), lambda path: path.write_text('{"files": {}}')],
)
def test_a_damaged_manifest_is_found(dataset_dir: Path, damage: Callable[[Path], object]) -> None:
    version = read_current(dataset_dir)
    damage(version / "manifest.json")
    assert [(p.path, p.problem) for p in verify_version(version)] == [("manifest.json", "unreadable")]
    with pytest.raises(DamagedWorkspaceError, match="not complete"):
        read_current(dataset_dir)


@pytest.mark.parametrize("text", ["v0009\n", "../v0001\n", "", "\udcff"])
def test_current_must_name_a_version(dataset_dir: Path, text: str) -> None:
    (dataset_dir / "CURRENT").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedWorkspaceError):
        read_current(dataset_dir)
    with pytest.raises(DamagedWorkspaceError):
        nothing_new([], dataset_dir, DatasetSettings())


def test_the_remedy_names_the_versions_that_are_there(dataset_dir: Path) -> None:
    (dataset_dir / "CURRENT").write_text("v0009")
    with pytest.raises(DamagedWorkspaceError, match="complete here: v0001"):
        read_current(dataset_dir)


def test_a_version_cut_short_is_no_current_version(dataset_dir: Path) -> None:
    parquet = read_current(dataset_dir) / "data" / "train-00000-of-00001.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-1])
    with pytest.raises(DamagedWorkspaceError, match=r"train-00000-of-00001\.parquet has \d+ bytes where"):
        read_current(dataset_dir)


def test_nothing_published_yet_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(DamagedWorkspaceError, match="nothing was published"):
        read_current(tmp_path)
    assert list_versions(tmp_path) == []


def test_versions_are_listed_in_the_order_of_their_numbers(dataset_dir: Path) -> None:
    for name in ("v10000", "v0002", "v12x", "v0003"):
        shutil.copytree(dataset_dir / "v0001", dataset_dir / name)
    (dataset_dir / "v0003" / "manifest.json").unlink()
    assert [path.name for path in list_versions(dataset_dir)] == ["v0001", "v0002", "v10000"]
