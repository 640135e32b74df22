"""VATEX: videos as folders of frames, captioned in Chinese and English; a video is the mean of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alignment.errors import BadDatasetError, UsageError
from alignment.external.pictures import FrameFolder, text_of
from alignment.retrieval.gallery import Item
from dataset_cards.files import parse_json

FORM = 'VATEX: vatex_{split}.json, a list of {"videoID", "chCap", "enCap"}, and frames/VIDEOID/*.jpg'
_CAPTIONS = {"zh": "chCap", "en": "enCap"}


def fits(folder: Path) -> bool:
    """Whether the folder is in this form."""
    return any(folder.glob("vatex_*.json"))


def read(folder: Path, split: str, language: str | None) -> Iterator[Item]:
    """The pairs of a split: several captions a video; Chinese ones unless told otherwise."""
    path = folder / f"vatex_{split}.json"
    if not path.is_file():
        there = sorted(found.name for found in folder.glob("vatex_*.json"))
        raise UsageError(f"{path} is not there; the folder has {', '.join(there)}: name one with --split")
    column = _CAPTIONS.get(language or "zh")
    if column is None:
        raise UsageError(f"VATEX has captions in {' and '.join(_CAPTIONS)}, not in {language!r} (--language)")
    try:
        rows = [(str(row["videoID"]), list(map(str, row[column]))) for row in parse_json(text_of(path))]
    except (ValueError, KeyError, TypeError) as error:
        raise BadDatasetError(path, f'is no list of {{"videoID", "{column}"}}: {error!r}') from error
    for video, captions in rows:
        own = FrameFolder(folder / "frames" / video)
        for number, caption in enumerate(captions, start=1):
            yield Item(
                own.key, own.frames, caption, (folder.name, video), "", folder.name, f"{video}:{number}"
            )
