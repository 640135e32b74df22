"""The build flow: one task a book and stage, then the next dataset version; under Prefect or without it.

Tasks return little: their results are stored in the workspace under keys (see `flows.stages`), so that a run
that was killed goes on where it stopped, on any task runner.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import UnfinishedRun, UpstreamTaskError
from prefect.futures import PrefectFuture
from prefect.states import Failed

from dataset_cards.errors import NoPairsError
from dataset_cards.version import Published
from extractors.errors import BookError, TuwenError
from flows.build_ending import artifact_key, build_artifact, build_ending
from flows.holding import lost_books
from flows.outcomes import (
    dataset_dir,
    is_published,
    may_have_pairs,
    publish_outcomes,
    read_outcomes,
)
from flows.prefect_guest import (
    guest_flow,
    guest_task,
    is_fault_of_prefect,
    is_without_prefect,
    leave_artifact,
)
from flows.progress import page_progress, say
from flows.runners import task_runner
from flows.settings import Settings
from flows.stage_keys import StageKeys
from flows.stages import StageManifest, run_pages, run_pairs, run_refined
from flows.workspace import Book, Workspace

if TYPE_CHECKING:
    from flows.rebuild import BuildReport

Faults = dict[str, Exception]
"""What went wrong unexpectedly, by sha256 of the book."""

RETRY_SECONDS = [1.0, 10.0]
"""Waits before a stage is tried again: a network share is back after seconds, or not soon."""
PASSING = {
    *(errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.EREMOTEIO),
    *(errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNABORTED, errno.ENETDOWN, errno.ENETUNREACH),
    *(errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE, errno.ENOLCK),
}
"""Error numbers of a share, a device or a table of files that is busy: a second attempt may succeed. A full
disk or a file that may not be read stays so."""


def is_passing(error: BaseException | None) -> bool:
    """Whether a second attempt may succeed; a BookError is about the book and stays."""
    return isinstance(error, OSError) and error.errno in PASSING


def _retry(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, Exception) and is_passing(error)


@task(
    task_run_name="read pages of {book.shown_name}",
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_retry,
)
def read_pages(
    root: Path, book: Book, settings: Settings, keys: StageKeys, retry_failed: bool
) -> StageManifest | State[Any]:
    """First stage, as a task."""
    return _as_state(_read_pages(root, book, settings, keys, retry_failed))


@task(
    task_run_name="make pairs of {book.shown_name}",
    persist_result=False,
    cache_policy=NO_CACHE,
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_retry,
)
def make_pairs(
    root: Path, book: Book, settings: Settings, keys: StageKeys, retry_failed: bool, pages: StageManifest
) -> StageManifest | State[Any]:
    """Second stage, as a task."""
    return _as_state(_make_pairs(root, book, settings, keys, retry_failed, pages))


@guest_task("refine", lambda *_: "refine")
def refine(root: Path, books: list[Book], settings: Settings, keys: StageKeys) -> None:
    """Third stage, where it is asked for: better descriptions, from one service for all books."""
    from extractors.refine.refiner import open_refiner

    workspace = Workspace(root)
    with open_refiner(settings.extract.refine, workspace.refined) as refiner:
        if refiner is None:
            return
        for book in books:
            progress = page_progress(book.name, "refining", unit="texts")
            run_refined(workspace, book, keys, refiner, progress=progress)
        if warning := refiner.warning():
            say(warning)


@guest_task("publish", lambda *_: "publish")
def publish(root: Path, books: list[Book], settings: Settings, keys: StageKeys) -> Published | None:
    """Last stage: the next version; None when there is none to publish, or it would lose books."""
    workspace = Workspace(root)
    outcomes = read_outcomes(workspace, books, keys)
    if not may_have_pairs(workspace, outcomes):
        return None
    if is_published(workspace, outcomes, settings.dataset):
        return None
    folder = dataset_dir(workspace, settings.dataset)
    if lost_books(folder, outcomes):
        return None
    try:
        published = publish_outcomes(workspace, outcomes, settings, folder)
    except NoPairsError:
        return None
    for note in published.notes:
        say(note)
    return published


@guest_flow(
    "build",
    lambda root, *_: f"build {root.name}",
    ending=lambda report, root, *_: build_ending(report, "build", root),
)
def build(
    root: Path,
    books: list[Book],
    settings: Settings,
    keys: StageKeys,
    retry_failed: bool,
    make_report: Callable[[Published | None, Faults], BuildReport],
) -> BuildReport:
    """Extract `books` and publish; `make_report` says what that came to, and is called last.

    The caller holds the workspace's lock. Raises a TuwenError that is not about a book: a missing model, say.
    """
    extract = _extract_directly if is_without_prefect() else _extract_as_tasks
    faults = extract(root, books, settings, keys, retry_failed)
    if keys.refined:
        refine(root, books, settings, keys)
    report = make_report(publish(root, books, settings, keys), faults)
    leave_artifact(build_artifact(report), key=artifact_key(root), description=f"Books of {root.name}")
    return report


def _read_pages(
    root: Path, book: Book, settings: Settings, keys: StageKeys, retry_failed: bool
) -> StageManifest:
    """First stage: text and figures of every page."""
    progress = page_progress(book.name, "reading")
    return run_pages(
        Workspace(root), book, settings.extract, keys, retry_failed=retry_failed, progress=progress
    )


def _make_pairs(
    root: Path, book: Book, settings: Settings, keys: StageKeys, retry_failed: bool, pages: StageManifest
) -> StageManifest:
    """Second stage: figures with their texts, and the crops."""
    progress = page_progress(book.name, "pairing")
    return run_pairs(
        Workspace(root), book, settings.extract, keys, pages, retry_failed=retry_failed, progress=progress
    )


def _extract_as_tasks(
    root: Path, books: list[Book], settings: Settings, keys: StageKeys, retry_failed: bool
) -> Faults:
    """Both stages of all books, on Prefect's task runner."""
    with task_runner(settings.build) as runner:
        runs: list[tuple[Book, PrefectFuture[Any]]] = []
        for book in books:
            common = {
                "root": root,
                "book": book,
                "settings": settings,
                "keys": keys,
                "retry_failed": retry_failed,
            }
            pages = runner.submit(read_pages, common)
            pairs = runner.submit(make_pairs, {**common, "pages": pages})
            runs += [(book, pages), (book, pairs)]
        return _faults(runs)


