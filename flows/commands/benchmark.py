"""tuwen benchmark: how well a model finds pictures by texts and texts by pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import UsageError
from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings

if TYPE_CHECKING:
    from alignment.benchmark.run import Benchmark

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="A folder below models/, tiny, ViT-B-16, a checkpoint; else the newest model trained here.",
    ),
]
VersionOption = Annotated[
    str | None, typer.Option("--version", metavar="vNNNN", help="A version; else the current one.")
]


def benchmark(
    version: VersionOption = None,
    model: ModelOption = None,
    zero_shot: Annotated[
        str | None,
        typer.Option("--zero-shot", metavar="MODEL", help="The lowest rung; else what the model began with."),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", help="test or fresh; any split of the dataset of --data.")
    ] = "test",
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FOLDER", help="Someone else's dataset in place of a version."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Of the captions of --data: zh, en, …")
    ] = None,
    workspace: WorkspaceOption = Path(),
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Climb the ladder of scorers on a split, with intervals, both ways.

    The result, a page with charts and pictures, and tables to paste go to benchmarks/<key>/;
    benchmarks/history.html shows all results. A result that is there is shown and not measured again.

    \b
    Examples:
      tuwen benchmark -w ~/heritage
      tuwen benchmark -w ~/heritage --version v0003 --split fresh --model full-ViT-B-16-v0002
      tuwen benchmark -w ~/heritage --model ViT-B-16 --set benchmark.crops.count=16
      tuwen benchmark -w ~/heritage --data ~/COCO-CN --zero-shot ViT-B-16 --json
    """
    from alignment.benchmark.run import BENCHMARKS
    from dataset_cards.export import find_version
    from flows.interrupt import run_interruptible
    from flows.lock import workspace_lock
    from flows.outcomes import dataset_dir
    from flows.prefect_server import prefect_api
    from flows.progress import display
    from flows.workspace import Workspace

    settings = workspace_settings(workspace, overrides)
    # Someone else's dataset can be measured in any folder.
    home = Workspace.open_published(workspace) if data is None else Workspace(workspace)
    if data is not None and version is not None:
        raise UsageError("--data and --version: one dataset at a time")
    if data is None and language is not None:
        raise UsageError("--language chooses among the captions of --data: name its folder too")
    version_dir = find_version(dataset_dir(home, settings.dataset), version) if data is None else None

    def work() -> Benchmark:
        folder = home.root / BENCHMARKS
        folder.mkdir(parents=True, exist_ok=True)
        with display(), workspace_lock(folder, "benchmark"), prefect_api(folder):
            from flows.benchmark import Request
            from flows.benchmark import benchmark as flow

            request = Request(version_dir, split, data, language, model, zero_shot)
            return flow(home.root, request, settings)

    found = run_interruptible(work)
    if as_json:
        print_json({"state": found.state, "folder": found.folder, **found.result})
        return
    from flows.benchmark_report import show

    show(found)
