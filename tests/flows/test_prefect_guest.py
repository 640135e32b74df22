"""Prefect fails before, in and after the work: the work is done once more at most, and its result stands."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed

from extractors.errors import UsageError
from flows.prefect_guest import (
    Ending,
    guest_flow,
    guest_task,
    is_without_prefect,
    leave_artifact,
    prefect_scope,
)
from flows.progress import display

pytestmark = pytest.mark.usefixtures("prefect_server")


def flow_of(function: Callable[[], str]) -> Callable[[], str]:
    return guest_flow("work", lambda: "work")(function)


@pytest.fixture
def unreachable() -> Iterator[None]:
    """An API at a port where nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/api"
        with temporary_settings({PREFECT_API_URL: url}), prefect_scope():
            yield


@pytest.mark.usefixtures("unreachable")
def test_work_is_done_without_a_prefect_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    calls = []

    @guest_task("part", lambda number: f"part {number}")
    def part(number: int) -> int:
        calls.append(number)
        return number * 2

    def work() -> str:
        leave_artifact("# text", key="text", description="text")
        return f"{part(1)} {part(2)}"

    with display():
        assert flow_of(work)() == "2 4"
    assert calls == [1, 2]
    said = [line for line in capsys.readouterr().err.splitlines() if "without Prefect" in line]
    assert len(said) == 1


def test_a_fault_of_prefect_in_the_work_has_it_done_again_directly() -> None:
    seen = []

    def work() -> str:
        seen.append(is_without_prefect())
        if len(seen) == 1:
            raise httpx.ConnectError("the server went away")
        return "done"

    with prefect_scope():
        assert flow_of(work)() == "done"
    assert seen == [False, True]


def test_a_result_stands_when_prefect_fails_after_the_work() -> None:
    calls = []

    def ending(_result: str) -> Ending:
        raise httpx.ConnectError("the server went away")

    @guest_flow("work", lambda: "work", ending=ending)
    def work() -> str:
        calls.append(1)
        return "done"

    with prefect_scope():
        assert work() == "done"
        assert is_without_prefect()
    assert not is_without_prefect()
    assert calls == [1]


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    def work() -> str:
        raise UsageError("a wrong setting")

    with pytest.raises(UsageError, match="a wrong setting"):
        flow_of(work)()
    assert not is_without_prefect()


def test_a_run_has_the_names_it_was_given(tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    @guest_flow("named", lambda root: f"first {root.name}", ending=lambda *_: Ending("last", Completed()))
    def named(root: Path) -> str:
        with get_client(sync_client=True) as client:
            names = {run.name for run in client.read_flow_runs()}
        assert f"first {root.name}" in names
        return "done"

    assert named(tmp_path) == "done"
    with get_client(sync_client=True) as client:
        assert "last" in {run.name for run in client.read_flow_runs()}
