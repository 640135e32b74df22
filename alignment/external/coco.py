"""MSCOCO captions, and the captions of other languages for its pictures in the same form (STAIR, …)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from alignment.errors import BadDatasetError, UsageError
from alignment.external.pictures import PictureFile, find_picture
from alignment.retrieval.gallery import Item

FORM = (
    "MSCOCO: captions_{split}.json or captions_{split}.{language}.json "
    'of {"images", "annotations"}, and images/'
)


def fits(folder: Path) -> bool:
    """Whether the folder is in this form."""
    return any(folder.glob("captions_*.json"))


def read(folder: Path, split: str, language: str | None) -> Iterator[Item]:
    """The pairs of a split: several captions a picture."""
    path = folder / (f"captions_{split}.{language}.json" if language else f"captions_{split}.json")
    if not path.is_file():
        there = sorted(found.name for found in folder.glob("captions_*.json"))
        raise UsageError(f"{path} is not there; the folder has {', '.join(there)}")
    try:
        data = json.loads(path.read_text("utf-8"))
        names = {image["id"]: str(image["file_name"]) for image in data["images"]}
        captions = [
            (str(row.get("id", "")), row["image_id"], str(row["caption"])) for row in data["annotations"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadDatasetError(path, f"is no captions file of MSCOCO: {error!r}") from error
    files: dict[object, PictureFile] = {}
    for caption_id, image_id, caption in captions:
        if image_id not in names:
            raise BadDatasetError(path, f"caption {caption_id} is of picture {image_id}, which is not listed")
        if image_id not in files:
            files[image_id] = PictureFile(find_picture(folder, names[image_id]))
        own = files[image_id]
        yield Item(own.key, own.frames, caption, (folder.name, str(image_id)), "", folder.name, caption_id)
