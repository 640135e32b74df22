"""Setting Chinese and mixed text: which characters stay together, where a line may break, how wide it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

_NO_START = "、，。；：！？）》】”’」』〉…—％,.;:!?)]%～·"
_NO_END = "（《【“‘「『〈(["
_TOKEN = re.compile(r"[A-Za-z0-9À-ɏ][A-Za-z0-9À-ɏ.,:'’/×–-]*[A-Za-z0-9À-ɏ)]|[A-Za-z0-9]|\s+|.", re.DOTALL)

Measure = Callable[[str], float]
"""Width of a string in points at the size in use."""


def tokens(text: str) -> list[str]:
    """`text` cut into what cannot be broken: Latin words and numbers whole, Chinese by character."""
    return _TOKEN.findall(text)


def _glued(text: str) -> list[str]:
    """Tokens, with punctuation glued to the character it may not leave."""
    parts: list[str] = []
    for token in tokens(text):
        if parts and (token in _NO_START or parts[-1][-1] in _NO_END):
            parts[-1] += token
        else:
            parts.append(token)
    return parts


def wrap(text: str, first: float, rest: float, measure: Measure) -> list[str]:
    """Lines of `text`: the first `first` points wide, the others `rest`; "\\n" forces a break."""
    lines: list[str] = []
    room = first
    for paragraph in text.split("\n"):
        line = ""
        for part in _glued(paragraph):
            if line and measure((line + part).rstrip()) > room:
                lines.append(line.rstrip())
                line, room = "", rest
                part = part.lstrip()
            line += part
        lines.append(line.rstrip())
        room = rest
    return lines


_UPRIGHT = str.maketrans("（）《》【】「」『』〈〉—…", "︵︶︽︾︻︼﹁﹂﹃﹄︿﹀︱︙")
"""Presentation forms for vertical setting."""


@functools.cache
def vertical_form(char: str) -> str:
    """The form of `char` in a vertical column."""
    return char.translate(_UPRIGHT)


def columns(text: str, first: int, rest: int) -> list[str]:
    """`text` cut into vertical columns of `first`, then `rest` characters, with no closing mark on top."""
    out: list[str] = []
    room = first
    for paragraph in text.split("\n"):
        column = ""
        for char in paragraph:
            if len(column) >= room and char not in _NO_START:
                out.append(column)
                column, room = "", rest
            column += char
        out.append(column)
        room = rest
    return out
