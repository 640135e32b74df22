"""The text that was read at a place of a page, so that a person need not type what is printed."""

from __future__ import annotations

from functools import lru_cache

from pydantic import TypeAdapter

from extractors.checked_json import read_checked
from extractors.geometry import Box, area, centre, cover, height
from extractors.grammar.cleaning import join_lines
from extractors.records import BookContent, TextLine
from flows.objects import StoredFile
from flows.workspace import Workspace

INSIDE = 0.5
"""Share of a line that lies in the box from which on the line is meant."""
SAME_ROW = 0.5
"""Lines whose middles differ by less than this share of their height stand beside each other."""

_content = TypeAdapter(BookContent)


class PrintedTexts:
    """The text of the books as the last build read it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pages = lru_cache(maxsize=4)(self._read)

    def at(self, book: str, page: int, box: Box) -> str:
        """The text inside the box (points), as running text; "" where none was read."""
        lines = self._pages(book).get(page, ())
        inside = [line for line in lines if area(line.bbox) and cover(line.bbox, box) >= INSIDE]
        vertical = sum(line.vertical for line in inside) * 2 > len(inside)
        return join_lines([line.text for line in in_order(inside, vertical)], vertical)

    def _read(self, book: str) -> dict[int, tuple[TextLine, ...]]:
        """Page -> its lines; empty for a book whose reading is not kept any more."""
        manifests = (self._workspace.extracted / book).glob("pages-*.json")
        for path in sorted(manifests, key=lambda path: path.stat().st_mtime_ns, reverse=True):
            try:
                result = read_checked(path).get("result")
            except ValueError:
                continue  # damaged: `tuwen verify` says so
            if result:
                content = _content.validate_json(self._workspace.objects.read(StoredFile(**result)))
                return {page.page: page.lines for page in content.pages}
        return {}


def in_order(lines: list[TextLine], vertical: bool) -> list[TextLine]:
    """Rows from the top, each from the left; columns from the right, each from the top."""
    if vertical:
        return sorted(lines, key=lambda line: (-line.bbox[2], line.bbox[1]))
    ordered = sorted(lines, key=lambda line: centre(line.bbox)[1])
    rows: list[list[TextLine]] = []
    for line in ordered:
        first = rows[-1][0].bbox if rows else None
        if first and centre(line.bbox)[1] - centre(first)[1] < SAME_ROW * height(first):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.bbox[0])]
