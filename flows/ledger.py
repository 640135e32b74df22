"""What ran, what failed and why: runs/<id>/events.jsonl, one JSON object a line, fsynced as it happens.

The ledger is for people and for `tuwen status`. No build reads it: so it, and nothing else, holds clock time.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractors.checked_json import dump_line, is_marked, load_marked
from extractors.durable import make_folder

FILE_NAME = "events.jsonl"


class Ledger:
    """The events of one run."""

    def __init__(self, runs: Path) -> None:
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self.id = f"{started}-{os.getpid()}"
        self.path = runs / self.id / FILE_NAME
        make_folder(self.path.parent)

    def add(self, event: str, **details: Any) -> None:
        """Append one event; `details` are JSON values. Whole lines only, from any thread or process."""
        row = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
        line = dump_line(row)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(descriptor, line.encode("utf-8", "backslashreplace"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its ledger tells it."""

    id: str
    started: str
    """ISO time, UTC."""
    outcome: str
    """published, nothing-new, failed, interrupted, running; interrupted also after a crash."""
    events: tuple[dict[str, Any], ...]


def read_runs(runs: Path, *, newest: int, busy: bool) -> list[Run]:
    """The `newest` runs, newest first; `busy` says that a builder is at work now."""
    folders = sorted((path for path in runs.glob("*") if (path / FILE_NAME).is_file()), reverse=True)
    return [
        _read_run(folder, running=busy and position == 0) for position, folder in enumerate(folders[:newest])
    ]


def damaged_lines(path: Path) -> list[int]:
    """The numbers (from 1) of the lines of a ledger that were changed; an unfinished last one is not."""
    data = path.read_bytes()
    found = []
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        try:
            load_marked(line)
        except ValueError:
            if line.endswith(b"\n"):
                found.append(number)
    return found


def is_former(path: Path) -> bool:
    """Whether a ledger holds whole lines without checksum, as the former format had them."""
    return any(_is_unmarked(line) for line in path.read_bytes().splitlines())


def _is_unmarked(line: bytes) -> bool:
    try:
        return bool(load_marked(line)) and not is_marked(line)
    except ValueError:
        return False


def _read_run(folder: Path, *, running: bool) -> Run:
    events = []
    for line in (folder / FILE_NAME).read_bytes().splitlines():
        # A line cut short by a crash, or damaged on the disk, tells nothing; `tuwen verify` names the latter.
        with contextlib.suppress(ValueError):
            events.append(load_marked(line))
    last = events[-1] if events else {}
    unfinished = "running" if running else "interrupted"
    outcome = last["outcome"] if last.get("event") == "finished" else unfinished
    return Run(folder.name, events[0]["time"] if events else "", outcome, tuple(events))
