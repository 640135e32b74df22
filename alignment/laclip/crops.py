"""Which parts of a picture are looked at by themselves.

The paper says "random crops". How many, how large and of what shape it does not say: the defaults are those
of its parent method, WCA (Li et al., ICML 2024, arXiv 2406.02915), and all are settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Literal, Self

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

CropBox = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels of the picture; never empty."""

# Of the pyramid: each level divides a picture into n x n crops of 1/n, wider by this so that they overlap.
OVERLAP = 1.2
# A crop more than this many times as large as the model's input is first averaged over blocks of pixels: on
# plates of 3,000 pixels that is over three times as quick, and grey levels differ by a fifth of one.
_REDUCED_FROM = 2
# Picture sizes under this many pixels a side are not cut: nothing more is to be seen in a part.
_LEAST_SIDE = 2


class CropSettings(BaseModel):
    """How pictures are cut."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int = Field(default=16, ge=1, le=1024)
    """K: crops of a picture. Assumption: 60 where there is a GPU, 16 where there is none."""
    least: float = Field(default=0.5, gt=0, le=1)
    most: float = Field(default=0.9, gt=0, le=1)
    """A crop's side is drawn between these shares of the picture's shorter side (assumption, as WCA)."""
    shape: Literal["square", "aspect"] = "square"
    """square as WCA's; aspect keeps the picture's proportions (shares are then of both its sides)."""
    source: Literal["random", "pyramid"] = "random"
    """random as published; pyramid: 2 x 2, 3 x 3, … parts of the picture, the same for all pictures."""
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least is above most")
        return self

    def recipe(self) -> dict[str, Any]:
        """What the crops' features depend on, as plain values."""
        return dict(json.loads(self.model_dump_json()))


def crop_boxes(size: tuple[int, int], key: str, settings: CropSettings) -> list[CropBox]:
    """`settings.count` boxes of a picture of `size` (width, height) pixels.

    They depend on the picture's `key` and the settings alone: not on order, batches, workers or device.
    """
    width, height = size
    if min(size) < _LEAST_SIDE:
        return [(0, 0, width, height)] * settings.count
    if settings.source == "pyramid":
        return [_whole_pixels(box, size) for box in _pyramid(size, settings)]
    # Text seeds are hashed by Python with SHA-512: the same on every machine and in every process.
    random = Random(f"{settings.seed}/{key}")
    return [_random_box(size, random, settings) for _ in range(settings.count)]


def cut(image: Image.Image, boxes: list[CropBox], side: int) -> Iterator[Image.Image]:
    """The parts of a decoded picture, large ones made smaller but never below twice `side` pixels."""
    for left, top, right, bottom in boxes:
        width, height = right - left, bottom - top
        factor = max(1, min(width, height) // (_REDUCED_FROM * side))
        # Whole blocks only: a rest at the edge would be stretched to the size of a block.
        box = left, top, right - width % factor, bottom - height % factor
        yield image.reduce(factor, box) if factor > 1 else image.crop(box)


def _random_box(size: tuple[int, int], random: Random, settings: CropSettings) -> CropBox:
    share = random.uniform(settings.least, settings.most)
    width, height = size
    short = min(size)
    wide, high = (share * width, share * height) if settings.shape == "aspect" else (share * short,) * 2
    left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
    return _whole_pixels((left, top, left + wide, top + high), size)


def _pyramid(size: tuple[int, int], settings: CropSettings) -> list[tuple[float, float, float, float]]:
    """The first `count` parts of 2 x 2, 3 x 3, … ; `least` and `most` have no say here."""
    width, height = size
    boxes: list[tuple[float, float, float, float]] = []
    level = 2
    while len(boxes) < settings.count:
        share = OVERLAP / level
        wide, high = share * width, share * height
        if settings.shape == "square":
            wide = high = share * min(size)
        steps = [place / (level - 1) for place in range(level)]
        boxes += [
            (x * (width - wide), y * (height - high), x * (width - wide) + wide, y * (height - high) + high)
            for y in steps
            for x in steps
        ]
        level += 1
    return boxes[: settings.count]


def _whole_pixels(box: tuple[float, float, float, float], size: tuple[int, int]) -> CropBox:
    left, top = (min(int(edge), side - 1) for edge, side in zip(box[:2], size, strict=True))
    right, bottom = (min(round(edge), side) for edge, side in zip(box[2:], size, strict=True))
    return left, top, max(right, left + 1), max(bottom, top + 1)
