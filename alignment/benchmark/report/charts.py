"""The charts of a benchmark, PNG, with the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from alignment.benchmark.ladder import FINE_TUNED, LACLIP, ZERO_SHOT
from alignment.benchmark.report.findings import HUB_K, main_ladder
from alignment.retrieval.evaluation import DIRECTIONS
from dataset_cards.charts import chart_style

# The report's colours: ink on warm white, cinnabar for what matters.
_INK, _QUIET, _ACCENT = "#2a2622", "#857c71", "#a0372a"
# A scorer has one colour in all charts: from pale to strong, as the ladder rises.
_SERIES = {ZERO_SHOT: "#d8c9a8", FINE_TUNED: "#5f8a8f", LACLIP: _INK}
_OTHER_SERIES = (_ACCENT, "#c99a3b", "#5b4a8a", "#4f7a3a")
_DPI = 150
_WIDTH = 9.0
# Inches around the axes.
_PAD = 0.1
_TITLES = {"text_to_image": "文搜图 text → image", "image_to_text": "图搜文 image → text"}
# Kinds beyond this many would be bars too thin to read; the table lists all.
_MOST_KINDS = 10


def draw_charts(folder: Path, result: Mapping[str, Any], findings: Mapping[str, Any]) -> list[str]:
    """Write ladder, kinds, ranks and hubs below `folder`; the names of those drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = _kinds(result)
    charts: dict[str, tuple[float, Callable[[Any], None]]] = {
        "ladder": (1.1 + 0.3 * len(result["rungs"]), lambda figure: _ladder(figure, result)),
        "ranks": (3.0, lambda figure: _ranks(figure, findings)),
        "hubs": (3.0, lambda figure: _hubs(figure, findings)),
    }
    if len(kinds) > 1:
        charts["kinds"] = (3.2, lambda figure: _by_kind(figure, result, findings["headline"], kinds))
    for name, (height, draw) in charts.items():
        save_figure(folder / f"{name}.png", height, draw)
    return [name for name in ("ladder", "kinds", "ranks", "hubs") if name in charts]


def save_figure(file: Path | BinaryIO, height: float, draw: Callable[[Any], None]) -> None:
    """A figure of `height` inches, drawn by `draw`, as PNG into `file`."""
    with chart_style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure: Any = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        figure.get_layout_engine().set(w_pad=_PAD, h_pad=_PAD)
        draw(figure)
        # Without the name of the program, which would change the bytes with its version.
        figure.savefig(file, format="png", metadata={"Software": None})


def _ladder(figure: Any, result: Mapping[str, Any]) -> None:
    rungs = sorted(result["rungs"], key=lambda rung: bool(rung["transductive"]))[::-1]
    chain = main_ladder(result["rungs"])
    panels = [(f"{direction} MR3", f"{_TITLES[direction]} · MR3") for direction in DIRECTIONS]
    for axes, (measure, title) in zip(
        figure.subplots(1, 3, sharey=True), [*panels, ("MR6", "MR6")], strict=True
    ):
        for place, rung in enumerate(rungs):
            found = rung["intervals"][measure]
            value, low, high = (100 * found[name] for name in ("value", "low", "high"))
            colour = _ACCENT if rung["name"] in chain else _QUIET
            axes.plot([low, high], [place, place], color=colour, linewidth=1.4, solid_capstyle="round")
            filled = colour if not rung["transductive"] else axes.get_facecolor()
            axes.plot([value], [place], "o", color=colour, markerfacecolor=filled, markersize=5)
            axes.annotate(
                f"{value:.1f}",
                (value, place),
                (0, 5),
                textcoords="offset points",
                ha="center",
                size=7,
                color=colour,
            )
        axes.set_title(title)
        axes.set_yticks(range(len(rungs)), [_label(rung) for rung in rungs])
        axes.set_ylim(-0.6, len(rungs) - 0.3)
        axes.margins(x=0.12)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0, labelcolor=_INK)
        axes.set_xlabel("%")


