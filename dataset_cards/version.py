"""Publishing: the books' results become the next immutable version of a dataset.

A version is written into a hidden folder, flushed, renamed into place, and only then named by CURRENT.
Whatever stops this half-way leaves the old version current; the next run starts over or, when all that was
missing is CURRENT, takes the finished folder as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly, BookEntry, assemble, inputs_digest
from dataset_cards.card import write_card
from dataset_cards.changes import (
    REMOVED_FILE,
    Changes,
    Previous,
    changes_text,
    compare,
    read_previous,
    removed_rows,
)
from dataset_cards.croissant import write_croissant
from dataset_cards.duplicates.records import dropped_row, link_row
from dataset_cards.errors import UsageError
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
from dataset_cards.leaks import leak_row
from dataset_cards.pages import write_pages
from dataset_cards.report.gallery import write_gallery
from dataset_cards.report.statistics_page import write_statistics_page
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


def nothing_new(books: Sequence[BookEntry], dataset_dir: Path, settings: DatasetSettings) -> bool:
    """Whether the current version was made from exactly these results, settings and code.

    Looks at no picture, so it takes a moment only. False when nothing was published yet.
    Raises DamagedWorkspaceError when CURRENT names a version that is not complete.
    """
    if not has_current(dataset_dir):
        return False
    manifest = read_manifest(read_current(dataset_dir))
    return bool(manifest["inputs"] == inputs_digest(books, settings))


def publish_version(books: Sequence[BookEntry], dataset_dir: Path, settings: DatasetSettings) -> Published:
    """Write the next version below `dataset_dir` and make it current; the same inputs give the same bytes.

    The caller sees to it that one builder works at a time. Old pairs keep their splits, for good.
    Raises UsageError when there is no pair at all, DamagedWorkspaceError when the current version is not
    complete or a crop is not what its pair says, ValueError for a book or pair_id given twice.
    """
    make_folder(dataset_dir)
    current = read_current(dataset_dir) if has_current(dataset_dir) else None
    inputs = inputs_digest(books, settings)
    target = _finished_but_not_current(dataset_dir, current, inputs)
    if target is None:
        target = _write_next(books, dataset_dir, settings, current, inputs)
    point_to(target)
    counts = read_manifest(target)["counts"]
    return Published(
        path=target,
        version=target.name,
        previous=current.name if current else None,
        splits={split: counts["splits"][split] for split in SPLITS},
        **{name: counts[name] for name in ("pairs", "unmatched", "added", "removed", "changed")},
    )


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
    books: Sequence[BookEntry],
    dataset_dir: Path,
    settings: DatasetSettings,
    current: Path | None,
    inputs: str,
) -> Path:
    previous = read_previous(current)
    assembly = assemble(books, settings, previous.splits())
    if not assembly.pairs:
        raise UsageError(
            "no book gave an image–text pair, so there is nothing to publish; tuwen status tells why"
        )
    target = dataset_dir / next_version(dataset_dir)
    partial = dataset_dir / f".{target.name}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir()
    changes = compare(assembly, previous)
    _write_files(assembly, previous, changes, settings, target.name, partial)
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
    previous: Previous,
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
    write_json_lines(folder / REMOVED_FILE, removed_rows(previous, changes, assembly))
    write_json_lines(folder / "links.jsonl", map(link_row, assembly.links))
    write_json_lines(folder / "dropped.jsonl", map(dropped_row, assembly.dropped))
    write_json_lines(folder / "leaks.jsonl", map(leak_row, assembly.leaks))
    write_fresh(assembly, previous, folder)
    write_text(folder / "CHANGES.md", changes_text(name, changes))
    write_gallery(assembly, settings, name, folder)
    statistics = compute_statistics(assembly, settings)
    write_statistics(statistics, folder)
    write_statistics_page(statistics, assembly, settings, name, folder)
    write_card(assembly, settings, name, folder)
    write_croissant(assembly, settings, name, folder)


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
