"""tuwen export: a published version in the forms that other tools read."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import UsageError
from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings
from flows.output import print_lines

if TYPE_CHECKING:
    from dataset_cards.export import Exported

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SIZE = re.compile(r"(\d+)\s*([kmg]?)b?", re.IGNORECASE)


def export(
    formats: Annotated[
        list[str],
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="parquet, webdataset, imagefolder, chinese-clip, lmdb, culti, label-studio or csv; may be "
            "repeated.",
        ),
    ],
    version: Annotated[
        str | None, typer.Option("--version", metavar="vNNNN", help="A version; else the current one.")
    ] = None,
    split: Annotated[
        str, typer.Option("--split", help="all, train, val, test, or fresh: the pairs of the newest books.")
    ] = "all",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the exports; else exports/<version>."),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Leave out the pairs of books whose rights are not stated.")
    ] = False,
    shard_size: Annotated[
        str, typer.Option("--shard-size", help="Pictures in one file of parquet and webdataset.")
    ] = "500MB",
    workspace: WorkspaceOption = Path(),
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a published version in the forms that other tools read.

    Each format gets a folder of its own, with export.json: the choice made and every file's checksum. An
    earlier export in its place is replaced, and nothing else. docs/formats.md shows how each is read.

    \b
    Examples:
      tuwen export --format webdataset -w ~/heritage
      tuwen export --format chinese-clip --format lmdb --version v0002 -w ~/heritage
      tuwen export --format csv --split test --out ~/desk -w ~/heritage
      tuwen export --format parquet --public --shard-size 1GB -w ~/heritage
    """
    from dataset_cards.export import LABEL_STUDIO, export_version, find_version
    from flows.label_studio import page_pictures
    from flows.outcomes import dataset_dir
    from flows.workspace import Workspace

    settings = workspace_settings(workspace, overrides)
    home = Workspace.open(workspace)
    version_dir = find_version(dataset_dir(home, settings.dataset), version)
    size = parse_size(shard_size)
    with page_pictures(home, version_dir, settings) if LABEL_STUDIO in formats else nullcontext() as picture:
        exports = export_version(
            version_dir,
            formats,
            out or home.exports / version_dir.name,
            split=split,
            public=public,
            shard_bytes=size,
            picture=picture,
        )
    if as_json:
        print_json([asdict(exported) for exported in exports])
    else:
        print_lines(*(_line(exported) for exported in exports))


def parse_size(text: str) -> int:
    """Bytes in a size such as 500MB, 2 GB or 64000000; a K is 1000. Raises UsageError."""
    found = _SIZE.fullmatch(text.strip())
    size = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if not size:
        raise UsageError(f"--shard-size {text!r} is no size above 0; write it like 500MB or 2GB")
    return size


def _line(exported: Exported) -> str:
    left_out = f", {exported.left_out} left out (rights unknown)" if exported.left_out else ""
    size = f"{exported.files} files, {exported.bytes / 1e6:.1f} MB"
    return f"{exported.format}: {exported.pairs} pairs{left_out}, {size} in {exported.path}"
