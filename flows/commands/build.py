"""tuwen build, watch, serve: from the shelf to the next dataset version."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractors.errors import INTERRUPTED, TuwenError
from flows.commands.options import (
    JsonOption,
    SetOption,
    WorkersOption,
    WorkspaceOption,
    print_json,
    workspace_settings,
)
from flows.output import print_lines

if TYPE_CHECKING:
    from flows.rebuild import BuildReport

RetryOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try books and pages again that failed before.")
]


def build(
    workspace: WorkspaceOption = Path(),
    workers: WorkersOption = None,
    retry_failed: RetryOption = False,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish the next dataset version from books/.

    Only new or changed books are extracted; with nothing new, nothing is published.

    \b
    Examples:
      tuwen build
      tuwen build -w ~/heritage --workers 4
      tuwen build -w ~/heritage --retry-failed --set extract.limits.page_seconds=300
    """
    from flows.interrupt import run_interruptible
    from flows.progress import display
    from flows.rebuild import build_workspace

    settings = workspace_settings(workspace, overrides, workers)

    def work() -> BuildReport:
        with display():
            return build_workspace(workspace, settings, retry_failed=retry_failed)

    report = run_interruptible(work)
    if as_json:
        print_json(_as_json(report))
    else:
        print_lines(*report.lines())
        if report.state == "published":
            print_lines(f"look: {report.path}/report/index.html", f"read: {report.path}/README.md")
    raise typer.Exit(report.exit_code)


def watch(
    workspace: WorkspaceOption = Path(),
    interval: Annotated[
        float | None, typer.Option("--interval", min=0.1, help="Seconds between two scans of books/.")
    ] = None,
    workers: WorkersOption = None,
    overrides: SetOption = None,
) -> None:
    """Rebuild whenever a new PDF lies still in books/.

    No server is needed; ends with Ctrl-C or SIGTERM.

    \b
    Examples:
      tuwen watch -w ~/heritage
      tuwen watch -w ~/heritage --interval 300 >> build.log 2>&1
    """
    from flows.interrupt import leave, run_interruptible
    from flows.progress import display
    from flows.watch import watch_workspace

    given = [*(overrides or []), *([f"watch.interval={interval}"] if interval else [])]
    settings = workspace_settings(workspace, given, workers)

    def show(report: BuildReport) -> None:
        print_lines(*report.lines())

    def work() -> None:
        with display():
            watch_workspace(workspace, settings, built=show)

    try:
        run_interruptible(work)
    except TuwenError:
        raise
    except Exception:  # noqa: BLE001 - a fault of ours: threads of libraries would keep the process alive
        leave(
            code=TuwenError.exit_code, last_words=f"{traceback.format_exc()}tuwen watch: ended by this fault"
        )


def serve(
    cron: Annotated[str, typer.Option("--cron", help="When to build: five cron fields.")] = "0 3 * * *",
    workspace: WorkspaceOption = Path(),
    timezone: Annotated[str, typer.Option("--timezone", help="Time zone of --cron.")] = "UTC",
    port: Annotated[
        int, typer.Option("--port", help="Port of the server started here; 0: any free one.")
    ] = 4200,
    overrides: SetOption = None,
) -> None:
    """Rebuild on a schedule, as a Prefect deployment.

    Prefect's page shows every run; its password is in WORKSPACE/.prefect/token. Uses the server named by
    PREFECT_API_URL, else starts one that ends with this command.

    \b
    Examples:
      tuwen serve -w ~/heritage --cron "0 3 * * *" --timezone Asia/Shanghai
      tuwen serve -w ~/heritage --cron "*/30 * * * *" --port 4300
      PREFECT_API_URL=http://prefect.lab:4200/api tuwen serve -w ~/heritage
    """
    from flows.serve import serve_workspace

    workspace_settings(workspace, overrides)  # a wrong setting is said now, not at three in the morning
    serve_workspace(workspace, cron=cron, timezone=timezone, port=port, overrides=overrides or [])
    raise typer.Exit(INTERRUPTED)  # nothing else ends it


def _as_json(report: BuildReport) -> dict[str, Any]:
    return {
        "state": report.state,
        "version": report.version,
        "path": report.path,
        "exit_code": report.exit_code,
        "counts": report.counts,
        "books": [book.as_json() for book in report.books],
        "duplicates": [{"name": name, "same_as": same} for name, same in report.duplicates],
        "skipped": [{"name": name, "why": why} for name, why in report.skipped],
        "held": report.held,
    }
