"""Train the figure finder on pages drawn for it, or look at such pages.

    python -m extractors.fitting.finder train --out RUN [--steps N] [--decay N] [--seed N] [--begin-with FILE]
                                              [--labelled LABELS]
    python -m extractors.fitting.finder export --run RUN --out finder.onnx
    python -m extractors.fitting.finder thresholds --model finder.onnx [--count N] [--seed N]
    python -m extractors.fitting.finder pages --out pages.png [--count N] [--seed N]

`train` goes on from RUN/checkpoint.pt where there is one; Ctrl-C stops it without loss of more than the last
steps. A run may be given another number of steps before its learning rate begins to fall. LABELS is a folder
of labelled books (docs/evaluating.md), such as `tuwen review --labels` writes: half of the pages seen are
theirs, and a model that is begun with learns them at a fifth of the usual rate.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from extractors.errors import TuwenError
from extractors.evaluation.rows import LabelError


def _train(given: argparse.Namespace) -> None:
    os.environ.setdefault(
        "OMP_WAIT_POLICY", "PASSIVE"
    )  # waiting threads leave the core to the page generator
    import torch

    from extractors.fitting.finder.labelled import labelled_pages
    from extractors.fitting.finder.training import Plan, Progress, Run

    torch.set_num_threads(given.threads)

    def report(progress: Progress) -> None:
        losses = " ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
        print(
            f"{progress.seconds:7.0f} s  step {progress.step}  pages {progress.pages}  {losses}",
            file=sys.stderr,
            flush=True,
        )

    labelled = labelled_pages(given.labelled) if given.labelled else ()
    run = Run(given.out, Plan(given.seed, given.steps, given.decay), given.begin_with, labelled)
    run.train(report)


def _export(given: argparse.Namespace) -> None:
    from extractors.fitting.finder.export import export

    print(export(given.run, given.out))


def _pages(given: argparse.Namespace) -> None:
    from extractors.fitting.finder.contact_sheet import contact_sheet

    contact_sheet(given.out, given.count, given.seed)


def _thresholds(given: argparse.Namespace) -> None:
    from extractors.fitting.finder.thresholds import table

    print(table(given.model, given.count, given.seed))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m extractors.fitting.finder",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train, or go on training")
    train.add_argument("--out", type=Path, required=True, help="folder of the run")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--steps", type=int, default=8000, help="steps in all, of 3 or 4 pages each")
    train.add_argument("--decay", type=int, default=1600, help="last steps, with a falling learning rate")
    train.add_argument("--begin-with", type=Path, help="an exported .onnx file whose weights are the first")
    train.add_argument(
        "--labelled", type=Path, action="append", help="a folder of labelled books; repeatable"
    )
    train.add_argument("--threads", type=int, default=2)
    train.set_defaults(run_command=_train)
    export = commands.add_parser("export", help="write the ONNX file of a run")
    export.add_argument("--run", type=Path, required=True, help="folder of the run")
    export.add_argument("--out", type=Path, required=True, help="the .onnx file")
    export.set_defaults(run_command=_export)
    thresholds = commands.add_parser("thresholds", help="F1 on drawn pages, by the score that is believed")
    thresholds.add_argument("--model", type=Path, required=True, help="the .onnx file")
    thresholds.add_argument("--count", type=int, default=200)
    thresholds.add_argument("--seed", type=int, default=900, help="not that of the training")
    thresholds.set_defaults(run_command=_thresholds)
    pages = commands.add_parser("pages", help="draw pages with their boxes, to look at")
    pages.add_argument("--out", type=Path, required=True, help="the PNG file")
    pages.add_argument("--count", type=int, default=24)
    pages.add_argument("--seed", type=int, default=1)
    pages.set_defaults(run_command=_pages)
    given = parser.parse_args()
    try:
        given.run_command(given)
    except (TuwenError, LabelError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from None


if __name__ == "__main__":
    main()
