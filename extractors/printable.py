"""Text made safe for a terminal: characters that command it, or hide what is written, become escapes.

Names of files and texts of books come from others. An escape sequence in them can move the cursor, change
what was printed before, or set the window's title; a bidirectional override shows "fdp.exe" as "exe.pdf".
"""

from __future__ import annotations

import unicodedata

ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that command or hide: control (C0, C1), format (bidirectional, zero width), surrogates
(bytes of a name that is not UTF-8), line and paragraph separators."""


def printable(text: str, keep: str = "") -> str:
    r"""`text` with each character of ESCAPED as \xNN, \uNNNN or \UNNNNNNNN, but for those in `keep`."""
    if text.isprintable():
        return text
    return "".join(char if char in keep else _escape(char) for char in text)


def _escape(char: str) -> str:
    if unicodedata.category(char) not in ESCAPED:
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8, as Python carries it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
