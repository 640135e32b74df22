from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from alignment.data import load_split
from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book


@pytest.fixture(scope="module")
def version_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    return publish_version(
        [make_book(root / "objects", "丝绸纹样", 30)], root / "demo", DatasetSettings()
    ).path


def test_splits_hold_all_pairs_once_with_text_and_picture(version_dir: Path) -> None:
    samples = [sample for split in ("train", "val", "test") for sample in load_split(version_dir, split)]
    assert len({sample.pair_id for sample in samples}) == len(samples) == 30
    for sample in samples:
        assert sample.text
        assert sample.image().mode == "RGB"
    assert {sample.text_en for sample in samples} > {None}


def test_an_unknown_split_names_the_right_ones(version_dir: Path) -> None:
    with pytest.raises(UsageError, match="has no split 'validation'; it has train, val, test"):
        load_split(version_dir, "validation")  # type: ignore[arg-type]


def test_a_folder_that_is_no_version_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(DamagedWorkspaceError, match=r"manifest\.json is missing"):
        load_split(tmp_path, "train")


def test_a_damaged_parquet_file_or_picture_is_named(version_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "v0001"
    shutil.copytree(version_dir, copy)
    sample = load_split(copy, "train")[0]
    sample.image_path.unlink()
    with pytest.raises(DamagedWorkspaceError, match=f"{sample.pair_id}.*tuwen verify"):
        sample.image()
    parquet = copy / "data" / "train-00000-of-00001.parquet"
    parquet.unlink()
    parquet.write_bytes(b"PAR1")
    with pytest.raises(DamagedWorkspaceError, match=r"train-00000-of-00001\.parquet cannot be read"):
        load_split(copy, "train")


def test_transparent_parts_are_white(version_dir: Path) -> None:
    sample = load_split(version_dir, "train")[0]
    clear = version_dir.parent / "clear.png"
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(clear)
    assert replace(sample, image_path=clear).image().getpixel((0, 0)) == (255, 255, 255)


def test_the_fresh_pairs_are_those_of_the_new_books_whatever_their_split(tmp_path):
    old, new = make_book(tmp_path, "旧书"), make_book(tmp_path, "新书", count=9)
    settings = DatasetSettings()
    first = publish_version([old], tmp_path / "d", settings).path
    assert len(load_split(first, "fresh")) == 12
    second = publish_version([old, new], tmp_path / "d", settings).path
    fresh = load_split(second, "fresh")
    assert {sample.book_title for sample in fresh} == {"新书"}
    assert len(fresh) == 9
    assert all(sample.image().mode == "RGB" for sample in fresh)
