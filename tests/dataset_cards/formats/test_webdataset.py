from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
import webdataset
from PIL import Image

from dataset_cards.export import export_version
from dataset_cards.reading import iter_rows


def test_the_library_reads_pictures_texts_and_columns(version_dir: Path, exports: Path) -> None:
    shards = [str(path) for path in sorted((exports / "webdataset").glob("train-*.tar"))]
    samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode("pil"))
    rows = list(iter_rows(version_dir, "train", images=True))
    assert [sample["__key__"] for sample in samples] == [row["pair_id"] for row in rows]
    for sample, row in zip(samples, rows, strict=True):
        png = row.pop("image")
        assert sample["json"] == row
        assert sample["txt"] == row["description"]
        assert sample["png"].tobytes() == Image.open(io.BytesIO(png)).convert("RGB").tobytes()


@pytest.mark.usefixtures("no_network")
def test_datasets_reads_the_folder_too(version_dir: Path, exports: Path, tmp_path: Path) -> None:
    import datasets

    found = datasets.load_dataset(str(exports / "webdataset"), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in found.items()} == {"train": 63, "val": 9, "test": 18}
    assert isinstance(found["test"][0]["png"], Image.Image)
    for split in found:
        assert found[split]["json"][:] == list(iter_rows(version_dir, split))


def test_headers_say_nothing_of_the_machine_or_the_hour(exports: Path) -> None:
    (shard,) = (exports / "webdataset").glob("val-*.tar")
    with tarfile.open(shard) as tar:
        members = tar.getmembers()
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in members} == {(0, 0, 0, "", "", 0o644)}
    assert all(member.name.count(".") == 1 for member in members)


def test_shards_are_cut_by_size_and_no_sample_is_torn(version_dir: Path, tmp_path: Path) -> None:
    (done,) = export_version(version_dir, ["webdataset"], tmp_path, split="train", shard_bytes=3_000)
    names = sorted(path.name for path in done.path.glob("*.tar"))
    assert len(names) > 2
    assert names[-1] == f"train-{len(names) - 1:05d}-of-{len(names):05d}.tar"
    for name in names:
        with tarfile.open(done.path / name) as tar:
            members = tar.getmembers()
        assert [m.name.split(".")[1] for m in members] == ["json", "png", "txt"] * (len(members) // 3)
        pictures = [m.size for m in members if m.name.endswith(".png")]
        assert sum(pictures) <= 3_000 or len(pictures) == 1
