"""tuwen review: look through the current version in a browser, and correct it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import UsageError
from flows.commands.options import DatasetOption, SetOption, WorkspaceOption, workspace_settings
from flows.output import print_lines

if TYPE_CHECKING:
    from flows.settings import Settings


def review(
    workspace: WorkspaceOption = Path(),
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Of the page; 0 takes any free one. Else the workspace's own."
        ),
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who decides; else your login name.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, open no browser.")] = False,
    read: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Take in what was annotated in Label Studio; no page."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="DIR", help="Write the pages that are done as labels; no page."),
    ] = None,
    dataset: DatasetOption = None,
    overrides: SetOption = None,
) -> None:
    """Look through the current version and correct it, in a browser on this machine.

    What needs a look comes first: the least sure pairs, then what was left over. Every decision is added to
    corrections.jsonl of the workspace at once, and the next build applies it. Ctrl-C ends the server.
    Two people may review at the same time, each with a server of their own.
    --import reads a JSON export of Label Studio, whose tasks `tuwen export --format label-studio` wrote, into
    the same file. --labels writes pages that are done, with their books, for `tuwen evaluate` and fitting.

    \b
    Examples:
      tuwen review -w ~/heritage
      tuwen review -w ~/heritage --who "Li Na"
      tuwen review -w ~/heritage --port 8010 --no-open
      tuwen review -w ~/heritage --import project-3.json
      tuwen review -w ~/heritage --labels ~/labels
    """
    import getpass

    from flows.review.server import review_workspace

    given = [*(overrides or []), *([f"dataset.name={dataset}"] if dataset else [])]
    settings = workspace_settings(workspace, given)
    if read is not None and labels is not None:
        raise UsageError("say --import or --labels, not both")
    if read is not None:
        _import(workspace, settings, read)
    elif labels is not None:
        _write_labels(workspace, settings, labels)
    else:
        name = who or getpass.getuser()
        review_workspace(workspace, settings, port=port, who=name, open_browser=not no_open)


def _import(workspace: Path, settings: Settings, file: Path) -> None:
    from flows.label_studio import import_label_studio

    done = import_label_studio(workspace, settings, file)
    known = f", {done.known} known already" if done.known else ""
    print_lines(f"{done.added} decisions on {done.pages} pages added{known}; `tuwen build` applies them")


def _write_labels(workspace: Path, settings: Settings, folder: Path) -> None:
    from flows.opencv import opencv_version
    from flows.review_labels import review_labels

    opencv_version()
    print_lines(*map(str, review_labels(workspace, settings, folder)))
