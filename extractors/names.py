"""File names as text: a file system holds bytes, and an old zip archive may have left GBK ones.

Everything that is stored, printed or compared uses `safe_name`; only opening a file uses the name that the
operating system gave.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

MARK_DIGITS = 8
"""Hex digits that tell a converted name from others: 32 bits, ample for the books of one folder."""


def shown_name(name: str) -> str:
    """One part of a path as text: bytes that are not UTF-8 are read as GB18030, or else shown as %XX."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # text already, in a locale that cannot encode it
        return name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(raw)


def safe_name(name: str) -> str:
    """One part of a path as valid UTF-8 that no other file has: 敦煌~3f9c01ab.pdf for GBK bytes.

    The mark is a digest of the bytes, so the name stays the same, and `敦煌.pdf` in UTF-8 is another file. A
    name that is UTF-8 is returned as it is.
    """
    shown = shown_name(name)
    try:
        if os.fsencode(name) == shown.encode("utf-8"):
            return shown
    except UnicodeEncodeError:
        return shown
    mark = hashlib.sha256(os.fsencode(name)).hexdigest()[:MARK_DIGITS]
    stem, ending = os.path.splitext(shown)
    return f"{stem}~{mark}{ending}"


def system_name(text: str) -> str:
    """`text` as a file name for the operating system, always stored in UTF-8, whatever the locale."""
    return os.fsdecode(text.encode("utf-8"))


def openable(path: Path, descriptor: int) -> str:
    """A name under which a library that takes only UTF-8 names can open `path`, open as `descriptor`."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return f"/dev/fd/{descriptor}"
    return str(path)


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    # Private-use and unassigned characters mean that it was another encoding.
    if text.isprintable() and text:
        return text
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)
