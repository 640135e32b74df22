"""Small pictures: those that a page carries within itself, and those of a version's lists."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from dataset_cards.reading import crop_path
from dataset_cards.reasons import Row

# Good enough to tell a motif by; a photograph of 240 pixels takes about 10 KB.
_QUALITY = 80
THUMB_SIDE = 400
"""Longer side in pixels of the pictures in lists: cards are 250 wide, on screens with finer pixels too."""


def thumb_path(image_sha256: str) -> str:
    """Place inside the version of the small copy of a crop that is larger than `THUMB_SIDE`."""
    return f"report/thumbs/{image_sha256[:2]}/{image_sha256[:16]}.jpg"


def thumb_of(source: Path, path: Path) -> bool:
    """Write a small copy of the picture `source` where it is large; whether there is one."""
    pixels = cv2.imdecode(np.fromfile(source, np.uint8), cv2.IMREAD_COLOR)
    if pixels is not None:
        write_thumb(pixels, path)
    return path.exists()


def write_thumb(pixels: NDArray[np.uint8], path: Path) -> None:
    """Write a small copy of a picture (H x W x 3, BGR) that is larger than `THUMB_SIDE`."""
    scale = THUMB_SIDE / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes())


def crop_file(version_dir: Path, row: Row) -> Path:
    """Where the crop of a published row lies."""
    return version_dir / crop_path(row["split"], row["pair_id"])


def thumbnail(path: Path, longest: int) -> str:
    """A data URI of the picture, its longer side at most `longest` pixels; "" where it cannot be read."""
    try:
        with Image.open(path) as image:
            small = image.convert("RGB")
    except (OSError, UnidentifiedImageError):
        return ""
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
