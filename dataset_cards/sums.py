"""SHA256SUMS: the checksums of a folder's files, in the form that `sha256sum --check` reads."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from dataset_cards.files import all_files, file_sha256, replace_text

SUMS = "SHA256SUMS"
SHOWN = 80
"""Characters of a line that is none in a message."""
_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^\0]+)")


def write_sums(folder: Path) -> None:
    """Write the checksum of every file now in `folder`."""
    lines = [
        f"{file_sha256(path)}  {path.relative_to(folder).as_posix()}\n"
        for path in all_files(folder)
        if path.name != SUMS
    ]
    replace_text(folder / SUMS, "".join(lines))


def damaged_files(folder: Path, only: Collection[str] | None = None) -> list[str]:
    """What is wrong with the files that `write_sums` saw, a phrase each, or with those named in `only`.

    Files that came later are no damage. In a folder without checksums, of the former format, none is known.
    """
    if not (folder / SUMS).is_file():
        return []
    found = []
    for line in (folder / SUMS).read_bytes().decode("utf-8", "replace").removesuffix("\n").split("\n"):
        entry = _LINE.fullmatch(line)
        if entry is None or not _is_inside(entry["name"]):
            found.append(f"{SUMS} is not what was written: {line[:SHOWN]!r} names no file of the folder")
        elif only is None or entry["name"] in only:
            file = folder / entry["name"]
            if not file.is_file():
                found.append(f"{entry['name']} is missing")
            elif file_sha256(file) != entry["sha256"]:
                found.append(f"{entry['name']} is not what was written")
    return found


def _is_inside(name: str) -> bool:
    """Whether a name leads to a place below the folder: a list may have come from elsewhere."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
