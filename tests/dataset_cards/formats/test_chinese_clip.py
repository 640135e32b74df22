from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from dataset_cards.files import read_json_lines
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs


def read_images(folder: Path, split: str) -> dict[int, str]:
    """image_id -> sha256 of the picture, read the way the training code does."""
    lines = (folder / f"{split}_imgs.tsv").read_text("ascii").splitlines()
    parts = [line.split("\t") for line in lines]
    return {int(i): hashlib.sha256(base64.urlsafe_b64decode(data)).hexdigest() for i, data in parts}


def read_pairs(version_dir: Path, split: str) -> set[tuple[str, str]]:
    images = read_images(version_dir / "chinese_clip", split)
    texts = read_json_lines(version_dir / "chinese_clip" / f"{split}_texts.jsonl")
    return {(row["text"], images[image_id]) for row in texts for image_id in row["image_ids"]}


def test_texts_and_pictures_are_those_of_the_parquet_files(version_dir: Path) -> None:
    for split in SPLITS:
        rows = iter_rows(version_dir, split)
        expected = {(row["description"], row["image_sha256"]) for row in rows}
        assert read_pairs(version_dir, split) == expected


def test_ids_are_whole_numbers_used_once_over_all_splits(version_dir: Path) -> None:
    image_ids = [i for split in SPLITS for i in read_images(version_dir / "chinese_clip", split)]
    text_ids = [
        row["text_id"]
        for split in SPLITS
        for row in read_json_lines(version_dir / "chinese_clip" / f"{split}_texts.jsonl")
    ]
    assert image_ids == list(range(1, len(image_ids) + 1))
    assert text_ids == list(range(1, len(text_ids) + 1))


def test_one_text_may_own_several_pictures_and_equal_pictures_are_one(tmp_path: Path) -> None:
    book = make_book(tmp_path, "小书", 3)
    first, second, third = book.result.pairs
    same = with_pairs(
        book,
        description=second.description,
        image=third.image,
        image_sha256=third.image_sha256,
    )
    published = publish_version([same], tmp_path / "demo", DatasetSettings())
    assert len(read_images(published.path / "chinese_clip", "train")) == 2
    assert read_pairs(published.path, "train") == {
        (second.description, third.image_sha256),
        (second.description, second.image_sha256),
        (third.description, third.image_sha256),
    }
    assert first.image_sha256 not in read_images(published.path / "chinese_clip", "train").values()


def test_an_export_has_the_bytes_that_were_published(version_dir: Path, exports: Path) -> None:
    for path in (version_dir / "chinese_clip").iterdir():
        assert (exports / "chinese-clip" / path.name).read_bytes() == path.read_bytes()
