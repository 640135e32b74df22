"""The charts of the card: charts/*.png, with the same bytes for the same numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dataset_cards.measures import Measures
from dataset_cards.splits import SPLITS
from dataset_cards.vocabulary import CLIP_TOKENS

# The gallery's colours: ink on warm white, cinnabar for what matters.
_INK, _QUIET, _LINE, _PAPER = "#2a2622", "#857c71", "#e3dcd0", "#fffdf9"
_ACCENT = "#a0372a"
_SPLIT_COLOURS = {"train": "#1f6f78", "val": "#c99a3b", "test": "#a0372a"}
_BAR = "#5f8a8f"
_HEAT = ("#ead9b5", "#c98b3b", _ACCENT, "#4a1611")

# Inches and dots per inch: 960 x 480 pixels, which the Hub shows without scaling down much.
_SIZE, _DPI = (6.4, 3.2), 150
_BINS = 40
# Lengths beyond this share are drawn in the last bar: a few very long texts would flatten all others.
_LONGEST_SHARE = 0.99
# A name no installed font has: what matplotlib finds must not depend on the machine.
_FONT = "tuwen-card"


def write_charts(measures: Measures, folder: Path) -> None:
    """Write charts/{counts,lengths,confidence,sizes}.png below `folder`."""
    (folder / "charts").mkdir(parents=True)
    draws: dict[str, Callable[[Any, Measures], None]] = {
        "counts": _draw_counts,
        "lengths": _draw_lengths,
        "confidence": _draw_confidence,
        "sizes": _draw_sizes,
    }
    with chart_style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        for name, draw in draws.items():
            figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
            FigureCanvasAgg(figure)
            draw(figure.add_subplot(), measures)
            # Without the name of the program, which would change the bytes with its version.
            figure.savefig(folder / "charts" / f"{name}.png", metadata={"Software": None})


def _draw_counts(axes: Any, measures: Measures) -> None:
    kinds = measures.kinds[::-1]
    left = np.zeros(len(kinds))
    for split in SPLITS:
        counts = np.array([row[split] for _, row in kinds])
        axes.barh([name for name, _ in kinds], counts, left=left, color=_SPLIT_COLOURS[split], label=split)
        left += counts
    for place, total in enumerate(left):
        axes.annotate(
            f"{total:,.0f}", (total, place), (4, 0), textcoords="offset points", va="center", color=_QUIET
        )
    axes.margins(x=0.1)
    axes.grid(axis="x")
    axes.set(title="各类别与划分的图文对 Pairs by kind and split", xlabel="图文对 pairs")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(SPLITS), borderaxespad=0.2)


def _draw_lengths(axes: Any, measures: Measures) -> None:
    shown = max(2 * CLIP_TOKENS, int(np.quantile(measures.tokens, _LONGEST_SHARE)))
    # Bars of a whole number of words that end at the limit, so that it falls between two of them.
    width = max(1, round(shown / _BINS))
    edges = np.arange(CLIP_TOKENS % width + 0.5 - width, shown + width, width)
    axes.hist(np.minimum(measures.tokens, edges[-1]), bins=edges, color=_BAR)
    axes.axvline(CLIP_TOKENS + 0.5, color=_ACCENT, linewidth=1.2)
    share = measures.over_limit / len(measures.tokens)
    axes.annotate(
        f"{CLIP_TOKENS} 词以外 beyond {CLIP_TOKENS} tokens: {share:.1%}",
        (CLIP_TOKENS + 0.5, 0.96),
        (6, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        color=_ACCENT,
        bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 1.5},
    )
    axes.set_xlim(0, edges[-1])
    axes.margins(y=0.15)  # room for the words at the top
    axes.grid(axis="y")
    axes.set(
        title="文字长度 Text lengths",
        xlabel="Chinese-CLIP 词元 tokens"
        + (f"（≥ {edges[-2]:.0f} 并入末格）" if _is_cut(measures, edges) else ""),
        ylabel="图文对 pairs",
    )


def _is_cut(measures: Measures, edges: Any) -> bool:
    return bool(measures.tokens.max() > edges[-1])


def _draw_confidence(axes: Any, measures: Measures) -> None:
    axes.hist(measures.confidence, bins=np.linspace(0, 1, 21), color=_BAR)
    axes.set_xlim(0, 1)
    axes.grid(axis="y")
    axes.set(
        title="程序的可信度 Confidence of the program",
        xlabel="confidence（不是准确率 not a precision）",
        ylabel="图文对 pairs",
    )


def _draw_sizes(axes: Any, measures: Measures) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, ScalarFormatter

    low = float(min(measures.width.min(), measures.height.min())) * 0.8
    high = float(max(measures.width.max(), measures.height.max())) * 1.25
    edges = np.geomspace(low, high, _BINS + 1)
    colours = LinearSegmentedColormap.from_list("cinnabar", _HEAT)
    counts, _, _ = np.histogram2d(measures.width, measures.height, bins=[edges, edges])
    mesh = axes.pcolormesh(
        edges, edges, np.where(counts > 0, counts, np.nan).T, cmap=colours, vmin=0, vmax=max(counts.max(), 2)
    )
    for ratio, label in ((1, "1:1"), (3, "3:1"), (1 / 3, "1:3")):
        axes.plot([low, high], [low / ratio, high / ratio], color=_QUIET, linewidth=0.6, linestyle=":")
        x = min(high, high * ratio) * 0.93
        axes.annotate(
            label, (x, x / ratio), (-3, 3), textcoords="offset points", ha="right", color=_QUIET, size=7
        )
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(ScalarFormatter())
        axis.set_minor_formatter(NullFormatter())
    axes.figure.colorbar(mesh, label="图文对 pairs", ticks=MaxNLocator("auto", integer=True))
    axes.set(title="图片大小 Picture sizes", xlabel="宽 width (px)", ylabel="高 height (px)")


@contextmanager
def chart_style() -> Iterator[None]:
    """matplotlib as it comes, whatever a matplotlibrc says, with a font that has Chinese characters."""
    import matplotlib

    _add_font()
    settings = {
        **matplotlib.rcParamsDefault,
        "backend": "agg",
        "font.family": [_FONT],
        "font.size": 8.5,
        "axes.titlesize": 10,
        "axes.titlepad": 9,
        "axes.facecolor": _PAPER,
        "figure.facecolor": _PAPER,
        "axes.edgecolor": _LINE,
        "axes.labelcolor": _QUIET,
        "axes.titlecolor": _INK,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": _LINE,
        "grid.linewidth": 0.6,
        "xtick.color": _QUIET,
        "ytick.color": _QUIET,
        "text.color": _INK,
        "legend.frameon": False,
        # Fonts differ in whether they have a true minus sign.
        "axes.unicode_minus": False,
    }
    with matplotlib.rc_context(settings):
        yield


@cache
def _add_font() -> None:
    """Make the Chinese font that PyMuPDF carries known to matplotlib, which reads fonts from files only."""
    import pymupdf
    from matplotlib.font_manager import FontEntry, fontManager

    # Not closed: the file must be there as long as the process may draw.
    file = tempfile.NamedTemporaryFile(prefix="tuwen-", suffix=".ttf")  # noqa: SIM115
    file.write(pymupdf.Font("cjk").buffer)
    file.flush()
    _files.append(file)
    fontManager.ttflist.append(FontEntry(fname=file.name, name=_FONT))


_files: list[Any] = []
