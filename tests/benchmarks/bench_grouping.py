"""How the time to group boxes grows with their number: python -m tests.benchmarks.bench_grouping

Processor time a box hardly grows from 100 to 10,000 boxes in rows apart, in heaps, strewn over a page:
joined with neighbours, and with the nearest first (as figures are, which stand in no heap).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from extractors.geometry import Box
from extractors.grouping import group_boxes, merge_nearest_first
from tests.extractors.test_grouping import heap, rows_of_squares, strokes

COUNTS = (100, 1000, 10_000)
REACH = 1.5
"""Points."""
NEAR = 3.0
"""Points: neighbours in rows and strewn boxes are within them."""
REPEATS = 3

Work = Callable[[Sequence[Box]], object]


def microseconds_a_box(boxes: Sequence[Box], work: Work) -> float:
    """The best of some runs, in processor time."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work(boxes)
        best = min(best, time.process_time() - start)
    return 1e6 * best / len(boxes)


def grouped(boxes: Sequence[Box]) -> object:
    return group_boxes(boxes, REACH)


def nearest_first(boxes: Sequence[Box]) -> object:
    return merge_nearest_first(boxes, NEAR, [1] * len(boxes), lambda a, b: a + b)


KINDS: dict[str, tuple[Callable[[int], list[Box]], Work]] = {
    "rows": (rows_of_squares, grouped),
    "heap": (heap, grouped),
    "strokes": (strokes, grouped),
    "rows, nearest first": (rows_of_squares, nearest_first),
    "strokes, nearest first": (strokes, nearest_first),
}


def main() -> None:
    print(f"{'µs a box':>24}" + "".join(f"{count:>10,}" for count in COUNTS))
    for kind, (drawn, work) in KINDS.items():
        figures = "".join(f"{microseconds_a_box(drawn(count), work):>10.1f}" for count in COUNTS)
        print(f"{kind:>24}{figures}")


if __name__ == "__main__":
    main()
