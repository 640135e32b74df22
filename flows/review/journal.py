"""The corrections of a workspace while they are made: by this person, and by others meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataset_cards.review.corrections import Correction, append, decide, read
from dataset_cards.review.page_decisions import Decisions


class Journal:
    """corrections.jsonl, read once and then kept up with; for several threads."""

    def __init__(self, path: Path, who: str) -> None:
        self.path = path
        self.who = who
        self.damaged = 0
        """Lines that could not be believed when the file was first read."""
        self._decisions = Decisions()
        self._end = 0
        self._lock = threading.Lock()

    def decisions(self) -> Decisions:
        """What everybody decided up to now. Raises OSError when the file cannot be read."""
        with self._lock:
            size = self.path.stat().st_size if self.path.exists() else 0
            if size < self._end:  # another file was put in its place
                self._decisions, self._end = Decisions(), 0
            if size > self._end:
                found = read(self.path, self._end)
                self._decisions.add(found.lines)
                if not self._end:
                    self.damaged = len(found.damaged)
                self._end = found.end
            return self._decisions

    def write(self, action: Any, data: Mapping[str, Any], **about: Any) -> Correction:
        """Decide and keep it. Raises ValueError for what is no decision, OSError when it cannot be kept."""
        correction = decide(action, data, who=self.who, **about)
        append(self.path, correction)
        return correction
