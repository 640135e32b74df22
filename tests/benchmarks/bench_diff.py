"""The difference of two large versions: seconds and memory, where few rows differ and where all do.

    python tests/benchmarks/bench_diff.py [--pairs 50000 200000]

The tables are written without pictures, which a difference does not read. Each comparison runs in a process
of its own, and its memory is the largest that process ever held.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from measure import print_table

sys.path.insert(0, str(Path(__file__).parents[2]))

from dataset_cards.diff import Diff
from dataset_cards.reading import shard_name
from dataset_cards.schema import arrow_schema, to_row
from extractors.records import Pair
from tests.dataset_cards.shelf import make_book

NO_PICTURE = {"image": {"bytes": b"", "path": ""}}
GROUP = 2000


def rows(pairs: tuple[Pair, ...], count: int, later: bool, share: float) -> Iterator[dict[str, Any]]:
    """`count` rows; the later version lacks 1 in 100, has as many new ones, changed `share` of texts."""
    for number in range(count):
        if later and number % 100 == 7:
            continue
        own = "new" if later and number % 100 == 8 else "old"
        pair = pairs[number % len(pairs)]
        text = pair.description * 3 + ("改" if later and number * 7919 % 1000 < share * 1000 else "")
        yield to_row(replace(pair, pair_id=f"{own}{number:017d}", description=text), "train") | NO_PICTURE


def write_version(folder: Path, made: Iterator[dict[str, Any]], book: str, program: str) -> None:
    schema = arrow_schema()
    (folder / "data").mkdir(parents=True)
    for split in ("val", "test"):
        pq.write_table(schema.empty_table(), folder / "data" / shard_name(split, 0, 1, "parquet"))
    with pq.ParquetWriter(folder / "data" / shard_name("train", 0, 1, "parquet"), schema) as writer:
        while group := list(islice(made, GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=100)
    line = {"sha256": book, "made_by": {"program pairs": program}, "failures": [], "text_sources": {}}
    (folder / "books.jsonl").write_text(json.dumps(line) + "\n", "utf-8")


def compare(old: Path, new: Path) -> None:
    """In a process of its own: print what it took."""
    start = time.perf_counter()
    found = sum(1 for _ in Diff(old, new))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([found, round(time.perf_counter() - start, 1), memory]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--compare", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compare:
        compare(*given.compare)
        return
    table = []
    for count in given.pairs:
        for share in (0.05, 1.0):
            with tempfile.TemporaryDirectory() as name:
                pairs = make_book(Path(name), "大书", 30).result.pairs
                places = [Path(name) / version for version in ("v0001", "v0002")]
                for later, place in enumerate(places):
                    made = rows(pairs, count, bool(later), share)
                    write_version(place, made, pairs[0].book_sha256, str(later))
                command = [sys.executable, __file__, "--compare", *map(str, places)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                table.append([count, f"{share:.0%}", *json.loads(done.stdout)])
    print_table(["pairs", "texts changed", "pairs that differ", "seconds", "MB"], table)


if __name__ == "__main__":
    main()
