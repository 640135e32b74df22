"""The answers of a model, kept in a folder: what was asked once is never asked again.

Answers are kept as given, before any judgement, so that a changed guard or bound asks nothing again. Failures
are not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from extractors.checked_json import read_checked, write_checked

Question = Callable[[str], dict[str, Any]]
"""From a text to what the service is sent for it."""


class AnswerCache:
    """Answers by the hash of the question, prompt and model included: `folder`/ab/<sha256>.json."""

    def __init__(self, folder: Path, question: Question) -> None:
        self._folder = folder
        self._question = question

    def find(self, text: str) -> tuple[bool, str | None]:
        """Whether there is an answer for `text`, and the answer; a file that was changed counts as none."""
        try:
            row = read_checked(self._path(text))
        except (FileNotFoundError, ValueError):
            return False, None
        if row.get("raw") != text or "answer" not in row:
            return False, None
        answer = row["answer"]
        return True, answer if isinstance(answer, str) else None

    def keep(self, text: str, answer: str | None) -> None:
        """Store the answer, None for one without text, so that a reader finds all of it or nothing."""
        write_checked(
            self._path(text), {"model": self._question(text)["model"], "raw": text, "answer": answer}
        )

    def _path(self, text: str) -> Path:
        asked = json.dumps(self._question(text), sort_keys=True)
        name = hashlib.sha256(asked.encode("ascii")).hexdigest()
        return self._folder / name[:2] / f"{name}.json"


def answer_files(folder: Path) -> Iterator[Path]:
    """Every kept answer below `folder`, sorted."""
    yield from sorted(folder.glob("??/*.json"))
