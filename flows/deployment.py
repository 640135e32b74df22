"""The flow that a schedule runs, and its deployment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.schedules import Cron
from prefect.states import Completed, Failed
from prefect.types.entrypoint import EntrypointType

from extractors.errors import PARTIAL, UsageError
from flows.after_build import benchmark_published
from flows.commands.options import workspace_settings
from flows.rebuild import build_workspace


@flow(name="rebuild", persist_result=False)
def rebuild(workspace: str, overrides: list[str]) -> State[Any]:
    """Bring the dataset of `workspace` up to date; settings are read anew at each run."""
    root = Path(workspace)
    settings = workspace_settings(root, overrides)
    report = build_workspace(root, settings)
    lines = [*report.lines(), *benchmark_published(root.resolve(), settings, report)]
    for line in lines:
        get_run_logger().info(line)
    if report.exit_code in (0, PARTIAL):
        return Completed(message=lines[0])
    return Failed(message=lines[0])


def serve(root: Path, *, cron: str, timezone: str, overrides: Sequence[str]) -> None:
    """Run `rebuild` at every time of `cron`, one at a time, until stopped. Raises UsageError."""
    try:
        schedule = Cron(cron, timezone=timezone)
    except ValueError as error:
        raise UsageError(
            f'--cron "{cron}" --timezone {timezone}: {error}; such as --cron "0 3 * * *"'
        ) from None
    rebuild.serve(
        name=f"tuwen {root.name}",
        schedule=schedule,
        parameters={"workspace": str(root), "overrides": list(overrides)},
        limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
