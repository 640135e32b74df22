"""Names of the folders that `tuwen extract` makes: one for each book, different on any disk."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from extractors.book_file import book_sha256
from extractors.names import shown_name

SUFFIX = ".pdf"
NAME_BYTES = 230
"""File systems take names of 255 bytes; the rest is left for `-` and 8 digits, a number, and `.…old`."""
UNNAMED = "book"
"""Folder of a book whose name is only an ending."""


def folder_names(pdfs: Sequence[Path]) -> dict[Path, str]:
    """A folder name for each book, all different on any disk: its name without the ending.

    Names that are alike (a disk may take upper case for lower, or é for e with an accent) get the first 8
    digits of the book's sha256. Raises FileAccessError for a file that cannot be read.
    """
    bases = {pdf: _folder_name(pdf) for pdf in pdfs}
    alike = Counter(map(_as_disks_compare, bases.values()))
    names, taken = {}, set()
    for pdf, base in sorted(bases.items(), key=lambda item: alike[_as_disks_compare(item[1])] > 1):
        name = base
        if alike[_as_disks_compare(base)] > 1:
            name = base = f"{base}-{book_sha256(pdf)[:8]}"
        number = 1
        while _as_disks_compare(name) in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(_as_disks_compare(name))
        names[pdf] = name
    return names


def _folder_name(pdf: Path) -> str:
    """The name without its ending, cut to what a file system takes; never hidden, never `.` or `..`."""
    name = unicodedata.normalize("NFC", shown_name(pdf.name))
    stem = name[: -len(SUFFIX)] if name.lower().endswith(SUFFIX) else os.path.splitext(name)[0]
    short = stem.lstrip(".").encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore")
    # Windows shares drop spaces and dots at the end.
    return short.rstrip(". ") or UNNAMED


def _as_disks_compare(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
