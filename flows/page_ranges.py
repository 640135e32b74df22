"""Page numbers as people write them: "3-10", "1,4,7-9"."""

from __future__ import annotations

import re

from extractors.errors import UsageError

# Longer ranges than any book has: "1-999999999" must not fill the memory.
MOST_PAGES = 100_000


def parse_pages(text: str) -> list[int]:
    """The pages of `text`, sorted, each once, from 1. Raises UsageError for anything else."""
    pages: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= MOST_PAGES:
            raise UsageError(f"--pages {text}: write pages from 1 as 3-10, or 1,4,7-9")
        pages.update(range(first, last + 1))
    return sorted(pages)
