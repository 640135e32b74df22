"""tuwen run: from the shelf to a benchmarked model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import PARTIAL
from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings
from flows.output import print_lines

if TYPE_CHECKING:
    from flows.chain import ChainReport


def run(
    backbone: Annotated[
        str | None, typer.Option("--backbone", help="What training begins with; else finetune.backbone.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", help="full, lit, two-stage or cl2cm; else finetune.task.")
    ] = None,
    workspace: WorkspaceOption = Path(),
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build, fine-tune and benchmark with one command.

    The shelf's next version, a model trained on it, and that model on the test split and on the fresh one.
    Parts that are done already are not done again; a run that was stopped goes on.

    \b
    Examples:
      tuwen run -w ~/heritage
      tuwen run -w ~/heritage --backbone ViT-B-16 --task lit
      tuwen run -w ~/heritage --backbone tiny --set benchmark.crops.count=8 --json
    """
    import json

    from alignment.benchmark.run import BENCHMARKS
    from flows.interrupt import run_interruptible
    from flows.lock import workspace_lock
    from flows.prefect_server import prefect_api
    from flows.progress import display
    from flows.workspace import Workspace

    given = {"backbone": backbone, "task": task}
    chosen = [f"finetune.{key}={json.dumps(value)}" for key, value in given.items() if value is not None]
    settings = workspace_settings(workspace, [*(overrides or []), *chosen])
    root = Workspace.open(workspace).root

    def work() -> ChainReport:
        folder = root / BENCHMARKS
        folder.mkdir(exist_ok=True)
        with display(), workspace_lock(folder, "benchmark"), prefect_api(folder):
            from flows.chain import run_chain

            return run_chain(root, settings)

    report = run_interruptible(work)
    if as_json:
        print_json(_as_json(report))
    else:
        _show(report)
    # Books that failed are said, and did not stop the rest.
    raise typer.Exit(PARTIAL if report.model and report.build.exit_code else report.build.exit_code)


def _as_json(report: ChainReport) -> dict[str, object]:
    return {
        "build": {"state": report.build.state, "version": report.build.version, "path": report.build.path},
        "model": {"state": report.model.state, "path": report.model.path} if report.model else None,
        "benchmarks": [{"state": one.state, "folder": one.folder, **one.result} for one in report.benchmarks],
    }


def _show(report: ChainReport) -> None:
    from flows.benchmark_report import show

    print_lines(*report.build.lines())
    if report.model is not None:
        print_lines(f"model: {report.model.path}", *report.model.lines())
    for one in report.benchmarks:
        print_lines("")
        show(one)
