"""How a build shows on Prefect's page when it has ended: name, state, tags, and a table of its books."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from prefect.states import Completed, Failed

from dataset_cards.cleaning import markdown_cell
from extractors.errors import OK, PARTIAL
from flows.prefect_guest import Ending
from flows.report import BookReport, counted

if TYPE_CHECKING:
    from flows.rebuild import BuildReport

PARTIAL_STATE = "Partial"
"""Name of the state of a build with failed books or pages; its type is FAILED."""
PARTIAL_TAG = "partial"


def build_ending(report: BuildReport, kind: str, root: Path) -> Ending:
    """Completed only when every book was read whole; Partial when a version holds the others; else Failed."""
    version = f" {report.version}" if report.version else ""
    name = f"{kind} {root.name}{version}" + (" (nothing new)" if report.state == "nothing-new" else "")
    headline = report.lines()[0]
    if report.exit_code == OK:
        return Ending(name, Completed(message=headline))
    lacking = [book.name for book in report.books if book.exit_code != OK]
    message = headline
    if lacking:
        message += f"; {counted(len(lacking), 'book')} with failures: {', '.join(lacking)}"
    if report.exit_code == PARTIAL:
        return Ending(name, Failed(name=PARTIAL_STATE, message=message), frozenset({PARTIAL_TAG}))
    return Ending(name, Failed(message=message))


def build_artifact(report: BuildReport) -> str:
    """What a build came to, as Markdown: the headline, its books as a table, a link to the report."""
    lines = [
        f"# {markdown_cell(report.lines()[0], longest=1000)}",
        "",
        "| book | state | pages | pairs | unmatched | failures |",
        "| --- | --- | ---: | ---: | ---: | --- |",
        *map(_row, report.books),
        *(
            f"| {markdown_cell(name)} | the same file as {markdown_cell(same)} | | | | |"
            for name, same in report.duplicates
        ),
    ]
    if report.path is not None:
        page = report.path / "report" / "index.html"
        lines += [
            "",
            f"[Report of {report.version}]({page.as_uri()}): {markdown_cell(str(page), longest=1000)}",
        ]
    return "\n".join(lines) + "\n"


def artifact_key(root: Path) -> str:
    """Prefect's keys hold lower-case letters, digits and dashes."""
    return "build-" + (re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "workspace")


def _row(book: BookReport) -> str:
    failures = [book.message] if book.message else []
    failures += [f"page {page}: {reason}" for page, reason, _ in book.failed_pages]
    told = markdown_cell("; ".join(failures), longest=300)
    counts = f"{book.pages} | {book.pairs} | {book.unmatched}"
    return f"| {markdown_cell(book.name)} | {book.state} | {counts} | {told} |"
