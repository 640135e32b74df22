from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from alignment.errors import UsageError
from alignment.images import MEAN, Augmentation, Thumbnails, shrink, thumbnail_side, to_pixels


def _noise(width: int, height: int, seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def _places(width: int, height: int) -> Image.Image:
    """A picture whose red says how far right and whose green says how far down."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, 0 * down], axis=2).astype(np.uint8))


@pytest.mark.parametrize("size", [(320, 200), (40, 300), (17, 9)])
def test_squashed_pictures_are_chinese_clips_to_the_bit(size: tuple[int, int]) -> None:
    from cn_clip.clip import image_transform

    picture = _noise(*size)
    assert torch.equal(to_pixels(picture, 64), image_transform(64)(picture))


def test_a_padded_picture_is_whole_and_its_ground_is_neutral() -> None:
    pixels = to_pixels(Image.new("RGB", (120, 40), "white"), 60, "pad")
    middle, ground = pixels[:, 20:40], torch.cat([pixels[:, :20], pixels[:, 40:]], dim=1)
    assert middle.min() > 1.8
    assert ground.abs().max() < 0.01


def test_a_cropped_picture_is_its_middle() -> None:
    picture = Image.new("RGB", (120, 40), "black")
    picture.paste((255, 255, 255), (40, 0, 80, 40))
    assert to_pixels(picture, 20, "crop").min() > 1.9


@pytest.mark.parametrize("fit", ["squash", "pad", "crop"])
@pytest.mark.parametrize("size", [(1, 1), (600, 1), (1, 600)])
def test_every_shape_becomes_a_square(fit: str, size: tuple[int, int]) -> None:
    assert to_pixels(Image.new("RGB", size, "red"), 32, fit).shape == (3, 32, 32)  # type: ignore[arg-type]


@given(
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    low=st.floats(0.05, 1),
    stretch=st.floats(1, 2),
    seed=st.integers(0, 5),
)
def test_a_cut_lies_in_the_picture_and_has_the_share_asked_for(
    size: tuple[int, int], low: float, stretch: float, seed: int
) -> None:
    cut = Augmentation((low, 1.0), stretch).apply(_noise(*size), seed, 0, "p")
    assert 1 <= cut.width <= size[0]
    assert 1 <= cut.height <= size[1]
    # Half a pixel of rounding a side, and what a stretched side loses at the edge.
    least = (max(1, low**0.5 * size[0] / stretch**0.5) - 1) * (max(1, low**0.5 * size[1] / stretch**0.5) - 1)
    assert cut.width * cut.height >= least


def test_a_cut_depends_on_seed_epoch_and_pair_alone() -> None:
    picture, augmentation = _noise(200, 150), Augmentation()
    cuts = {
        key: augmentation.apply(picture, *key).tobytes()
        for key in [(0, 0, "a"), (1, 0, "a"), (0, 1, "a"), (0, 0, "b")]
    }
    assert len(set(cuts.values())) == 4
    assert augmentation.apply(picture, 0, 0, "a").tobytes() == cuts[0, 0, "a"]


def test_cuts_reach_every_part_of_the_picture() -> None:
    augmentation, picture = Augmentation((0.25, 0.25), 1.0), _places(100, 100)
    corners = [augmentation.apply(picture, 0, epoch, "p").getpixel((0, 0)) for epoch in range(200)]
    for channel in (0, 1):
        values = [corner[channel] for corner in corners]  # type: ignore[index]
        assert min(values) < 10
        assert max(values) > 118


def test_left_stays_left() -> None:
    picture = _places(64, 64)
    for epoch in range(60):
        cut = Augmentation().apply(picture, 0, epoch, "p")
        assert cut.getpixel((0, 0))[0] < cut.getpixel((cut.width - 1, 0))[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Augmentation(scale=(0.8, 0.5)), "rising shares"),
        (lambda: Augmentation(scale=(0.0, 0.5)), "rising shares"),
        (lambda: Augmentation(stretch=0.5), "1 or more"),
    ],
)
def test_cuts_that_make_no_sense_are_refused(make: Callable[[], Augmentation], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()


def test_a_shrunken_picture_keeps_its_shape_and_enough_for_the_smallest_cut() -> None:
    side = thumbnail_side(64, Augmentation((0.25, 1.0)))
    assert side == 128
    assert shrink(_noise(1200, 300), side).size == (512, 128)
    assert shrink(_noise(100, 90), side).size == (100, 90)


@dataclass
class _Counted:
    image_sha256: str
    decoded: int = 0

    def image(self) -> Image.Image:
        self.decoded += 1
        return _noise(300, 200, seed=int(self.image_sha256))


def test_thumbnails_are_decoded_once_while_they_fit() -> None:
    pictures = [_Counted(str(number)) for number in range(3)]
    held = Thumbnails(100, megabytes=1)
    first = [held.get(one).tobytes() for one in pictures]
    assert [held.get(one).tobytes() for one in pictures] == first
    assert [one.decoded for one in pictures] == [1, 1, 1]


def test_thumbnails_beyond_the_memory_are_decoded_anew_to_the_same_bytes() -> None:
    pictures = [_Counted(str(number)) for number in range(3)]
    room = 2 * 150 * 100 * 3 / 2**20
    held = Thumbnails(100, megabytes=room)
    first = [held.get(one).tobytes() for one in pictures]
    assert held.get(pictures[0]).tobytes() == first[0]
    assert [one.decoded for one in pictures] == [2, 1, 1]
    assert held.get(pictures[2]).tobytes() == first[2]
    assert pictures[2].decoded == 1


def test_the_ground_is_the_mean_colour() -> None:
    assert to_pixels(Image.new("RGB", (8, 1)), 8, "pad")[:, 0, 0].abs().max() < 0.01
    assert len(MEAN) == 3
