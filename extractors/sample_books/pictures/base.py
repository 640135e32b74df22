"""What all drawn pictures share: the array type, soft noise, colours and the JPEG bytes."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""H x W x 3, RGB."""
Field = NDArray[np.float32]
"""H x W, usually 0..1."""
Colour = tuple[int, int, int]
Rng = np.random.Generator


def noise(rng: Rng, width: int, height: int, cells: int) -> Field:
    """Smooth random field in 0..1 with about `cells` bumps across the longer side."""
    longer = max(width, height)
    nx, ny = max(2, round(cells * width / longer)), max(2, round(cells * height / longer))
    coarse = rng.random((ny, nx), dtype=np.float32)
    smooth: Field = np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    return smooth


def grain(rng: Rng, width: int, height: int, strength: float) -> Field:
    """Fine zero-mean noise with the given standard deviation in grey levels."""
    return rng.standard_normal((height, width), dtype=np.float32) * np.float32(strength)


def blend(under: Picture, over: Colour | Picture, mask: Field) -> Picture:
    """`over` laid on `under` where `mask` is 1."""
    weight = mask[..., None]
    top = np.asarray(over, np.float32)
    return np.clip(under * (1 - weight) + top * weight, 0, 255).astype(np.uint8)


def flat(width: int, height: int, colour: Colour) -> Picture:
    """A picture of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


def shade(picture: Picture, field: Field) -> Picture:
    """`picture` with its brightness multiplied by `field` (about 1)."""
    return np.clip(picture * field[..., None], 0, 255).astype(np.uint8)


def speckle(picture: Picture, rng: Rng, strength: float) -> Picture:
    """`picture` with the grain of a photograph."""
    height, width = picture.shape[:2]
    return np.clip(picture + grain(rng, width, height, strength)[..., None], 0, 255).astype(np.uint8)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from `a` to `b`."""
    r, g, b_ = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return r, g, b_


def jpeg(picture: Picture, quality: int = 78) -> bytes:
    """JPEG bytes of a picture (or of an H x W grey field)."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(picture: Picture) -> bytes:
    """PNG bytes of a picture."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()
