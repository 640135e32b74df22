from __future__ import annotations

import hashlib
from pathlib import Path

from dataset_cards.files import read_json_lines
from dataset_cards.reading import iter_rows
from dataset_cards.splits import SPLITS


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_samples_have_the_released_form_and_name_their_pictures(version_dir: Path, exports: Path) -> None:
    folder = exports / "culti"
    for split in SPLITS:
        samples = read_json_lines(folder / f"{split}.jsonl")
        assert all(list(sample) == ["text_id", "text", "image_ids"] for sample in samples)
        found = {
            (sample["text"], sha256(folder / "images" / f"{image_id}.png"))
            for sample in samples
            for image_id in sample["image_ids"]
        }
        rows = iter_rows(version_dir, split)
        assert found == {(row["description"], row["image_sha256"]) for row in rows}


def test_records_hold_id_title_image_and_description_of_every_pair(version_dir: Path, exports: Path) -> None:
    folder = exports / "culti"
    records = [record for split in SPLITS for record in read_json_lines(folder / f"records_{split}.jsonl")]
    rows = list(iter_rows(version_dir))
    assert [list(record) for record in records] == [["id", "title", "image", "description"]] * len(rows)
    assert [record["id"] for record in records] == list(range(1, len(rows) + 1))
    for record, row in zip(records, rows, strict=True):
        assert (record["title"], record["description"]) == (row["title"], row["description"])
        assert sha256(folder / record["image"]) == row["image_sha256"]
