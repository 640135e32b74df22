"""SHA256SUMS: the checksums of a folder's files, in the form that `sha256sum --check` reads."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dataset_cards.files import all_files, file_sha256, replace_text

SUMS = "SHA256SUMS"


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
    path = folder / SUMS
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        sha256, _, name = line.partition("  ")
        if only is not None and name not in only:
            continue
        file = folder / name
        if not file.is_file():
            found.append(f"{name} is missing")
        elif file_sha256(file) != sha256:
            found.append(f"{name} is not what was written")
    return found
