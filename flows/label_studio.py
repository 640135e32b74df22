"""Label Studio's annotations taken into the corrections of a workspace, and pages drawn for it to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dataset_cards.formats.label_studio import PagePicture
from dataset_cards.review.corrections import append, read
from dataset_cards.review.label_studio import read_annotations
from dataset_cards.review.version_items import VersionItems
from flows.outcomes import dataset_dir
from flows.review.pictures import NoPictureError, Pictures
from flows.settings import Settings
from flows.workspace import Workspace

LEVEL = 1
"""Of the pictures of pages: 2,000 pixels, at which the smallest print is read."""


@dataclass(frozen=True, slots=True)
class Import:
    """What a file of annotations came to."""

    added: int
    known: int
    """Decisions that were there already."""
    pages: int


def import_label_studio(root: Path, settings: Settings, file: Path) -> Import:
    """Add what people changed in Label Studio to corrections.jsonl; the same file twice adds nothing.

    Raises UsageError for a file that is no export of Label Studio or is about no version of the workspace.
    """
    workspace = Workspace.open(root)
    found = read_annotations(file, dataset_dir(workspace, settings.dataset))
    known = {correction.id for correction in read(workspace.corrections).lines}
    new = [correction for correction in found if correction.id not in known]
    for correction in new:
        append(workspace.corrections, correction)
    pages = {(correction.book, correction.page) for correction in found}
    return Import(len(new), len(found) - len(new), len(pages))


@contextmanager
def page_pictures(workspace: Workspace, version_dir: Path, settings: Settings) -> Iterator[PagePicture]:
    """Draws pages of the books on the shelf; of other books there is no finer picture than the version's."""
    pictures = Pictures(workspace, VersionItems(version_dir), settings.extract.limits)

    def draw(book: str, page: int) -> Path | None:
        with suppress(NoPictureError):
            return pictures.page(book, page, LEVEL)
        return None

    try:
        yield draw
    finally:
        pictures.close()
