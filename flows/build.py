"""The Prefect flow: one task a book and stage, then the next dataset version.

Tasks return little: what they make lies in the workspace, under keys (see `flows.stages`), so that a run that
was killed goes on where it stopped, on any task runner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import UnfinishedRun, UpstreamTaskError
from prefect.futures import PrefectFuture
from prefect.states import Failed

from dataset_cards.version import Published
from extractors.errors import BookError, TuwenError
from flows.holding import lost_books
from flows.outcomes import dataset_dir, is_published, publish_outcomes, read_outcomes
from flows.progress import page_progress, say
from flows.runners import task_runner
from flows.settings import Settings
from flows.stages import StageKeys, StageManifest, run_pages, run_pairs, run_refined
from flows.workspace import Book, Workspace


@task(task_run_name="read pages of {book.name}", persist_result=False, cache_policy=NO_CACHE)
def read_pages(
    root: Path, book: Book, settings: Settings, keys: StageKeys, retry_failed: bool
) -> StageManifest | State[Any]:
    """First stage: text and figures of every page."""
    progress = page_progress(book.name, "reading")
    manifest = run_pages(
        Workspace(root), book, settings.extract, keys, retry_failed=retry_failed, progress=progress
    )
    return _as_state(manifest)


@task(task_run_name="make pairs of {book.name}", persist_result=False, cache_policy=NO_CACHE)
def make_pairs(
    root: Path, book: Book, settings: Settings, keys: StageKeys, pages: StageManifest
) -> StageManifest | State[Any]:
    """Second stage: figures with their texts, and the crops."""
    progress = page_progress(book.name, "pairing")
    manifest = run_pairs(Workspace(root), book, settings.extract, keys, pages, progress=progress)
    return _as_state(manifest)


@task(persist_result=False, cache_policy=NO_CACHE)
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


@task(persist_result=False, cache_policy=NO_CACHE)
def publish(root: Path, books: list[Book], settings: Settings, keys: StageKeys) -> Published | None:
    """Last stage: the next version; None when there is none to publish, or it would lose books."""
    workspace = Workspace(root)
    outcomes = read_outcomes(workspace, books, keys)
    if not any(outcome.result and outcome.result.pairs for outcome in outcomes):
        return None
    if is_published(workspace, outcomes, settings.dataset):
        return None
    folder = dataset_dir(workspace, settings.dataset)
    if lost_books(folder, outcomes):
        return None
    return publish_outcomes(workspace, outcomes, settings, folder)


@flow(name="build", persist_result=False, validate_parameters=False)
def build(
    root: Path, books: list[Book], settings: Settings, keys: StageKeys, retry_failed: bool
) -> tuple[Published | None, dict[str, Exception]]:
    """Extract `books` and publish. Also returns what went wrong unexpectedly, by sha256 of the book.

    The caller holds the workspace's lock. Raises a TuwenError that is not about a book: a missing model, say.
    """
    with task_runner(settings.build) as runner:
        runs: list[tuple[Book, PrefectFuture[Any]]] = []
        for book in books:
            common = {"root": root, "book": book, "settings": settings, "keys": keys}
            pages = runner.submit(read_pages, {**common, "retry_failed": retry_failed})
            pairs = runner.submit(make_pairs, {**common, "pages": pages})
            runs += [(book, pages), (book, pairs)]
        faults = _faults(runs)
    if keys.refined:
        refine(root, books, settings, keys)
    return publish(root, books, settings, keys), faults


def _faults(runs: list[tuple[Book, PrefectFuture[Any]]]) -> dict[str, Exception]:
    """Wait for all; the first exception of each book whose task raised one, raised if not about the book."""
    faults: dict[str, Exception] = {}
    for book, future in runs:
        try:
            fault = future.result(raise_on_failure=False)
        except (UpstreamTaskError, UnfinishedRun):
            continue  # not run because the stage before failed, as runners variously put it
        if isinstance(fault, TuwenError) and not isinstance(fault, BookError):
            raise fault
        if isinstance(fault, Exception):
            faults.setdefault(book.sha256, fault)
    return faults


def _as_state(manifest: StageManifest) -> StageManifest | State[Any]:
    """A recorded failure shows as a failed task run, so that Prefect's page tells the same as the ledger."""
    return Failed(message=manifest.failure.message) if manifest.failure else manifest
