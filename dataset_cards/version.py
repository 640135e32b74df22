"""Publishing: the books' results become the next immutable version of a dataset.

A version is written into a hidden folder, flushed, renamed into place, and only then named by CURRENT.
Whatever stops this half-way leaves the old version current; the next run starts over or, when all that was
missing is CURRENT, takes the finished folder as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly, BookEntry, Gathered, divide, gather, inputs_digest
from dataset_cards.audit import read_audit
from dataset_cards.book_facts import ShelfBook, describe
from dataset_cards.card import write_card
from dataset_cards.changes import (
    Changes,
    changes_text,
    compare,
    read_previous,
)
from dataset_cards.cleaning import clean_text
from dataset_cards.croissant import write_croissant
from dataset_cards.duplicates.records import dropped_row, link_row
from dataset_cards.errors import NoPairsError
from dataset_cards.files import (
    READ_ONLY,
    all_files,
    file_sha256,
    make_folder,
    place,
    rename_folder,
    write_json_lines,
    write_text,
)
from dataset_cards.formats.chinese_clip import write_chinese_clip
from dataset_cards.formats.imagefolder import write_imagefolder
from dataset_cards.formats.parquet import write_parquet
from dataset_cards.fresh import write_fresh
from dataset_cards.identity.history import REMOVED_FILE, read_history, removed_rows
from dataset_cards.identity.past_books import (
    PAST_BOOKS_FILE,
    PastBook,
    PastBooks,
    past_book_row,
    read_past_books,
)
from dataset_cards.identity.records import History
from dataset_cards.leaks import leak_row
from dataset_cards.pages import write_pages
from dataset_cards.report.gallery import write_gallery
from dataset_cards.report.statistics_page import write_statistics_page
from dataset_cards.review.changes import review_text
from dataset_cards.review.corrections import Correction
from dataset_cards.review.record import REVIEWED_FILE, read_reviewed
from dataset_cards.rights import BookList
from dataset_cards.schema import FORMAT_VERSION
from dataset_cards.selection import Selection
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS
from dataset_cards.statistics import compute_statistics, write_statistics
from dataset_cards.tables import book_rows, unmatched_row
from dataset_cards.verify import (
    has_current,
    list_versions,
    manifest_text,
    next_version,
    point_to,
    read_current,
    read_manifest,
    verify_version,
)

__all__ = ["BookEntry", "Published", "nothing_new", "publish_version"]


@dataclass(frozen=True)
class Published:
    """What `publish_version` made. Pair counts, also against the version before."""

    path: Path
    version: str
    previous: str | None
    pairs: int
    splits: dict[str, int]
    unmatched: int
    added: int
    removed: int
    changed: int
    not_applied: int = 0
    """Figures with corrections that could not be applied: listed in CHANGES.md and reviewed.jsonl."""
    notes: tuple[str, ...] = ()
    """What a person should know of how ids and splits were inherited."""


def nothing_new(
    books: Sequence[BookEntry],
    dataset_dir: Path,
    settings: DatasetSettings,
    known: BookList | None = None,
    corrections: Sequence[Correction] = (),
) -> bool:
    """Whether the current version was made from exactly these results, settings, facts, corrections and code,
    and quotes the newest audit.

    `known` are the facts of books.toml, for books that have a name. Looks at no picture, so it takes a
    moment only. False when nothing was published yet. Raises DamagedWorkspaceError when CURRENT names a
    version that is not complete.
    """
    if not has_current(dataset_dir):
        return False
    current = read_current(dataset_dir)
    described = _with_facts(books, known, read_past_books(current))
    inputs = inputs_digest(described, settings, corrections, read_audit(dataset_dir))
    return bool(read_manifest(current)["inputs"] == inputs)


def publish_version(
    books: Sequence[BookEntry],
    dataset_dir: Path,
    settings: DatasetSettings,
    known: BookList | None = None,
    corrections: Sequence[Correction] = (),
) -> Published:
    """Write the next version below `dataset_dir` and make it current; the same inputs give the same bytes.

    `known` are the facts of books.toml, for books that have a name; `corrections` are what people decided.
    The caller sees to it that one builder works at a time. Pairs that any version published keep their ids
    and splits, for good (`dataset_cards.identity`).
    Raises NoPairsError when there is no pair at all, DamagedWorkspaceError when the current version is not
    complete or a crop is not what its pair says, ValueError for a book or pair_id given twice.
    """
    make_folder(dataset_dir)
    current = read_current(dataset_dir) if has_current(dataset_dir) else None
    history = read_history(dataset_dir, current)
    gathered = gather(books, history, corrections)
    continued = PastBooks(history.books.after((), gathered.continues))
    gathered = replace(gathered, books=tuple(_with_facts(gathered.books, known, continued)))
    inputs = inputs_digest(gathered.books, settings, corrections, read_audit(dataset_dir))
    target = _finished_but_not_current(dataset_dir, current, inputs)
    if target is None:
        target = _write_next(gathered, history, dataset_dir, settings, current, inputs)
    point_to(target)
    counts = read_manifest(target)["counts"]
    return Published(
        path=target,
        version=target.name,
        previous=current.name if current else None,
        splits={split: counts["splits"][split] for split in SPLITS},
        not_applied=sum(line["state"] == "not applied" for line in read_reviewed(target)),
        notes=(*history.notes, *_saved_again(gathered, history.books)),
        **{name: counts[name] for name in ("pairs", "unmatched", "added", "removed", "changed")},
    )


def _with_facts(books: Sequence[BookEntry], known: BookList | None, past: PastBooks) -> Sequence[BookEntry]:
    """The books with what books.toml says of them; a book without a name keeps the facts it has."""
    if known is None:
        return books
    shelf = [ShelfBook(entry.names, entry.result.sha256) for entry in books if entry.names]
    facts = describe(known, shelf, past).facts
    return [replace(e, facts=facts.get(e.result.sha256)) if e.names else e for e in books]


def _saved_again(gathered: Gathered, past: PastBooks) -> list[str]:
    """A line for each book that continues old ones."""
    names = {book.sha256: book.file_name for book in reversed(past.books)}
    return [
        f"{entry.file_name} is {', '.join(names.get(old, old) for old in olds)} saved again: "
        "its pairs keep their ids and splits"
        for entry in gathered.books
        if (olds := gathered.continues.get(entry.result.sha256))
    ]


def _finished_but_not_current(dataset_dir: Path, current: Path | None, inputs: str) -> Path | None:
    """A version that a build finished just before it was stopped, made from the same inputs."""
    after = int(current.name[1:]) if current else 0
    for path in list_versions(dataset_dir):
        if int(path.name[1:]) > after and not verify_version(path):
            manifest = read_manifest(path)
            if manifest["inputs"] == inputs and manifest["previous"] == (current.name if current else None):
                return path
    return None


def _write_next(
    gathered: Gathered,
    history: History,
    dataset_dir: Path,
    settings: DatasetSettings,
    current: Path | None,
    inputs: str,
) -> Path:
    previous = read_previous(current)
    assembly = divide(gathered, settings, history)
    if not assembly.pairs:
        raise NoPairsError(
            "no book gave an image–text pair, so there is nothing to publish; tuwen status tells why"
        )
    target = dataset_dir / next_version(dataset_dir)
    partial = dataset_dir / f".{target.name}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir()
    past = _past_books(gathered, history)
    changes = compare(assembly, previous, PastBooks(past))
    _write_memory(assembly, gathered, history, past, previous.name, partial)
    _write_files(assembly, changes, settings, target.name, partial)
    manifest = {
        "format": FORMAT_VERSION,
        "tuwen": package_version("tuwen"),
        "dataset": settings.name,
        "version": target.name,
        "previous": previous.name,
        "inputs": inputs,
        "counts": _counts(assembly, changes),
        "files": _seal_files(partial),
    }
    write_text(partial / "manifest.json", manifest_text(manifest))
    (partial / "manifest.json").chmod(READ_ONLY)
    rename_folder(partial, target)
    return target


def _write_files(
    assembly: Assembly,
    changes: Changes,
    settings: DatasetSettings,
    name: str,
    folder: Path,
) -> None:
    # Parquet first: it checks every crop against its hash before anything else reads it.
    write_parquet(assembly, folder)
    write_imagefolder(assembly, folder / "imagefolder")
    write_chinese_clip(Selection(folder), folder / "chinese_clip")
    for item in assembly.unmatched:
        if item.source is not None:
            place(item.source, folder / item.image_file)
    write_json_lines(folder / "unmatched.jsonl", map(unmatched_row, assembly.unmatched))
    write_json_lines(folder / "books.jsonl", book_rows(assembly))
    write_pages(assembly, folder)
    write_json_lines(folder / "links.jsonl", map(link_row, assembly.links))
    write_json_lines(folder / "dropped.jsonl", map(dropped_row, assembly.dropped))
    write_json_lines(folder / "leaks.jsonl", map(leak_row, assembly.leaks))
    write_json_lines(folder / REVIEWED_FILE, (item.row() for item in assembly.reviewed))
    review = review_text(assembly.reviewed, read_audit(folder.parent))
    write_text(folder / "CHANGES.md", changes_text(name, changes) + review)
    write_gallery(assembly, settings, name, folder)
    statistics = compute_statistics(assembly, settings, folder)
    write_statistics(statistics, folder)
    write_statistics_page(statistics, assembly, settings, name, folder)
    write_card(assembly, settings, name, folder)
    write_croissant(assembly, settings, name, folder)


def _past_books(gathered: Gathered, history: History) -> list[PastBook]:
    present = (PastBook(entry.result.sha256, clean_text(entry.file_name)) for entry in gathered.books)
    return history.books.after(present, gathered.continues)


def _write_memory(
    assembly: Assembly,
    gathered: Gathered,
    history: History,
    past: Sequence[PastBook],
    since: str | None,
    folder: Path,
) -> None:
    """Write what this version knows of those before it: by it the next one keeps ids and splits."""
    present = {item.pair.pair_id for item in assembly.pairs}
    write_json_lines(folder / REMOVED_FILE, removed_rows(history, present))
    write_json_lines(folder / PAST_BOOKS_FILE, map(past_book_row, past))
    write_fresh(assembly, history.book_hashes | gathered.continues.keys(), since, folder)


def _counts(assembly: Assembly, changes: Changes) -> dict[str, Any]:
    return {
        "books": len(assembly.books),
        "pages": sum(entry.result.page_count for entry in assembly.books),
        "pairs": len(assembly.pairs),
        "splits": assembly.split_counts(),
        "unmatched": len(assembly.unmatched),
        "failures": sum(len(entry.result.failures) for entry in assembly.books),
        "added": changes.added,
        "removed": changes.removed,
        "changed": changes.changed,
    }


def _seal_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Make every file read-only; its checksum and size by relative path."""
    paths = all_files(folder)
    for path in paths:
        path.chmod(READ_ONLY)
    return {
        path.relative_to(folder).as_posix(): {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in paths
    }
