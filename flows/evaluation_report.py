"""What `tuwen evaluate` prints: tables and error lists for people, one JSON document for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table

from extractors.evaluation.change import Change, Turn
from extractors.evaluation.evaluate import Evaluation
from extractors.evaluation.facts import FACTS
from extractors.evaluation.fault_types import Fault, FaultType
from extractors.evaluation.summary import (
    SURE,
    FactRates,
    Rates,
    Summary,
    TextRates,
    by_family,
    by_layout,
    reliability,
    summarise,
)
from extractors.geometry import rounded
from flows.output import PrintableConsole

SHORT = 60
"""Characters of a text that are shown in the list of errors."""
WIDTH = 160
"""Characters a line has where no terminal says so."""

Named = list[tuple[str, Summary]]


def layout_name(key: tuple[str, bool]) -> str:
    """A layout as it is shown: its name, and whether it was scanned."""
    layout, scan = key
    return f"{layout} (scan)" if scan else layout


def totals(run: Evaluation) -> Named:
    """Born-digital books, scans, and all together; what there is none of is left out."""
    born = [book for book in run.books if not book.labels.scan]
    scans = [book for book in run.books if book.labels.scan]
    parts = [("born-digital", born), ("scans", scans)] if born and scans else []
    return [(name, summarise(books)) for name, books in parts] + [("all", summarise(run.books))]


def print_report(run: Evaluation, change: Change | None) -> None:
    """The whole report, on stdout."""
    console = PrintableConsole(markup=False, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDTH
    books = [(book.labels.book, summarise([book])) for book in run.books]
    layouts = [(layout_name(key), summary) for key, summary in by_layout(run.books).items()]
    console.print(_numbers("book", [*books, *totals(run)]))
    console.print(_numbers("layout", layouts))
    families = [(layout_name(key), summary) for key, summary in by_family(run.books).items()]
    if len(families) > 1 and families != layouts:
        console.print(_numbers("family", families))
    console.print(_fact_shares([*layouts, *totals(run)]))
    for part in (_reliability(run), *_faults(run.faults), *(_change(change) if change else ())):
        console.print(part)


def as_json(run: Evaluation, change: Change | None) -> dict[str, Any]:
    """Everything that `print_report` says, as plain values."""
    sure = reliability(run.books)
    report: dict[str, Any] = {
        "iou": run.same_figure,
        "books": {book.labels.book: _plain(summarise([book])) for book in run.books},
        "layouts": {layout_name(key): _plain(summary) for key, summary in by_layout(run.books).items()},
        "families": {layout_name(key): _plain(summary) for key, summary in by_family(run.books).items()},
        "totals": {name: _plain(summary) for name, summary in totals(run)},
        "reliability": asdict(sure),
        "missing": list(run.missing),
        "unchecked": run.unchecked,
        "errors": [_plain_fault(fault) for fault in run.faults],
    }
    if change is not None:
        report["change"] = {
            "became_right": [_plain_turn(turn) for turn in change.became_right],
            "became_wrong": [_plain_turn(turn) for turn in change.became_wrong],
            "layouts": {
                layout_name(key): {"before": _plain(before), "after": _plain(after)}
                for key, (before, after) in change.layouts.items()
            },
            "totals": {"before": _plain(change.all[0]), "after": _plain(change.all[1])},
            "errors": {kind.label: list(counts) for kind, counts in change.faults.items()},
        }
    return report


def _plain(summary: Summary) -> dict[str, Any]:
    def rates(part: Rates) -> dict[str, Any]:
        return asdict(part) | {"precision": part.precision, "recall": part.recall, "f1": part.f1}

    def texts(part: TextRates) -> dict[str, Any]:
        return asdict(part) | {"recall": part.recall}

    def shares(part: FactRates) -> dict[str, Any]:
        return asdict(part) | {"share": part.share}

    return {
        "figures": rates(summary.figures),
        "pairs": rates(summary.pairs),
        "captions": texts(summary.captions),
        "descriptions": texts(summary.descriptions),
        "facts": {fact: shares(part) for fact, part in summary.facts.items()},
    }


def _plain_fault(fault: Fault) -> dict[str, Any]:
    return asdict(fault) | {"type": fault.type.label}


def _plain_turn(turn: Turn) -> dict[str, Any]:
    return asdict(turn) | {"fault": turn.fault.label}


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(first: str, columns: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _numbers(what: str, rows: Named) -> Table:
    """Figures, pairs and texts of each row: how many are there, then precision, recall, F1."""
    figures = ("figures", "P", "R", "F1")
    texts = ("capt. R", "CER", "desc. R", "CER")
    table = _table(what, (*figures, "pairs", "P", "R", "F1", *texts))
    for name, summary in rows:
        if name == "born-digital" or (name == "all" and len(rows) > 1):
            table.add_section()
        cells = [cell for part in (summary.figures, summary.pairs) for cell in _rates(part)]
        for text in (summary.captions, summary.descriptions):
            cells += [_share(text.recall), _share(text.error_rate)]
        table.add_row(name, *cells)
    return table


def _fact_shares(rows: Named) -> Table:
    """The facts of each row: how many labels state them, and the share that came right."""
    table = _table("right, of those stated", FACTS)
    for name, summary in rows:
        if name == "born-digital" or (name == "all" and len(rows) > 1):
            table.add_section()
        cells = [f"{_share(part.share)} of {part.stated}" for part in summary.facts.values()]
        table.add_row(name, *cells)
    return table


def _rates(part: Rates) -> list[str]:
    return [str(part.labelled), *map(_share, (part.precision, part.recall, part.f1))]


def _reliability(run: Evaluation) -> RenderableType:
    found = reliability(run.books)
    if not found.bins:
        return "No pair carries a confidence.\n"
    table = _table("confidence", ("pairs", "right", "share right", "mean confidence"))
    for part in reversed(found.bins):
        share = _share(part.right / part.pairs)
        name = f"{part.low:.1f} to {part.high:.1f}"
        table.add_row(name, str(part.pairs), str(part.right), share, _share(part.confidence))
    sure = _share(found.sure_right / found.sure) if found.sure else "–"
    table.caption = (
        f"{SURE:g} and more: {found.sure_right} of {found.sure} right ({sure}); "
        f"expected calibration error {_share(found.calibration_error)}"
    )
    table.caption_justify = "left"
    return table


def _faults(faults: Sequence[Fault]) -> Iterable[str]:
    """The errors, kind by kind, each with its place and both texts."""
    if not faults:
        yield "No errors."
    for kind in FaultType:
        held = [fault for fault in faults if fault.type is kind]
        if held:
            free = sum(not fault.counts for fault in held)
            note = f" ({free} in pairs that count as right)" if free else ""
            yield f"{kind.label}: {len(held)}{note} · {kind.meaning}"
            yield from map(_fault, held)
            yield ""


def _fault(fault: Fault) -> str:
    place = f"  {fault.book}, page {fault.page}, {fault.fid or 'prediction'}"
    place += f" at {', '.join(f'{value:g}' for value in rounded(fault.bbox, 1))}"
    place += f" ({fault.note})" if fault.note else ""
    texts = [("expected", fault.expected), ("came", fault.came)]
    return "\n".join([place, *(f"    {name:<9}{_short(text)}" for name, text in texts if text)])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"


def _change(change: Change) -> Iterable[RenderableType]:
    for title, turns in (("Became right", change.became_right), ("Became wrong", change.became_wrong)):
        yield f"{title}: {len(turns)}"
        for turn in turns:
            yield f"  {turn.book}, page {turn.page}, {turn.fid}: {turn.fault.label}"
    table = _table("before → after", ("figure F1", "", "pair F1", ""))
    rows = [(layout_name(key), *pair) for key, pair in change.layouts.items()]
    for name, before, after in [*rows, ("all", *change.all)]:
        table.add_row(
            name,
            *_step(before, after, lambda summary: summary.figures),
            *_step(before, after, lambda summary: summary.pairs),
        )
    yield table
    kinds = _table("errors", ("before", "after"))
    for kind, (first, second) in change.faults.items():
        kinds.add_row(kind.label, str(first), str(second))
    yield kinds


def _step(before: Summary, after: Summary, part: Callable[[Summary], Rates]) -> tuple[str, str]:
    """F1 before and after, and the difference."""
    first, second = part(before).f1, part(after).f1
    apart = "" if first is None or second is None else f"{second - first:+.3f}"
    return f"{_share(first)} → {_share(second)}", apart
