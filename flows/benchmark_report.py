"""A benchmark for a person at a terminal."""

from __future__ import annotations

import sys
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from alignment.benchmark.report.findings import main_ladder
from alignment.benchmark.report.tables import (
    GALLERIES_DIFFER,
    KS,
    MARKS,
    TRANSDUCTIVE,
    dataset_title,
    lines_of,
    notes_of,
    percent,
    published_for,
)
from alignment.benchmark.run import Benchmark
from flows.output import PrintableConsole, print_lines

# Where no terminal says how wide it is: wide enough for every column.
_WIDTH = 132


def show(found: Benchmark) -> None:
    """Print the ladder, what must be said of it, the published rows, and where the page is."""
    console = PrintableConsole(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    result = found.result
    console.print(Text(dataset_title(result)))
    console.print(Text(_models(result)))
    console.print(_ladder(result))
    for note in notes_of(result):
        console.print(Text(note))
    if any(rung["transductive"] for rung in result["rungs"]):
        console.print(Text(f"† {TRANSDUCTIVE}; not comparable with the rest"))
    console.print(Text("Δ: against the rung below; bold: its 95 % interval leaves out zero; p after Holm"))
    table = _published(result)
    if table is not None:
        console.print(Text(f"\n{GALLERIES_DIFFER}"))
        console.print(table)
    if found.state == "there-already":
        print_lines("nothing new: this was measured before")
    print_lines(f"look: {found.folder / 'index.html'}")


def _models(result: Any) -> str:
    """Such as "zero-shot: ViT-B-16, fine-tuned: full-ViT-B-16-v0003"; one is often left to the program."""
    parts = [rung["name"] for rung in result["rungs"] if rung["name"] in result["names"]]
    return ", ".join(f"{part}: {result['names'][part]}" for part in parts)


def _ladder(result: Any) -> Table:
    table = _table("scorer")
    for mark in MARKS.values():
        for k in KS:
            table.add_column(f"{mark} {k}", justify="right", no_wrap=True)
    for name in ("MR6", "95 %", "Δ MR6", "95 %", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    chain = main_ladder(result["rungs"])
    for line in lines_of(result):
        name = f"{line.name} †" if line.transductive else line.name
        style = "bold" if line.sure else ""
        table.add_row(
            Text(name, style="" if line.name in chain else "dim"),
            *line.cells,
            line.mr6,
            Text(line.interval, style="dim"),
            Text(line.gain, style=style),
            Text(line.gain_interval, style=style or "dim"),
            line.holm,
        )
    return table


def _published(result: Any) -> Table | None:
    published = published_for(result)
    if published is None:
        return None
    table = _table(f"published, {published.dataset}")
    for measure in published.measures:
        name = measure.replace("hit@", "R@")
        for direction, mark in MARKS.items():
            name = name.replace(direction, mark)
        table.add_column(name, justify="right", no_wrap=True)
    top = main_ladder(result["rungs"])[-1]
    intervals = next(rung for rung in result["rungs"] if rung["name"] == top)["intervals"]
    table.add_row(
        Text(f"ours: {top}", style="bold"),
        *(percent(intervals[measure]["value"]) for measure in published.measures),
    )
    for row in published.rows:
        values = [f"{row.values[m]:.1f}" if m in row.values else "" for m in published.measures]
        table.add_row(row.model, *values)
    return table


def _table(first: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    return table