def _extract_directly(
    root: Path, books: list[Book], settings: Settings, keys: StageKeys, retry_failed: bool
) -> Faults:
    """Both stages of all books without Prefect: on threads, and without its retries."""

    def extract(book: Book) -> Exception | None:
        try:
            pages = _read_pages(root, book, settings, keys, retry_failed)
            if not pages.failure:
                _make_pairs(root, book, settings, keys, retry_failed, pages)
        except TuwenError as error:
            if not isinstance(error, BookError):
                raise
            return error
        except Exception as error:  # noqa: BLE001 - reported with the book, as that of a task is
            return error
        return None

    with ThreadPoolExecutor(settings.build.concurrency) as pool:
        found = list(pool.map(extract, books))
    return {book.sha256: fault for book, fault in zip(books, found, strict=True) if fault is not None}


def _faults(runs: list[tuple[Book, PrefectFuture[Any]]]) -> Faults:
    """Wait for all; the first exception of each book whose task raised one, raised if not about the book."""
    faults: Faults = {}
    for book, future in runs:
        try:
            fault = future.result(raise_on_failure=False)
        except (UpstreamTaskError, UnfinishedRun):
            continue  # not run because the stage before failed, as runners variously put it
        if isinstance(fault, TuwenError) and not isinstance(fault, BookError):
            raise fault
        if isinstance(fault, Exception):
            if is_fault_of_prefect(fault):
                raise fault
            faults.setdefault(book.sha256, fault)
    return faults


def _as_state(manifest: StageManifest) -> StageManifest | State[Any]:
    """A recorded failure shows as a failed task run, so that Prefect's page tells the same as the ledger."""
    return Failed(message=manifest.failure.message) if manifest.failure else manifest
