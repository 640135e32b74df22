"""The nearest vectors by dot product: one interface for a plain index, which is exact, and for FAISS."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from alignment.errors import MissingDependencyError

Vectors = npt.NDArray[np.float32]
# Rows multiplied at a time: 200,000 of 512 floats are 0.4 GB read from a mapped file.
ROWS = 200_000
# Vectors from which FAISS parts them into cells; fewer are faster searched whole.
CELLS_FROM = 50_000
# Vectors a cell that its middle is learnt from; with the 256 of FAISS itself it takes four times as long.
TRAINED_ON = 64
# Cells looked into, of about 4 · sqrt(N): on uniform random vectors, the hardest there are, more are needed.
PROBED_SHARE = 1 / 16


class Index(Protocol):
    """Vectors that can be searched."""

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
        """Scores and rows of the k nearest of each query, best first: [Q, k] each.

        `queries` is [Q, dim]. k is cut to the number of vectors. Equal scores come in the order of rows.
        """


class PlainIndex:
    """Every vector is looked at: exact, and a million answer in a fraction of a second."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors` is [N, dim], in memory or mapped from a file."""
        self._vectors = vectors

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
        k = max(1, min(k, len(self._vectors)))
        scores = np.zeros((len(queries), 0), dtype=np.float32)
        rows = np.zeros((len(queries), 0), dtype=np.int64)
        for start in range(0, len(self._vectors), ROWS):
            part = np.asarray(self._vectors[start : start + ROWS])
            found = queries @ part.T
            numbers = np.broadcast_to(np.arange(start, start + len(part)), found.shape)
            if len(part) > k:
                kept = _highest(found, k)
                found, numbers = np.take_along_axis(found, kept, 1), np.take_along_axis(numbers, kept, 1)
            scores, rows = np.concatenate([scores, found], 1), np.concatenate([rows, numbers], 1)
            order = np.lexsort((rows, -scores), axis=1)[:, :k]
            scores, rows = np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)
        return scores, rows


class FaissIndex:
    """FAISS: exact up to `CELLS_FROM` vectors, beyond that cells (IVF) that answer faster and may miss some.

    Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs" (arXiv 1702.08734).
    """

    def __init__(self, vectors: Vectors, *, seed: int = 0) -> None:
        """Build over `vectors` [N, dim]. Raises MissingDependencyError without FAISS."""
        try:
            import faiss
        except ModuleNotFoundError as error:
            raise MissingDependencyError(
                "FAISS is not installed: pip install 'tuwen[faiss]', or search with the plain index"
            ) from error
        vectors = np.ascontiguousarray(vectors)
        dim = vectors.shape[1]
        self._count = len(vectors)
        self._faiss: Any = faiss
        self._index: Any = faiss.IndexFlatIP(dim)
        if self._count >= CELLS_FROM:
            cells = int(4 * self._count**0.5)
            self._index = faiss.IndexIVFFlat(self._index, dim, cells, faiss.METRIC_INNER_PRODUCT)
            self._index.cp.seed = 1 + seed
            self._index.cp.max_points_per_centroid = TRAINED_ON
            self._index.nprobe = max(1, int(cells * PROBED_SHARE))
            self._index.train(vectors)
        self._index.add(vectors)

    def search(self, queries: Vectors, k: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
        wanted = np.ascontiguousarray(queries, dtype=np.float32)
        k = min(k, self._count)
        scores, rows = self._index.search(wanted, k)
        # Where the cells it looked into hold fewer than k, FAISS fills up with row -1.
        lacking = (rows < 0).any(axis=1)
        if lacking.any():
            every_cell = self._faiss.SearchParametersIVF(nprobe=self._index.nlist)
            scores[lacking], rows[lacking] = self._index.search(wanted[lacking], k, params=every_cell)
        order = np.lexsort((rows, -scores), axis=1)
        return np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)


def _highest(scores: Vectors, k: int) -> npt.NDArray[np.int64]:
    """Columns of each row's k highest scores, and of more where a score outside ties with the last inside."""
    kept = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    least = np.take_along_axis(scores, kept, 1).min(axis=1, keepdims=True)
    most = int((scores >= least).sum(axis=1).max())
    return kept if most == k else np.argpartition(-scores, most - 1, axis=1)[:, :most]
