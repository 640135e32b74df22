"""Galleries and scores made for tests."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from alignment.retrieval.evaluation import Direction
from alignment.retrieval.gallery import Gallery, Item, make_gallery


def item(image: str, text: str, group: str = "", kind: str = "pattern", book: str = "b") -> Item:
    return Item(image, lambda: (Image.new("RGB", (4, 4)),), text, (book, group or image), kind, book, image)


def pairs_gallery(count: int, per_group: int = 1) -> Gallery:
    """`count` pairs of one picture and one text."""
    return make_gallery((item(f"i{n}", f"纹样{n}", f"g{n // per_group}") for n in range(count)), "made")


@dataclass(frozen=True)
class Matrix:
    """Scores from a matrix [images, texts]."""

    scores: Tensor

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        return (self.scores.T if direction == "text_to_image" else self.scores)[start:stop]


def noisy(count: int, strength: float, seed: int) -> Matrix:
    """A right answer on the diagonal under noise."""
    noise = torch.randn(count, count, generator=torch.Generator().manual_seed(seed))
    return Matrix(torch.eye(count) * 3 + strength * noise)
