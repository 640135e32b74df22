"""What the tests of corrections share: a place where books are drawn, and one where builds are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dataset_cards.identity.readings import Memory, Studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)
