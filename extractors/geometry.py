"""Boxes: [x0, y0, x1, y1] in PDF points, origin top-left, y down, as the page is displayed."""

from __future__ import annotations

from collections.abc import Iterable

Box = tuple[float, float, float, float]


def area(box: Box) -> float:
    """Area in square points; 0 for an empty or inverted box."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def width(box: Box) -> float:
    """Width in points."""
    return box[2] - box[0]


def height(box: Box) -> float:
    """Height in points."""
    return box[3] - box[1]


def centre(box: Box) -> tuple[float, float]:
    """Centre (x, y) in points."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def intersect(a: Box, b: Box) -> Box:
    """The common part; a zero-area box when there is none."""
    x0, y0 = max(a[0], b[0]), max(a[1], b[1])
    return x0, y0, max(x0, min(a[2], b[2])), max(y0, min(a[3], b[3]))


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of `boxes`. Raises ValueError when there is none."""
    parts = list(boxes)
    if not parts:
        raise ValueError("union of no boxes")
    return (
        min(b[0] for b in parts),
        min(b[1] for b in parts),
        max(b[2] for b in parts),
        max(b[3] for b in parts),
    )


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0..1."""
    common = area(intersect(a, b))
    return common / (area(a) + area(b) - common) if common else 0.0


def cover(a: Box, b: Box) -> float:
    """Share of `a` that lies in `b`, 0..1 (0 for an empty `a`)."""
    if a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]:
        return 0.0  # apart, as nearly all boxes of a page are: this is asked of them a thousand times a page
    common = area(intersect(a, b))
    return common / area(a) if common else 0.0


def grow(box: Box, margin: float) -> Box:
    """`box` with `margin` points added on each side."""
    return box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin


def overlap_x(a: Box, b: Box) -> float:
    """Length of the common horizontal extent in points, 0 when apart."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0]))


def overlap_y(a: Box, b: Box) -> float:
    """Length of the common vertical extent in points, 0 when apart."""
    return max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def gap(a: Box, b: Box) -> float:
    """Shortest distance between two boxes in points; 0 when they touch or overlap."""
    dx = max(0.0, a[0] - b[2], b[0] - a[2])
    dy = max(0.0, a[1] - b[3], b[1] - a[3])
    return float((dx * dx + dy * dy) ** 0.5)


def rounded(box: Box, digits: int = 2) -> Box:
    """`box` with every number rounded, for output."""
    return (
        round(box[0], digits),
        round(box[1], digits),
        round(box[2], digits),
        round(box[3], digits),
    )
