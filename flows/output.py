"""Output that never fails because of a character: terminals that cannot show Chinese get escapes."""

from __future__ import annotations

import io
import json
import sys
from typing import Any


def escape_what_cannot_be_shown() -> None:
    r"""From now on, a character that stdout or stderr cannot encode is printed as \uXXXX."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_text(value: Any, indent: int | None = None) -> str:
    r"""`value` as JSON that stays valid on stdout: outside UTF-8, all but ASCII is written as \uXXXX."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "").replace("_", "")
    return json.dumps(value, ensure_ascii=encoding != "utf8", indent=indent, default=str)
