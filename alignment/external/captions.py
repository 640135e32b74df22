"""Multi30K and its kin: a list of pictures and, for each language, captions line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alignment.errors import BadDatasetError, UsageError
from alignment.external.pictures import PictureFile, find_picture, text_of
from alignment.retrieval.gallery import Item

FORM = (
    "Multi30K: {split}_images.txt, a picture a line; {split}.{language}, or {split}.1.{language} and so on, "
    "a caption a line; and images/"
)


def fits(folder: Path) -> bool:
    """Whether the folder is in this form."""
    return any(folder.glob("*_images.txt"))


def read(folder: Path, split: str, language: str | None) -> Iterator[Item]:
    """The pairs of a split in one language; `language` may be left out where there is but one."""
    listed = folder / f"{split}_images.txt"
    if not listed.is_file():
        there = sorted(path.name.removesuffix("_images.txt") for path in folder.glob("*_images.txt"))
        raise UsageError(f"{folder} has no split {split!r}; it has {', '.join(there)}: name one with --split")
    names = _lines(listed)
    files = [PictureFile(find_picture(folder, name)) for name in names]
    for path in _caption_files(folder, split, language):
        captions = _lines(path)
        if len(captions) != len(names):
            raise BadDatasetError(path, f"{len(captions)} captions for {len(names)} pictures")
        for number, (name, own, caption) in enumerate(zip(names, files, captions, strict=True), start=1):
            yield Item(
                own.key, own.frames, caption, (folder.name, name), "", folder.name, f"{path.name}:{number}"
            )


def _caption_files(folder: Path, split: str, language: str | None) -> list[Path]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob(f"{split}.*")):
        middle = path.name.removeprefix(f"{split}.").split(".")
        if len(middle) == 1 or (len(middle) == 2 and middle[0].isdecimal()):
            found.setdefault(middle[-1], []).append(path)
    if language is None and len(found) == 1:
        return next(iter(found.values()))
    if language not in found:
        there = ", ".join(sorted(found)) or "none"
        raise UsageError(
            f"{folder}: captions of {split} are there in these languages: {there}; name one with --language"
        )
    return found[language]


def _lines(path: Path) -> list[str]:
    # A caption may hold a separator that `splitlines` knows and the line numbers of other tools do not.
    return text_of(path).removesuffix("\n").split("\n")
