"""The `tuwen` command: its commands, and one place where an error becomes a message and an exit code."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from extractors.errors import TuwenError
from extractors.pymupdf_layout import keep_layout_networks_out
from flows.commands import (
    audit,
    benchmark,
    build,
    diff,
    evaluate,
    export,
    extract,
    finetune,
    gc,
    review,
    run,
    search,
    status,
)
from flows.network_errors import network_problem
from flows.opencv import opencv_problem
from flows.output import escape_what_cannot_be_shown, print_lines

app = typer.Typer(
    name="tuwen",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From a shelf of PDF books on Chinese cultural heritage to a published image–text dataset.",
)
for command in (
    extract.extract,
    extract.inspect,
    evaluate.evaluate,
    evaluate.label,
    build.build,
    build.watch,
    build.serve,
    export.export,
    finetune.finetune,
    benchmark.benchmark,
    search.search,
    run.run,
    diff.diff,
    gc.gc,
    audit.audit,
    review.review,
    status.demo,
    status.status,
    status.verify,
    status.doctor,
):
    app.command()(command)


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("tuwen"))
        raise typer.Exit


def main() -> None:
    """Run the command line: a TuwenError becomes its message on stderr and its published exit code.

    A full disk, a place that may not be written or a service that cannot be reached becomes a message and
    code 1.
    """
    escape_what_cannot_be_shown()
    keep_layout_networks_out()
    try:
        app()
    except TuwenError as error:
        print_lines(*f"tuwen: {error}".split("\n"), file=sys.stderr)
        sys.exit(error.exit_code)
    except ImportError:
        # OpenCV is loaded deep inside most commands; where it cannot be, that is said once, here.
        if (missing := opencv_problem()) is None:
            raise
        print_lines(f"tuwen: {missing}", file=sys.stderr)
        sys.exit(missing.exit_code)
    except Exception as error:
        if problem := network_problem(error):
            print_lines(f"tuwen: {problem}", file=sys.stderr)
        elif isinstance(error, OSError):
            _print_place(error)
        else:
            raise
        sys.exit(TuwenError.exit_code)


def _print_place(error: OSError) -> None:
    """Say of an error of the file system where it was and what to look at."""
    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    advice = "check that the place exists, is yours and has room"
    print_lines(f"tuwen: {place}{reason}; {advice}", file=sys.stderr)


if __name__ == "__main__":
    main()
