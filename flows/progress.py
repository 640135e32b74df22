"""Progress on stderr: one bar a book while it is worked on, one line when it is done.

A bar is drawn only on a terminal; elsewhere (a log, a pipe) the lines alone remain. Tasks report through
`page_progress`, which is silent in worker processes of a pool: they have no screen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from extractors.printable import printable
from flows.output import PrintableConsole

_lock = threading.Lock()
_display: Display | None = None


class Display:
    """The bars of one command."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def update(self, book: str, stage: str, unit: str, done: int, total: int) -> None:
        """Show that `done` of `total` pages (`unit`) of `book` went through `stage`; a full bar goes."""
        with _lock:
            label = printable(f"{book} · {stage}")
            if label not in self._bars:
                self._bars[label] = self._progress.add_task(label, total=total, unit=unit)
            self._progress.update(self._bars[label], completed=done, total=total, visible=done < total)

    def say(self, text: str) -> None:
        """One line for a person, above the bars."""
        self.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    def start(self) -> None:
        """Begin to draw."""
        self._progress.start()

    def stop(self) -> None:
        """End drawing and give the cursor back."""
        self._progress.stop()


@contextmanager
def display() -> Iterator[Display]:
    """The display of this command; `page_progress` and `say` write to it within the block."""
    global _display
    shown = Display(PrintableConsole(stderr=True))
    shown.start()
    _display = shown
    try:
        yield shown
    finally:
        _display = None
        shown.stop()


def page_progress(book: str, stage: str, unit: str = "pages") -> Callable[[int, int], None]:
    """A callback for (pages done, pages in all), or what `unit` names."""

    def report(done: int, total: int) -> None:
        if _display is not None:
            _display.update(book, stage, unit, done, total)

    return report


def say(text: str) -> None:
    """One line on stderr, where a display is shown."""
    if _display is not None:
        _display.say(text)


def stop_display() -> None:
    """End drawing from outside the block: for a process that is about to exit."""
    if _display is not None:
        _display.stop()