def _label(rung: Mapping[str, Any]) -> str:
    return f"{rung['name']} †" if rung["transductive"] else str(rung["name"])


def _kinds(result: Mapping[str, Any]) -> list[str]:
    """The kinds with most queries first."""
    table = result["rungs"][0]["directions"]["text_to_image"]["by_kind"]
    names = [name for name in table if name]
    return sorted(names, key=lambda name: (-table[name]["queries"], name))[:_MOST_KINDS]


def _by_kind(figure: Any, result: Mapping[str, Any], headline: str, kinds: Sequence[str]) -> None:
    by_name = {rung["name"]: rung for rung in result["rungs"]}
    shown = [name for name in (*result["subject"]["models"], headline) if name in by_name]
    width, colours = 0.8 / len(shown), series_colours(shown)
    for axes, direction in zip(figure.subplots(1, 2, sharey=True), DIRECTIONS, strict=True):
        counts = by_name[shown[0]]["directions"][direction]["by_kind"]
        for number, name in enumerate(shown):
            table = by_name[name]["directions"][direction]["by_kind"]
            values = [100 * table.get(kind, {}).get("hit@1", 0.0) for kind in kinds]
            at = np.arange(len(kinds)) + (number - (len(shown) - 1) / 2) * width
            axes.bar(at, values, width * 0.92, color=colours[name], label=name)
        axes.set_xticks(
            range(len(kinds)), [f"{kind}\n{counts.get(kind, {}).get('queries', 0)}" for kind in kinds]
        )
        axes.tick_params(axis="x", length=0)
        axes.grid(axis="y")
        axes.set(title=_TITLES[direction], ylabel="R@1, %" if direction == DIRECTIONS[0] else "")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(shown))


def _ranks(figure: Any, findings: Mapping[str, Any]) -> None:
    _class_bars(
        figure, findings["rank_classes"], findings["ranks"], "正确项的名次 rank of the first right item"
    )


def _hubs(figure: Any, findings: Mapping[str, Any]) -> None:
    counts = {
        direction: {name: found["counts"] for name, found in by_rung.items()}
        for direction, by_rung in findings["hubs"].items()
    }
    # A hyphen for a minus: fonts of Chinese may lack the true sign.
    skews = {
        direction: {name: f"{name}: skew {found['skew']:z.1f}" for name, found in by_rung.items()}
        for direction, by_rung in findings["hubs"].items()
    }
    _class_bars(
        figure, findings["hub_classes"], counts, f"进入前 {HUB_K} 的次数 times among the first {HUB_K}", skews
    )


def _class_bars(
    figure: Any,
    classes: Sequence[str],
    counts: Mapping[str, Mapping[str, Sequence[int]]],
    label: str,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Grouped bars, in per cent of all, a panel a direction."""
    for axes, direction in zip(figure.subplots(1, 2, sharey=True), DIRECTIONS, strict=True):
        shown = counts[direction]
        width, colours = 0.8 / len(shown), series_colours(shown)
        for number, (name, values) in enumerate(shown.items()):
            shares = 100 * np.array(values) / max(sum(values), 1)
            at = np.arange(len(classes)) + (number - (len(shown) - 1) / 2) * width
            said = names[direction][name] if names else name
            axes.bar(at, shares, width * 0.92, color=colours[name], label=said)
        axes.set_xticks(range(len(classes)), classes)
        axes.tick_params(axis="x", length=0)
        axes.grid(axis="y")
        axes.set(title=_TITLES[direction], xlabel=label, ylabel="%" if direction == DIRECTIONS[0] else "")
        if names:
            axes.legend(loc="best")
    if not names:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=len(shown))


def series_colours(names: Iterable[str]) -> dict[str, str]:
    """The colour of each scorer in charts; the top of the ladder is cinnabar."""
    others = cycle(_OTHER_SERIES)
    return {name: _SERIES.get(name) or next(others) for name in names}
