"""`python -m flows.motif_set --out WORKSPACE --pairs 2400 --seed 1`: publish a set of motif pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows.motif_set import make_motif_version


def main() -> None:
    """Read the arguments, draw and publish."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.motif_set", description="Publish motif pictures with compositional captions."
    )
    parser.add_argument("--out", type=Path, required=True, help="workspace; made when missing")
    parser.add_argument("--pairs", type=int, default=2400, help="how many pictures")
    parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal bytes")
    arguments = parser.parse_args()
    print(make_motif_version(arguments.out, arguments.pairs, arguments.seed))


if __name__ == "__main__":
    main()
