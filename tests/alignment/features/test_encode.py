"""Features do not depend on order, batches or what was stored before."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from alignment.backbones.opening import open_backbone
from alignment.features.encode import encode_images, encode_texts
from alignment.laclip.crops import CropSettings, crop_boxes
from alignment.retrieval.gallery import GalleryImage

CROPS = CropSettings(count=3)


@pytest.fixture(scope="module")
def tiny():  # type: ignore[no-untyped-def]
    torch.set_num_threads(1)
    return open_backbone("tiny")


def picture(seed: int, frames: int = 1) -> GalleryImage:
    rng = np.random.default_rng(seed)
    shown = tuple(
        Image.fromarray(rng.integers(0, 255, (60 + seed, 90, 3), dtype=np.uint8)) for _ in range(frames)
    )
    return GalleryImage(f"key{seed}", lambda: shown, "pattern", "b", str(seed))


def test_crops_are_cut_where_the_key_says_and_pass_through_the_model(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    image = picture(1)
    found = encode_images(tiny, [image], tmp_path, CROPS).read([image.key])[0]
    shown = image.frames()[0]
    parts = [shown, *(shown.crop(box) for box in crop_boxes(shown.size, image.key, CROPS))]
    for vector, part in zip(found, parts, strict=True):
        with torch.no_grad():
            plain = tiny.encode_images(tiny.preprocess(part)[None])[0]
        assert np.allclose(vector, (plain / plain.norm()).numpy(), atol=1e-5)


def test_order_and_batches_change_nothing(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    images = [picture(seed) for seed in range(5)]
    keys = [image.key for image in images]
    one = encode_images(tiny, images, tmp_path / "a", CROPS, rows=4).read(keys)
    other = encode_images(tiny, images[::-1], tmp_path / "b", CROPS, rows=100).read(keys)
    assert np.allclose(one, other, atol=1e-5)


def test_only_what_is_new_is_opened(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    old, new = picture(1), picture(2)
    before = encode_images(tiny, [old], tmp_path, CROPS).read([old.key])

    def gone() -> tuple[Image.Image, ...]:
        raise AssertionError("opened again")

    unopened = GalleryImage(old.key, gone, "pattern", "b", "1")
    after = encode_images(tiny, [unopened, new], tmp_path, CROPS).read([old.key, new.key])
    assert (after[:1] == before).all()


def test_frames_are_averaged(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    video = picture(3, frames=2)
    found = encode_images(tiny, [video], tmp_path).read([video.key])[0, 0]
    with torch.no_grad():
        plain = tiny.encode_images(torch.stack([tiny.preprocess(frame) for frame in video.frames()]))
    mean = (plain / plain.norm(dim=1, keepdim=True)).mean(dim=0)
    assert np.allclose(found, (mean / mean.norm()).numpy(), atol=1e-5)


def test_texts_are_encoded_once_each(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    seen: list[tuple[int, int]] = []
    texts = ["联珠对鸟纹", "宝相花", "联珠对鸟纹"]
    found = encode_texts(tiny, texts, tmp_path, report=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)]
    assert (found[0] == found[2]).all()
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    again = encode_texts(tiny, texts[:1], tmp_path, report=lambda done, total: seen.append((done, total)))
    assert (again[0] == found[0]).all()
    assert len(seen) == 1


def test_another_model_has_a_store_of_its_own(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    image = picture(4)
    encode_images(tiny, [image], tmp_path)
    other = open_backbone("tiny", seed=1)
    fresh = encode_images(other, [image], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert not np.allclose(fresh.read([image.key]), encode_images(tiny, [image], tmp_path).read([image.key]))


def test_pictures_are_read_from_bytes_as_well(tiny, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, "PNG")
    key = hashlib.sha256(data.getvalue()).hexdigest()
    image = GalleryImage(key, lambda: (Image.open(data).convert("RGB"),), "", "", "")
    assert encode_images(tiny, [image], tmp_path, CROPS).read([key]).shape == (1, 4, tiny.dim)
