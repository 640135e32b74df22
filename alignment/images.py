"""Pictures as a model sees them: fitted to a square, and, for training, cut anew in every epoch."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from random import Random
from threading import Lock
from typing import Literal, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from alignment.errors import UsageError

Fit = Literal["squash", "pad", "crop"]
"""How a picture becomes a square: its sides stretched, as Chinese-CLIP does; the whole of it on a ground of
the mean colour; or its middle."""

# Chinese-CLIP's (and CLIP's) mean and deviation of red, green and blue.
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
_GROUND = tuple(round(255 * channel) for channel in MEAN)
_MEGABYTE = 2**20


def to_pixels(image: Image.Image, size: int, fit: Fit = "squash") -> Tensor:
    """`image` as float32 [3, size, size], normalised. With `squash` the same bits as Chinese-CLIP's own."""
    square = _square(image.convert("RGB"), size, fit)
    values = torch.from_numpy(np.array(square)).permute(2, 0, 1).contiguous().to(torch.float32).div(255)
    return values.sub_(torch.tensor(MEAN).view(3, 1, 1)).div_(torch.tensor(DEVIATION).view(3, 1, 1))


def _square(image: Image.Image, size: int, fit: Fit) -> Image.Image:
    width, height = image.size
    if fit == "squash":
        return image.resize((size, size), Image.Resampling.BICUBIC)
    if fit == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        # Cut first: resizing with a box would mix in what stands beside it.
        middle = image.crop((left, top, left + side, top + side))
        return middle.resize((size, size), Image.Resampling.BICUBIC)
    scale = size / max(width, height)
    inside = max(1, round(width * scale)), max(1, round(height * scale))
    ground = Image.new("RGB", (size, size), _GROUND)
    place = (size - inside[0]) // 2, (size - inside[1]) // 2
    ground.paste(image.resize(inside, Image.Resampling.BICUBIC), place)
    return ground


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Random cuts of a picture for training.

    `scale` is the range of a cut's share of the picture's area; its sides keep the picture's proportions up
    to the factor `stretch`. A lower bound of .25 shows cuts of half the side, as scorers that cut pictures
    into parts do. Nothing is mirrored, for texts say left and right.
    """

    scale: tuple[float, float] = (0.5, 1.0)
    stretch: float = 1.15

    def __post_init__(self) -> None:
        low, high = self.scale
        if not 0 < low <= high <= 1:
            raise UsageError(f"scale is {self.scale}; it must be two rising shares between 0 and 1")
        if self.stretch < 1:
            raise UsageError(f"stretch is {self.stretch}; it must be 1 or more")

    def apply(self, image: Image.Image, seed: int, epoch: int, pair_id: str) -> Image.Image:
        """A cut of `image` that depends on nothing but these four."""
        # Text seeds are hashed by Python with SHA-512: the same on every machine and in every process.
        random = Random(f"{seed}/{epoch}/{pair_id}")
        width, height = image.size
        side = random.uniform(*self.scale) ** 0.5
        stretch = self.stretch ** random.uniform(-0.5, 0.5)
        cut_width = min(width, max(1, round(width * side * stretch)))
        cut_height = min(height, max(1, round(height * side / stretch)))
        left = random.randint(0, width - cut_width)
        top = random.randint(0, height - cut_height)
        return image.crop((left, top, left + cut_width, top + cut_height))


def thumbnail_side(size: int, augmentation: Augmentation) -> int:
    """The shorter side, in pixels, at which the smallest cut still has `size` pixels a side."""
    return -int(-size // augmentation.scale[0] ** 0.5)


def shrink(image: Image.Image, side: int) -> Image.Image:
    """`image` in RGB with its shorter side cut down to `side` pixels; a smaller one as it is."""
    factor = side / min(image.size)
    if factor >= 1:
        return image.convert("RGB")
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    # Whole pixels are averaged first down to three times the size: several times quicker on large crops.
    return image.convert("RGB").resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


class Picture(Protocol):
    """What `Thumbnails` needs of a sample (`alignment.data.Sample` has it)."""

    @property
    def image_sha256(self) -> str:
        """Names the picture's content."""

    def image(self) -> Image.Image:
        """The picture, decoded anew on each call."""


class Thumbnails:
    """Shrunken pictures kept in memory, so that an epoch need not decode large crops again.

    At most `megabytes` are held, the least recently used go first; what is asked for is the same picture
    whether it was held or not. Threads may share it.
    """

    def __init__(self, side: int, megabytes: float) -> None:
        self.side = side
        self._room = int(megabytes * _MEGABYTE)
        self._held: OrderedDict[str, Image.Image] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    def get(self, sample: Picture) -> Image.Image:
        """The shrunken picture of a sample."""
        key = sample.image_sha256
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        small = shrink(sample.image(), self.side)
        with self._lock:
            if key not in self._held:
                self._held[key] = small
                self._used += _bytes(small)
            while self._used > self._room:
                _, dropped = self._held.popitem(last=False)
                self._used -= _bytes(dropped)
        return small


def _bytes(image: Image.Image) -> int:
    return image.width * image.height * 3
