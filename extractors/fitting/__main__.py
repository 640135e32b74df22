"""Fit the costs of pairing on labelled books, and report how they do on books left out.

    python -m extractors.fitting --truth LABELS [--truth MORE] [--hold-out WHAT] [--ocr off]

LABELS holds <book>.pdf with <book>.truth.jsonl, as docs/evaluating.md says; `tuwen review --labels` writes
such a folder from reviewed pages. WHAT is left out together: a layout, a family, a book, a folder, or a
quarter of the pages of each book. Prints the cross-validation, both sets of costs, the fitted ones as
tuwen.toml takes them, the weights of confidence and its reliability; changes no file: what convinces on books
of one's own goes into tuwen.toml, what convinces on all layouts into costs.py and confidence.py of
extractors/pairing by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from extractors.book import open_sandbox, read_book
from extractors.errors import UsageError
from extractors.evaluation.labels import labelled_books, read_labels
from extractors.evaluation.rows import LabelError
from extractors.evaluation.summary import SURE
from extractors.fitting.confidence import Judged, calibration_error, fit_weights, judged_pairs, left_out
from extractors.fitting.examples import Example, examples_of
from extractors.fitting.learn import NAMES, fit
from extractors.fitting.report import (
    cost_table,
    cross_validate,
    fold_table,
    pull_table,
    reliability_table,
    verdict,
    weight_table,
)
from extractors.pairing.confidence import WEIGHTS
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.settings import ExtractSettings, OcrSettings

PARTS = 4
"""Parts a book's pages are divided into, each left out in turn, where books of one kind are all there is."""


def read_examples(
    folders: Sequence[Path], settings: ExtractSettings, hold_out: str
) -> tuple[list[Example], list[Judged]]:
    """The examples of all labelled books in `folders`, in the order of their names, and their pairs judged.

    Raises UsageError where there is none, LabelError for labels that cannot be read, and what `read_book`
    raises.
    """
    found: list[Example] = []
    pairs: list[Judged] = []
    with open_sandbox(settings) as sandbox:
        for folder, name in [(each, name) for each in folders for name in labelled_books(each)]:
            print(f"reading {folder.name}/{name}", file=sys.stderr)
            labels = read_labels(folder, name)
            pdf = folder / f"{name}.pdf"
            book = read_book(pdf, settings, sandbox=sandbox)
            whole = f"{folder.name}/{name}"
            folds = {"layout": labels.layout, "family": labels.family, "folder": folder.name}
            fold = folds.get(hold_out, whole)
            examples = examples_of(book, labels, fold, COSTS)
            if hold_out == "pages":
                examples = [replace(e, fold=f"{whole}, part {e.page % PARTS + 1}") for e in examples]
            found += examples
            pairs += judged_pairs(book, labels, pdf, fold, settings, sandbox)
    if not found:
        raise UsageError(f"no page with figures and captions in {', '.join(map(str, folders))}")
    return found, pairs


def costs_toml(present: PairingCosts, fitted: PairingCosts) -> str:
    """The fitted costs that differ from the present ones, as tuwen.toml takes them."""
    pairs = (
        (name, getattr(fitted, name)) for name in NAMES if getattr(fitted, name) != getattr(present, name)
    )
    return "\n".join(["[extract.costs]", *(f"{name} = {value:g}" for name, value in pairs)])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m extractors.fitting",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--truth", type=Path, action="append", required=True, help="folder of labelled books")
    parser.add_argument(
        "--hold-out", choices=["layout", "family", "book", "folder", "pages"], default="layout"
    )
    parser.add_argument("--ocr", choices=["auto", "paddle", "rapid", "off"], default="auto")
    given = parser.parse_args()
    settings = ExtractSettings(ocr=OcrSettings(engine=given.ocr))
    try:
        examples, pairs = read_examples(given.truth, settings, given.hold_out)
        best, *others = cross_validate(examples, COSTS)
    except (UsageError, LabelError, ValueError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from None
    print(pull_table([best, *others]), end="\n\n")
    print(fold_table(best.folds), end="\n\n")
    fitted = fit(examples, COSTS, best.pull)
    print(cost_table(COSTS, fitted), end="\n\n")
    print(verdict(best), end="\n\n")
    if best.score > best.present:
        print(costs_toml(COSTS, fitted), end="\n\n")
    print(weight_table(WEIGHTS, fit_weights(pairs)), end="\n\n")
    if len({pair.fold for pair in pairs}) < 2:
        print("confidence was not judged: that takes two books at least, one left out at a time")
        return
    confidences, right = left_out(pairs), [pair.right for pair in pairs]
    sure = [ok for confidence, ok in zip(confidences, right, strict=True) if confidence >= SURE]
    print(f"left out: calibration error {calibration_error(confidences, right):.3f}, ", end="")
    print(f"{sum(sure)} of {len(sure)} right from {SURE} up", end="\n\n")
    print(reliability_table(confidences, right))


if __name__ == "__main__":
    main()
