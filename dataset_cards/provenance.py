"""What a version was made by: the programs installed here, and what the books' extraction recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from dataset_cards.assembly import BookEntry

# Programs that decide what is extracted and how it is written.
_PACKAGES = ("tuwen", "pymupdf", "opencv-python-headless", "rapidocr", "paddleocr", "onnxruntime", "pyarrow")


def program_versions() -> list[tuple[str, str]]:
    """Name and version of each program that decides what is extracted and written, where it is installed."""
    found = []
    for name in _PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return found


def made_by(books: Iterable[BookEntry]) -> list[tuple[str, str]]:
    """What the books were made by, by name; values apart by " / " where books differ."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in books:
        for name, value in entry.made_by.items():
            found[name].add(value)
    return [(name, " / ".join(sorted(values))) for name, values in sorted(found.items())]
