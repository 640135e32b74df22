"""Galleries as features: what a ladder stands on. They come from the store; only what is new is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.features.encode import encode_images, encode_texts
from alignment.laclip.crops import CropSettings
from alignment.retrieval.gallery import Gallery, GalleryImage, GalleryText
from alignment.scorers.base import Banks, Clauses
from alignment.scorers.clauses import clause_numbers

Report = Callable[[str, int, int], None]
"""Told what is encoded, how many are done, and of how many."""

# Training pictures asked how popular a text is: their crops then cost about what a large test split's do. On
# motif pictures three samples of 1,000 chose and scored as variously as they differed from all 1,680.
BANK_PICTURES = 1_000


def make_query_bank(
    backbone: Backbone,
    train: Gallery,
    root: Path,
    crops: CropSettings,
    *,
    report: Report = lambda _what, _done, _total: None,
) -> Banks:
    """Queries to measure an item's popularity with: `BANK_PICTURES` of the training pictures, and all texts.

    The pictures are those whose hashed keys come first: a sample, and the same always. They are cut as the
    test pictures are: with plain features in their place the correction gained less from picture to text in
    every comparison (docs/ladder.md).
    """
    sample = sorted(train.images, key=lambda image: _hashed(image.key))[:BANK_PICTURES]
    return _encoded(backbone, train.name, sample, train.texts, root, crops, report)


def make_banks(
    backbone: Backbone,
    gallery: Gallery,
    root: Path,
    crops: CropSettings | None,
    *,
    report: Report = lambda _what, _done, _total: None,
) -> Banks:
    """Unit features of a gallery's pictures (with their crops, unless None), texts and clauses."""
    return _encoded(backbone, gallery.name, gallery.images, gallery.texts, root, crops, report)


def _encoded(
    backbone: Backbone,
    name: str,
    images: Sequence[GalleryImage],
    texts: Sequence[GalleryText],
    root: Path,
    crops: CropSettings | None,
    report: Report,
) -> Banks:
    def of_pictures(done: int, total: int) -> None:
        report(f"pictures of {name}", done, total)

    def of_texts(done: int, total: int) -> None:
        report(f"texts of {name}", done, total)

    store = encode_images(backbone, images, root, crops, report=of_pictures)
    vectors = torch.from_numpy(store.read([image.key for image in images]))
    printed = [text.text for text in texts]
    clauses, owners = clause_numbers(printed)
    features = torch.from_numpy(encode_texts(backbone, [*printed, *clauses], root, report=of_texts))
    return Banks(
        whole=_own(vectors[:, 0]),
        texts=_own(features[: len(printed)]),
        crops=_own(vectors[:, 1:]) if crops else None,
        clauses=Clauses(_own(features[len(printed) :]), owners),
    )


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _own(part: Tensor) -> Tensor:
    """A part with rows of its own: dot products over strided rows are several times slower."""
    return part.contiguous()
