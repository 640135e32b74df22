"""Ask a version: `Searcher.open(version, model).text("联珠对鸟纹")`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError

from alignment.backbones.base import Backbone
from alignment.data import open_picture
from alignment.errors import UsageError
from alignment.features.encode import encode_images, encode_texts
from alignment.laclip.crops import CropSettings
from alignment.laclip.vectors import laclip_vectors
from alignment.retrieval.gallery import GalleryImage
from alignment.search.index import FaissIndex, Index, PlainIndex, Vectors
from dataset_cards.reading import iter_rows

IndexKind = Literal["plain", "faiss"]
_COLUMNS = (
    "pair_id",
    "title",
    "description",
    "kind",
    "book_title",
    "page",
    "split",
    "image_sha256",
)
# Pictures whose crops are made one vector at a time: their features never lie in memory all at once.
_PICTURES = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that was found."""

    rank: int
    score: float
    """Cosine; with crops, the LACLIP score."""
    pair_id: str
    title: str
    description: str
    kind: str
    book_title: str
    page: int
    image_path: Path


class Searcher:
    """All pictures of a version, each once, ready to be asked."""

    def __init__(
        self, backbone: Backbone, root: Path, hits: Sequence[Hit], keys: Sequence[str], index: Index
    ) -> None:
        self._backbone, self._root, self._hits, self._keys, self._index = backbone, root, hits, keys, index

    @classmethod
    def open(
        cls,
        version_dir: Path,
        backbone: Backbone,
        root: Path,
        *,
        crops: CropSettings | None = None,
        kind: IndexKind = "plain",
        report: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Searcher:
        """Read a published version; features not in the store below `root` yet are computed and kept.

        With `crops` each picture has its LACLIP vector at length 1. Raises DamagedWorkspaceError for a folder
        that is no version, MissingDependencyError for FAISS where it is not installed.
        """
        found = dict(_pictures(version_dir))
        images = [
            GalleryImage(key, _opener(hit.image_path, hit.pair_id), hit.kind, hit.book_title, hit.pair_id)
            for key, hit in found.items()
        ]
        keys = list(found)
        store = encode_images(backbone, images, root, crops, report=report)
        parts = [
            _vectors(store.read(keys[start : start + _PICTURES])) for start in range(0, len(keys), _PICTURES)
        ]
        vectors = np.concatenate(parts) if parts else np.zeros((0, backbone.dim), dtype=np.float32)
        index = FaissIndex(vectors) if kind == "faiss" else PlainIndex(vectors)
        return cls(backbone, root, list(found.values()), keys, index)

    def text(self, text: str, k: int = 10) -> list[Hit]:
        """The k pictures nearest to a text. Raises UsageError for an empty one."""
        if not text.strip():
            raise UsageError("there is nothing to search for: the text is empty")
        return self._found(encode_texts(self._backbone, [text], self._root), k)

    def picture(self, path: Path, k: int = 10) -> list[Hit]:
        """The k pictures nearest to the one in a file. Raises UsageError for a file that is no picture."""
        try:
            with Image.open(path) as opened:
                shown = opened.convert("RGB")
        except FileNotFoundError:
            raise UsageError(f"{path}: there is no such file") from None
        except (UnidentifiedImageError, OSError) as error:
            raise UsageError(f"{path} is no picture that can be read: {error}") from None
        self._backbone.train(False)
        with torch.no_grad():
            features = self._backbone.encode_images(self._backbone.preprocess(shown)[None]).float().cpu()
        return self._found(torch.nn.functional.normalize(features, dim=-1).numpy(), k)

    def _found(self, query: Vectors, k: int) -> list[Hit]:
        scores, rows = self._index.search(query, k)
        return [
            replace(self._hits[row], rank=rank, score=float(score))
            for rank, (score, row) in enumerate(zip(scores[0], rows[0], strict=True), start=1)
        ]


def _pictures(version_dir: Path) -> Iterator[tuple[str, Hit]]:
    """Each distinct picture of the version with the first pair that shows it."""
    seen: set[str] = set()
    for row in iter_rows(version_dir, columns=_COLUMNS):
        if row["image_sha256"] in seen:
            continue
        seen.add(row["image_sha256"])
        path = version_dir / "imagefolder" / row["split"] / f"{row['pair_id']}.png"
        yield (
            row["image_sha256"],
            Hit(
                0,
                0.0,
                row["pair_id"],
                row["title"],
                row["description"],
                row["kind"],
                row["book_title"],
                row["page"],
                path,
            ),
        )


def _opener(path: Path, pair_id: str) -> Callable[[], tuple[Image.Image, ...]]:
    return lambda: (open_picture(path, pair_id),)


def _vectors(features: Vectors) -> Vectors:
    """One unit vector a picture from its own and its crops' features, [N, dim]."""
    if features.shape[1] == 1:
        return np.ascontiguousarray(features[:, 0])
    parts = torch.from_numpy(features)
    return laclip_vectors(parts[:, 0], parts[:, 1:], renormalize=True).numpy()
