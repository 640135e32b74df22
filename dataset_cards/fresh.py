"""The fresh pairs of a version: those of books that no version before it held, so that no model saw them."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import write_text

if TYPE_CHECKING:  # who only reads the file depends on no code that writes it
    from dataset_cards.assembly import Assembly

FRESH_FILE = "fresh.json"


def write_fresh(assembly: Assembly, seen: Container[str], since: str | None, folder: Path) -> None:
    """Write fresh.json: the new books and their pairs, `since` the version before.

    A book is new when no earlier version holds a pair of it, under this sha256 or that of the file it was
    saved again from: `seen` are those that are not. In a first version every book is new.
    """
    fresh = [item.pair for item in assembly.pairs if item.pair.book_sha256 not in seen]
    content = {
        "since": since,
        "books": sorted({pair.book_sha256 for pair in fresh}),
        "pairs": sorted(pair.pair_id for pair in fresh),
    }
    write_text(folder / FRESH_FILE, json.dumps(content, indent=1) + "\n")


def fresh_pair_ids(version_dir: Path) -> list[str]:
    """The pair_ids of a version's new books, sorted.

    Raises DamagedWorkspaceError when the version holds no readable fresh.json; versions published before
    there was one hold none.
    """
    path = version_dir / FRESH_FILE
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["pairs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedWorkspaceError(
            f"{path} is missing or cannot be read ({type(error).__name__}); "
            "if the version was made by an older tuwen, run tuwen build"
        ) from error
