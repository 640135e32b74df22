"""The corrections of a workspace while they are made: by this person, and by others meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from dataset_cards.review.corrections import (
    WHEN,
    Correction,
    Merge,
    NoFigure,
    PageDone,
    Split,
    append,
    read,
)
from dataset_cards.review.decisions import in_force, resolve
from dataset_cards.review.page_decisions import Decisions
from extractors.geometry import rounded

Effect = Literal["", "gone", "overruled"]
"""What undoing a decision would change: "gone", it is undone already; "overruled", a later one counts."""


class Journal:
    """corrections.jsonl, read once and then kept up with; for several threads."""

    def __init__(self, path: Path, who: str) -> None:
        self.path = path
        self.who = who
        self.damaged = 0
        """Lines that could not be believed when the file was first read."""
        self._decisions = Decisions()
        self._lines: list[Correction] = []
        self._end = 0
        self._lock = threading.Lock()

    def decisions(self) -> Decisions:
        """What everybody decided up to now. Raises OSError when the file cannot be read."""
        with self._lock:
            self._read_on()
            return self._decisions

    def since(self, seen: int) -> tuple[int, Sequence[Correction]]:
        """How many lines there are, and those behind the first `seen`. Raises OSError."""
        with self._lock:
            self._read_on()
            first = seen if seen <= len(self._lines) else 0  # another file was put in its place
            return len(self._lines), tuple(self._lines[first:])

    def undone_by(self, correction: Correction) -> Correction | None:
        """The decision that `correction` undoes; None where it undoes none."""
        of = getattr(correction.data, "of", None)
        with self._lock:
            return next((line for line in self._lines if line.id == of), None)

    def effect(self, of: str) -> Effect:
        """What undoing the decision `of` would change. Raises OSError."""
        with self._lock:
            self._read_on()
            lines = tuple(self._lines)
        book = next((line.book for line in lines if line.id == of), None)
        own = [line for line in lines if line.book == book]
        undone = next((line for line in in_force(own) if line.id == of), None)
        if undone is None:
            return "gone"
        if undone.action == "undo" or isinstance(undone.data, Split | Merge):
            return ""
        decided = resolve(own)[undone.book]
        if isinstance(undone.data, PageDone):
            return "" if decided.done[undone.page].id == of else "overruled"
        if isinstance(undone.data, NoFigure):
            assert undone.bbox is not None
            last = decided.settled[undone.page, rounded(undone.bbox)]
            return "" if last.id == of else "overruled"
        about = next(figure for figure in decided.figures if undone in figure.corrections)
        counts = any(setting.by.id == of for setting in about.fields.values())
        return "" if counts else "overruled"

    def write(self, made: Iterable[Correction]) -> Sequence[Correction]:
        """Keep decisions that were just made, all or none, each later than the one before. Raises OSError."""
        corrections: list[Correction] = []
        for correction in made:
            if corrections and correction.when <= corrections[-1].when:
                later = datetime.strptime(corrections[-1].when, WHEN) + timedelta(microseconds=1)
                correction = correction.model_copy(update={"when": later.strftime(WHEN)})
            corrections.append(correction)
        append(self.path, *corrections)
        return corrections

    def _read_on(self) -> None:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._end:  # another file was put in its place
            self._decisions, self._lines, self._end = Decisions(), [], 0
        if size > self._end:
            found = read(self.path, self._end)
            self._decisions.add(found.lines)
            self._lines += found.lines
            if not self._end:
                self.damaged = len(found.damaged)
            self._end = found.end
