"""A folder of someone else's dataset, whatever form it is in."""

from __future__ import annotations

from pathlib import Path

from alignment.errors import UsageError
from alignment.external import captions, chinese_clip, coco, vatex
from alignment.retrieval.gallery import Gallery, make_gallery

_READERS = (chinese_clip, vatex, coco, captions)
FORMS = "\n".join(f"  {reader.FORM}" for reader in _READERS)


def open_external(folder: Path, split: str, *, language: str | None = None, strict: bool = False) -> Gallery:
    """One split of the dataset in `folder` as a gallery; see `FORMS` for what is understood.

    `language` chooses among captions in several (zh, en, …). Raises UsageError for a folder in none of the
    forms, or a split or language it does not have; BadDatasetError for a file that is not what it should be.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name the one that the dataset's files lie in")
    for reader in _READERS:
        if reader.fits(folder):
            items = reader.read(folder, split, language)
            return make_gallery(items, f"{folder.name} {split}", strict=strict)
    raise UsageError(f"{folder} is in no form that is known here. These are:\n{FORMS}")
