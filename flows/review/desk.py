"""Which version a review shows: the current one, or the books themselves where no pair was found in any."""

from __future__ import annotations

from pathlib import Path

from dataset_cards.review.desk import write_desk
from dataset_cards.verify import has_current, read_current
from flows.outcomes import book_entries, dataset_dir, read_outcomes
from flows.settings import Settings
from flows.stage_keys import stage_keys
from flows.workspace import Workspace


def version_to_review(workspace: Workspace, settings: Settings) -> Path:
    """Its folder. Raises DamagedWorkspaceError, also before the first build, and BusyError during one."""
    folder = dataset_dir(workspace, settings.dataset)
    if has_current(folder) or not workspace.books.is_dir():
        return read_current(folder)
    with workspace.locked():
        outcomes = read_outcomes(workspace, workspace.shelf().books, stage_keys(settings.extract))
        entries = book_entries(workspace, outcomes)
        if not entries:
            return read_current(folder)  # says what is missing
        return write_desk(entries, settings.dataset, workspace.cache / "desk")
