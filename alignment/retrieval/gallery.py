"""What is searched and what is asked: the distinct pictures and texts of a split, and which belong together.

A picture printed twice and a caption printed under two pictures are one item each: whoever finds the one has
found the other. So positives are sets, in both directions.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import torch
from PIL import Image
from torch import Tensor

from alignment.data import Sample
from dataset_cards.duplicates.texts import normal_text
from dataset_cards.union import Union

Frames = Callable[[], tuple[Image.Image, ...]]
"""Opens a picture: one frame, or the frames of a video whose features are averaged."""


@dataclass(frozen=True, slots=True)
class Item:
    """A picture with a text, as one row of a dataset: the input of `make_gallery`."""

    image_key: str
    """Equal for equal pictures: their sha256, or an id."""
    frames: Frames
    text: str
    group: tuple[str, str]
    """(book, group): what shares it is resampled together."""
    kind: str = ""
    book: str = ""
    name: str = ""
    """For a person: the pair's id."""


@dataclass(frozen=True, slots=True)
class GalleryImage:
    """A distinct picture."""

    key: str
    """What its crops are drawn from and its features are kept by; equal for equal pictures."""
    frames: Frames = field(compare=False)
    kind: str
    book: str
    name: str


@dataclass(frozen=True, slots=True)
class GalleryText:
    """A distinct text, as first printed."""

    text: str
    key: str
    kind: str
    book: str
    name: str


@dataclass(frozen=True)
class Gallery:
    """Pictures and texts by number, and the pairs of numbers that belong together."""

    name: str
    """Such as "motifs v0001 test"."""
    images: tuple[GalleryImage, ...]
    texts: tuple[GalleryText, ...]
    pairs: Tensor
    """(image, text), int64 [P, 2], sorted."""
    image_clusters: Tensor
    """int64 [images]: equal for what is tied by a group, a text or a picture, over any number of steps."""
    text_clusters: Tensor
    """The same for texts, with the same numbers."""

    @property
    def digest(self) -> str:
        """sha256 over pictures, texts and pairs: galleries of equal digest may be compared."""
        rows = [[image.key for image in self.images], [text.key for text in self.texts], self.pairs.tolist()]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()


def gallery_of(samples: Sequence[Sample], name: str, *, strict: bool = False) -> Gallery:
    """The gallery of a split of a published version; see `make_gallery`."""
    return make_gallery(map(_item, samples), name, strict=strict)


def make_gallery(items: Iterable[Item], name: str, *, strict: bool = False) -> Gallery:
    """The distinct pictures and texts of `items`, in the order in which they come.

    `strict` makes no two of them one: every item is a picture and a text of its own, with one positive.
    Raises ValueError for no item at all.
    """
    images: dict[tuple[str, int], int] = {}
    texts: dict[tuple[str, int], int] = {}
    shown: list[GalleryImage] = []
    printed: list[GalleryText] = []
    pairs: set[tuple[int, int]] = set()
    ties: list[tuple[int, int, Hashable]] = []
    for order, item in enumerate(items):
        key = normal_text(item.text) or item.text
        # Strict items stand apart by their order alone: equal pictures keep one key, crops and features.
        mark = order if strict else 0
        image = images.setdefault((item.image_key, mark), len(images))
        text = texts.setdefault((key, mark), len(texts))
        if image == len(shown):
            shown.append(GalleryImage(item.image_key, item.frames, item.kind, item.book, item.name))
        if text == len(printed):
            printed.append(GalleryText(item.text, key, item.kind, item.book, item.name))
        pairs.add((image, text))
        same = (item.group, ("picture", item.image_key, ""), ("text", key, ""))
        ties += [(image, text, tie) for tie in same]
    if not pairs:
        raise ValueError(f"{name}: there is nothing to search")
    image_clusters, text_clusters = _clusters(ties, len(shown), len(printed))
    return Gallery(
        name,
        tuple(shown),
        tuple(printed),
        torch.tensor(sorted(pairs), dtype=torch.long),
        image_clusters,
        text_clusters,
    )


def _item(sample: Sample) -> Item:
    return Item(
        image_key=sample.image_sha256,
        frames=lambda: (sample.image(),),
        text=sample.text,
        group=sample.group,
        kind=sample.kind,
        book=sample.book_title or sample.group[0],
        name=sample.pair_id,
    )


def _clusters(ties: Sequence[tuple[int, int, Hashable]], images: int, texts: int) -> tuple[Tensor, Tensor]:
    """Connected components over pictures, texts and groups, numbered from 0 in the order of the pictures."""
    tied = Union()
    for image, text, group in ties:
        tied.join(("text", text), ("image", image))
        tied.join(("group", group), ("image", image))
    found: dict[Hashable, int] = defaultdict(lambda: len(found))
    image_labels = [found[tied.root(("image", number))] for number in range(images)]
    text_labels = [found[tied.root(("text", number))] for number in range(texts)]
    return torch.tensor(image_labels, dtype=torch.long), torch.tensor(text_labels, dtype=torch.long)
