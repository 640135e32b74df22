"""The command line, run in this process."""

from __future__ import annotations

import sys
from pathlib import Path

from extractors.errors import OK
from flows.cli import main


def tuwen(*arguments: str | Path) -> int:
    """The exit code of `tuwen` with these arguments."""
    sys.argv = ["tuwen", *map(str, arguments)]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else OK
    return OK
