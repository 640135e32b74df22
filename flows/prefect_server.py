"""The Prefect server a build reports to: the one named by PREFECT_API_URL, else a local one for its duration.

Prefect's own ephemeral server writes to our stdout, and its child outlives a builder that was killed. So the
server is started here: its output goes to a log in the workspace, its process id is recorded, and one left
over by a dead builder is ended before the next starts.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from extractors.errors import MissingDependencyError

HOME = ".prefect"
APP = "prefect.server.api.server:create_app"
START_SECONDS = 120.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


def prepare_environment(home: Path, *, log_level: str = "CRITICAL") -> None:
    """Set what Prefect reads when it is first imported, where the person has not set it: call before that.

    No telemetry; database and profiles under `home`; console quiet, since the ledger and our own progress
    tell what happens.
    """
    defaults = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(START_SECONDS)),
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_LOGGING_LEVEL": log_level,
        # Its background services complain when the server they report to has gone, as it does after a build.
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


@contextmanager
def prefect_api(workspace: Path) -> Iterator[str]:
    """The URL of a Prefect API, set as Prefect's own within the block, worker processes included."""
    home = workspace / HOME
    prepare_environment(home)
    from prefect.settings import PREFECT_API_URL, temporary_settings

    given = PREFECT_API_URL.value()
    if given:
        yield given
        return
    home.mkdir(exist_ok=True)
    end_leftover(home)
    with _server(home) as url, temporary_settings({PREFECT_API_URL: url}):
        # Processes of the pool read the environment: without it each would start a server of its own.
        os.environ["PREFECT_API_URL"] = url
        try:
            yield url
        finally:
            del os.environ["PREFECT_API_URL"]


def end_leftover(home: Path) -> bool:
    """End a server that a killed builder left running in `home`; True when there was one."""
    record = home / "server.pid"
    try:
        pid = int(record.read_text(encoding="ascii"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        record.unlink(missing_ok=True)
        return False
    ours = APP in command  # the number may belong to another program by now
    if ours:
        with suppress(ProcessLookupError):
            os.kill(pid, 9)
    record.unlink(missing_ok=True)
    return ours


@contextmanager
def _server(home: Path) -> Iterator[str]:
    import prefect

    port = _free_port()
    database = (home / "prefect.db").resolve()
    environment = {
        **os.environ,
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
        "PREFECT_UI_ENABLED": "0",
        "PREFECT__SERVER_EPHEMERAL": "1",
        "PREFECT__SERVER_FINAL": "1",
    }
    command = [
        *(sys.executable, "-m", "uvicorn", "--app-dir", str(Path(prefect.__file__).parent.parent)),
        *("--factory", APP, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
    ]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    record = home / "server.pid"
    record.write_text(str(process.pid), encoding="ascii")
    try:
        url = f"http://127.0.0.1:{port}/api"
        wait_until_healthy(url, process, home / "server.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        record.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the API at `url` answers. Raises MissingDependencyError when it never does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    raise MissingDependencyError(f"the local Prefect server did not start; its log is {log}")
