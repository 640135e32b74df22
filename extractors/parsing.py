"""JSON and TOML that a person or another program wrote: whatever cannot be read is a ValueError."""

from __future__ import annotations

import json
import tomllib
from typing import Any

TOO_DEEP = "its brackets are nested too deep"


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError, also for brackets in thousands."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text, which may begin with the mark that editors of Windows put in front.

    Raises ValueError, also for brackets in thousands and numbers of thousands of digits.
    """
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
