"""Motif pictures with compositional captions, as a dataset version: for learning that can be checked.

Every picture is drawn from a scene (which motif, how many, how they stand, in what frame, in which colours,
with what beside them), and its captions name the scene and nothing else. No two pairs share a scene, so a
model that finds the right picture of the test split has understood words in a combination it never saw.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dataset_cards.settings import DatasetSettings, DuplicateSettings
from dataset_cards.version import BookEntry, publish_version
from extractors.crops import phash
from extractors.errors import UsageError
from extractors.records import BookResult, Pair
from extractors.sample_books.pictures.base import png
from flows.motif_set.captions import chinese, english
from flows.motif_set.drawing import draw
from flows.motif_set.scenes import Scene, all_scenes

DATASET = "motifs"
_PAIRS_PER_BOOK = 200
_PAGE_BOX = (60.0, 80.0, 360.0, 380.0)


def make_motif_version(folder: Path, pairs: int, seed: int) -> Path:
    """Publish `pairs` motif pictures as the next version of `folder`/datasets/motifs.

    Returns the version's folder; equal seeds give equal bytes. The pictures
    also lie in `folder`/motifs, which the version does not need.
    Raises UsageError for more pairs than there are scenes.
    """
    scenes = _sample(pairs, seed)
    books = [
        _book(folder / "motifs", number, seed, scenes[start : start + _PAIRS_PER_BOOK])
        for number, start in enumerate(range(0, len(scenes), _PAIRS_PER_BOOK), start=1)
    ]
    return publish_version(books, folder / "datasets" / DATASET, _settings()).path


def _settings() -> DatasetSettings:
    # Captions that differ in one word are what is to be learnt here, not copies of one another.
    return DatasetSettings(
        name=DATASET,
        pretty_name="图文 Tuwen: 纹样组合 motifs",
        duplicates=DuplicateSettings(text_ratio=1.0),
    )


def _sample(count: int, seed: int) -> list[Scene]:
    scenes = list(all_scenes())
    if not 0 < count <= len(scenes):
        raise UsageError(f"there are {len(scenes)} different scenes; ask for 1 to {len(scenes)} pairs")
    return random.Random(f"motifs/{seed}").sample(scenes, count)


def _book(folder: Path, number: int, seed: int, scenes: Sequence[Scene]) -> BookEntry:
    """One book of the set: a page a picture."""
    title = f"纹样组合 {seed}-{number:03d}"
    sha256 = hashlib.sha256(title.encode()).hexdigest()
    root = folder / f"{seed}-{number:03d}"
    root.mkdir(parents=True, exist_ok=True)
    result = BookResult(
        sha256=sha256,
        title=title,
        page_count=len(scenes),
        pairs=tuple(_pairs(root, sha256, title, scenes)),
        unmatched=(),
        failures=(),
        text_sources={"text_layer": len(scenes)},
    )
    return BookEntry(result, f"{title}.pdf", lambda name: root / name)


def _pairs(root: Path, sha256: str, title: str, scenes: Sequence[Scene]) -> Iterator[Pair]:
    for page, scene in enumerate(scenes, start=1):
        pair_id = hashlib.sha256(f"{sha256} {page}".encode()).hexdigest()[:16]
        picture = draw(scene, np.random.default_rng(int(pair_id, 16)))
        data = png(picture)
        (root / f"{pair_id}.png").write_bytes(data)
        text = chinese(scene, random.Random(pair_id))
        yield Pair(
            pair_id=pair_id,
            book_sha256=sha256,
            book_title=title,
            page=page,
            page_label=str(page),
            bbox=_PAGE_BOX,
            figure_id=f"p{page}-f0",
            group=f"entry-{page}",
            image=f"{pair_id}.png",
            width=picture.shape[1],
            height=picture.shape[0],
            image_sha256=hashlib.sha256(data).hexdigest(),
            image_phash=phash(picture),
            kind="pattern",
            number=str(page),
            title="",
            caption=text,
            caption_page=page,
            caption_bbox=None,
            description=text,
            description_source="caption",
            description_en=english(scene),
            text_source="text_layer",
            text_confidence=1.0,
            rule="drawn",
            confidence=1.0,
        )
