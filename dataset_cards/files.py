"""Files of a version: JSON lines, hard links to crops; and what the floor below reads and writes safely."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dataset_cards.errors import DamagedWorkspaceError
from extractors.checked_json import read_checked, write_checked
from extractors.durable import (
    READ_ONLY,
    file_sha256,
    make_folder,
    rename_folder,
    replace_text,
    replacing,
    sweep,
)
from extractors.parsing import parse_json

__all__ = [
    "READ_ONLY",
    "all_files",
    "file_sha256",
    "json_line",
    "make_folder",
    "parse_json",
    "place",
    "read_checked",
    "read_json_lines",
    "rename_folder",
    "replace_text",
    "replacing",
    "sweep",
    "write_checked",
    "write_json_lines",
    "write_text",
]

REMEDY = "`tuwen verify --repair` makes it again"


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines, making the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def json_line(value: Any) -> str:
    """`value` as one line of JSON; characters as they are, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def write_json_lines(path: Path, rows: Iterable[Any]) -> None:
    """Write one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json_line(row) for row in rows)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of one JSON object a line."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def place(source: Path, target: Path) -> None:
    """Put the bytes of `source` at `target`: a hard link where the file system allows, else a copy.

    Raises DamagedWorkspaceError when `source` is not there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError as error:
        raise DamagedWorkspaceError(f"{source} is missing; {REMEDY}") from error
    except OSError:
        # Another file system, too many links, or links not allowed here.
        shutil.copyfile(source, target)


def all_files(folder: Path) -> list[Path]:
    """Every file below `folder`, sorted by its relative path."""
    return sorted(
        (path for path in folder.rglob("*") if not path.is_dir()),
        key=lambda path: path.relative_to(folder).as_posix(),
    )
