"""Books as different readings give them: boxes that jitter, files saved again, pages in another order."""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dataset_cards.assembly import Assembly, BookEntry, assemble
from dataset_cards.identity.past_books import PastBook, PastBooks
from dataset_cards.identity.records import Figure, History
from dataset_cards.reading import crop_path
from dataset_cards.review.corrections import Correction
from dataset_cards.review.figures import CutPicture, DrawnBox
from dataset_cards.review.record import last_places, read_box
from dataset_cards.settings import DatasetSettings
from extractors.book_pairs import ID_GRID
from extractors.crops import phash, to_png
from extractors.geometry import Box
from extractors.records import BookResult, Pair
from extractors.sample_books.pictures.base import Picture
from extractors.sample_books.pictures.murals import SCENES, mural
from tests.dataset_cards.duplicates.drawn import recompressed

SETTINGS = DatasetSettings()


@dataclass(frozen=True)
class Drawn:
    """A figure of a book; `key` is what it truly is, and is published as its number."""

    key: str
    page: int
    box: Box
    group: str = ""
    parent: str | None = None


def two_a_page(title: str, count: int) -> list[Drawn]:
    """Figures of 140 by 105 points, two on each page."""
    boxes: tuple[Box, ...] = ((60.0, 80.0, 200.0, 185.0), (220.0, 300.0, 360.0, 405.0))
    return [Drawn(f"{title}-{n}", n // 2 + 1, boxes[n % 2]) for n in range(count)]


class Studio:
    """Makes readings of books; each picture is drawn once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.given: dict[str, Picture] = {}
        """Pictures of figures by key; others get a mural of their own."""
        self._pictures: dict[tuple[str, bool], tuple[str, str, int, int]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def read(
        self,
        title: str,
        figures: Sequence[Drawn],
        *,
        file: str = "first",
        name: str = "",
        jitter: float = 0.0,
        encoded_again: bool = False,
        seed: int = 0,
    ) -> BookEntry:
        """One reading of the file `file` of a book: its edges moved by up to `jitter` points."""
        sha256 = hashlib.sha256(f"{title} {file}".encode()).hexdigest()
        rng = random.Random(seed)
        seen: Counter[str] = Counter()
        pairs = []
        for drawn in figures:
            box = tuple(round(edge + rng.uniform(-jitter, jitter), 2) for edge in drawn.box)
            raw = raw_id(sha256, drawn.page, box)  # type: ignore[arg-type]
            seen[raw] += 1
            pair_id = raw if seen[raw] == 1 else f"{raw}{seen[raw] - 1}"
            pairs.append(self._pair(sha256, name or title, drawn, box, pair_id, encoded_again))  # type: ignore[arg-type]
        pages = max((pair.page for pair in pairs), default=1)
        result = BookResult(sha256, name or title, pages, tuple(pairs), (), ())
        return BookEntry(result, f"{name or title}.pdf", lambda path: self._folder / path, cut=self.cut)

    def cut(self, places: Sequence[DrawnBox]) -> dict[DrawnBox, CutPicture | str]:
        """A picture of its own for every place that a person drew."""
        return {place: self._cut(f"{place.page} {place.bbox}") for place in places}

    def _cut(self, key: str) -> CutPicture:
        file, digest, width, height = self._picture(key, False)
        path = self._folder / file
        return CutPicture(path, width, height, digest, phash(path.read_bytes()))

    def _pair(
        self, sha256: str, title: str, drawn: Drawn, box: Box, pair_id: str, encoded_again: bool
    ) -> Pair:
        file, digest, width, height = self._picture(drawn.key, encoded_again)
        return Pair(
            pair_id=pair_id,
            book_sha256=sha256,
            book_title=title,
            page=drawn.page,
            page_label=str(drawn.page),
            bbox=box,
            figure_id=f"{sha256[:12]}-{drawn.page:04d}-{pair_id[:6]}",
            group=f"{sha256[:12]}-{drawn.group or pair_id}",
            image=file,
            width=width,
            height=height,
            image_sha256=digest,
            image_phash=phash((self._folder / file).read_bytes()),
            kind="mural",
            number=drawn.key,
            title=drawn.key,
            caption=f"图 {drawn.key}",
            caption_page=drawn.page,
            caption_bbox=None,
            description=f"图 {drawn.key} 之说明",
            description_source="caption",
            description_en=None,
            text_source="text_layer",
            text_confidence=1.0,
            rule="same-page",
            confidence=0.9,
            parent=drawn.parent,
        )

    def _picture(self, key: str, encoded_again: bool) -> tuple[str, str, int, int]:
        if (key, encoded_again) not in self._pictures:
            seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])
            rng = np.random.default_rng(seed)
            picture = self.given.get(key)
            if picture is None:
                picture = mural(rng, SCENES[seed % len(SCENES)], 160, 120)
            if encoded_again:
                picture = recompressed(picture, rng)
            data = to_png(picture)
            digest = hashlib.sha256(data).hexdigest()
            (self._folder / digest).write_bytes(data)
            height, width = picture.shape[:2]
            self._pictures[key, encoded_again] = digest, digest, width, height
        return self._pictures[key, encoded_again]


def raw_id(sha256: str, page: int, box: Box) -> str:
    """The id that extraction gives a figure."""
    grid = ",".join(str(round(value / ID_GRID)) for value in box)
    return hashlib.sha256(f"{sha256}/{page}/{grid}".encode()).hexdigest()[:16]


def moved_pages(figures: Sequence[Drawn], new_page: Mapping[int, int]) -> list[Drawn]:
    """The figures on other pages; those whose page is not in `new_page` are left out."""
    return [replace(drawn, page=new_page[drawn.page]) for drawn in figures if drawn.page in new_page]


class Memory:
    """A dataset without its folders: what a history would tell after each version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.history = History()
        self._count = 0

    def publish(self, *books: BookEntry, corrections: Sequence[Correction] = ()) -> Assembly:
        assembly = assemble(books, SETTINGS, self.history, corrections)
        reviewed = [item.row() for item in assembly.reviewed]
        read = {row["pair_id"]: read_box(row) for row in reviewed}
        self._count += 1
        name = f"v{self._count:04d}"
        figures = dict(self.history.figures)
        for item in assembly.pairs:
            pair = item.pair
            figures[pair.pair_id] = Figure(
                pair.pair_id, item.split, pair.book_sha256, pair.book_title, pair.page, pair.bbox,
                pair.figure_id, pair.group, pair.parent, pair.image_sha256, pair.image_phash, pair.width,
                pair.height, name, read_bbox=read.get(pair.pair_id),
            )  # fmt: skip
            path = self._folder / name / crop_path(item.split, pair.pair_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(item.source, path)
        held = PastBooks([PastBook(entry.result.sha256, entry.file_name) for entry in books])
        self.history = History(figures, held, self._folder, last_places(reviewed))
        return assembly


def by_key(assembly: Assembly) -> dict[str, tuple[str, str]]:
    """What each figure truly is -> its id and its split."""
    return {item.pair.number: (item.pair.pair_id, item.split) for item in assembly.pairs}
