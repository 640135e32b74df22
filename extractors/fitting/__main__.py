"""Fit the costs of pairing on labelled books, and report how they do on books left out.

    python -m extractors.fitting --truth LABELS [--truth MORE] [--hold-out layout|book|folder] [--ocr off]

LABELS holds <book>.pdf with <book>.truth.jsonl, as docs/evaluating.md says. Prints the cross-validation, both
sets of costs and the reliability of the confidence as Markdown; changes no file: what convinces goes into
extractors/pairing/costs.py by hand.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from extractors.book import open_sandbox, read_book
from extractors.errors import UsageError
from extractors.evaluation.labels import labelled_books, read_labels
from extractors.evaluation.rows import LabelError
from extractors.fitting.examples import Example, examples_of
from extractors.fitting.learn import Outcome, fit, fit_confidence, outcome
from extractors.fitting.report import cost_table, cross_validate, fold_table, pull_table, reliability_table
from extractors.pairing.costs import COSTS
from extractors.settings import ExtractSettings, OcrSettings


def read_examples(folders: Sequence[Path], settings: ExtractSettings, hold_out: str) -> list[Example]:
    """The examples of all labelled books in `folders`, in the order of their names.

    Raises UsageError where there is none, LabelError for labels that cannot be read, and what `read_book`
    raises.
    """
    found: list[Example] = []
    with open_sandbox(settings) as sandbox:
        for folder, name in [(each, name) for each in folders for name in labelled_books(each)]:
            print(f"reading {folder.name}/{name}", file=sys.stderr)
            labels = read_labels(folder, name)
            book = read_book(folder / f"{name}.pdf", settings, sandbox=sandbox)
            fold = {"layout": labels.layout, "book": f"{folder.name}/{name}", "folder": folder.name}[hold_out]
            found += examples_of(book, labels, fold, COSTS)
    if not found:
        raise UsageError(f"no page with figures and captions in {', '.join(map(str, folders))}")
    return found


def margins_of(result: Outcome) -> tuple[list[float], list[bool]]:
    """Margins of the figures that were given a text, and whether it was the right one."""
    given = [(m, ok) for m, ok in zip(result.margins, result.right, strict=True) if not math.isnan(m)]
    return [m for m, _ in given], [ok for _, ok in given]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m extractors.fitting",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--truth", type=Path, action="append", required=True, help="folder of labelled books")
    parser.add_argument("--hold-out", choices=["layout", "book", "folder"], default="layout")
    parser.add_argument("--ocr", choices=["auto", "paddle", "rapid", "off"], default="auto")
    given = parser.parse_args()
    settings = ExtractSettings(ocr=OcrSettings(engine=given.ocr))
    try:
        examples = read_examples(given.truth, settings, given.hold_out)
        best, *others = cross_validate(examples, COSTS)
    except (UsageError, LabelError, ValueError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from None
    print(pull_table([best, *others]), end="\n\n")
    print(fold_table(best.folds), end="\n\n")
    print(cost_table(COSTS, fit(examples, COSTS, best.pull)), end="\n\n")
    margins, right = margins_of(outcome(examples, COSTS))
    print(f"confidence = 1 / (1 + exp(-margin / {fit_confidence(margins, right):.2f}))", end="\n\n")
    print(reliability_table(margins, right))


if __name__ == "__main__":
    main()
