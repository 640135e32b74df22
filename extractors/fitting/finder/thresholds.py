"""How a model does on drawn pages that it was not trained on, by the score from which it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extractors.figures.finder import FigureFinder
from extractors.figures.finder_input import KINDS
from extractors.fitting.finder.batches import SPREAD_SHARE
from extractors.fitting.finder.pages import TrainingPage, training_page
from extractors.fitting.finder.targets import SMALLEST
from extractors.geometry import Box, iou

FOUND = 0.7
"""A box is found by one that overlaps it to this share (IoU)."""
THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(10))


@dataclass
class Tally:
    """Boxes of one kind at one threshold."""

    right: int = 0
    given: int = 0
    true: int = 0

    @property
    def precision(self) -> float:
        """Share of the given boxes that are right, 0..1."""
        return self.right / max(1, self.given)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0..1."""
        return 2 * self.right / max(1, self.given + self.true)


def _truth(page: TrainingPage, kind: str) -> list[Box]:
    """The boxes of a kind on a page, those too small to be asked for left out."""
    boxes = []
    for name, points in page.shapes:
        low, high = np.maximum(points.min(0), 0), np.minimum(points.max(0), page.size[::-1])
        if name == kind and (high - low).min() >= SMALLEST:
            boxes.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return boxes


def right_boxes(given: list[Box], true: list[Box]) -> int:
    """How many of `true` are found by one of `given` each, best first."""
    left = list(true)
    for box in given:
        best = max(left, key=lambda other: iou(box, other), default=None)
        if best is not None and iou(box, best) >= FOUND:
            left.remove(best)
    return len(true) - len(left)


def tallies(model: Path, number: int, seed: int) -> dict[tuple[str, float], Tally]:
    """Tallies by kind and threshold on `number` pages of `seed`."""
    finder = FigureFinder(model)
    counted = {(kind, threshold): Tally() for kind in KINDS for threshold in THRESHOLDS}
    for index in range(number):
        rng = np.random.default_rng([seed, index])
        page = training_page(rng, spread=bool(rng.random() < SPREAD_SHARE))
        high, wide = page.size
        found = finder.find(np.ascontiguousarray(page.pixels[:high, :wide]))
        for (kind, threshold), tally in counted.items():
            true = _truth(page, kind)
            given = [each.box for each in found if each.kind == kind and each.score >= threshold]
            tally.right += right_boxes(given, true)
            tally.given += len(given)
            tally.true += len(true)
    return counted


def table(model: Path, number: int, seed: int) -> str:
    """F1 and, in brackets, precision by kind and threshold, as Markdown."""
    counted = tallies(model, number, seed)
    lines = ["| score | " + " | ".join(KINDS) + " |", "|---|" + "---|" * len(KINDS)]
    for threshold in THRESHOLDS:
        tallied = [counted[kind, threshold] for kind in KINDS]
        scores = " | ".join(f"{each.f1:.3f} ({each.precision:.3f})" for each in tallied)
        lines.append(f"| {threshold:.2f} | {scores} |")
    return "\n".join(lines)
