"""The flow that a schedule runs, and the runner that starts it.

Workspace and settings are bound to the flow here, in the serving process: its runs take no parameters, and
the runner runs this very flow, whatever the server says of modules, folders or variables.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from extractors.errors import TuwenError, UsageError
from extractors.printable import printable
from flows.after_build import benchmark_published
from flows.build_ending import build_ending
from flows.commands.options import workspace_settings
from flows.prefect_guest import end_run
from flows.progress import display
from flows.rebuild import build_workspace

CHECK_SECONDS = 1.0
STOP_SECONDS = 10.0
"""To cancel a run and pause the schedule; service managers begin to kill after longer waits."""


def rebuild_flow(root: Path, overrides: Sequence[str]) -> Flow[[], State[Any]]:
    """A flow without parameters that brings the dataset at `root` up to date; each run reads tuwen.toml."""
    first_name = f"rebuild {root.name}"
    given = list(overrides)

    @flow(name="rebuild", flow_run_name=lambda: first_name, persist_result=False)
    def rebuild() -> State[Any]:
        """Bring the dataset of the served workspace up to date."""
        settings = workspace_settings(root, given)
        with display():
            report = build_workspace(root, settings)
            benchmarks = benchmark_published(root, settings, report)
        for line in [*report.lines(), *benchmarks]:
            get_run_logger().info(printable(line))
        return end_run(build_ending(report, "rebuild", root))

    return rebuild


class Served:
    """The rebuild flow of a workspace as a deployment, run at every time of `cron`, one run at a time."""

    def __init__(self, root: Path, *, cron: str, timezone: str, overrides: Sequence[str]) -> None:
        """Raises UsageError for a wrong `cron` or `timezone`."""
        try:
            self._schedule = Cron(cron, timezone=timezone)
        except ValueError as error:
            raise UsageError(
                f'--cron "{cron}" --timezone {timezone}: {error}; such as --cron "0 3 * * *"'
            ) from None
        self._flow = rebuild_flow(root, overrides)
        # Prefect allows neither of these in the name of a runner.
        self.name = f"tuwen {root.name}".replace("%", "_").replace("/", "_")
        self._runner = Runner(name=self.name, limit=1)
        self._ended = threading.Event()

    def run(self, check: Callable[[], None]) -> None:
        """Register the deployment and run what is due until `stop`, which another thread calls.

        `check` is called every `CHECK_SECONDS`; what it raises ends this too.
        """
        try:
            asyncio.run(self._run(check))
        finally:
            self._ended.set()

    def stop(self) -> None:
        """Cancel the run at work, pause the schedule and end `run`, within `STOP_SECONDS`."""
        if self._runner.started:
            self._runner.execute_in_background(self._runner.astop)
            self._ended.wait(STOP_SECONDS)

    async def _run(self, check: Callable[[], None]) -> None:
        await self._runner.aadd_flow(
            self._flow,
            name=self.name,
            schedule=self._schedule,
            parameters={},
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        running = asyncio.create_task(self._runner.start())
        while not running.done():
            await asyncio.wait({running}, timeout=CHECK_SECONDS)
            try:
                check()
            except TuwenError:
                self._runner.pause_on_shutdown = False  # there is nobody to tell
                raise
        await running
