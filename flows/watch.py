"""Rebuild when books arrive: a poll loop with no server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from dataset_cards.audit import AUDITS
from dataset_cards.settings import DatasetSettings
from extractors.errors import TuwenError
from flows.after_build import benchmark_published
from flows.book_files import Stamp, find_books, stamp_of
from flows.outcomes import dataset_dir
from flows.progress import say
from flows.rebuild import BuildReport, build_workspace
from flows.settings import Settings
from flows.workspace import Workspace

Scan = Mapping[str, Stamp]
"""Name of a file -> what tells one state of it from another."""
NOTHING: Scan = MappingProxyType({})


class Watcher:
    """Decides from successive scans when to build, and with which books. Knows no clock."""

    def __init__(self) -> None:
        self._last: Scan = {}
        self._built: Scan | None = None
        self._last_said: Scan = {}
        self._built_said: Scan = {}

    def look(self, scan: Scan, said: Scan = NOTHING) -> frozenset[str] | None:
        """The books to build with, or None to wait; `said` are the files in which people say something.

        A file counts when two scans in a row saw it the same. While a book of the last build is being written
        anew, nothing is built: a version without it would be wrong.
        """
        settled = {name: stamp for name, stamp in scan.items() if self._last.get(name) == stamp}
        is_said = said == self._last_said and said != self._built_said
        self._last, self._last_said = dict(scan), dict(said)
        rewritten = any(name not in settled for name in scan if self._built and name in self._built)
        if rewritten or (settled == self._built and not is_said) or (self._built is None and not settled):
            return None
        return frozenset(settled)

    def built(self, names: frozenset[str]) -> None:
        """A build with these books, as last seen, is done."""
        self._built = {name: self._last[name] for name in names}
        self._built_said = self._last_said


def watch_workspace(root: Path, settings: Settings, *, built: Callable[[BuildReport], None]) -> NoReturn:
    """Scan books/ every `settings.watch.interval` seconds and build when it has changed; `built` is told.

    A change of what people say is one too: corrections, books.toml, audits.

    What a person can put right (a slip in books.toml, a full disk, a share that is away) is said once, and
    tried again at each scan. Raises UsageError when there is no workspace at the start.
    """
    workspace = Workspace.open(root)
    watcher = Watcher()
    said = ""
    say(f"watching {workspace.books} every {settings.watch.interval:g} s; stop with Ctrl-C")
    while True:
        try:
            _build_when_due(workspace, watcher, settings, built)
            said = ""
        except (TuwenError, OSError) as error:
            if str(error) != said:
                said = str(error)
                say(f"{said}; trying again at each scan")
        time.sleep(settings.watch.interval)


def scan_books(workspace: Workspace) -> dict[str, Stamp]:
    """The PDFs of the shelf with their stamps; what cannot be looked at is left out."""
    return {file.name: file.stamp for file in find_books(workspace.books).files}


def scan_said(workspace: Workspace, settings: DatasetSettings) -> dict[str, Stamp]:
    """The files in which people say something of the books and the pairs, with their stamps."""
    audits = dataset_dir(workspace, settings) / AUDITS
    files = (workspace.corrections, workspace.books_file, *audits.glob("v*.json"))
    return {str(path): stamp_of(path.stat()) for path in files if path.exists()}


def _build_when_due(
    workspace: Workspace, watcher: Watcher, settings: Settings, built: Callable[[BuildReport], None]
) -> None:
    names = watcher.look(scan_books(workspace), scan_said(workspace, settings.dataset))
    if names is None:
        return
    report = build_workspace(workspace.root, settings, only=names)
    watcher.built(names)
    built(report)
    benchmark_published(workspace.root, settings, report)
