"""Rebuild on a schedule: a Prefect deployment, on the server of PREFECT_API_URL or on one started for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.interrupt import run_interruptible
from flows.output import print_lines
from flows.prefect_server import (
    HOME,
    PrefectServer,
    local_server,
    prepare_environment,
    token_file,
    use_server,
)
from flows.workspace import Workspace

if TYPE_CHECKING:
    from flows.deployment import Served


def serve_workspace(root: Path, *, cron: str, timezone: str, port: int, overrides: Sequence[str]) -> None:
    """Build the workspace at every time of `cron` until stopped.

    Raises UsageError for a wrong `cron` or a taken `port`, MissingDependencyError when the server does not
    start, or ends soon after.
    """
    workspace = Workspace.open(root)
    home = workspace.root / HOME
    prepare_environment(home, log_level="INFO")
    deployments: list[Served] = []

    def work() -> None:
        from prefect.settings import PREFECT_API_URL

        from flows.deployment import Served

        served = Served(workspace.root, cron=cron, timezone=timezone, overrides=overrides)
        deployments.append(served)
        if PREFECT_API_URL.value():
            served.run(check=lambda: None)
            return
        with local_server(home, port=port, with_page=True) as server, use_server(server):
            _say_page(server, home)
            served.run(check=server.keep_running)

    def stop() -> None:
        for served in deployments:
            served.stop()

    run_interruptible(work, stop=stop)


def _say_page(server: PrefectServer, home: Path) -> None:
    """Where Prefect's page is, and its password: on a terminal only, since logs are read by others."""
    password = server.token if sys.stderr.isatty() else f"the text in {token_file(home)}"
    print_lines(f"Prefect's page: {server.page}, password: {password}", file=sys.stderr)
