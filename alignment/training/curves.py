"""curves.png: the loss and the validation recall over the steps, a line for each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

# Inches and dots per inch: 1350 x 480 pixels.
_SIZE, _DPI = (9.0, 3.2), 150
_COLOURS = ("#1f6f78", "#a0372a", "#c99a3b", "#5b4a8a", "#4f7a3a")
_INK, _LINE, _PAPER = "#2a2622", "#e3dcd0", "#fffdf9"


def draw_curves(path: Path, runs: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """Draw the records of each seed's run. The same numbers give the same bytes."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    style = {"text.color": _INK, "axes.edgecolor": _LINE, "axes.labelcolor": _INK, "font.size": 9}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained", facecolor=_PAPER)
        FigureCanvasAgg(figure)
        loss, recall = figure.subplots(1, 2)
        for place, (seed, records) in enumerate(sorted(runs.items())):
            colour = _COLOURS[place % len(_COLOURS)]
            losses = [(record["step"], record["loss"]) for record in records if "loss" in record]
            if losses:
                loss.plot(*np.transpose(losses), color=colour, linewidth=1, label=f"seed {seed}")
            for stage, points in _validations(records).items():
                recall.plot(*np.transpose(points), color=colour, linewidth=1, marker=".", label=stage)
        loss.set(title="Loss", xlabel="step")
        recall.set(title="Mean recall on validation", xlabel="step")
        recall.set_ylim(0, 1.05 * max((line.get_ydata().max() for line in recall.get_lines()), default=1))
        for axes in (loss, recall):
            axes.grid(color=_LINE, linewidth=0.6)
            axes.set_axisbelow(True)
        if len(loss.get_lines()) > 1:
            loss.legend()
        _mark_stages(loss, runs)
        figure.savefig(path, metadata={"Software": None})


def _validations(records: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    """(step, mean recall) by stage."""
    found: dict[str, list[tuple[int, float]]] = {}
    for record in records:
        if "validation" in record:
            point = (record["step"], record["validation"]["mean_recall"])
            found.setdefault(record["stage"], []).append(point)
    return found


def _mark_stages(axes: Any, runs: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    """A dotted line where the first run's later stages begin, with their names."""
    begun: dict[str, int] = {}
    for record in next(iter(runs.values()), ()):
        begun.setdefault(record["stage"], record["step"])
    for stage, step in list(begun.items())[1:]:
        axes.axvline(step, color=_INK, linewidth=0.8, linestyle=":")
        axes.annotate(f" {stage}", (step, 1), xycoords=("data", "axes fraction"), va="top")
