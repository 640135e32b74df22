"""Small pictures that a page carries within itself, so that it can be sent to somebody as one file."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from dataset_cards.reading import crop_path
from dataset_cards.reasons import Row

# Good enough to tell a motif by; a photograph of 240 pixels takes about 10 KB.
_QUALITY = 80


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
