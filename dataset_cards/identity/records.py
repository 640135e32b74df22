"""What a dataset remembers of every pair it ever published, so that the figure is known again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataset_cards.identity.past_books import PastBooks
from dataset_cards.reading import crop_path
from dataset_cards.review.record import Place
from extractors.geometry import Box


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that some version published as a pair, as the last version that held it had it."""

    pair_id: str
    split: str
    book_sha256: str
    book_title: str
    page: int
    """1-based; 0 where it is not known, of pairs that left before versions recorded it."""
    bbox: Box
    """In points."""
    figure_id: str
    group: str
    parent: str | None
    image_sha256: str
    image_phash: str
    """16 hexadecimal digits, or empty."""
    width: int
    """Of the crop, in pixels."""
    height: int
    version: str
    """Name of the last version that held it; empty where it is not known."""
    held: bool = True
    """Whether the version before the one that is made holds it."""
    read_bbox: Box | None = None
    """Where the program read it, of a figure to which a person gave another box."""

    @property
    def place(self) -> Box:
        """The box by which a reading knows it again."""
        return self.read_bbox or self.bbox


@dataclass(frozen=True)
class History:
    """Everything that a dataset ever published."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    """By pair_id."""
    books: PastBooks = field(default_factory=PastBooks)
    """The books of the version before, and the names and contents that books had earlier."""
    dataset_dir: Path | None = None
    """The folder of the versions; None when there is none yet."""
    reviewed: Mapping[str, Place] = field(default_factory=dict)
    """Id of a correction -> where its figure was read for the version before."""
    notes: Sequence[str] = ()
    """What could not be taken into account, in words."""

    @property
    def splits(self) -> dict[str, str]:
        """The split of every pair ever published."""
        return {pair_id: figure.split for pair_id, figure in self.figures.items()}

    def picture(self, figure: Figure) -> Path | None:
        """The crop of a figure in the last version that held it; None where that version is no longer
        there."""
        if self.dataset_dir is None or not figure.version:
            return None
        path = self.dataset_dir / figure.version / crop_path(figure.split, figure.pair_id)
        return path if path.is_file() else None

    @property
    def book_hashes(self) -> set[str]:
        """sha256 of every book that any version held a pair of."""
        return {figure.book_sha256 for figure in self.figures.values()} | self.books.continued
