"""How the time to pair a page grows with its figures: python -m tests.benchmarks.bench_solving [COUNT ...]

Pages of figures in rows, captioned in several ways (`tests/extractors/crowded_pages.py`); milliseconds of
processor time a figure, of one `solve_book` each.
"""

from __future__ import annotations

import sys
import time

from extractors.pairing.solve import solve_book
from tests.extractors.crowded_pages import CROWDED
from tests.extractors.made import book

COUNTS = (75, 150, 300, 600, 1200)


def main(counts: list[int]) -> None:
    print(f"{'ms a figure':20}" + "".join(f"{count:>8}" for count in counts))
    for kind, drawn in CROWDED.items():
        print(f"{kind:20}", end="")
        for count in counts:
            content = book([drawn(count)])
            start = time.process_time()
            solve_book(content)
            print(f"{1000 * (time.process_time() - start) / count:8.1f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(COUNTS))
