"""Features of pictures, of their crops, and of texts: only those not stored yet are computed.

A picture is decoded once and its crops are cut from it; crops of several pictures fill a batch. While the
model works on one batch, a thread prepares the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from alignment.backbones.base import Backbone
from alignment.features.store import FeatureStore, Vectors
from alignment.laclip.crops import CropSettings, crop_boxes, cut
from alignment.retrieval.gallery import GalleryImage

# Pictures or crops that pass through the model at once, and texts.
PIXEL_ROWS, TEXT_ROWS = 64, 256
# Raised when equal inputs give other features, so that stored ones are not used again.
FEATURES_VERSION = 1

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
        "version": FEATURES_VERSION,
        "model": backbone.digest,
        "crops": crops.recipe() if crops else None,
    }
    store = FeatureStore(root, recipe, per_key=per_key, dim=backbone.dim)
    wanted = {image.key: image for image in images}
    missing = [wanted[key] for key in store.missing(list(wanted))]
    done = 0
    backbone.train(False)
    for keys, pixels, frames in _ahead(_picture_batches(backbone, missing, crops, rows)):
        features = _passed(backbone.encode_images, pixels, rows)
        store.add(keys, _averaged(features, frames, per_key))
        done += len(keys)
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
    recipe = {"what": "texts", "version": FEATURES_VERSION, "model": backbone.digest}
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


_Batch = tuple[list[str], Tensor, list[int]]
"""Keys, the pixels of all their frames and crops, and how many frames each has."""


def _picture_batches(
    backbone: Backbone, images: Sequence[GalleryImage], crops: CropSettings | None, rows: int
) -> Iterator[_Batch]:
    """Whole pictures, until `rows` inputs are full; one with more crops than that is a batch by itself."""
    keys: list[str] = []
    pixels: list[Tensor] = []
    frames: list[int] = []
    for image in images:
        shown = image.frames()
        keys.append(image.key)
        frames.append(len(shown))
        for frame in shown:
            pixels.append(backbone.preprocess(frame))
            if crops:
                boxes = crop_boxes(frame.size, image.key, crops)
                pixels += [backbone.preprocess(part) for part in cut(frame, boxes)]
        if len(pixels) >= rows:
            yield keys, torch.stack(pixels), frames
            keys, pixels, frames = [], [], []
    if keys:
        yield keys, torch.stack(pixels), frames


def _ahead(batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """The same batches, each prepared while the one before is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


@torch.no_grad()
def _passed(encode: Callable[[Tensor], Tensor], inputs: Tensor, rows: int) -> Tensor:
    """Unit features of `inputs`, `rows` of them at a time, on the CPU."""
    parts = [encode(inputs[start : start + rows]).float().cpu() for start in range(0, len(inputs), rows)]
    return functional.normalize(torch.cat(parts), dim=-1)


def _averaged(features: Tensor, frames: Sequence[int], per_key: int) -> Vectors:
    """[keys, per_key, dim] from the features of all frames; one frame is left as it is, to the bit."""
    found, start = [], 0
    for count in frames:
        part = features[start : start + count * per_key].reshape(count, per_key, -1)
        found.append(part[0] if count == 1 else functional.normalize(part.mean(dim=0), dim=-1))
        start += count * per_key
    return np.ascontiguousarray(torch.stack(found).numpy())
