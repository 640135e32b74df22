"""A few of the kills of tests/benchmarks/kill_builds.py: before and after the steps that matter most."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.kill_builds import copy, kill_at_points
from tests.flows.tiny_books import draw_book

POINTS = 2


@pytest.mark.parametrize("what", ["extracted", "waiting"], ids=["publishing", "extracting"])
def test_a_build_that_was_killed_gives_the_same_bytes_when_it_is_repeated(
    what: str, root: Path, tmp_path: Path
) -> None:
    start = copy(root, tmp_path / what)
    draw_book(start / "books" / "book3.pdf", seed=3)
    assert set(kill_at_points(start, tmp_path / "work", POINTS)) == {"same bytes"}
