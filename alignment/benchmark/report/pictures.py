"""The pictures of a page: small, beside it, named by what they show."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image

from alignment.benchmark.report.findings import first_frame
from alignment.retrieval.gallery import Gallery

# Pixels of the longer side: shown at 150, sharp on a screen of twice the density.
_LONGEST = 300
# Good enough to tell a motif by.
_QUALITY = 82
_DIGITS = 16


class PictureFolder:
    """Writes each picture of a gallery once, as JPEG, when it is first asked for."""

    def __init__(self, folder: Path, gallery: Gallery) -> None:
        self._folder, self._gallery = folder, gallery
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, number: int) -> str:
        """The file name of a picture; another one for another picture, whatever its key looks like."""
        key = self._gallery.images[number].key
        name = f"{hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]}.jpg"
        path = self._folder / name
        if not path.exists():
            small = first_frame(self._gallery, number).convert("RGB")
            small.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
            small.save(path, "JPEG", quality=_QUALITY)
        return name
