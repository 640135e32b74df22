from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.search import index
from alignment.search.index import FaissIndex, PlainIndex


def unit(count: int, seed: int, dim: int = 16) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(1, 13), st.integers(0, 3))
def test_the_plain_index_is_a_stable_sort_whatever_the_chunks(
    count: int, k: int, rows: int, values: int
) -> None:
    vectors = np.random.default_rng(count).integers(-values, values + 1, (count, 4)).astype(np.float32)
    queries = unit(3, 1, 4)
    scores = queries @ vectors.T
    before, index.ROWS = index.ROWS, rows
    try:
        found, places = PlainIndex(vectors).search(queries, k)
    finally:
        index.ROWS = before
    for query in range(3):
        order = sorted(range(count), key=lambda row: (-round(float(scores[query, row]), 5), row))[:k]
        assert np.allclose(found[query], scores[query][order], atol=1e-5)
        if values == 0:
            assert places[query].tolist() == order


def test_both_indexes_find_the_same() -> None:
    vectors, queries = unit(500, 2), unit(7, 3)
    plain, faiss = PlainIndex(vectors).search(queries, 9), FaissIndex(vectors).search(queries, 9)
    assert (plain[1] == faiss[1]).all()
    assert np.allclose(plain[0], faiss[0], atol=1e-5)


def test_cells_find_most_of_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "CELLS_FROM", 1000)
    centres = unit(60, 4)
    vectors = np.repeat(centres, 50, axis=0) + 0.1 * unit(3000, 5)
    queries = centres[:20] + 0.1 * unit(20, 6)
    exact = PlainIndex(vectors).search(queries, 10)[1]
    found = FaissIndex(vectors).search(queries, 10)[1]
    shared = [len({*a} & {*b}) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
    assert np.mean(shared) > 9


def test_more_than_there_are_gives_all() -> None:
    scores, rows = PlainIndex(unit(3, 7)).search(unit(1, 8), 10)
    assert scores.shape == rows.shape == (1, 3)
    assert sorted(rows[0].tolist()) == [0, 1, 2]


def test_cells_that_hold_fewer_than_asked_for_are_made_up_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "CELLS_FROM", 1000)
    vectors, queries = unit(1000, 9), unit(2, 10)
    plain, faiss = PlainIndex(vectors).search(queries, 400), FaissIndex(vectors).search(queries, 400)
    assert (faiss[1] == plain[1]).all()
    assert np.allclose(faiss[0], plain[0], atol=1e-5)
