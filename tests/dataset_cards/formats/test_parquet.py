from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from dataset_cards.export import export_version
from dataset_cards.formats.parquet import ROWS_PER_GROUP
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book


@pytest.mark.usefixtures("no_network")
def test_load_dataset_opens_the_folder_with_pictures(version_dir: Path, tmp_path: Path) -> None:
    import datasets

    found = datasets.load_dataset(str(version_dir), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in found.items()} == {"train": 63, "val": 9, "test": 18}
    assert isinstance(found["train"].features["image"], datasets.Image)
    row = found["test"][0]
    assert isinstance(row["image"], Image.Image)
    assert row["image"].size == (row["width"], row["height"])
    assert (row["split"], len(row["bbox"]), row["page"] >= 1) == ("test", 4, True)


@pytest.mark.usefixtures("no_network")
def test_a_version_with_one_split_opens_too(tmp_path: Path) -> None:
    import datasets

    published = publish_version([make_book(tmp_path, "小书", 3)], tmp_path / "demo", DatasetSettings())
    found = datasets.load_dataset(str(published.path), cache_dir=str(tmp_path / "cache"))
    assert list(found) == ["train"]
    assert pq.read_metadata(published.path / "data" / "val-00000-of-00001.parquet").num_rows == 0


def test_a_row_holds_the_very_bytes_of_the_crop(version_dir: Path) -> None:
    for row in pq.read_table(version_dir / "data" / "val-00000-of-00001.parquet").to_pylist():
        data = row["image"]["bytes"]
        assert hashlib.sha256(data).hexdigest() == row["image_sha256"]
        assert Image.open(io.BytesIO(data)).format == "PNG"
        assert data == (version_dir / "imagefolder" / "val" / row["image"]["path"]).read_bytes()


def test_rows_come_in_small_groups_in_the_order_of_the_books(tmp_path: Path) -> None:
    books = [make_book(tmp_path, title, ROWS_PER_GROUP // 2 + 30) for title in ("乙书", "甲书")]
    settings = DatasetSettings(ratios=SplitRatios(train=98, val=1, test=1))
    published = publish_version(books, tmp_path / "demo", settings)
    file = pq.ParquetFile(published.path / "data" / "train-00000-of-00001.parquet")
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sizes == [ROWS_PER_GROUP, sum(sizes) - ROWS_PER_GROUP]
    assert sizes[1] > 0
    rows = file.read(columns=["book_title", "page"]).to_pylist()
    keys = [(row["book_title"], row["page"]) for row in rows]
    assert keys == sorted(keys)


@pytest.mark.usefixtures("no_network")
def test_an_export_loads_from_its_folder_with_its_own_splits(exports: Path, tmp_path: Path) -> None:
    import datasets

    found = datasets.load_dataset(str(exports / "parquet"), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in found.items()} == {"train": 63, "val": 9, "test": 18}
    assert isinstance(found["val"][0]["image"], Image.Image)


@pytest.mark.usefixtures("no_network")
def test_shards_hold_all_rows_in_order(version_dir: Path, tmp_path: Path) -> None:
    import datasets

    (done,) = export_version(version_dir, ["parquet"], tmp_path / "out", shard_bytes=3_000)
    names = sorted(path.name for path in (done.path / "data").glob("train-*"))
    assert len(names) > 2
    assert names[-1] == f"train-{len(names) - 1:05d}-of-{len(names):05d}.parquet"
    found = datasets.load_dataset(str(done.path), split="train", cache_dir=str(tmp_path / "cache"))
    assert found["pair_id"][:] == [row["pair_id"] for row in iter_rows(version_dir, "train")]
