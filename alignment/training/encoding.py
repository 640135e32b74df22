"""Features of whole galleries, without gradients, shared among the processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.features.encode import BACKBONE_CODE
from alignment.features.store import FeatureStore
from alignment.images import Augmentation, Thumbnails, thumbnail_side
from alignment.training.processes import gather, own_share, rank_and_count, wait_for_all
from dataset_cards.code_digest import code_digest

if TYPE_CHECKING:  # features depend on no code that reads versions
    from alignment.data import Sample

# Rows encoded at once where no gradient is kept.
ROWS = 64
# Pictures encoded, by each process, before their features are written: minutes for a large model on a CPU.
KEPT_ROWS = 2 * ROWS

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
        picture = self._thumbnails.get(sample)
        return self._backbone.preprocess(self._augmentation.apply(picture, self._seed, epoch, sample.pair_id))


@torch.no_grad()
def encode_pictures(backbone: Backbone, samples: Sequence[Sample], *, workers: int = 0) -> Tensor:
    """Features of the samples' pictures, float32 [N, dim], on every process, in evaluation mode."""
    backbone.train(False)
    mine = list(range(len(samples)))[own_share(len(samples))]
    batches = [mine[start : start + ROWS] for start in range(0, len(mine), ROWS)]
    parts = [torch.empty(0, backbone.dim, device=backbone.logit_scale.device)]
    for pixels in PictureReader(backbone, samples, workers=workers).batches(batches):
        parts.append(backbone.encode_images(pixels).float())
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
    """Features of pictures, computed once for each (picture, model, precision) and kept in a folder.

    What is computed is kept after every few batches: a run that is killed does not begin again.
    """

    def __init__(self, folder: Path, precision: str, report: Report = _silent) -> None:
        """`report` is told how many of how many pictures are encoded, while any are."""
        self.folder, self.precision, self.report = folder, precision, report

    def of(self, backbone: Backbone, samples: Sequence[Sample], *, workers: int = 0) -> Tensor:
        """Features of the samples' pictures, float32 [N, dim]; only those not kept yet are computed.

        Raises NotFiniteError for features that are no numbers.
        """
        rank, count = rank_and_count()
        store = self._open(backbone)
        by_key = {sample.image_sha256: sample for sample in samples}
        fresh = store.missing(list(by_key))
        at_once = KEPT_ROWS * count
        for start in range(0, len(fresh), at_once):
            keys = fresh[start : start + at_once]
            found = encode_pictures(backbone, [by_key[key] for key in keys], workers=workers)
            if rank == 0:
                store.add(keys, found.cpu().numpy()[:, None])
            self.report(start + len(keys), len(fresh))
        if fresh and count > 1:
            store = self._open(backbone)
        rows = store.read([sample.image_sha256 for sample in samples])[:, 0]
        return torch.from_numpy(rows).to(backbone.logit_scale.device)

    def _open(self, backbone: Backbone) -> FeatureStore:
        """The same on every process: the first makes the folder, and has written what it will."""
        rank, _ = rank_and_count()
        recipe = {
            "what": "pictures of training",
            "code": code_digest(__name__, BACKBONE_CODE),
            "model": backbone.digest,
            "precision": self.precision,
        }
        if rank:
            wait_for_all()
        store = FeatureStore(self.folder, recipe, per_key=1, dim=backbone.dim)
        if not rank:
            wait_for_all()
        return store
