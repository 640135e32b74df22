"""tuwen evaluate, tuwen label: how good the pairs are, and the labels that tell."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.extract import ConfigOption, OcrOption
from flows.commands.options import (
    JsonOption,
    SetOption,
    WorkersOption,
    file_settings,
    print_json,
    workspace_settings,
)
from flows.output import print_lines

if TYPE_CHECKING:
    from extractors.evaluation.evaluate import Evaluation

FolderOption = Annotated[
    Path,
    typer.Option(
        "--truth",
        "-t",
        help="Folder of label files, or a workspace whose reviewed pages are the truth.",
        exists=True,
        file_okay=False,
    ),
]


def evaluate(
    truth: FolderOption,
    predicted: Annotated[
        Path,
        typer.Option(
            "--pred", "-p", help="Folder that `tuwen extract --out` wrote.", exists=True, file_okay=False
        ),
    ],
    books: Annotated[str, typer.Option("--books", help="Only these books, by name: a,b.")] = "",
    leave_out: Annotated[
        str, typer.Option("--leave-out", help="Score no book of these families: a,b (docs/evaluating.md).")
    ] = "",
    iou: Annotated[
        float, typer.Option("--iou", min=0.1, max=1.0, help="Overlap from which two boxes are one figure.")
    ] = 0.7,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="An earlier run to compare with.", exists=True, file_okay=False),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write the errors as a page with pictures.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score extracted pairs against labelled books.

    Precision, recall and F1 of figures and of pairs, by book, layout and family; how often titles, numbers,
    kinds, descriptions, their pages and groups are right; how far confidence can be believed; and every
    error with its place. docs/evaluating.md describes the labels.

    \b
    Examples:
      tuwen evaluate --truth labels --pred out
      tuwen evaluate --truth labels --pred out --baseline out-before --html errors.html
      tuwen evaluate --truth labels --pred out --books 丝绸图案,mural --json
      tuwen evaluate --truth labels --pred out --leave-out silk
      tuwen evaluate --truth ~/heritage --pred out
    """
    from extractors.evaluation.change import compare
    from extractors.evaluation.evaluate import evaluate as score
    from flows import evaluation_report as report
    from flows.evaluation_pages import write_pages

    only, left_out = _names(books), _names(leave_out)
    truth = _truth(truth)
    run = score(truth, predicted, only=only, left_out=left_out, same_figure=iou)
    _warn(run, predicted)
    change = None
    if baseline is not None:
        before = score(truth, baseline, only=only, left_out=left_out, same_figure=iou)
        for book in before.missing:
            _say(f"{book}: nothing in {baseline}; compared as if nothing had been found")
        change = compare(before, run)
    if html is not None:
        write_pages(run, predicted, html)
    if as_json:
        print_json(report.as_json(run, change))
    else:
        report.print_report(run, change)


def _truth(folder: Path) -> Path:
    """The folder of label files; of a workspace with corrections, its pages that are done, as labels."""
    from flows.review_labels import review_labels
    from flows.workspace import Workspace

    workspace = Workspace(folder)
    if not workspace.corrections.is_file():
        return folder
    labels = workspace.cache / "labels"
    shutil.rmtree(labels, ignore_errors=True)
    review_labels(folder, workspace_settings(folder, None), labels)
    return labels


def _names(given: str) -> list[str]:
    """The names of a list written as a,b."""
    return [name.strip() for name in given.split(",") if name.strip()]


def label(
    book: Annotated[Path, typer.Argument(help="A PDF file.", metavar="BOOK.pdf")],
    pages: Annotated[str, typer.Option("--pages", help="The pages to label, such as 3-10 or 1,4,7-9.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the label files and pictures.")],
    ocr: OcrOption = None,
    workers: WorkersOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Draft labels of some pages, to be corrected by hand.

    Writes the three label files of the book and a picture of each page with the boxes and their names. The
    draft is what Tuwen itself sees: as long as it is not corrected, it measures nothing. The whole book is
    read, since its conventions decide what a page means.

    \b
    Examples:
      tuwen label 丝绸图案.pdf --pages 3,7-9 --out labels
      tuwen label mural.pdf --pages 12-20 --out labels --ocr off
    """
    from flows.interrupt import run_interruptible
    from flows.opencv import opencv_version
    from flows.page_ranges import parse_pages

    engine = [f"extract.ocr.engine={ocr.value}"] if ocr else []
    settings = file_settings(config, [*(overrides or []), *engine], workers)
    chosen = parse_pages(pages)
    opencv_version()
    from extractors.evaluation.draft import draft_labels

    files = run_interruptible(lambda: draft_labels(book, chosen, out, settings.extract))
    print_lines(*map(str, files))
    _say('correct the labels by hand, then set "checked": true in each row; docs/evaluating.md tells how')


def _warn(run: Evaluation, predicted: Path) -> None:
    for book in run.missing:
        _say(f"{book}: nothing in {predicted}; scored as if nothing was found")
    for book, count in run.unchecked.items():
        _say(
            f'{book}: {count} labels are unchecked drafts ("checked": false), which measure nothing until'
            " a person has corrected them"
        )


def _say(text: str) -> None:
    print_lines(f"tuwen: {text}", file=sys.stderr)
