from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from alignment.benchmark.data import can_ask_fresh, external_data, trained_pairs, version_data
from alignment.data import load_split
from alignment.errors import BadDatasetError, UsageError


def names(gallery: object) -> set[str]:
    return {item.name for item in (*gallery.images, *gallery.texts)}  # type: ignore[attr-defined]


def test_the_test_split_stands_apart_from_what_parameters_are_chosen_on(versions: tuple[Path, Path]) -> None:
    data = version_data(versions[1])
    assert (data.name, data.split, data.external) == ("tuwen v0002", "test", False)
    assert data.train is not None
    assert data.validation is not None
    assert names(data.test) <= {sample.pair_id for sample in load_split(versions[1], "test")}
    assert not names(data.test) & (names(data.train) | names(data.validation))


def test_fresh_pairs_choose_nothing_and_what_was_trained_on_is_not_asked(versions: tuple[Path, Path]) -> None:
    fresh = {sample.pair_id for sample in load_split(versions[1], "fresh")}
    old_model = version_data(versions[1], "fresh", seen=trained_pairs(versions[0]))
    assert names(old_model.test) == fresh
    assert old_model.notes == ()
    assert not (names(old_model.train) | names(old_model.validation)) & fresh
    new_model = version_data(versions[1], "fresh", seen=trained_pairs(versions[1]))
    assert names(new_model.test) == fresh & {sample.pair_id for sample in load_split(versions[1], "test")}
    assert "are left out: the model was trained on them" in new_model.notes[0]


def test_a_first_version_has_no_fresh_split_of_its_own(versions: tuple[Path, Path]) -> None:
    assert not can_ask_fresh(versions[0], ())
    assert can_ask_fresh(versions[1], trained_pairs(versions[1]))
    assert not can_ask_fresh(versions[1], {sample.pair_id for sample in load_split(versions[1], "fresh")})
    with pytest.raises(UsageError, match="every book of tuwen v0001 is new"):
        version_data(versions[0], "fresh")


def write_set(folder: Path, *splits: str) -> Path:
    (folder / "images").mkdir(parents=True)
    for place, split in enumerate(splits):
        rows = []
        for number in range(4):
            name = f"{place}{number}"
            colour = (40 * number, 60 * place, 90)
            Image.new("RGB", (20, 16), colour).save(folder / "images" / f"{name}.png")
            rows.append({"text_id": number, "text": f"第{name}幅图案", "image_ids": [name]})
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{split}_texts.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_an_external_dataset_brings_its_own_splits(tmp_path: Path) -> None:
    whole = external_data(write_set(tmp_path / "COCO-CN", "train", "valid", "test"))
    assert (whole.name, whole.external) == ("COCO-CN", True)
    assert (len(whole.test.images), whole.train is None, whole.validation is None) == (4, False, False)
    alone = external_data(write_set(tmp_path / "AP-ID", "test"))
    assert alone.train is alone.validation is None
    longer = external_data(write_set(tmp_path / "other", "training", "validation", "test"))
    assert (longer.train is None, longer.validation is None) == (False, False)


def test_a_damaged_split_for_choosing_is_no_missing_one(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "COCO-CN", "train", "valid", "test")
    (folder / "valid_texts.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(BadDatasetError, match=r"valid_texts\.jsonl: line 1"):
        external_data(folder)


def test_the_split_that_is_asked_chooses_nothing(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "MUGE", "train", "valid")
    assert external_data(folder, "valid").validation is None
    with pytest.raises(UsageError, match="no split 'test'"):
        external_data(folder)


def test_texts_without_pictures_are_no_split(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "MUGE", "train")
    row = {"text_id": 1, "text": "图案", "image_ids": []}
    (folder / "test_texts.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no text of it names a picture"):
        external_data(folder)
