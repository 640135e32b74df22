"""Fit the costs of pairing on labelled books, and report how they do on books left out.

    python -m extractors.fitting --truth LABELS [--truth MORE] [--hold-out layout|book] [--ocr off]

LABELS holds <book>.pdf with <book>.truth.jsonl, as docs/evaluating.md says. Prints the cross-validation and
both sets of costs as Markdown; changes no file: what convinces goes into extractors/pairing/costs.py by hand.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from extractors.book import open_sandbox, read_book
from extractors.errors import UsageError
from extractors.fitting.examples import Example, examples_of
from extractors.fitting.learn import Outcome, fit, fit_confidence, outcome
from extractors.fitting.report import cost_table, cross_validate, fold_table, reliability_table
from extractors.pairing.costs import COSTS
from extractors.settings import ExtractSettings, OcrSettings


def read_examples(folders: Sequence[Path], settings: ExtractSettings, hold_out: str) -> list[Example]:
    """The examples of all labelled books in `folders`, in the order of their names.

    Raises UsageError where there is none, and what `read_book` raises.
    """
    found: list[Example] = []
    with open_sandbox(settings) as sandbox:
        for path in sorted(path for folder in folders for path in folder.glob("*.truth.jsonl")):
            name = path.name.removesuffix(".truth.jsonl")
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = [json.loads(line) for line in lines if line.strip()]
            if not rows:
                continue
            print(f"reading {path.parent.name}/{name}", file=sys.stderr)
            book = read_book(path.with_name(f"{name}.pdf"), settings, sandbox=sandbox)
            fold = str(rows[0]["layout"]) if hold_out == "layout" else f"{path.parent.name}/{name}"
            found += examples_of(book, rows, fold, COSTS)
    if not found:
        raise UsageError(f"no labelled figure with a caption_bbox in {', '.join(map(str, folders))}")
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
    parser.add_argument("--hold-out", choices=["layout", "book"], default="layout")
    parser.add_argument("--ocr", choices=["auto", "paddle", "rapid", "off"], default="auto")
    given = parser.parse_args()
    settings = ExtractSettings(ocr=OcrSettings(engine=given.ocr))
    try:
        examples = read_examples(given.truth, settings, given.hold_out)
        folds = cross_validate(examples, COSTS)
    except (UsageError, ValueError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from None
    print(fold_table(folds), end="\n\n")
    print(cost_table(COSTS, fit(examples, COSTS)), end="\n\n")
    margins, right = margins_of(outcome(examples, COSTS))
    middle, scale = fit_confidence(margins, right)
    print(f"confidence = 1 / (1 + exp(-(margin - {middle:.2f}) / {scale:.2f}))", end="\n\n")
    print(reliability_table(margins, right))


if __name__ == "__main__":
    main()
