"""One Prefect server for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.prefect_server import prepare_environment


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's own test server: a build finds its API set and starts none."""
    prepare_environment(tmp_path_factory.mktemp("prefect"))
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
