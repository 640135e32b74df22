"""A published version as training data: the one way in for models. Never a PDF, never the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.fresh import fresh_pair_ids
from dataset_cards.reading import iter_rows
from dataset_cards.verify import read_manifest

Split = Literal["train", "val", "test", "fresh"]
"""fresh: the pairs of the version's new books, whatever their split."""

_COLUMNS = (
    "pair_id",
    "description",
    "description_en",
    "title",
    "kind",
    "group",
    "book_sha256",
    "book_title",
    "image_sha256",
    "split",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One pair of a split; the picture stays on disk until it is asked for."""

    pair_id: str
    text: str
    """The description: what the picture is to be found by."""
    text_en: str | None
    title: str
    kind: str
    group: tuple[str, str]
    """(book, group): samples that share it share a caption or an entry, and are no negatives."""
    image_sha256: str
    image_path: Path
    book_title: str = ""

    def image(self) -> Image.Image:
        """The picture in RGB, transparent parts on white, decoded anew on each call.

        Raises DamagedWorkspaceError when the file is missing or is no picture.
        """
        return open_picture(self.image_path, self.pair_id)


def open_picture(path: Path, pair_id: str) -> Image.Image:
    """The picture of a pair in RGB, transparent parts on white.

    Raises DamagedWorkspaceError when the file is missing or is no picture.
    """
    try:
        with Image.open(path) as picture:
            if "A" in picture.mode or "transparency" in picture.info:
                layered = picture.convert("RGBA")
                ground = Image.new("RGBA", layered.size, "white")
                return Image.alpha_composite(ground, layered).convert("RGB")
            return picture.convert("RGB")
    except OSError as error:
        raise DamagedWorkspaceError(
            f"{path}: the picture of pair {pair_id} cannot be read; run tuwen verify"
        ) from error


def load_split(version_dir: Path, split: Split) -> list[Sample]:
    """The samples of one split of a published version, in the order of its Parquet files.

    `version_dir` is a version's folder (see `dataset_cards.verify.read_current`). An empty split gives an
    empty list. Raises UsageError for a split that does not exist, DamagedWorkspaceError for a folder that
    is no complete version.
    """
    read_manifest(version_dir)  # a folder without one is no version
    fresh = set(fresh_pair_ids(version_dir)) if split == "fresh" else None
    rows = iter_rows(version_dir, None if split == "fresh" else split, _COLUMNS)
    return [
        Sample(
            pair_id=row["pair_id"],
            text=row["description"],
            text_en=row["description_en"],
            title=row["title"],
            kind=row["kind"],
            group=(row["book_sha256"], row["group"]),
            image_sha256=row["image_sha256"],
            image_path=version_dir / "imagefolder" / row["split"] / f"{row['pair_id']}.png",
            book_title=row["book_title"],
        )
        for row in rows
        if fresh is None or row["pair_id"] in fresh
    ]
