"""What the stages have come to for each book of the shelf: read from disk, never from Prefect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dataset_cards.book_facts import Described, ShelfBook, describe
from dataset_cards.identity.past_books import PastBooks, read_past_books
from dataset_cards.motifs import read_motif_file
from dataset_cards.review.apply import deciding
from dataset_cards.review.corrections import read
from dataset_cards.rights import read_book_list
from dataset_cards.settings import DatasetSettings
from dataset_cards.verify import has_current, read_current
from dataset_cards.version import BookEntry, Published, nothing_new, publish_version
from extractors.durable import replace_text
from extractors.errors import DamagedWorkspaceError
from extractors.records import BookResult
from extractors.settings import ExtractSettings
from flows.report import BookReport
from flows.review_crops import review_cutter
from flows.settings import Settings
from flows.stage_keys import StageKeys, digest_of, made_by
from flows.stages import StageManifest, finished, load_result
from flows.workspace import Book, Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """A book with what became of it: a result, a failure, or neither yet."""

    book: Book
    manifest: StageManifest | None = None
    result: BookResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether a stage has still to run."""
        return self.manifest is None

    @property
    def has_failures(self) -> bool:
        """Whether the book, or a page of it, could not be read."""
        return not self.is_open and (self.result is None or bool(self.result.failures))

    @property
    def is_unanswered(self) -> bool:
        """Whether a text got no answer when it was to be refined: the next build asks again."""
        return self.result is not None and bool(self.result.unanswered)

    def report(self) -> BookReport | None:
        """For a person; None while a stage has still to run."""
        if self.result is not None:
            return BookReport.of_result(self.book.name, self.result, self.book.unseen)
        if self.manifest is None or self.manifest.failure is None:
            return None
        failure = self.manifest.failure
        return BookReport(
            name=self.book.name,
            sha256=self.book.sha256,
            state="failed",
            reason=failure.reason,
            message=failure.message,
            exit_code=failure.exit_code,
        )


def read_outcomes(workspace: Workspace, books: Sequence[Book], keys: StageKeys) -> list[Outcome]:
    """The outcome of each book under these keys, in the order of `books`."""
    return [_read_outcome(workspace, book, keys) for book in books]


def dataset_dir(workspace: Workspace, settings: DatasetSettings) -> Path:
    """Where the versions of this dataset lie."""
    return workspace.datasets / settings.name


def publish_settings(workspace: Workspace, settings: DatasetSettings) -> DatasetSettings:
    """The settings with the lines of the motif file among them, so that a version depends on what it says.

    Raises UsageError when the file cannot be read.
    """
    if settings.motif_file is None:
        return settings
    lines = (*settings.motifs, *read_motif_file(workspace.root / settings.motif_file))
    return settings.model_copy(update={"motifs": lines, "motif_file": None})


def book_entries(
    workspace: Workspace, outcomes: Sequence[Outcome], settings: ExtractSettings | None = None
) -> list[BookEntry]:
    """The books that can be published, as `publish_version` wants them.

    With the `settings` that made their pairs, these are recorded with each, and pictures can be cut again.
    """
    made = made_by(settings) if settings else {}
    entries = []
    for outcome in outcomes:
        if outcome.result is not None:
            entry = _entry(workspace, outcome, made)
            readable = settings and not outcome.book.unseen
            cut = review_cutter(workspace, outcome.book, settings) if settings and readable else None
            entries.append(replace(entry, cut=cut))
    return entries


def described(workspace: Workspace, books: Sequence[Book], settings: DatasetSettings) -> Described:
    """What books.toml says of books of the shelf, which it may call by names of earlier versions.

    Raises UsageError where it cannot be understood, DamagedWorkspaceError for a version that is not complete.
    """
    folder = dataset_dir(workspace, settings)
    past = read_past_books(read_current(folder)) if has_current(folder) else PastBooks()
    shelf = [ShelfBook((book.name, *book.also), book.sha256) for book in books]
    return describe(read_book_list(workspace.books_file), shelf, past)


def may_have_pairs(workspace: Workspace, outcomes: Sequence[Outcome]) -> bool:
    """Whether any book gave a pair, or people decided something that may make one where none was found."""
    if any(outcome.result and outcome.result.pairs for outcome in outcomes):
        return True
    read_now = any(outcome.result for outcome in outcomes)
    made = deciding(read(workspace.corrections).lines)
    return read_now and any(correction.action != "page_done" for correction in made)


def is_published(workspace: Workspace, outcomes: Sequence[Outcome], settings: DatasetSettings) -> bool:
    """Whether the current version is exactly what these books would make."""
    given = publish_settings(workspace, settings)
    known = read_book_list(workspace.books_file)
    corrections = read(workspace.corrections).lines
    entries = book_entries(workspace, outcomes)
    return nothing_new(entries, dataset_dir(workspace, settings), given, known, corrections)


def publish_outcomes(
    workspace: Workspace, outcomes: Sequence[Outcome], settings: Settings, folder: Path
) -> Published:
    """Publish the books' results as the next version below `folder`; raises as `publish_version` does."""
    entries = book_entries(workspace, outcomes, settings.extract)
    known = read_book_list(workspace.books_file)
    given = publish_settings(workspace, settings.dataset)
    return publish_version(entries, folder, given, known, read(workspace.corrections).lines)


def write_refusals(workspace: Workspace, outcomes: Sequence[Outcome]) -> None:
    """List the proposals for better texts that were refused, of all these books, in refined/refine.jsonl."""
    rows = (
        {"book": outcome.book.name, **asdict(refusal)}
        for outcome in outcomes
        if outcome.result is not None
        for refusal in outcome.result.refusals
    )
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    replace_text(workspace.refined / "refine.jsonl", lines)


def _read_outcome(workspace: Workspace, book: Book, keys: StageKeys) -> Outcome:
    manifest = finished(workspace, book, keys)
    if manifest is None or manifest.failure:
        return Outcome(book, manifest)
    try:
        return Outcome(book, manifest, load_result(workspace, manifest))
    except DamagedWorkspaceError:
        return Outcome(book)  # to be made again


def _entry(workspace: Workspace, outcome: Outcome, made_by: Mapping[str, str]) -> BookEntry:
    assert outcome.result is not None
    assert outcome.manifest is not None
    names = (outcome.book.name, *outcome.book.also)
    places = {stored.path: workspace.objects.path(stored.sha256) for stored in outcome.manifest.files}
    pictures = digest_of({stored.path: stored.sha256 for stored in outcome.manifest.files})
    name = outcome.book.file_name
    return BookEntry(
        outcome.result, name, places.__getitem__, made_by=made_by, pictures=pictures, names=names
    )
