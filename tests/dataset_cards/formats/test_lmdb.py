"""The databases, read by cn_clip's own classes."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import lmdb
import pytest
from PIL import Image

from alignment.torchvision_operators import declare_missing_operators
from dataset_cards.export import export_version
from dataset_cards.files import read_json_lines
from dataset_cards.formats import lmdb as writer
from dataset_cards.reading import iter_rows
from tests.dataset_cards.formats.test_chinese_clip import read_images

SIDE = 32


@pytest.fixture(scope="module", autouse=True)
def _cn_clip() -> None:
    declare_missing_operators()


def texts_of(exports: Path, split: str) -> list[dict[str, object]]:
    return read_json_lines(exports / "chinese-clip" / f"{split}_texts.jsonl")


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_the_training_dataset_holds_every_pair(version_dir: Path, exports: Path, split: str) -> None:
    import torch
    from cn_clip.clip import tokenize
    from cn_clip.training.data import LMDBDataset, _preprocess_text

    dataset = LMDBDataset(str(exports / "lmdb" / split), split="val", max_txt_length=52, resolution=SIDE)
    rows = list(iter_rows(version_dir, split, images=True))
    assert (len(dataset), dataset.number_images) == (len(rows), len({row["image_sha256"] for row in rows}))
    found = [dataset[index] for index in range(len(dataset))]
    for row in rows:
        image = dataset.transform(Image.open(io.BytesIO(row["image"])))
        text = tokenize([_preprocess_text(row["description"])], context_length=52)[0]
        assert any(torch.equal(image, i) and torch.equal(text, t) for i, t, _ in found)


def test_the_evaluation_datasets_agree_on_ids(exports: Path) -> None:
    from cn_clip.eval.data import EvalImgDataset, EvalTxtDataset

    texts = EvalTxtDataset(str(exports / "chinese-clip" / "test_texts.jsonl"), max_txt_length=52)
    images = EvalImgDataset(str(exports / "lmdb" / "test" / "imgs"), resolution=SIDE)
    lines = texts_of(exports, "test")
    assert [texts[index][0] for index in range(len(texts))] == [line["text_id"] for line in lines]
    shown = {images[index][0] for index in range(len(images))}
    assert shown == {image_id for line in lines for image_id in line["image_ids"]}  # type: ignore[attr-defined]


def test_ids_are_those_of_the_chinese_clip_files(exports: Path) -> None:
    import base64
    import pickle

    folder = exports / "lmdb" / "train"
    with lmdb.open(str(folder / "imgs"), readonly=True, lock=False).begin() as images:
        found = {
            int(key): hashlib.sha256(base64.b64decode(value)).hexdigest()
            for key, value in images.cursor()
            if key.isdigit()
        }
    assert found == read_images(exports / "chinese-clip", "train")
    with lmdb.open(str(folder / "pairs"), readonly=True, lock=False).begin() as pairs:
        count = int(pairs.get(b"num_samples"))
        triples = [pickle.loads(pairs.get(str(number).encode())) for number in range(count)]
    assert triples == [
        (image_id, line["text_id"], line["text"])
        for line in texts_of(exports, "train")
        for image_id in line["image_ids"]  # type: ignore[attr-defined]
    ]


def test_only_the_data_file_is_left_and_it_is_no_longer_than_its_pages(exports: Path) -> None:
    folder = exports / "lmdb" / "val" / "imgs"
    assert [path.name for path in folder.iterdir()] == ["data.mdb"]
    with lmdb.open(str(folder), readonly=True, lock=False) as database:
        pages, size = database.info()["last_pgno"] + 1, database.stat()["psize"]
    assert (folder / "data.mdb").stat().st_size == pages * size


def entries(database: Path) -> dict[bytes, bytes]:
    with lmdb.open(str(database), readonly=True, lock=False).begin() as transaction:
        return dict(transaction.cursor())


def test_a_database_grows_as_it_fills(
    version_dir: Path, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_FIRST_MAP", 1 << 15)
    monkeypatch.setattr(writer, "_BATCH_BYTES", 1 << 12)
    export_version(version_dir, ["lmdb"], tmp_path)
    for database in ("train/imgs", "train/pairs"):
        assert entries(tmp_path / "lmdb" / database) == entries(exports / "lmdb" / database)
    assert (tmp_path / "lmdb" / "train" / "imgs" / "data.mdb").stat().st_size > 1 << 15
