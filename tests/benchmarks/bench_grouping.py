"""How the time to group boxes grows with their number: python -m tests.benchmarks.bench_grouping

Processor time a box hardly grows from 100 to 10,000 boxes: in rows apart, in heaps, strewn over a page.
"""

from __future__ import annotations

import time

from extractors.grouping import group_boxes
from tests.extractors.test_grouping import heap, rows_of_squares, strokes

COUNTS = (100, 1000, 10_000)
REACH = 1.5
"""Points."""
REPEATS = 3


def microseconds_a_box(count: int, kind: str) -> float:
    """The best of some runs, in processor time."""
    boxes = {"rows": rows_of_squares, "heap": heap, "strokes": strokes}[kind](count)
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        group_boxes(boxes, REACH)
        best = min(best, time.process_time() - start)
    return 1e6 * best / count


def main() -> None:
    print(f"{'µs a box':>10}" + "".join(f"{count:>10,}" for count in COUNTS))
    for kind in ("rows", "heap", "strokes"):
        figures = "".join(f"{microseconds_a_box(count, kind):>10.1f}" for count in COUNTS)
        print(f"{kind:>10}{figures}")


if __name__ == "__main__":
    main()
