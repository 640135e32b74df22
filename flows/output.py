"""Output for a terminal: no character ends a command, and none in a file's name commands the terminal."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from extractors.printable import printable


class PrintableConsole(Console):
    """Rich's console; control characters in what it is given are shown as escapes (`printable`)."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Rich's own control codes are segments of another kind and pass."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else printable(segment.text, keep="\n")
            yield Segment(text, segment.style, segment.control)


def print_lines(*lines: str, file: TextIO | None = None) -> None:
    """Print each as one line for a person, on stdout or `file`; control characters become escapes."""
    for line in lines:
        print(printable(line), file=file or sys.stdout, flush=True)


def escape_what_cannot_be_shown() -> None:
    r"""From now on, a character that stdout or stderr cannot encode is printed as \uXXXX."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_text(value: Any, indent: int | None = None) -> str:
    r"""`value` as JSON that stays valid on stdout: outside UTF-8, all but ASCII is written as \uXXXX."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "").replace("_", "")
    return json.dumps(value, ensure_ascii=encoding != "utf8", indent=indent, default=str)
