"""What a worker process costs before its first page: a bare one, and one that can read pages.

python tests/benchmarks/bench_sandbox.py [--rounds N]
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from measure import in_turns, print_table

from extractors.book import open_sandbox
from extractors.errors import BookError
from extractors.page import PageJob, read_page
from extractors.settings import ExtractSettings

SETTINGS = ExtractSettings(workers=1)
NO_FILE = PageJob(Path("no-such-book.pdf"), 1, SETTINGS)
"""Fails at once when its turn comes, and by then the worker has started."""


def bare() -> None:
    with open_sandbox(SETTINGS) as sandbox:
        list(sandbox.run(len, [""]))


def reading() -> None:
    with open_sandbox(SETTINGS) as sandbox, contextlib.suppress(BookError):
        list(sandbox.run(read_page, [NO_FILE]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    took = in_turns(parser.parse_args().rounds, {"bare": bare, "reading pages": reading})
    print_table(("worker", "start s"), [(name, f"{value:.2f}") for name, value in took.items()])


if __name__ == "__main__":
    main()
