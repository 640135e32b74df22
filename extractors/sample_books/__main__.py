"""`python -m extractors.sample_books --out DIR --seed N [--layouts a,b]`: write labelled sample books."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractors.sample_books import LAYOUTS, SCANS, draw_books


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(
        prog="python -m extractors.sample_books", description="Write labelled sample books."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write to; made when missing")
    parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal bytes")
    parser.add_argument(
        "--layouts", default="", help=f"comma-separated, from: {', '.join([*LAYOUTS, *SCANS])}; default all"
    )
    arguments = parser.parse_args()
    chosen = [name for name in arguments.layouts.split(",") if name] or None
    for path in draw_books(arguments.out, arguments.seed, chosen):
        print(path)


if __name__ == "__main__":
    main()
