from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.retrieval.metrics import recall_at, retrieval_recalls


def naive_recall(scores: torch.Tensor, pairs: set[tuple[int, int]], k: int) -> float:
    """Over every order of the gallery, sorted stably by score: the share of queries that find a positive."""
    asked = sorted({query for query, _ in pairs})
    found, orders = 0, 0
    for order in itertools.permutations(range(scores.shape[1])):
        orders += 1
        for query in asked:
            first = sorted(order, key=lambda item: -float(scores[query, item]))[:k]
            found += any((query, item) in pairs for item in first)
    return found / orders / max(len(asked), 1)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_recall_is_the_expectation_over_all_orders_of_ties(data: st.DataObject) -> None:
    count, size = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    values = data.draw(st.lists(st.integers(0, 2), min_size=count * size, max_size=count * size))
    scores = torch.tensor(values, dtype=torch.float).reshape(count, size)
    pairs = data.draw(
        st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, size - 1)), min_size=1, max_size=6)
    )
    found = recall_at(scores, torch.eye(size), torch.tensor(sorted(pairs)), (1, 2, 7), chunk=2)
    for k in (1, 2, 7):
        assert found[k] == pytest.approx(naive_recall(scores, pairs, k), abs=1e-9)


def test_a_model_that_scores_all_alike_finds_chance() -> None:
    same = torch.ones(20, 4)
    pairs = torch.arange(20)[:, None].expand(20, 2)
    recalls = retrieval_recalls(same, same, pairs)
    assert recalls.text_to_image == pytest.approx({1: 1 / 20, 5: 5 / 20, 10: 10 / 20})
    assert recalls.mean == pytest.approx(16 / 60)


def test_a_perfect_model_finds_all_and_lengths_do_not_matter() -> None:
    features = torch.randn(30, 64, generator=torch.Generator().manual_seed(0))
    recalls = retrieval_recalls(features, 7 * features, torch.arange(30)[:, None].expand(30, 2))
    assert recalls.mean == 1


def test_features_that_are_not_finite_are_an_error() -> None:
    with pytest.raises(ValueError, match="NaN"):
        retrieval_recalls(torch.full((2, 2), torch.nan), torch.ones(2, 2), torch.tensor([[0, 0]]))
