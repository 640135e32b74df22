"""What is reviewed before any version: books in which no pair was found, with what was left over."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from dataset_cards.assembly import BookEntry, assemble
from dataset_cards.files import place, write_json_lines, write_text
from dataset_cards.formats.parquet import write_parquet
from dataset_cards.pages import page_views, pages_shown, write_pages
from dataset_cards.settings import DatasetSettings
from dataset_cards.tables import book_rows, unmatched_row
from dataset_cards.verify import manifest_text

NAME = "v0000"
"""The name that a review shows for it: versions that are published count from 1."""


def write_desk(books: Sequence[BookEntry], settings: DatasetSettings, folder: Path) -> Path:
    """Write below `folder`, in place of what was there, as much of a version of `books` as a review reads.

    Raises what `assemble` raises.
    """
    assembly = assemble(books, settings)
    desk = folder / NAME
    shutil.rmtree(desk, ignore_errors=True)
    write_parquet(assembly, desk)
    for item in assembly.unmatched:
        if item.source is not None:
            place(item.source, desk / item.image_file)
    write_json_lines(desk / "unmatched.jsonl", map(unmatched_row, assembly.unmatched))
    write_json_lines(desk / "books.jsonl", book_rows(assembly))
    write_json_lines(desk / "reviewed.jsonl", ())
    write_pages(assembly, desk)
    shown = pages_shown(assembly)
    for entry in assembly.books:
        for number, view in page_views(entry, shown).items():
            place(entry.resolve(entry.result.previews[number]), desk / view.preview)
    manifest = {"dataset": settings.name, "version": NAME, "files": {}}
    write_text(desk / "manifest.json", manifest_text(manifest))
    return desk
