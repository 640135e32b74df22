"""How long a query over many vectors takes: the plain index, and FAISS beside it.

    python tests/benchmarks/bench_search.py [--sizes 10000 100000 1000000] [--dim 512] [--indexes plain faiss]

The vectors are clusters on the unit sphere, a query is a vector moved a little. "found" is the share of the
exact ten nearest that FAISS finds. A million vectors of 512 dimensions are 2 GB, twice that with FAISS.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from measure import print_table, seconds

from alignment.search.index import FaissIndex, Index, PlainIndex, Vectors

QUERIES, NEAREST = 20, 10
# Vectors of one cluster, like pictures of one kind, and how far they lie from its middle, which has length 1.
CLUSTER, SPREAD = 100, 1.0
ROWS = 100_000


def made(size: int, dim: int, rng: np.random.Generator) -> Vectors:
    """[size, dim], unit length; made in parts, so that no more than the result lies in memory."""
    vectors = np.empty((size, dim), dtype=np.float32)
    middles = _unit(rng.standard_normal((max(1, size // CLUSTER), dim), dtype=np.float32))
    for start in range(0, size, ROWS):
        part = vectors[start : start + ROWS]
        moved = rng.standard_normal(part.shape, dtype=np.float32) * (SPREAD / dim**0.5)
        part[:] = _unit(middles[rng.integers(len(middles), size=len(part))] + moved)
    return vectors


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def asked(index: Index, queries: Vectors) -> tuple[list[float], list[set[int]]]:
    """Seconds and what was found of each query, asked one by one as people do."""
    found: list[set[int]] = []
    index.search(queries[:1], NEAREST)
    times = [
        seconds(lambda query=query: found.append(set(index.search(query[None], NEAREST)[1][0].tolist())))
        for query in queries
    ]
    return times, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--indexes", nargs="+", choices=("plain", "faiss"), default=["plain", "faiss"])
    given = parser.parse_args()
    rows = []
    for size in given.sizes:
        rng = np.random.default_rng(0)
        vectors = made(size, given.dim, rng)
        noise = rng.standard_normal((QUERIES, given.dim), dtype=np.float32) * (SPREAD / given.dim**0.5)
        queries = _unit(vectors[rng.integers(size, size=QUERIES)] + noise)
        _, exact = asked(PlainIndex(vectors), queries)
        for name in given.indexes:
            built: list[Index] = []
            make = PlainIndex if name == "plain" else FaissIndex
            building = seconds(lambda make=make, vectors=vectors, built=built: built.append(make(vectors)))
            times, found = asked(built[0], queries)
            shared = sum(len(one & other) for one, other in zip(found, exact, strict=True))
            rows.append(
                (
                    f"{size:,}",
                    name,
                    f"{building:.1f}",
                    f"{1000 * median(times):.1f}",
                    f"{1000 * max(times):.1f}",
                    f"{shared / (NEAREST * QUERIES):.3f}",
                )
            )
            del built
    print_table(("vectors", "index", "built in s", "median ms", "slowest ms", "found"), rows)


if __name__ == "__main__":
    main()
