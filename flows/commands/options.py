"""Options that several commands share, and how their settings come together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.output import json_text

if TYPE_CHECKING:
    from flows.settings import Settings

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="The workspace: a folder that holds books/.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="One setting, such as extract.ocr.engine=rapid; may be repeated."
    ),
]
DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset", metavar="NAME", help="Folder below datasets/; else dataset.name of the settings."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="Page worker processes (never changes the result).")
]


def workspace_settings(
    workspace: Path, overrides: Sequence[str] | None, workers: int | None = None
) -> Settings:
    """The settings of a workspace; options of the command line win."""
    return file_settings(workspace / "tuwen.toml", overrides, workers)


def file_settings(file: Path | None, overrides: Sequence[str] | None, workers: int | None = None) -> Settings:
    """The settings of one file, with the environment and the command line over it."""
    from flows.settings import load_settings

    given = list(overrides or [])
    if workers is not None:
        given.append(f"extract.workers={workers}")
    return load_settings(file, overrides=given)


def dataset_home(workspace: Path, dataset: str | None, overrides: Sequence[str] | None) -> Path:
    """The folder of a dataset's versions. Raises UsageError without a workspace or such a dataset."""
    from extractors.errors import UsageError
    from flows.workspace import Workspace

    home = Workspace.open_published(workspace)
    folder = home.datasets / (dataset or workspace_settings(workspace, overrides).dataset.name)
    if dataset is not None and (not folder.is_dir() or folder.parent != home.datasets):
        names = sorted(path.name for path in home.datasets.glob("*") if path.is_dir())
        raise UsageError(
            f"there is no dataset {dataset!r} in {home.datasets}; it has {', '.join(names) or 'none'}"
        )
    return folder


def print_json(value: Any) -> None:
    """A result for a program, on stdout."""
    print(json_text(value, indent=2))
