"""Pages of contents, lists and indexes: their lines name figures and pages, and caption nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.grammar.characters import fold
from extractors.records import TextLine

LEAST_ROWS = 4
"""A list of contents has at least this many lines with a page number ..."""
ROW_SHARE = 0.3
"""... which are this share of the page's lines: numbers may stand in a column of their own."""

_ROW = re.compile(
    r"(?:.*(?:(?:[.·•…‥⋯_\-—–] ?){3,}|\s{2,}|\.{2,} ?)\s*)?[(]?(?:[0-9]{1,4}|[ivxlc]{1,6})[)]?\s*$"
)
_LEADER = re.compile(r"(?:[.·•…‥⋯_]\s?){3,}\s*$")


def is_contents(lines: Sequence[TextLine], figures: int) -> bool:
    """Whether the lines of a page without figures are a list with page numbers."""
    if figures:
        return False
    rows = sum(bool(_ROW.match(fold(line.text)) or _LEADER.search(fold(line.text))) for line in lines)
    return rows >= max(LEAST_ROWS, ROW_SHARE * len(lines))
