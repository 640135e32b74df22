"""A pad that line drawings are made on: ink coverage with lines, outlines and labels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from extractors.fitting.finder.dice import Ink, Rng, add_ink, count, pick
from extractors.fitting.finder.glyphs import word_ink

Point = tuple[float, float]


class Pad:
    """Ink (height, width) under a pen of `weight` pixels."""

    def __init__(self, rng: Rng, height: int, width: int) -> None:
        self.rng, self.height, self.width = rng, height, width
        self.ink: Ink = np.zeros((height, width), np.uint8)
        self.weight = count(rng, 1, 2)

    def line(self, start: Point, end: Point, weight: int | None = None) -> None:
        """A straight line."""
        a, b = (int(start[0]), int(start[1])), (int(end[0]), int(end[1]))
        cv2.line(self.ink, a, b, 255, weight or self.weight, cv2.LINE_AA)

    def outline(
        self, points: Any, *, closed: bool = True, weight: int | None = None, tone: int = 255
    ) -> None:
        """A line through `points` (N x 2), cut at the edges of the pad."""
        inside = np.clip(np.asarray(points), 1, [self.width - 2, self.height - 2])
        path = [np.round(inside).astype(np.int32)]
        cv2.polylines(self.ink, path, closed, tone, weight or self.weight, cv2.LINE_AA)

    def area(self, points: Any, tone: int = 255) -> None:
        """A filled area."""
        cv2.fillPoly(self.ink, [np.round(np.asarray(points)).astype(np.int32)], tone, cv2.LINE_AA)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, weight: int | None = None, tone: int = 255
    ) -> None:
        """A rectangle; a weight of -1 fills it."""
        cv2.rectangle(self.ink, (int(x0), int(y0)), (int(x1), int(y1)), tone, weight or self.weight)

    def ring(
        self, x: float, y: float, rx: float, ry: float, *, turn: float = 0, weight: int | None = None
    ) -> None:
        """An ellipse; a weight of -1 fills it."""
        axes = max(1, int(rx)), max(1, int(ry))
        pen = weight or self.weight
        cv2.ellipse(self.ink, (int(x), int(y)), axes, turn, 0, 360, 255, pen, cv2.LINE_AA)

    def arrow(self, start: Point, end: Point, weight: int = 1) -> None:
        """An arrow from `start` to `end`."""
        a, b = (int(start[0]), int(start[1])), (int(end[0]), int(end[1]))
        cv2.arrowedLine(self.ink, a, b, 255, weight, cv2.LINE_AA, tipLength=0.3)

    def label(self, x: float, y: float, size: int, length: int = 1) -> None:
        """A word of `length` characters with its top left at x, y."""
        add_ink(self.ink, int(x), int(y), word_ink(self.rng, pick(self.rng, 0, 2, 4), max(6, size), length))
