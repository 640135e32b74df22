"""Two versions with known books, and tiny models that have learnt nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignment.backbones.base import Backbone
from alignment.backbones.opening import open_backbone
from alignment.benchmark.ladder import FINE_TUNED, ZERO_SHOT
from alignment.benchmark.settings import BenchmarkSettings
from alignment.laclip.crops import CropSettings
from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs

HOSTILE = "<img src=x onerror=alert(1)>&\"'纹样"
QUICK = BenchmarkSettings(crops=CropSettings(count=3), resamples=100)


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """v0001 of three books, and v0002 with a fourth."""
    root = tmp_path_factory.mktemp("heritage")
    settings = DatasetSettings(ratios=SplitRatios(train=5, val=3, test=4))
    books = [make_book(root, title, 12) for title in ("丝绸纹样", "敦煌壁画", "织锦图录")]
    books[0] = with_pairs(books[0], description=HOSTILE)
    folder = root / "datasets" / "tuwen"
    first = publish_version(books, folder, settings).path
    return first, publish_version([*books, make_book(root, "新书", 12)], folder, settings).path


@pytest.fixture(scope="session")
def models() -> dict[str, Backbone]:
    return {ZERO_SHOT: open_backbone("tiny"), FINE_TUNED: open_backbone("tiny", seed=1)}
