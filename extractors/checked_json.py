"""JSON files that carry a checksum of themselves: a byte that changed on the disk is seen by the reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractors.durable import replace_bytes
from extractors.parsing import parse_json

CHECKSUM = "checksum"
"""The key that is added to the object."""


def dump_checked(value: Mapping[str, Any]) -> bytes:
    """`value`, plain JSON values by name, as a JSON object with its checksum as the last entry."""
    whole = {**value, CHECKSUM: _checksum(value)}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    # A broken text layer, or the name of a file, may hold half a character.
    return text.encode("utf-8", "surrogatepass")


def load_checked(data: bytes) -> dict[str, Any]:
    """The value that `dump_checked` wrote as `data`. Raises ValueError when one byte is another."""
    value = parse_json(data)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    value.pop(CHECKSUM, None)
    if dump_checked(value) != data:
        raise ValueError("its checksum does not fit")
    return value


def dump_line(value: Mapping[str, Any]) -> str:
    """`value` as one line of JSON with its checksum as the last entry, for files that lines are added to."""
    plain = json.loads(json.dumps(value))  # as it will be read: names are strings
    return json.dumps({**plain, CHECKSUM: _checksum(plain)}, ensure_ascii=False) + "\n"


def load_marked(data: str | bytes) -> dict[str, Any]:
    """The value of an object or a line. One without a checksum, of the former format, is taken as it is.

    Raises ValueError when it is no JSON object or its checksum does not fit.
    """
    value = parse_json(data)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    checksum = value.pop(CHECKSUM, None)
    if checksum not in (None, _checksum(value)):
        raise ValueError("its checksum does not fit")
    return value


def is_marked(data: str | bytes) -> bool:
    """Whether `data`, which `load_marked` takes, carries a checksum: what has none may have been changed."""
    return CHECKSUM in parse_json(data)


def _checksum(value: Mapping[str, Any]) -> str:
    body = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(body.encode("ascii")).hexdigest()


def write_checked(path: Path, value: Mapping[str, Any]) -> None:
    """Write `value` to `path` as one step; see `extractors.durable.replacing`."""
    replace_bytes(path, dump_checked(value))


def read_checked(path: Path) -> dict[str, Any]:
    """The value written to `path`. Raises ValueError when it was changed, OSError when it cannot be read."""
    return load_checked(path.read_bytes())
