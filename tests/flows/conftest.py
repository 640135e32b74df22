"""One Prefect server for all tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import OK
from flows.prefect_server import prepare_environment
from flows.rebuild import build_workspace
from tests.flows.tiny_books import draw_book, quick_settings


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's own test server: a build finds its API set and starts none."""
    prepare_environment(tmp_path_factory.mktemp("prefect"))
    # Sets logging up now: later it would close the stream that absl took before a test's own capture.
    import prefect.main  # noqa: F401
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory, prefect_server: None) -> Path:
    """A workspace of two books, built once: extraction starts processes, which takes seconds."""
    root = tmp_path_factory.mktemp("workspace")
    for seed in (1, 2):
        draw_book(root / "books" / f"book{seed}.pdf", seed=seed)
    assert build_workspace(root, quick_settings()).exit_code == OK
    return root


@pytest.fixture
def root(extracted: Path, tmp_path: Path) -> Path:
    """A copy of that workspace, published as v0001."""
    root = tmp_path / "workspace"
    shutil.copytree(extracted, root)
    return root
