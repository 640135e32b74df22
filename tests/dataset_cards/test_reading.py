from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.reading import data_files, iter_rows, shard_name
from dataset_cards.schema import TEXT_COLUMNS


def test_rows_come_split_by_split_with_every_column(version_dir: Path) -> None:
    rows = list(iter_rows(version_dir))
    assert Counter(row["split"] for row in rows) == {"train": 63, "val": 9, "test": 18}
    assert rows == [row for split in ("train", "val", "test") for row in iter_rows(version_dir, split)]
    assert all(tuple(row) == TEXT_COLUMNS for row in rows)


def test_columns_and_pictures_are_read_when_asked_for(version_dir: Path) -> None:
    for row in iter_rows(version_dir, "val", ("image_sha256",), images=True):
        assert list(row) == ["image_sha256", "image"]
        assert hashlib.sha256(row["image"]).hexdigest() == row["image_sha256"]


def test_shards_are_read_in_order_and_a_missing_one_is_named(version_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "v0001"
    (copy / "data").mkdir(parents=True)
    for split in ("val", "test"):
        shutil.copyfile(data_files(version_dir, split)[0], copy / "data" / f"{split}.parquet")
    table = pq.read_table(data_files(version_dir, "train")[0])
    for number in range(3):
        pq.write_table(
            table.slice(number * 30, 30), copy / "data" / shard_name("train", number, 3, "parquet")
        )
    assert list(iter_rows(copy)) == list(iter_rows(version_dir))
    (copy / "data" / shard_name("train", 1, 3, "parquet")).unlink()
    with pytest.raises(DamagedWorkspaceError, match=r"train-00001-of-00003\.parquet is missing"):
        iter_rows(copy, "train")


def test_what_cannot_be_read_is_said_at_once(version_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column 'text'"):
        iter_rows(version_dir, "val", ("text",))
    with pytest.raises(UsageError, match="no split 'dev'"):
        iter_rows(version_dir, "dev")
    with pytest.raises(DamagedWorkspaceError, match=r"train-00000-of-00001\.parquet is missing"):
        iter_rows(tmp_path)
