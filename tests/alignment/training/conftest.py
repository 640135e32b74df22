"""A small published version and a model small enough to be saved after every step."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.opening import random_backbone
from alignment.backbones.saving import save_backbone
from alignment.backbones.struct import Struct
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book

MINI = Struct(16, 32, 2, 32, 16, 32, 64, 2, 2, vision_head_width=16, text_max_position_embeddings=64)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Sums in another order would make equal runs differ."""
    torch.set_num_threads(1)


@pytest.fixture
def mini() -> ChineseClip:
    return random_backbone("mini", MINI)


@pytest.fixture(scope="session")
def mini_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mini")
    # Drawn so that training gains on the validation split: else the start would be kept as the best.
    save_backbone(random_backbone("mini", MINI, seed=4), folder)
    return folder


@pytest.fixture(scope="session")
def version_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    book = make_book(root / "objects", "丝绸纹样", 48)
    return publish_version([book], root / "datasets" / "tuwen", DatasetSettings()).path
