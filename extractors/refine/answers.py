"""The answers of a model, kept in a folder: what was asked once is never asked again.

Answers are kept as given, before any judgement, so that a changed guard or bound asks nothing anew. Failures
are not kept.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from extractors.durable import replace_text


class AnswerCache:
    """Answers by the hash of model, prompt and text: `folder`/ab/<sha256>.json."""

    def __init__(self, folder: Path, *, model: str, prompt_version: str) -> None:
        self._folder = folder
        self._question = {"model": model, "prompt": prompt_version}

    def find(self, text: str) -> tuple[bool, str | None]:
        """Whether there is an answer for `text`, and the answer; a file that is not whole counts as none."""
        try:
            row = json.loads(self._path(text).read_bytes())
        except (FileNotFoundError, ValueError):
            return False, None
        if not isinstance(row, dict) or row.get("raw") != text or "answer" not in row:
            return False, None
        answer = row["answer"]
        return True, answer if isinstance(answer, str) else None

    def keep(self, text: str, answer: str | None) -> None:
        """Store the answer, None for one without text, so that a reader finds all of it or nothing."""
        row = {**self._question, "raw": text, "answer": answer}
        replace_text(self._path(text), json.dumps(row, ensure_ascii=False, indent=1) + "\n")

    def _path(self, text: str) -> Path:
        asked = json.dumps({**self._question, "raw": text}, sort_keys=True)
        name = hashlib.sha256(asked.encode("ascii")).hexdigest()
        return self._folder / name[:2] / f"{name}.json"
