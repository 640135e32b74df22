"""Pictures that touch or stand close are one until captions speak of as many panels as they may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import Box, centre, gap, height, overlap_x, width
from extractors.layout.candidate import Candidate
from extractors.records import Region

REACH = 60.0
"""Captions of touching pictures stand within this many points of them."""
CENTRED = 0.25
"""The name of a panel is in the middle of its column, give or take this share of the panel's width."""
NAME_REACH = 2.0
"""It is within this many characters below or above the picture."""


def divided(figures: Sequence[Region], candidates: Sequence[Candidate]) -> list[Region]:
    """The figures of a page, those that touch apart where its texts (`candidates`) name their panels."""
    result: list[Region] = []
    for figure in figures:
        grid = _grid(figure, figures, candidates)
        boxes = cells(figure.bbox, grid) if grid is not None else []
        result += [replace(figure, bbox=box, grids=(), columns=()) for box in boxes] or [figure]
    return result


def cells(box: Box, grid: tuple[int, int]) -> list[Box]:
    """The cells of an even grid of columns and rows over `box`, row by row."""
    columns, rows = grid
    wide, high = width(box) / columns, height(box) / rows
    corners = [(box[0] + c * wide, box[1] + r * high) for r in range(rows) for c in range(columns)]
    return [(x, y, x + wide, y + high) for x, y in corners]


def _grid(
    figure: Region, figures: Sequence[Region], candidates: Sequence[Candidate]
) -> tuple[int, int] | None:
    """The clearest grid of a figure with as many panels as its captions name; None for a whole picture."""
    captions = [c for c in candidates if c.kind == "labelled" or _names_panel(c) or c.key.isdigit()]
    apart = next((n for n in figure.columns if _are_named(figure.bbox, n, captions)), None)
    if apart is not None or not figure.grids:
        return (apart, 1) if apart is not None else None
    near = [c for c in candidates if _is_alone_near(c, figure, figures)]
    counts = {len(c.parts) for c in near if _names_places(c)}  # panels told by a, b, c are one picture's
    listed = [c for c in near if c.kind == "plain" and c.place]
    labelled = [c for c in near if c.kind == "labelled" and c.body and c.label is not None]
    counts |= {len(listed), len({c.label.key for c in labelled if c.label is not None})}
    placed = [part.position or "" for c in near for part in c.parts] + [c.place for c in listed]
    for grid in figure.grids:
        count = grid[0] * grid[1]
        if count in counts and count > len(figures) and _fits_places(grid, placed):
            return grid
        if grid[1] == 1 and _are_named(figure.bbox, grid[0], list(filter(_names_panel, candidates))):
            return grid
    return None


def _is_alone_near(candidate: Candidate, figure: Region, figures: Sequence[Region]) -> bool:
    """Whether `figure` is the only one of `figures` that a text may speak of."""
    return [other for other in figures if gap(candidate.bbox, other.bbox) <= REACH] == [figure]


def _names_places(candidate: Candidate) -> bool:
    return len(candidate.parts) > 1 and all(part.position for part in candidate.parts)


def _fits_places(grid: tuple[int, int], places: Sequence[str]) -> bool:
    """Whether a grid has columns where left and right are named, and rows where above and below are."""
    told = " ".join(places)
    across = any(word in told for word in ("左", "右", "left", "right"))
    down = any(word in told for word in ("上", "下", "top", "bottom"))
    return (grid[0] > 1 or not across) and (grid[1] > 1 or not down)


def _names_panel(candidate: Candidate) -> bool:
    """Whether a line names something without a key: a, b and c tell panels of one picture."""
    return candidate.kind == "plain" and not candidate.key


def _are_named(box: Box, columns: int, candidates: Sequence[Candidate]) -> bool:
    """Whether one of `candidates` stands at the middle of each column, and they are no finer list."""
    near = [c for c in candidates if gap(c.bbox, box) <= NAME_REACH * c.size and overlap_x(c.bbox, box) > 0]
    return len(near) < 2 * columns and all(
        any(
            abs(centre(c.bbox)[0] - centre(cell)[0]) <= CENTRED * width(cell)
            and overlap_x(c.bbox, cell) >= 0.9 * width(c.bbox)
            for c in near
        )
        for cell in cells(box, (columns, 1))
    )
