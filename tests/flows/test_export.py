"""tuwen export as a shell sees it; the exports themselves are tested in tests/dataset_cards."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dataset_cards.export import FORMATS
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from extractors.errors import DAMAGED_WORKSPACE, OK, USAGE, UsageError
from flows.commands.export import parse_size
from tests.dataset_cards.shelf import make_book
from tests.flows.command import tuwen


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two versions of its dataset, which no export changes."""
    root = tmp_path_factory.mktemp("workspace") / "heritage"
    (root / "books").mkdir(parents=True)
    (root / "tuwen.toml").write_text('[dataset]\nname = "shelf"\n', "utf-8")
    books = [make_book(root.parent / "objects", title) for title in ("丝绸纹样", "敦煌壁画")]
    for count in (1, 2):
        publish_version(books[:count], root / "datasets" / "shelf", DatasetSettings(name="shelf"))
    return root


def test_the_current_version_goes_to_the_workspace(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("export", "--format", "culti", "--format", "csv", "-w", workspace) == OK
    lines = capsys.readouterr().out.splitlines()
    for line, name in zip(lines, ("culti", "csv"), strict=True):
        folder = workspace / "exports" / "v0002" / name
        assert re.fullmatch(rf"{name}: 24 pairs, \d+ files, \d+\.\d MB in {re.escape(str(folder))}", line)
        assert (folder / "export.json").is_file()


def test_a_part_of_an_old_version_goes_where_it_is_told(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--version", "v0001", "--split", "test", "--out", tmp_path / "desk", "--json")
    assert tuwen("export", "--format", "webdataset", *options, "-w", workspace) == OK
    (done,) = json.loads(capsys.readouterr().out)
    assert done["path"] == str(tmp_path / "desk" / "webdataset-test")
    shards = [path.name for path in Path(done["path"]).glob("*.tar")]
    assert shards == ["test-00000-of-00001.tar"]


def test_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen("export", "--help") == OK
    text = capsys.readouterr().out
    assert all(name in text for name in FORMATS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "tfrecord"), "there is no format 'tfrecord'"),
        (("--format", "csv", "--version", "v0009"), "has no version 'v0009'; it has v0001, v0002"),
        (("--format", "csv", "--split", "dev"), "there is no split 'dev'"),
        (("--format", "csv", "--shard-size", "lots"), "'lots' is no size"),
        (("--format", "csv", "--public"), "state them in books.toml"),
    ],
)
def test_wrong_options_are_named(
    workspace: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], message: str
) -> None:
    assert tuwen("export", *options, "-w", workspace) == USAGE
    assert message in capsys.readouterr().err


def test_a_workspace_without_a_version_has_its_own_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "books").mkdir()
    assert tuwen("export", "--format", "csv", "-w", tmp_path) == DAMAGED_WORKSPACE
    assert "nothing was published" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "size"), [("500MB", 500_000_000), ("2 gb", 2_000_000_000), ("64k", 64_000), ("7", 7)]
)
def test_sizes_are_written_as_people_do(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1MB", "1.5GB", "1TB", "MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no size above 0"):
        parse_size(text)
