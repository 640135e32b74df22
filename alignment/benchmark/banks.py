"""Galleries as features: what a ladder stands on. They come from the store; only what is new is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.benchmark.ladder import ModelBanks
from alignment.features.encode import encode_images, encode_texts
from alignment.laclip.crops import CropSettings
from alignment.retrieval.gallery import Gallery
from alignment.scorers.base import Banks, Clauses, Validation
from alignment.scorers.clauses import clause_numbers

Report = Callable[[str, int, int], None]
"""Told what is encoded, how many are done, and of how many."""


@dataclass(frozen=True)
class Galleries:
    """The three splits of a benchmark."""

    train: Gallery
    validation: Gallery
    test: Gallery


def model_banks(
    backbone: Backbone,
    galleries: Galleries,
    root: Path,
    crops: CropSettings,
    *,
    report: Report = lambda _what, _done, _total: None,
) -> ModelBanks:
    """The features of one model for all three splits, kept below `root`.

    Training pictures are a bank of queries and are not cut: their crops would cost more than all the rest.
    """
    return ModelBanks(
        make_banks(backbone, galleries.train, root, None, report=report),
        Validation(
            make_banks(backbone, galleries.validation, root, crops, report=report), galleries.validation
        ),
        make_banks(backbone, galleries.test, root, crops, report=report),
    )


def make_banks(
    backbone: Backbone,
    gallery: Gallery,
    root: Path,
    crops: CropSettings | None,
    *,
    report: Report = lambda _what, _done, _total: None,
) -> Banks:
    """Unit features of a gallery's pictures (with their crops, unless None), texts and clauses."""

    def pictures(done: int, total: int) -> None:
        report(f"pictures of {gallery.name}", done, total)

    def texts(done: int, total: int) -> None:
        report(f"texts of {gallery.name}", done, total)

    store = encode_images(backbone, gallery.images, root, crops, report=pictures)
    vectors = torch.from_numpy(store.read([image.key for image in gallery.images]))
    printed = [text.text for text in gallery.texts]
    clauses, owners = clause_numbers(printed)
    features = torch.from_numpy(encode_texts(backbone, [*printed, *clauses], root, report=texts))
    return Banks(
        whole=_own(vectors[:, 0]),
        texts=_own(features[: len(printed)]),
        crops=_own(vectors[:, 1:]) if crops else None,
        clauses=Clauses(_own(features[len(printed) :]), owners),
    )


def _own(part: Tensor) -> Tensor:
    """A part with rows of its own: dot products over strided rows are several times slower."""
    return part.contiguous()
