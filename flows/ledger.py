"""What ran, what failed and why: runs/<id>/events.jsonl, one JSON object a line, fsynced as it happens.

The ledger is for people and for `tuwen status`. No build reads it: so it, and nothing else, holds clock time.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
        line = json.dumps(row, ensure_ascii=False) + "\n"
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


def _read_run(folder: Path, *, running: bool) -> Run:
    events = []
    for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            break  # a line cut short by a crash: nothing follows it
    last = events[-1] if events else {}
    unfinished = "running" if running else "interrupted"
    outcome = last["outcome"] if last.get("event") == "finished" else unfinished
    return Run(folder.name, events[0]["time"] if events else "", outcome, tuple(events))
