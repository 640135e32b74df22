from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from alignment.backbones.opening import open_backbone
from alignment.benchmark import banks
from alignment.benchmark.banks import make_banks, make_query_bank
from alignment.laclip.crops import CropSettings
from alignment.retrieval.gallery import Gallery, Item, make_gallery

CROPS = CropSettings(count=2)


def made_gallery(count: int) -> Gallery:
    def item(number: int) -> Item:
        rng = np.random.default_rng(number)
        shown = (Image.fromarray(rng.integers(0, 255, (40, 30, 3), dtype=np.uint8)),)
        return Item(f"{(7 * number) % count:02}", lambda: shown, f"纹样第{number}种", ("b", str(number)))

    return make_gallery(map(item, range(count)), "train")


def test_a_query_bank_is_a_sample_of_pictures_cut_as_the_items_are_and_all_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(1)
    backbone, train = open_backbone("tiny"), made_gallery(6)
    every = make_banks(backbone, train, tmp_path, CROPS)
    monkeypatch.setattr(banks, "BANK_PICTURES", 4)
    bank = make_query_bank(backbone, train, tmp_path, CROPS)
    hashed = [hashlib.sha256(image.key.encode()).hexdigest() for image in train.images]
    first = sorted(range(6), key=hashed.__getitem__)[:4]
    assert every.crops is not None
    assert bank.crops is not None
    assert torch.equal(bank.whole, every.whole[first])
    assert torch.equal(bank.crops, every.crops[first])
    assert torch.equal(bank.texts, every.texts)


def test_a_training_split_smaller_than_the_bank_is_all_in_it(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    bank = make_query_bank(open_backbone("tiny"), made_gallery(3), tmp_path, CROPS)
    assert bank.whole.shape[0] == 3
