"""Rebuild on a schedule: a Prefect deployment, against the server there is or one started for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.prefect_server import HOME, STOP_SECONDS, end_leftover, prepare_environment, wait_until_healthy
from flows.workspace import Workspace


def serve_workspace(root: Path, *, cron: str, timezone: str, port: int, overrides: Sequence[str]) -> None:
    """Build the workspace at every time of `cron` until stopped. Raises UsageError for a wrong `cron`."""
    workspace = Workspace.open(root)
    home = workspace.root / HOME
    prepare_environment(home, log_level="INFO")
    with _api(home, port):
        from flows.deployment import serve

        serve(workspace.root, cron=cron, timezone=timezone, overrides=overrides)


@contextmanager
def _api(home: Path, port: int) -> Iterator[None]:
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    home.mkdir(exist_ok=True)
    end_leftover(home)
    url = f"http://127.0.0.1:{port}/api"
    environment = {**os.environ, "PREFECT_SERVER_UI_API_URL": url}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log_path = home / "server.log"
    with log_path.open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until_healthy(url, server, log_path)
        print(f"Prefect's page: http://127.0.0.1:{port}", file=sys.stderr)
        os.environ["PREFECT_API_URL"] = url
        yield
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)
