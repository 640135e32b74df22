"""history.html: how each scorer moved from version to version, and where nothing can be said of it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from alignment.benchmark.ladder import LACLIP
from alignment.benchmark.report.charts import save_figure, series_colours
from alignment.benchmark.report.findings import main_ladder
from alignment.benchmark.report.page import render
from alignment.benchmark.report.tables import TRANSDUCTIVE
from alignment.benchmark.results import Move, all_results, history, other_results
from alignment.benchmark.settings import BenchmarkSettings
from alignment.laclip.crops import CropSettings
from dataset_cards.files import replace_text
from dataset_cards.verify import is_version_name

HISTORY = "history.html"
# Of a program's digest in a section's name.
_DIGITS = 8
_HEIGHT = 3.4
# Settings that a section's name always says, or says in its own way.
_NAMED = ("crops", "count", "source", "shape", "scorers")


@dataclass(frozen=True)
class Section:
    """The results of one dataset and split that were made with the same settings."""

    dataset: str
    split: str
    settings: str
    """In words: crops, and what was set otherwise than it is by itself."""
    columns: tuple[Mapping[str, Any], ...]
    """The results, by version and the model's name."""
    moves: Mapping[str, Mapping[str, Move]]
    """Scorer -> key of a result -> its values there."""
    chart: str
    """A data URI, "" where there is nothing to draw."""

    @property
    def unlike(self) -> list[bool]:
        """Of each column, whether its gallery differs from the one before."""
        digests = [column["gallery"]["digest"] for column in self.columns]
        return [False, *(a != b for a, b in pairwise(digests))]

    @property
    def models(self) -> list[str]:
        """Of each column, the model that carries the scorers."""
        return [_model(column) for column in self.columns]


def write_history(root: Path) -> Path:
    """Write `root`/history.html from every result below `root`; returns its path.

    Results of another format are named and not shown. Raises
    DamagedWorkspaceError for a result that cannot be read.
    """
    found = sections(all_results(root))
    others = other_results(root)
    page = render("history.html.j2", sections=found, others=others, transductive=TRANSDUCTIVE)
    replace_text(root / HISTORY, page)
    return root / HISTORY


def sections(results: Sequence[Mapping[str, Any]]) -> list[Section]:
    """Results by dataset, split, settings and program; versions of one dataset together."""
    ordered = sorted(
        results, key=lambda result: (_family(result), _version(result), _model(result), result["key"])
    )
    found = []
    for (dataset, split, *_), group in groupby(ordered, key=_family):
        columns = tuple(group)
        moves = {name: {move.key: move for move in line} for name, line in history(columns, split).items()}
        chart = _chart(columns, moves) if len(columns) > 1 else ""
        subject = columns[0]["subject"]
        settings = f"{_in_words(subject['settings'])} · program {subject['program'][:_DIGITS]}"
        found.append(Section(dataset, split, settings, columns, moves, chart))
    return found


def _family(result: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """What two results must have in common to be compared."""
    subject = result["subject"]
    settings = json.dumps(subject["settings"], sort_keys=True)
    return _split_name(result)[0], subject["split"], settings, subject["program"]


def _in_words(settings: Mapping[str, Any]) -> str:
    """Such as "16 random crops, square · most .8": two sections never have the same name."""
    crops = settings["crops"]
    usual = BenchmarkSettings().recipe(CropSettings())
    said = [f"{crops['count']} {crops['source']} crops, {crops['shape']}"]
    for ours, theirs in ((crops, usual["crops"]), (settings, usual)):
        said += [f"{key} {ours[key]}" for key in ours if key not in _NAMED and ours[key] != theirs.get(key)]
    said += [f"with {name} {digest[:8]}" for name, digest in settings.get("scorers", {}).items()]
    return " · ".join(said)


def _model(result: Mapping[str, Any]) -> str:
    """The model of the last rung, such as "full-tiny-v0001 fc4f3c9b"."""
    part = result["rungs"][-1]["model"]
    return f"{result.get('names', {}).get(part, part)} {result['subject']['models'][part][:8]}"


def _version(result: Mapping[str, Any]) -> int:
    return int(_split_name(result)[1][1:] or 0)


def _split_name(result: Mapping[str, Any]) -> tuple[str, str]:
    """("tuwen", "v0003") of "tuwen v0003"; an external dataset has no version."""
    name = str(result["subject"]["dataset"])
    dataset, _, version = name.rpartition(" ")
    return (dataset, version) if dataset and is_version_name(version) else (name, "")


def _chart(columns: Sequence[Mapping[str, Any]], moves: Mapping[str, Mapping[str, Move]]) -> str:
    shown = {name: line for name, line in moves.items() if name in {*_of_interest(columns)}}
    buffer = io.BytesIO()
    save_figure(buffer, _HEIGHT, lambda figure: _draw(figure, columns, shown))
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _of_interest(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """The plain rungs, LACLIP and the top of each ladder: all rungs would be a thicket."""
    return [
        name
        for column in columns
        for name in (*column["subject"]["models"], LACLIP, main_ladder(column["rungs"])[-1])
    ]


def _draw(figure: Any, columns: Sequence[Mapping[str, Any]], lines: Mapping[str, Mapping[str, Move]]) -> None:
    axes = figure.add_subplot()
    places = {column["key"]: place for place, column in enumerate(columns)}
    colours = series_colours(lines)
    for name, line in lines.items():
        colour = colours[name]
        points = [(places[key], 100 * move.values["MR6"], move.like_before) for key, move in line.items()]
        axes.plot(*zip(*[(x, y) for x, y, _ in points], strict=True), "o", color=colour, label=name)
        for (x0, y0, _), (x1, y1, like) in pairwise(points):
            if like:  # no line from gallery to gallery: it would be read as a gain or a loss
                axes.plot([x0, x1], [y0, y1], color=colour, linewidth=1.3)
    axes.set_xticks(range(len(columns)), [_column_name(column) for column in columns])
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.grid(axis="y")
    axes.set(title="MR6, %")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _column_name(column: Mapping[str, Any]) -> str:
    gallery = column["gallery"]
    lines = (_split_name(column)[1], _model(column), f"{gallery['images']} × {gallery['texts']}")
    return "\n".join(filter(None, lines))
