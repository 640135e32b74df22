"""JSON files that carry a checksum of themselves: a byte that changed on the disk is seen by the reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractors.durable import replace_bytes

CHECKSUM = "checksum"
"""The key that is added to the object."""


def dump_checked(value: Mapping[str, Any]) -> bytes:
    """`value`, plain JSON values by name, as a JSON object with its checksum as the last entry."""
    body = json.dumps(value, ensure_ascii=True, sort_keys=True)
    whole = {**value, CHECKSUM: hashlib.sha256(body.encode("ascii")).hexdigest()}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    # A broken text layer, or the name of a file, may hold half a character.
    return text.encode("utf-8", "surrogatepass")


def load_checked(data: bytes) -> dict[str, Any]:
    """The value that `dump_checked` wrote as `data`. Raises ValueError when one byte is another."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    value.pop(CHECKSUM, None)
    if dump_checked(value) != data:
        raise ValueError("its checksum does not fit")
    return value


def write_checked(path: Path, value: Mapping[str, Any]) -> None:
    """Write `value` to `path` as one step; see `extractors.durable.replacing`."""
    replace_bytes(path, dump_checked(value))


def read_checked(path: Path) -> dict[str, Any]:
    """The value written to `path`. Raises ValueError when it was changed, OSError when it cannot be read."""
    return load_checked(path.read_bytes())
