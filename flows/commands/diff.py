"""tuwen diff: what came, left and changed between two versions, and why."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.durable import replacing
from extractors.errors import UsageError
from flows.commands.options import DatasetOption, JsonOption, SetOption, WorkspaceOption, dataset_home
from flows.output import json_text, print_lines

if TYPE_CHECKING:
    from dataset_cards.changes import Changes
    from dataset_cards.diff import Diff, PairChange
    from dataset_cards.report.diff_page import ShownPairs


def diff(
    old: Annotated[
        str | None, typer.Argument(metavar="OLD", help="A version; else the one before NEW.")
    ] = None,
    new: Annotated[str | None, typer.Argument(metavar="NEW", help="A version; else the current one.")] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with the pictures, to look at."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    dataset: DatasetOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two versions pair by pair.

    Added, removed and changed pairs by book, and why: a new book, a changed rule, a review, a duplicate
    left out. The page of --html is one file that carries its pictures.

    \b
    Examples:
      tuwen diff -w ~/heritage
      tuwen diff v0001 v0002 -w ~/heritage --html changes.html
      tuwen diff v0001 v0002 -w ~/heritage --dataset silk --json
    """
    from dataset_cards.diff import Diff
    from dataset_cards.export import find_version
    from dataset_cards.report.diff_page import ShownPairs
    from dataset_cards.verify import read_manifest

    home = dataset_home(workspace, dataset, overrides)
    later = find_version(home, new)
    before = old or read_manifest(later)["previous"]
    if before is None:
        raise UsageError(f"{later.name} is the first version; name two, as in: tuwen diff v0001 v0002")
    compared = Diff(find_version(home, before), later)
    shown = ShownPairs()
    pairs = shown.see(compared)
    if as_json:
        _print_json(compared, pairs)
    else:
        for _ in pairs:
            pass
        print_lines(*_lines(compared.changes, later.name))
    if html is not None:
        _write_page(html, compared, shown)
        print_lines(f"look: {html}", file=sys.stderr if as_json else sys.stdout)


def _print_json(compared: Diff, pairs: Iterator[PairChange]) -> None:
    """One document, a pair a line: all pairs of a large version never lie in memory together."""
    print(f'{{"old": "{compared.old_dir.name}", "new": "{compared.new_dir.name}",\n"pairs": [', end="")
    for number, change in enumerate(pairs):
        print(",\n" if number else "\n", end="")
        print(json_text(change.as_json()), end="")
    changes = compared.changes
    books = [
        {
            "sha256": sha256,
            "title": book.title,
            "added": book.added,
            "removed": book.removed,
            "changed": book.changed,
            "changed_pairs": book.changed_pairs,
            "columns": book.columns,
            "rules": book.rules,
        }
        for sha256, book in changes.books.items()
    ]
    totals = {"added": changes.added, "removed": changes.removed, "changed": changes.changed, "books": books}
    print(f"\n],\n{json_text(totals)[1:]}")


def _lines(changes: Changes, later: str) -> list[str]:
    from dataset_cards.changes import reason_counts

    lines = [
        f"{changes.previous} → {later}: +{changes.added} −{changes.removed} ~{changes.changed}"
        if changes.books
        else f"{changes.previous} → {later}: no pair changed"
    ]
    for book in changes.books.values():
        counts = f"+{book.added.total()} −{book.removed.total()} ~{book.changed_pairs}"
        lines.append(f"  {book.title}  {counts}  ({reason_counts(book)})")
        if book.columns:
            columns = ", ".join(f"{name} {count}" for name, count in book.columns.most_common())
            lines.append(f"      columns: {columns}")
        lines += [f"      {rule}" for rule in book.rules]
    return lines


def _write_page(path: Path, compared: Diff, shown: ShownPairs) -> None:
    from dataset_cards.report.diff_page import write_diff_page

    with replacing(path) as stream:
        file = io.TextIOWrapper(stream, "utf-8", newline="\n")
        write_diff_page(compared, compared.changes, shown, file)
        file.detach()
