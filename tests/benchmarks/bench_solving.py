"""How the time to pair a page grows with its figures: python -m tests.benchmarks.bench_solving [COUNT ...]

Pages of pictures in rows, each with its labelled caption; processor time of one `solve_book` each.
"""

from __future__ import annotations

import sys
import time

from extractors.pairing.solve import solve_book
from tests.extractors.made import book, crowded_page

COUNTS = (75, 150, 300, 600, 1200)


def main(counts: list[int]) -> None:
    print("figures   seconds   ms a figure")
    for count in counts:
        content = book([crowded_page(count)])
        start = time.process_time()
        solved = solve_book(content)
        seconds = time.process_time() - start
        assert sum(draft.has_text for draft in solved.drafts) == count
        print(f"{count:7}   {seconds:7.2f}   {1000 * seconds / count:11.1f}", flush=True)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(COUNTS))
