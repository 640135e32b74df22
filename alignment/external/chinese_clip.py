"""COCO-CN, Flickr30K-CN, MUGE, AP-ID and CulTi as Chinese-CLIP's own tools read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alignment.errors import BadDatasetError, UsageError
from alignment.external.pictures import LmdbPictures, PictureFile, TsvPictures, find_picture, text_of
from alignment.retrieval.gallery import Item
from dataset_cards.files import parse_json

FORM = (
    'Chinese-CLIP: {split}_texts.jsonl of {"text_id", "text", "image_ids"}, '
    "and {split}_imgs.tsv, lmdb/{split}/imgs or images/ID.jpg (COCO-CN, Flickr30K-CN, MUGE, AP-ID, CulTi)"
)
_OTHER_NAMES = {"val": "valid", "valid": "val"}


def fits(folder: Path) -> bool:
    """Whether the folder is in this form."""
    return any(folder.glob("*_texts.jsonl"))


def read(folder: Path, split: str, language: str | None) -> Iterator[Item]:
    """The pairs of a split; texts without a picture (MUGE's test split) are left out.

    Raises UsageError for a split that is not there, and for a language: the form names none.
    """
    if language is not None:
        raise UsageError(f"{folder}: captions in this form say no language; leave out --language")
    name = _split_name(folder, split)
    path = folder / f"{name}_texts.jsonl"
    pictures = _pictures(folder, name)
    files: dict[str, PictureFile] = {}
    for number, row in _rows(path):
        for image_id in map(str, row["image_ids"]):
            if pictures is None:
                files.setdefault(image_id, PictureFile(find_picture(folder, image_id)))
                key, frames = files[image_id].key, files[image_id].frames
            elif image_id in pictures:
                key, frames = pictures.key(image_id), pictures.frames(image_id)
            else:
                raise BadDatasetError(path, f"line {number}: picture {image_id} is not in {pictures.path}")
            yield Item(
                key, frames, row["text"], (folder.name, image_id), "", folder.name, str(row["text_id"])
            )


def _pictures(folder: Path, name: str) -> TsvPictures | LmdbPictures | None:
    """Those of a split that lie together in one file; None where each is a file of its own."""
    tsv, lmdb = folder / f"{name}_imgs.tsv", folder / "lmdb" / name / "imgs"
    if tsv.is_file():
        return TsvPictures(tsv)
    return LmdbPictures(lmdb) if lmdb.is_dir() else None


def _split_name(folder: Path, split: str) -> str:
    for name in (split, _OTHER_NAMES.get(split, split)):
        if (folder / f"{name}_texts.jsonl").is_file():
            return name
    there = sorted(path.name.removesuffix("_texts.jsonl") for path in folder.glob("*_texts.jsonl"))
    raise UsageError(f"{folder} has no split {split!r}; it has {', '.join(there)}: name one with --split")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
            ids = list(row["image_ids"])
            yield number, {"text_id": row["text_id"], "text": str(row["text"]), "image_ids": ids}
        except (ValueError, KeyError, TypeError) as error:
            raise BadDatasetError(
                path, f'line {number} is not {{"text_id", "text", "image_ids"}}: {error!r}'
            ) from error
