"""Rebuild when books arrive: a poll loop with no server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from extractors.errors import BusyError
from flows.after_build import benchmark_published
from flows.progress import say
from flows.rebuild import BuildReport, build_workspace
from flows.settings import Settings
from flows.workspace import Stamp, Workspace, file_stamp, find_pdfs

Scan = Mapping[str, Stamp]
"""Name below books/ -> what tells one state of a file from another."""


class Watcher:
    """Decides from successive scans when to build, and with which books. Knows no clock."""

    def __init__(self) -> None:
        self._last: Scan = {}
        self._built: Scan | None = None

    def look(self, scan: Scan) -> frozenset[str] | None:
        """The books to build with, or None to wait.

        A file counts when two scans in a row saw it the same. While a book of the last build is being written
        anew, nothing is built: a version without it would be wrong.
        """
        settled = {name: stamp for name, stamp in scan.items() if self._last.get(name) == stamp}
        self._last = dict(scan)
        rewritten = any(name not in settled for name in scan if self._built and name in self._built)
        if rewritten or settled == self._built or (self._built is None and not settled):
            return None
        return frozenset(settled)

    def built(self, names: frozenset[str]) -> None:
        """A build with these books, as last seen, is done."""
        self._built = {name: self._last[name] for name in names}


def watch_workspace(root: Path, settings: Settings, *, built: Callable[[BuildReport], None]) -> NoReturn:
    """Scan books/ every `settings.watch.interval` seconds and build when it has changed; `built` is told."""
    workspace = Workspace.open(root)
    watcher = Watcher()
    say(f"watching {workspace.books} every {settings.watch.interval:g} s; stop with Ctrl-C")
    while True:
        names = watcher.look(scan_books(workspace))
        if names is not None:
            try:
                report = build_workspace(root, settings, only=names)
                watcher.built(names)
                built(report)
                benchmark_published(workspace.root, settings, report)
            except BusyError as error:
                say(f"{error}; trying again at the next scan")
        time.sleep(settings.watch.interval)


def scan_books(workspace: Workspace) -> dict[str, Stamp]:
    """The PDFs of the shelf with their stamps; a file that goes away meanwhile is left out."""
    scan = {}
    for path in find_pdfs(workspace.books):
        try:
            scan[path.relative_to(workspace.books).as_posix()] = file_stamp(path)
        except FileNotFoundError:
            continue
    return scan
