"""MSCOCO captions, and the captions of other languages for its pictures in the same form (STAIR, …)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alignment.errors import BadDatasetError, UsageError
from alignment.external.pictures import PictureFile, find_picture, text_of
from alignment.retrieval.gallery import Item
from dataset_cards.files import parse_json

FORM = (
    "MSCOCO: captions_{split}.json or captions_{split}.{language}.json, here or in annotations/, "
    'of {"images", "annotations"}, and images/ or {split}/'
)
_FOLDERS = ("", "annotations")


def fits(folder: Path) -> bool:
    """Whether the folder is in this form."""
    return bool(_there(folder))


def read(folder: Path, split: str, language: str | None) -> Iterator[Item]:
    """The pairs of a split: several captions a picture."""
    name = f"captions_{split}.{language}.json" if language else f"captions_{split}.json"
    path = next((found for found in _there(folder) if found.name == name), None)
    if path is None:
        there = ", ".join(found.name for found in _there(folder))
        raise UsageError(f"{folder} has no {name}; it has {there}: name one with --split and --language")
    try:
        data = parse_json(text_of(path))
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
            files[image_id] = PictureFile(find_picture(folder, names[image_id], split))
        own = files[image_id]
        yield Item(own.key, own.frames, caption, (folder.name, str(image_id)), "", folder.name, caption_id)


def _there(folder: Path) -> list[Path]:
    return [path for sub in _FOLDERS for path in sorted((folder / sub).glob("captions_*.json"))]
