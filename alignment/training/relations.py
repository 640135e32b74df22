"""Which pictures and texts of a split belong together, and which are only akin."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import torch
from torch import Tensor

from alignment.data import Sample


class Relations:
    """The pairs of a split by number: what text, picture and group each has.

    Pictures are the same when their bytes are; texts when their tokens are, for the model cannot tell them
    apart then. A text and a picture are positives when any pair holds both. Where they only share a group (an
    entry of a book: its whole and its details) they are neither positives nor negatives.
    """

    def __init__(self, texts: Tensor, images: Tensor, groups: Tensor) -> None:
        """Numbers from 0 without gaps, int64 [N] each: every pair's text, picture and group."""
        self.texts, self.images, self.groups = texts, images, groups
        self.image_count = _count(images)
        self.text_count = _count(texts)
        self._of_text = _table(texts, images, self.image_count)
        self._of_group = _table(groups, images, self.image_count)

    def __len__(self) -> int:
        return len(self.texts)

    def positives(self, pairs: Tensor) -> Tensor:
        """Which pictures belong to the text of each pair: bool [len(pairs), image_count]."""
        return self._mask(self._of_text[self.texts[pairs]])

    def akin(self, pairs: Tensor) -> Tensor:
        """Which pictures share the group of each pair: bool [len(pairs), image_count]."""
        return self._mask(self._of_group[self.groups[pairs]])

    def within(self, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """Positives and akin among the pairs of a batch: bool [B, B] each, texts in rows."""
        columns = self.images[pairs]
        return self.positives(pairs)[:, columns], self.akin(pairs)[:, columns]

    def first_pair_of_images(self) -> Tensor:
        """For each picture the number of the first pair that shows it: int64 [image_count]."""
        return _first(self.images, self.image_count)

    def first_pair_of_texts(self) -> Tensor:
        """For each text the number of the first pair that has it: int64 [text_count]."""
        return _first(self.texts, self.text_count)

    def to(self, device: torch.device) -> Relations:
        """The same on another device."""
        return Relations(self.texts.to(device), self.images.to(device), self.groups.to(device))

    def _mask(self, columns: Tensor) -> Tensor:
        mask = torch.zeros(len(columns), self.image_count + 1, dtype=torch.bool, device=columns.device)
        return mask.scatter_(1, columns, True)[:, :-1]


def relate(samples: Sequence[Sample], tokens: Tensor) -> Relations:
    """The relations of samples whose texts read `tokens`, int64 [N, L]."""
    return Relations(
        texts=_numbered([row.tobytes() for row in tokens.numpy()]),
        images=_numbered([sample.image_sha256 for sample in samples]),
        groups=_numbered([sample.group for sample in samples]),
    )


def _numbered(values: Sequence[Hashable]) -> Tensor:
    numbers: dict[Hashable, int] = {}
    return torch.tensor([numbers.setdefault(value, len(numbers)) for value in values], dtype=torch.long)


def _count(numbers: Tensor) -> int:
    return int(numbers.max()) + 1 if len(numbers) else 0


def _first(numbers: Tensor, count: int) -> Tensor:
    first = torch.full((count,), len(numbers), device=numbers.device)
    return first.scatter_reduce(0, numbers, torch.arange(len(numbers), device=numbers.device), "amin")


def _table(rows: Tensor, images: Tensor, nothing: int) -> Tensor:
    """The distinct pictures of each row's number, padded with `nothing`: int64 [rows, most pictures]."""
    lists: list[list[int]] = [[] for _ in range(_count(rows))]
    for row, image in sorted({*zip(rows.tolist(), images.tolist(), strict=True)}):
        lists[row].append(image)
    longest = max(map(len, lists), default=0)
    padded = [found + [nothing] * (longest - len(found)) for found in lists]
    return torch.tensor(padded, dtype=torch.long, device=rows.device).reshape(len(lists), longest)
