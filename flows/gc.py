"""What of a workspace is needed by no version and by no current stage: found, shown, removed.

Manifests go first and objects after them, each step flushed: whatever stops the removal leaves no manifest
that names an object which is gone. Books, corrections, published versions, answers of language models,
exports and models are never touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dataset_cards.verify import list_versions, read_manifest
from extractors.durable import TEMPORARY_SUFFIX, flush
from extractors.errors import UsageError
from flows.lock import workspace_lock
from flows.settings import Settings
from flows.stage_keys import StageKeys, stage_keys
from flows.stages import all_manifests, current_manifests
from flows.workspace import Book, Shelf, Workspace


@dataclass(frozen=True, slots=True)
class Removable:
    """Files of one class that nothing needs."""

    name: str
    paths: tuple[Path, ...]
    bytes: int
    """What their removal frees; a file whose bytes a version shares frees nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that may go, in the order in which it goes."""

    manifests: Removable
    """Stage manifests of other programs, settings or file names than the current ones."""
    absent: Removable
    """Stage manifests of books that are not on the shelf."""
    objects: Removable
    """Stored files that no manifest which stays names, and no version holds."""
    leftovers: Removable
    """What stopped runs left half-written."""

    @property
    def classes(self) -> tuple[Removable, ...]:
        """In the order of removal."""
        return self.manifests, self.absent, self.objects, self.leftovers


def collect(root: Path, settings: Settings, *, absent: bool = False) -> Plan:
    """What `remove` would remove now; changes nothing but the index of hashes.

    A stage result is current when the next build under `settings` would take it. That of a book which is not
    on the shelf stays, for when it comes back, unless `absent`. Raises UsageError where there is no workspace
    or the shelf cannot be read, DamagedWorkspaceError for a version whose manifest is damaged,
    MissingDependencyError as a build would.
    """
    workspace = Workspace.open(root)
    shelf = workspace.shelf()
    return _plan(workspace, shelf, stage_keys(settings.extract), absent=absent)


def remove(root: Path, settings: Settings, *, absent: bool = False) -> Plan:
    """Remove what nothing needs, as `collect` finds it once no builder is at work; what was removed.

    Raises as `collect`, and BusyError while a build runs.
    """
    workspace = Workspace.open(root)
    with workspace_lock(workspace.root):
        plan = collect(root, settings, absent=absent)
        for removable in plan.classes:
            _remove(removable.paths)
    return plan


def _plan(workspace: Workspace, shelf: Shelf, keys: StageKeys, *, absent: bool) -> Plan:
    if shelf.unreadable:
        name, why = shelf.unreadable[0]
        raise UsageError(f"{workspace.books / name} cannot be read ({why}), so nobody knows what it needs")
    if absent and all(book.unseen for book in shelf.books):
        raise UsageError(f"{workspace.books} is empty: nothing of any book would stay; put its books back")
    present = {book.sha256 for book in shelf.books}
    manifests = all_manifests(workspace)
    # A book that is away is taken to come back under a name it had.
    away = {
        Book(path.parent.name, manifest.file, "")
        for path, manifest in manifests
        if manifest and path.parent.name not in present
    }
    kept = [*shelf.books, *(() if absent else away)]
    current = {path for book in kept for path in current_manifests(workspace, book, keys)}
    needed = _held_by_versions(workspace)
    superseded: list[Path] = []
    gone: list[Path] = []
    for path, manifest in manifests:
        if manifest and path in current:
            needed.update(stored.sha256 for stored in manifest.objects)
        else:
            (gone if absent and path.parent.name not in present else superseded).append(path)
    objects = [workspace.objects.path(sha256) for sha256 in workspace.objects if sha256 not in needed]
    return Plan(
        _removable("superseded stage results", superseded),
        _removable("stage results of books that are not on the shelf", gone),
        _removable("objects", objects),
        _removable("leftovers of stopped runs", sorted(_leftovers(workspace))),
    )


def _held_by_versions(workspace: Workspace) -> set[str]:
    """sha256 of every file of every version: a link to its object costs nothing and saves making it again."""
    return {
        entry["sha256"]
        for dataset in sorted(workspace.datasets.glob("*"))
        for version in list_versions(dataset)
        for entry in read_manifest(version)["files"].values()
    }


def _leftovers(workspace: Workspace) -> Iterator[Path]:
    """Half-written files and folders; while the lock is held, nobody is writing them."""
    for folder in (workspace.objects.root, workspace.extracted, workspace.refined, workspace.datasets):
        yield from folder.rglob(f".*{TEMPORARY_SUFFIX}")
    yield from workspace.root.glob(f".*{TEMPORARY_SUFFIX}")
    yield from workspace.datasets.glob("*/.v*.partial")
    yield from workspace.scratch.glob("*")


def _removable(name: str, paths: Collection[Path]) -> Removable:
    return Removable(name, tuple(paths), sum(map(_frees, paths)))


def _frees(path: Path) -> int:
    files = (part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
    stats = (file.lstat() for file in files)
    return sum(stat.st_size for stat in stats if stat.st_nlink == 1)


def _remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, and make that durable before anything after it is removed."""
    folders = set()
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in sorted(folders):
        flush(folder)
        if not any(folder.iterdir()) and folder.parent.name in ("objects", "extracted"):
            folder.rmdir()
