"""tuwen gc: removing what no version and no current stage needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings
from flows.output import print_lines

if TYPE_CHECKING:
    from flows.gc import Plan


def gc(
    delete: Annotated[bool, typer.Option("--delete", help="Remove it; else it is only shown.")] = False,
    absent: Annotated[
        bool, typer.Option("--absent", help="Also what was made of books that are not on the shelf.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what no version and no current result needs; remove it.

    Results of earlier programs and settings, the files only they name, and what stopped runs left behind.
    Versions, books, corrections, answers of language models, exports and models stay.

    \b
    Examples:
      tuwen gc -w ~/heritage
      tuwen gc -w ~/heritage --delete
      tuwen gc -w ~/heritage --absent --delete
    """
    from flows.gc import collect, remove

    settings = workspace_settings(workspace, overrides)
    plan = (remove if delete else collect)(workspace, settings, absent=absent)
    if as_json:
        print_json(
            {
                "deleted": delete,
                "bytes": sum(found.bytes for found in plan.classes),
                "classes": [
                    {"name": found.name, "bytes": found.bytes, "paths": found.paths} for found in plan.classes
                ],
            }
        )
    else:
        print_lines(*_lines(plan, delete))


def _lines(plan: Plan, deleted: bool) -> list[str]:
    found = [removable for removable in plan.classes if removable.paths]
    if not found:
        return ["nothing to remove: everything is needed"]
    width = max(len(removable.name) for removable in found)
    lines = [
        f"{removable.name:{width}}  {len(removable.paths):>7}  {_megabytes(removable.bytes):>12}"
        for removable in found
    ]
    total = _megabytes(sum(removable.bytes for removable in found))
    return [*lines, f"freed {total}" if deleted else f"would free {total}; --delete removes it"]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
