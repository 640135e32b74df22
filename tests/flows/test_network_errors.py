"""What the network did wrong is told as such, and nothing else is."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import httpx
import httpx2
import pytest

from extractors.errors import TuwenError
from flows.network_errors import network_problem
from tests.flows.tiny_books import draw_book


@pytest.fixture
def closed() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


CALLS: dict[str, Callable[[str], object]] = {
    "socket": lambda url: socket.create_connection(("127.0.0.1", int(url.split(":")[2]))),
    "urllib": urllib.request.urlopen,
    "httpx": httpx.get,
    "httpx2": httpx2.get,
}


@pytest.mark.parametrize("library", CALLS)
def test_a_service_that_is_not_there(library: str, closed: int) -> None:
    with pytest.raises((OSError, httpx.TransportError, httpx2.TransportError)) as caught:
        CALLS[library](f"http://127.0.0.1:{closed}")
    wrapped = RuntimeError("cannot reach the API")
    wrapped.__cause__ = caught.value
    for told in map(str, map(network_problem, (caught.value, wrapped))):
        assert "no connection" in told
        assert "PREFECT_API_URL" in told
        assert "exists" not in told
        if library.startswith("httpx"):
            assert f"to http://127.0.0.1:{closed} " in told


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file", "a.pdf"),
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.ETIMEDOUT, "Connection timed out", "/mnt/share/a.pdf"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        KeyError("a"),
    ],
)
def test_what_is_none_of_its_doing(error: Exception) -> None:
    assert network_problem(error) is None


def test_a_scheduler_that_cannot_be_reached_is_no_place_that_does_not_exist(
    tmp_path: Path, closed: int
) -> None:
    pytest.importorskip("prefect_dask")
    draw_book(tmp_path / "books" / "a.pdf")
    settings = ("extract.ocr.engine=off", "build.runner=dask", f"build.dask_address=tcp://127.0.0.1:{closed}")
    given = [part for setting in settings for part in ("--set", setting)]
    done = subprocess.run(
        [sys.executable, "-m", "flows", "build", "-w", str(tmp_path), *given],
        env={**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == TuwenError.exit_code
    assert last.startswith("tuwen: no connection")
    assert "build.dask_address" in last
    assert "exists" not in last
