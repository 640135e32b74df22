"""Texts that were typed and not kept yet, and what can be undone, by person: drafts.json of a workspace.

Kept there and not in the browser, whose store belongs to one address: the next server may have another port.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from extractors.durable import replace_text

DRAFTS_FILE = "drafts.json"
MOST_DRAFTS = 2000
"""Of one person: the oldest go first."""
MOST_STEPS = 200
"""That one person can undo, one after the other."""


class Step(BaseModel):
    """Decisions that are undone together; the page adds what it needs."""

    model_config = ConfigDict(extra="allow")

    id: str


class Kept(BaseModel):
    """What one person left unfinished."""

    drafts: dict[str, str] = {}
    """Texts by the name that the page gives them: book, page, figure and field."""
    undo: list[Step] = []
    """The last one at the end."""


class Changes(BaseModel):
    """What a page sends; another window of the same person may send its own."""

    drafts: dict[str, str | None] = {}
    """To keep; None for those that are done with."""
    made: list[Step] = []
    undone: list[str] = []
    """Ids of steps."""


_people = TypeAdapter(dict[str, Kept])


class Drafts:
    """The drafts of one person; several servers may keep those of several people."""

    def __init__(self, root: Path, who: str) -> None:
        self._root, self._path, self._who = root, root / DRAFTS_FILE, who

    def read(self) -> Kept:
        """What the person left; nothing where the file cannot be read."""
        return self._all().get(self._who, Kept())

    def change(self, given: Mapping[str, Any]) -> None:
        """Keep what a page sent. Raises ValueError for what is none, OSError."""
        changes = Changes.model_validate(given)
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # freed when the folder is closed
            everybody = self._all()
            old = everybody.get(self._who, Kept())
            drafts = {**old.drafts, **changes.drafts}
            kept = [(name, text) for name, text in drafts.items() if text is not None][-MOST_DRAFTS:]
            steps = {step.id: step for step in (*old.undo, *changes.made)}
            undo = [step for name, step in steps.items() if name not in changes.undone][-MOST_STEPS:]
            everybody[self._who] = Kept(drafts=dict(kept), undo=undo)
            content = {who: kept.model_dump(mode="json") for who, kept in sorted(everybody.items())}
            replace_text(self._path, json.dumps(content, ensure_ascii=True) + "\n")
        finally:
            os.close(folder)

    def _all(self) -> dict[str, Kept]:
        try:
            return _people.validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return {}
