"""Reviewed pages of a workspace as a folder of labels, with the books beside them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from dataset_cards.assembly import gather
from dataset_cards.files import place
from dataset_cards.identity.history import read_history
from dataset_cards.review.corrections import read
from dataset_cards.review.labels import write_labels
from dataset_cards.verify import has_current, read_current
from extractors.errors import UsageError
from flows.outcomes import book_entries, dataset_dir, read_outcomes
from flows.settings import Settings
from flows.stage_keys import stage_keys
from flows.workspace import Workspace


def review_labels(root: Path, settings: Settings, out: Path) -> list[Path]:
    """Write label files of all pages marked as done into `out`, and the books; returns the files of figures.

    What people decided is applied to the present reading of the books, built or not. Raises UsageError where
    no page is done or there is no workspace, BusyError while a build runs.
    """
    workspace = Workspace.open(root)
    with workspace.locked():
        shelf = workspace.shelf()
        outcomes = read_outcomes(workspace, shelf.books, stage_keys(settings.extract))
        entries = book_entries(workspace, outcomes, settings.extract)
        folder = dataset_dir(workspace, settings.dataset)
        history = read_history(folder, read_current(folder) if has_current(folder) else None)
        gathered = gather(entries, history, read(workspace.corrections).lines)
        stems = Counter(Path(book.file_name).stem for book in shelf.books)
        names = {book.sha256: _name(book.file_name, book.sha256, stems) for book in shelf.books}
        out.mkdir(parents=True, exist_ok=True)
        written = write_labels(gathered, names, out)
        if not written:
            raise UsageError(f"no page of {root} is marked as done: mark some with D in `tuwen review`")
        for book in shelf.books:
            target = out / f"{names[book.sha256]}.pdf"
            if book.sha256 in gathered.done and not target.exists():
                place(book.path, target)
    return written


def _name(file_name: str, sha256: str, stems: Counter[str]) -> str:
    """The name of a book's labels: that of its file, told apart from others of the same name."""
    stem = Path(file_name).stem
    return stem if stems[stem] == 1 else f"{stem}-{sha256[:8]}"
