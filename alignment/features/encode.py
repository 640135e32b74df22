"""Features of pictures, of their crops, and of texts: only those not stored yet are computed.

A picture is decoded once and its crops are cut from it; crops of several pictures fill a batch. While the
model works on one batch, threads prepare the next ones, picture by picture; their number changes nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from alignment.backbones.base import Backbone
from alignment.features.store import FeatureStore, Vectors
from alignment.laclip.crops import CropSettings, crop_boxes, cut
from dataset_cards.code_digest import code_digest

if TYPE_CHECKING:  # features depend on no code that makes galleries
    from alignment.retrieval.gallery import GalleryImage

# Pictures or crops that pass through the model at once, and texts.
PIXEL_ROWS, TEXT_ROWS = 64, 256
# Threads that prepare pixels. A crop of 900 pixels takes one 3 ms; a GPU wants some thousand crops a second.
_THREADS = min(16, os.cpu_count() or 1)
# The modules whose code decides a feature, beside those that call them.
BACKBONE_CODE = "alignment.backbones.chinese_clip"

Report = Callable[[int, int], None]
"""Told how many of how many pictures or texts are done."""


def _silent(_done: int, _total: int) -> None:
    pass


def encode_images(
    backbone: Backbone,
    images: Sequence[GalleryImage],
    root: Path,
    crops: CropSettings | None = None,
    *,
    rows: int = PIXEL_ROWS,
    report: Report = _silent,
) -> FeatureStore:
    """The store below `root` that holds every one of `images`: its unit feature, then those of its crops.

    A picture of several frames (a video) has the mean of its frames' unit features, made unit length; crops
    are cut from each frame at the same places. Raises what opening a picture raises.
    """
    per_key = 1 + (crops.count if crops else 0)
    recipe = {
        "what": "pictures",
        "code": code_digest(__name__, BACKBONE_CODE),
        "model": backbone.digest,
        "crops": crops.recipe() if crops else None,
    }
    store = FeatureStore(root, recipe, per_key=per_key, dim=backbone.dim)
    wanted = {image.key: image for image in images}
    missing = [wanted[key] for key in store.missing(list(wanted))]
    done = 0
    backbone.train(False)
    for batch in _batches(_prepared(backbone, missing, crops, rows), rows):
        features = _passed(backbone.encode_images, torch.cat([one.pixels for one in batch]), rows)
        store.add([one.key for one in batch], _averaged(features, [one.frames for one in batch], per_key))
        done += len(batch)
        report(done, len(missing))
    return store


def encode_texts(
    backbone: Backbone,
    texts: Sequence[str],
    root: Path,
    *,
    rows: int = TEXT_ROWS,
    report: Report = _silent,
) -> Vectors:
    """Unit features of `texts`, float32 [len(texts), dim], kept in a store below `root`."""
    recipe = {"what": "texts", "code": code_digest(__name__, BACKBONE_CODE), "model": backbone.digest}
    store = FeatureStore(root, recipe, per_key=1, dim=backbone.dim)
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
    by_key = dict(zip(keys, texts, strict=True))
    missing = store.missing(keys)
    backbone.train(False)
    for start in range(0, len(missing), rows):
        batch = missing[start : start + rows]
        features = _passed(backbone.encode_texts, backbone.tokenize([by_key[key] for key in batch]), rows)
        store.add(batch, features.numpy()[:, None])
        report(start + len(batch), len(missing))
    return store.read(keys)[:, 0]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A picture ready for the model."""

    key: str
    pixels: Tensor
    """[frames · per_key, 3, S, S]: each frame, followed by its crops."""
    frames: int


def _prepare(backbone: Backbone, image: GalleryImage, crops: CropSettings | None) -> _Prepared:
    shown = image.frames()
    pixels: list[Tensor] = []
    for frame in shown:
        boxes = crop_boxes(frame.size, image.key, crops) if crops else []
        parts = cut(frame, boxes, backbone.image_size)
        pixels += [backbone.preprocess(part) for part in (frame, *parts)]
    return _Prepared(image.key, torch.stack(pixels), len(shown))


def _prepared(
    backbone: Backbone, images: Sequence[GalleryImage], crops: CropSettings | None, rows: int
) -> Iterator[_Prepared]:
    """All pictures in their order, those of the next two batches prepared ahead."""
    ahead = _THREADS + 2 * rows // (1 + (crops.count if crops else 0))
    coming: deque[Future[_Prepared]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for image in images:
            coming.append(pool.submit(_prepare, backbone, image, crops))
            if len(coming) > ahead:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _batches(pictures: Iterator[_Prepared], rows: int) -> Iterator[list[_Prepared]]:
    """Whole pictures, as many as fit `rows` inputs; one with more than that is a batch by itself."""
    batch: list[_Prepared] = []
    held = 0
    for picture in pictures:
        if batch and held + len(picture.pixels) > rows:
            yield batch
            batch, held = [], 0
        batch.append(picture)
        held += len(picture.pixels)
    if batch:
        yield batch


@torch.no_grad()
def _passed(encode: Callable[[Tensor], Tensor], inputs: Tensor, rows: int) -> Tensor:
    """Unit features of `inputs`, `rows` of them at a time, on the CPU."""
    # In parts of one size: a small rest would take a device about as long as a full part.
    parts = [encode(part).float().cpu() for part in inputs.chunk(-(-len(inputs) // rows))]
    return functional.normalize(torch.cat(parts), dim=-1)


def _averaged(features: Tensor, frames: Sequence[int], per_key: int) -> Vectors:
    """[keys, per_key, dim] from the features of all frames; one frame is left as it is, to the bit."""
    found, start = [], 0
    for count in frames:
        part = features[start : start + count * per_key].reshape(count, per_key, -1)
        found.append(part[0] if count == 1 else functional.normalize(part.mean(dim=0), dim=-1))
        start += count * per_key
    return np.ascontiguousarray(torch.stack(found).numpy())
