"""A build without Prefect: the same stages and publishing, in a process that can be forked and killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extractors.durable import file_sha256
from flows.outcomes import dataset_dir, is_published, publish_outcomes, read_outcomes
from flows.settings import Settings
from flows.stage_keys import stage_keys
from flows.stages import run_pages, run_pairs
from flows.workspace import Workspace

COUNTED = ("fsync", "replace", "rename", "link", "mkdir", "unlink", "rmdir", "chmod")
"""Functions of `os` by which a build changes the disk, each counted as a step."""


def plain_build(root: Path, settings: Settings, *, publish: bool = True) -> None:
    """What `flows.build.build` does, one stage after the other."""
    workspace = Workspace.open(root)
    with workspace.locked():
        keys = stage_keys(settings.extract)
        books = workspace.shelf().books
        for book in books:
            pages = run_pages(workspace, book, settings.extract, keys)
            if pages.failure is None:
                run_pairs(workspace, book, settings.extract, keys, pages)
        outcomes = read_outcomes(workspace, books, keys)
        if publish and not is_published(workspace, outcomes, settings.dataset):
            publish_outcomes(workspace, outcomes, settings, dataset_dir(workspace, settings.dataset))


def in_child(work: Callable[[], None], *, steps: int | None = None) -> tuple[bool, int]:
    """Do `work` in a forked process that is killed with SIGKILL before step `steps` (from 0).

    Returns whether it was killed, and the steps it took. Raises RuntimeError when the work failed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _count_steps(writing, steps)
        try:
            work()
        finally:
            os._exit(0 if not _failed() else 1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        taken = len(pipe.read())
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True, taken
    if os.WEXITSTATUS(status):
        raise RuntimeError("the build failed")
    return False, taken


def _failed() -> bool:
    import sys
    import traceback

    if sys.exc_info()[0] is None:
        return False
    traceback.print_exc()
    return True


def _count_steps(pipe: int, steps: int | None) -> None:
    """Let each counted function tell the parent by a byte, and die instead of taking step `steps`."""
    taken = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal taken
            if taken == steps:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1
            os.write(pipe, b".")
            return real(*arguments, **named)

        return step

    for name in COUNTED:
        setattr(os, name, counted(getattr(os, name)))


def contents(root: Path) -> dict[str, str]:
    """sha256 of every file that a build makes, by its path; the ledger and the index of inodes left out."""
    return {
        path.relative_to(root).as_posix(): file_sha256(path)
        for part in ("objects", "extracted", "datasets")
        for path in sorted((root / part).rglob("*"))
        if path.is_file() and path.name != "shelf.json"
    }
