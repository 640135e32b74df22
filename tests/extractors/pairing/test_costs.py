"""Costs of pairing that a person sets."""

from __future__ import annotations

import pytest

from extractors.errors import UsageError
from extractors.pairing.costs import COSTS, costs_with


def test_a_cost_that_is_set_takes_the_place_of_the_shipped_one() -> None:
    costs = costs_with({"distance": 2.5})
    assert (costs.distance, costs.side) == (2.5, COSTS.side)


def test_a_cost_that_there_is_none_of_is_named() -> None:
    with pytest.raises(UsageError, match="nearness"):
        costs_with({"nearness": 1.0})
