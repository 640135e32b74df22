"""The evaluation of large galleries: time and memory as they grow, and Chinese-CLIP's scripts beside it.

    python tests/benchmarks/bench_evaluation.py [--sizes 10000 30000 100000] [--official 2000] [--dim 128]

Features are random, every text has a picture, every fifth a second one. Both directions, all measures. Each
size runs in a process of its own, whose peak memory is read when it ends.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from measure import print_table

_OURS = "ours"


def ours(size: int, dim: int) -> None:
    """Evaluate one gallery; print seconds, CPU seconds and peak memory in GB."""
    from alignment.retrieval.evaluation import evaluate
    from alignment.scorers.base import DotScores
    from tests.alignment.retrieval.official import made_features
    from tests.alignment.retrieval.test_official import gallery

    images, texts, pairs = made_features(size, size, dim, 1)
    made = gallery(size, size, pairs)
    start, cpu = time.perf_counter(), time.process_time()
    found = evaluate(DotScores(images, texts), made)
    took = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps([*took, peak, found.mr6]))


def official(size: int, dim: int) -> float:
    """Seconds of Chinese-CLIP's top-k and evaluation, both directions, from features in jsonl."""
    from tests.alignment.retrieval.official import made_features, official_recalls

    with tempfile.TemporaryDirectory() as folder:
        features = made_features(size, size, dim, 1)
        start = time.perf_counter()
        official_recalls(Path(folder), *features)
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 30_000, 100_000])
    parser.add_argument("--official", nargs="*", type=int, default=[2_000, 5_000])
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument(f"--{_OURS}", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        ours(given.ours, given.dim)
        return
    rows = []
    for size in sorted({*given.sizes, *given.official}):
        command = [sys.executable, __file__, f"--{_OURS}", str(size), "--dim", str(given.dim)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, cpu, peak, _ = json.loads(done.stdout)
        theirs = official(size, given.dim) if size in given.official else None
        beside = ("", "") if theirs is None else (f"{theirs:.1f}", f"{theirs / seconds:.0f}")
        rows.append((f"{size:,} x {size:,}", f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:.2f}", *beside))
    print_table(("gallery", "s", "CPU s", "peak GB", "official s", "official/ours"), rows)


if __name__ == "__main__":
    main()
