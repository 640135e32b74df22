"""Texts that were typed and not kept yet, and what can be undone, by person: drafts.json of a workspace.

Kept there and not in the browser, whose store belongs to one address: the next server may have another port.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from extractors.durable import replace_text

DRAFTS_FILE = "drafts.json"
MOST_DRAFTS = 2000
"""Of one person: the oldest go first."""


class Kept(BaseModel):
    """What one person left unfinished."""

    drafts: dict[str, str] = {}
    """Texts by the name that the page gives them: book, page, figure and field."""
    undo: Annotated[list[Any], Field(max_length=1000)] = []
    """The page's decisions, the last one at the end."""


class Changes(BaseModel):
    """What a page sends: drafts to keep, None for those that are done with; `undo` as a whole."""

    drafts: dict[str, str | None] = {}
    undo: Annotated[list[Any], Field(max_length=1000)] | None = None


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
            undo = old.undo if changes.undo is None else changes.undo
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
