from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from alignment.laclip.crops import CropSettings, crop_boxes, cut

sizes = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
settings = st.builds(
    CropSettings,
    count=st.integers(1, 40),
    least=st.floats(0.05, 0.5),
    most=st.floats(0.5, 1),
    shape=st.sampled_from(["square", "aspect"]),
    source=st.sampled_from(["random", "pyramid"]),
    seed=st.integers(0, 9),
)


@given(sizes, settings)
def test_boxes_are_as_many_as_asked_whole_and_inside(size: tuple[int, int], given: CropSettings) -> None:
    boxes = crop_boxes(size, "key", given)
    assert len(boxes) == given.count
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]


@given(sizes, settings)
def test_boxes_depend_on_the_picture_and_the_settings_alone(
    size: tuple[int, int], given: CropSettings
) -> None:
    assert crop_boxes(size, "key", given) == crop_boxes(size, "key", given)


def test_sides_stay_in_the_range_asked_for() -> None:
    for left, top, right, bottom in crop_boxes((1000, 400), "k", CropSettings(count=200)):
        assert 198 <= right - left <= 362
        assert abs((right - left) - (bottom - top)) <= 2


def test_aspect_keeps_the_proportions() -> None:
    for left, top, right, bottom in crop_boxes((1000, 400), "k", CropSettings(count=50, shape="aspect")):
        assert (right - left) / (bottom - top) == pytest.approx(2.5, rel=0.02)


def test_other_pictures_and_other_seeds_are_cut_elsewhere() -> None:
    here = crop_boxes((500, 500), "a", CropSettings())
    assert here != crop_boxes((500, 500), "b", CropSettings())
    assert here != crop_boxes((500, 500), "a", CropSettings(seed=1))


def test_the_pyramid_covers_the_picture() -> None:
    boxes = crop_boxes((300, 200), "k", CropSettings(count=13, source="pyramid", shape="aspect"))
    covered = {(x, y) for a, b, c, d in boxes[:4] for x in range(a, c) for y in range(b, d)}
    assert len(covered) == 300 * 200


def test_a_range_turned_round_is_refused() -> None:
    with pytest.raises(ValidationError, match="least is above most"):
        CropSettings(least=0.9, most=0.5)


@given(st.integers(1, 700), st.integers(1, 700), st.integers(8, 64))
def test_parts_are_never_made_smaller_than_twice_the_input(width: int, height: int, side: int) -> None:
    (part,) = cut(Image.new("RGB", (800, 800)), [(20, 10, 20 + width, 10 + height)], side)
    assert min(part.size) >= min(width, height, 2 * side)
    assert min(part.size) < 4 * side
    assert part.width / part.height == pytest.approx(width / height, rel=1 / min(part.size))


def test_a_part_made_smaller_shows_the_same() -> None:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    image = coarse.resize((2000, 1500), Image.Resampling.BICUBIC)
    box = (101, 203, 1307, 1409)
    (part,) = cut(image, [box], 64)
    assert part.size == (134, 134)
    seen, plain = (
        np.asarray(one.resize((64, 64), Image.Resampling.BICUBIC), dtype=int)
        for one in (part, image.crop(box))
    )
    assert np.abs(seen - plain).mean() < 1
