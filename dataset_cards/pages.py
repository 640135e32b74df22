"""pages.jsonl: the previews of a version's pages, and what turns their pixels into points."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dataset_cards.assembly import BOOK_DIGITS, Assembly, BookEntry
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import read_json_lines, write_json_lines

PAGES_FILE = "pages.jsonl"
_DATA = "window.TUWEN = "


@dataclass(frozen=True, slots=True)
class PageView:
    """The preview of one page."""

    preview: str
    """Path of the picture inside the version."""
    width: float
    """Of the page, in points as displayed; 0 when it is not known."""
    height: float


def pages_shown(assembly: Assembly) -> set[tuple[str, int]]:
    """(book, page) of every page that a pair, a leftover or a failure of the version points at."""
    pages = {(item.pair.book_sha256, item.pair.page) for item in assembly.pairs}
    pages |= {(p.pair.book_sha256, p.pair.caption_page) for p in assembly.pairs if p.pair.caption_page}
    pages |= {(item.book_sha256, item.row.page) for item in assembly.unmatched}
    pages |= {(entry.result.sha256, f.page) for entry in assembly.books for f in entry.result.failures}
    return pages


def page_views(entry: BookEntry, shown: set[tuple[str, int]]) -> dict[int, PageView]:
    """The pages of one book that are `shown` and have a preview, by their numbers."""
    book, result = entry.result.sha256, entry.result
    return {
        number: PageView(
            f"report/pages/{book[:BOOK_DIGITS]}/{number:04d}{PurePosixPath(preview).suffix}",
            *result.page_sizes.get(number, (0.0, 0.0)),
        )
        for number, preview in sorted(result.previews.items())
        if (book, number) in shown
    }


def write_pages(assembly: Assembly, folder: Path) -> None:
    """Write pages.jsonl below `folder`, book by book."""
    shown = pages_shown(assembly)
    write_json_lines(
        folder / PAGES_FILE,
        (
            {
                "book_sha256": entry.result.sha256,
                "page": number,
                "preview": view.preview,
                "width": view.width,
                "height": view.height,
            }
            for entry in assembly.books
            for number, view in page_views(entry, shown).items()
        ),
    )


def read_pages(version_dir: Path) -> dict[tuple[str, int], PageView]:
    """The previews of a published version by (book_sha256, page).

    Raises DamagedWorkspaceError when what lists them is missing or cannot be read.
    """
    path = version_dir / PAGES_FILE
    try:
        rows: Iterable[dict[str, Any]] = (
            read_json_lines(path) if path.is_file() else _from_gallery(version_dir)
        )
        return {
            (row["book_sha256"], row["page"]): PageView(row["preview"], row["width"], row["height"])
            for row in rows
        }
    except (OSError, ValueError, KeyError) as error:
        raise DamagedWorkspaceError(
            f"{path} cannot be read ({type(error).__name__}); run tuwen verify"
        ) from error


def _from_gallery(version_dir: Path) -> Iterator[dict[str, Any]]:
    """The same of a version that has no pages.jsonl yet: its gallery lists the pages in the books' order."""
    text = (version_dir / "report" / "data.js").read_text("utf-8")
    books = json.loads(text.removeprefix(_DATA).rstrip().removesuffix(";"))["books"]
    hashes = [row["sha256"] for row in read_json_lines(version_dir / "books.jsonl")]
    for sha256, book in zip(hashes, books, strict=True):
        for number, (path, width, height) in book["pages"].items():
            yield {
                "book_sha256": sha256,
                "page": int(number),
                "preview": f"report/{path}",
                "width": width,
                "height": height,
            }
