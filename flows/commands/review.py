"""tuwen review: look through the current version in a browser, and correct it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import DatasetOption, SetOption, WorkspaceOption, workspace_settings


def review(
    workspace: WorkspaceOption = Path(),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Of the page; 0 takes any free one.")
    ] = 0,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who decides; else your login name.")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, open no browser.")] = False,
    dataset: DatasetOption = None,
    overrides: SetOption = None,
) -> None:
    """Look through the current version and correct it, in a browser on this machine.

    What needs a look comes first: the least sure pairs, then what was left over. Every decision is added to
    corrections.jsonl of the workspace at once, and the next build applies it. Ctrl-C ends the server.
    Two people may review at the same time, each with a server of their own.

    \b
    Examples:
      tuwen review -w ~/heritage
      tuwen review -w ~/heritage --who "Li Na"
      tuwen review -w ~/heritage --port 8010 --no-open
    """
    import getpass

    from flows.review.server import review_workspace

    given = [*(overrides or []), *([f"dataset.name={dataset}"] if dataset else [])]
    settings = workspace_settings(workspace, given)
    review_workspace(workspace, settings, port=port, who=who or getpass.getuser(), open_browser=not no_open)
