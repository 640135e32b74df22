"""Features of whole galleries, without gradients, shared among the processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.data import Sample
from alignment.images import Augmentation, Thumbnails, thumbnail_side
from alignment.training.processes import gather, own_share, rank_and_count, wait_for_all

# Rows encoded at once where no gradient is kept.
ROWS = 64

Report = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    pass


class PictureReader:
    """Pixels of samples, prepared by threads one batch ahead; the same whatever their number.

    With an `augmentation` a picture is cut anew by (seed, epoch, pair), from a thumbnail that is kept in
    memory where it fits; without, it is what `Backbone.preprocess` makes of the whole picture.
    """

    def __init__(
        self,
        backbone: Backbone,
        samples: Sequence[Sample],
        *,
        workers: int = 0,
        augmentation: Augmentation | None = None,
        thumbnail_mb: int = 0,
        seed: int = 0,
    ) -> None:
        self._backbone, self._samples, self._workers = backbone, samples, workers
        self._augmentation, self._seed = augmentation, seed
        if augmentation is not None:
            side = thumbnail_side(backbone.image_size, augmentation)
            self._thumbnails = Thumbnails(side, thumbnail_mb)

    def batches(self, batches: Sequence[Sequence[int]], epoch: int = 0) -> Iterator[Tensor]:
        """The pixels of each batch of sample numbers: float32 [B, 3, S, S], in order."""
        if not self._workers:
            for batch in batches:
                yield torch.stack([self._pixels(number, epoch) for number in batch])
            return
        with ThreadPoolExecutor(self._workers) as pool:
            ahead = [pool.submit(self._pixels, number, epoch) for number in batches[0]] if batches else []
            for place in range(len(batches)):
                now, ahead = ahead, []
                if place + 1 < len(batches):
                    ahead = [pool.submit(self._pixels, number, epoch) for number in batches[place + 1]]
                yield torch.stack([future.result() for future in now])

    def _pixels(self, number: int, epoch: int) -> Tensor:
        sample = self._samples[number]
        if self._augmentation is None:
            return self._backbone.preprocess(sample.image())
        picture = self._thumbnails.get(sample) if self._thumbnails else sample.image()
        return self._backbone.preprocess(self._augmentation.apply(picture, self._seed, epoch, sample.pair_id))


@torch.no_grad()
def encode_pictures(
    backbone: Backbone, samples: Sequence[Sample], *, workers: int = 0, report: Report = _silent
) -> Tensor:
    """Features of the samples' pictures, float32 [N, dim], on every process, in evaluation mode."""
    backbone.train(False)
    mine = list(range(len(samples)))[own_share(len(samples))]
    batches = [mine[start : start + ROWS] for start in range(0, len(mine), ROWS)]
    parts = [torch.empty(0, backbone.dim, device=backbone.logit_scale.device)]
    for place, pixels in enumerate(PictureReader(backbone, samples, workers=workers).batches(batches), 1):
        parts.append(backbone.encode_images(pixels).float())
        report(min(place * ROWS, len(mine)), len(mine))
    return gather(torch.cat(parts), len(samples))


@torch.no_grad()
def encode_tokens(backbone: Backbone, tokens: Tensor) -> Tensor:
    """Features of texts, tokens int64 [N, L] -> float32 [N, dim], on every process, in evaluation mode."""
    backbone.train(False)
    parts = [torch.empty(0, backbone.dim, device=backbone.logit_scale.device)]
    parts += [
        backbone.encode_texts(rows).float() for rows in torch.split(tokens[own_share(len(tokens))], ROWS)
    ]
    return gather(torch.cat(parts), len(tokens))


class PictureFeatures:
    """Features of pictures, computed once for each (picture, model) and kept in a folder.

    The file's name holds the model's digest, so other weights, sizes or fits never meet old features.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(
        self, backbone: Backbone, samples: Sequence[Sample], *, workers: int = 0, report: Report = _silent
    ) -> Tensor:
        """Features of the samples' pictures, float32 [N, dim]; only those not kept yet are computed."""
        path = self.folder / f"{backbone.digest}.npz"
        kept = _read(path)
        fresh = {sample.image_sha256: sample for sample in samples if sample.image_sha256 not in kept}
        if fresh:
            found = encode_pictures(backbone, list(fresh.values()), workers=workers, report=report)
            kept |= dict(zip(fresh, found.cpu().numpy(), strict=True))
            wait_for_all()  # all have read what was there before one writes
            if rank_and_count()[0] == 0:
                _write(path, kept)
        rows = np.stack([kept[sample.image_sha256] for sample in samples])
        return torch.from_numpy(rows).to(backbone.logit_scale.device)


def _read(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        return {}
    with np.load(path) as arrays:
        return dict(zip(arrays["pictures"].tolist(), arrays["features"], strict=True))


def _write(path: Path, kept: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    names = sorted(kept)
    with unfinished.open("wb") as file:
        np.savez(file, pictures=np.array(names), features=np.stack([kept[name] for name in names]))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
