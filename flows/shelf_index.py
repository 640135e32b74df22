"""shelf.json: the sha256 of each file of books/ with its stamp, so that an unchanged one is not hashed again.

It decides which readings belong to which book, and remembers books that cannot be looked at. So it carries
a checksum; a damaged one counts as none, and all files are hashed again.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from extractors.checked_json import read_checked, write_checked

SHELF_INDEX = "shelf.json"
Index = dict[str, list[object]]
"""Name -> the numbers of the file's stamp, then its sha256."""

# A workspace that may only be looked at, or a full disk: without a new index, files are hashed again.
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT}


def read_index(path: Path) -> Index:
    """What was written to `path`; empty when it is not there or was damaged."""
    try:
        return dict(read_checked(path)["books"])
    except (FileNotFoundError, ValueError):
        return {}


def write_index(path: Path, index: Mapping[str, list[object]]) -> None:
    """Write the index where that is possible. Raises OSError for other faults of the disk."""
    try:
        write_checked(path, {"books": dict(index)})
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
