"""Every measure against all orders of the tied, counted one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.retrieval.ranks import query_metrics

KS = (1, 2, 3, 9)


def naive(scores: list[float], positives: set[int]) -> dict[str, float]:
    """Means over every order of the gallery that the scores allow, each counted once."""
    orders = {
        tuple(sorted(order, key=lambda item: -scores[item]))
        for order in itertools.permutations(range(len(scores)))
    }
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for order in orders:
        right = [item in positives for item in order]
        first = right.index(True) + 1
        note("rank", first)
        note("rr", 1 / first)
        for k in KS:
            note(f"hit{k}", float(any(right[:k])))
            note(f"recall{k}", sum(right[:k]) / len(positives))
        size = len(positives)
        precision = [sum(right[: i + 1]) / (i + 1) for i in range(min(size, len(order))) if right[i]]
        note("ap", sum(precision) / size)
    return {name: float(np.mean(values)) for name, values in found.items()}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_measure_is_its_mean_over_all_orders_of_the_tied(data: st.DataObject) -> None:
    count, size = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6))
    values = data.draw(st.lists(st.integers(0, 2), min_size=count * size, max_size=count * size))
    scores = torch.tensor(values, dtype=torch.float).reshape(count, size)
    positives = [
        sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size))) for _ in range(count)
    ]
    half = data.draw(st.integers(0, count))
    chunks = [chunk for chunk in (scores[:half], scores[half:]) if len(chunk)]
    found = query_metrics(chunks, positives, size, KS)
    for row in range(count):
        expected = naive(scores[row].tolist(), set(positives[row]))
        assert found.rank[row] == pytest.approx(expected["rank"])
        assert found.reciprocal_rank[row] == pytest.approx(expected["rr"])
        assert found.average_precision[row] == pytest.approx(expected["ap"])
        for k in KS:
            assert found.hit[k][row] == pytest.approx(expected[f"hit{k}"]), k
            assert found.recall[k][row] == pytest.approx(expected[f"recall{k}"]), k


def test_all_equal_scores_are_worth_k_of_n() -> None:
    found = query_metrics([torch.zeros(7, 400, dtype=torch.half)], [[i] for i in range(7)], 400)
    assert [found.hit[k].mean() for k in (1, 5, 10, 20)] == pytest.approx(
        [1 / 400, 5 / 400, 10 / 400, 20 / 400]
    )
    assert found.rank.mean() == pytest.approx(200.5)


def test_a_query_without_a_positive_is_left_out() -> None:
    found = query_metrics([torch.eye(3)], [[0], [], [2]], 3)
    assert found.queries.tolist() == [0, 2]
    assert found.hit[1].tolist() == [1, 1]


def test_more_places_than_items_find_everything() -> None:
    found = query_metrics([torch.tensor([[0.1, 0.3]])], [[0]], 2, (1, 20))
    assert (found.hit[1][0], found.hit[20][0]) == (0, 1)


def test_what_is_no_number_is_an_error() -> None:
    scores = torch.zeros(2, 3)
    scores[1, 2] = torch.nan
    with pytest.raises(ValueError, match="query 1 hold NaN"):
        query_metrics([scores], [[0], [1]], 3)


def test_scores_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        query_metrics([torch.zeros(2, 3)], [[0], [1]], 4)
    with pytest.raises(ValueError, match="scores of 1 queries for 2"):
        query_metrics([torch.zeros(1, 3)], [[0], [1]], 3)


def test_a_hub_spoils_only_the_queries_it_beats() -> None:
    scores = torch.eye(50) * 0.9
    scores[:, 7] = 0.95
    found = query_metrics([scores], [[i] for i in range(50)], 50)
    assert found.hit[1].sum() == 1
    assert found.hit[5].sum() == 50
    assert found.reciprocal_rank.mean() == pytest.approx((49 / 2 + 1) / 50)
