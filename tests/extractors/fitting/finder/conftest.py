"""The page generator with a pool of a few source pictures: the full one takes ten seconds to draw."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractors.fitting.finder import sources


@pytest.fixture(autouse=True)
def small_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, number in (("DRAWN", 8), ("LEAVES", 3), ("DARK", 1)):
        monkeypatch.setattr(sources, name, number)
    sources.pool.cache_clear()
    yield
    sources.pool.cache_clear()
