"""What training sees of pictures, and features of pictures that are computed once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from alignment.backbones.chinese_clip import ChineseClip
from alignment.data import Sample, load_split
from alignment.errors import DamagedWorkspaceError
from alignment.images import Augmentation
from alignment.training import encoding
from alignment.training.encoding import PictureFeatures, PictureReader, encode_pictures


@pytest.fixture
def samples(version_dir: Path) -> list[Sample]:
    return load_split(version_dir, "train")


@pytest.mark.parametrize("workers", [0, 2])
def test_without_cuts_pictures_are_seen_whole(mini: ChineseClip, samples: list[Sample], workers: int) -> None:
    first, second = PictureReader(mini, samples, workers=workers).batches([[3, 0], [5]])
    assert torch.equal(first, torch.stack([mini.preprocess(samples[n].image()) for n in (3, 0)]))
    assert torch.equal(second[0], mini.preprocess(samples[5].image()))


def test_cuts_differ_from_epoch_to_epoch_and_seed_to_seed(mini: ChineseClip, samples: list[Sample]) -> None:
    def seen(epoch: int, seed: int = 0, workers: int = 0) -> torch.Tensor:
        reader = PictureReader(
            mini, samples, augmentation=Augmentation((0.25, 0.5)), seed=seed, workers=workers, thumbnail_mb=1
        )
        return next(reader.batches([[0, 1, 2]], epoch))

    whole = torch.stack([mini.preprocess(samples[n].image()) for n in range(3)])
    views = [whole, seen(0), seen(1), seen(0, seed=1)]
    for place, one in enumerate(views):
        assert all(not torch.allclose(one, other, atol=0.1) for other in views[:place])
    assert torch.equal(seen(1), seen(1, workers=2))


def test_features_are_computed_once_for_each_model_and_precision(
    mini: ChineseClip, samples: list[Sample], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    kept = PictureFeatures(tmp_path, "fp32", lambda done, total: told.append((done, total)))
    found = kept.of(mini, samples)
    assert torch.allclose(found, encode_pictures(mini, samples), atol=1e-6)
    assert told == [(len(samples), len(samples))]
    reverse = kept.of(mini, samples[::-1])
    assert torch.equal(reverse, found.flip(0))
    assert len(told) == 1
    PictureFeatures(tmp_path, "bf16", lambda done, total: told.append((done, total))).of(mini, samples[:4])
    mini.fit = "pad"
    other = kept.of(mini, samples[:5])
    assert told[1:] == [(4, 4), (5, 5)]
    assert not torch.allclose(other, found[:5], atol=1e-4)


def test_what_was_encoded_before_a_run_was_killed_is_not_encoded_again(
    mini: ChineseClip, samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "KEPT_ROWS", 8)

    class _KilledError(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done == 16:
            raise _KilledError

    with pytest.raises(_KilledError):
        PictureFeatures(tmp_path, "fp32", stop).of(mini, samples)
    told: list[tuple[int, int]] = []
    PictureFeatures(tmp_path, "fp32", lambda done, total: told.append((done, total))).of(mini, samples)
    assert told[0] == (8, len(samples) - 16)


def test_damaged_features_say_what_to_do(mini: ChineseClip, samples: list[Sample], tmp_path: Path) -> None:
    kept = PictureFeatures(tmp_path, "fp32")
    kept.of(mini, samples)
    (vectors,) = tmp_path.rglob("vectors.f32")
    vectors.write_bytes(vectors.read_bytes()[:100])
    with pytest.raises(DamagedWorkspaceError, match="delete the folder"):
        kept.of(mini, samples)
    shutil.rmtree(vectors.parent)
    assert kept.of(mini, samples).shape == (len(samples), mini.dim)
