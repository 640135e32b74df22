"""Options of the whole test run."""

from __future__ import annotations

import os
import signal

import pytest

# The networks of the tests are tiny: threads cost them more than they bring. Child processes inherit this.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="write the golden files of tests/extractors/golden anew; look at what changed before committing",
    )


@pytest.fixture(autouse=True, scope="session")
def _interrupts_reach_children() -> None:
    """A shell that runs the tests in the background ignores SIGINT, and child processes inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
