"""Review of a large version: seconds to read it, milliseconds until the next item is there.

    python tests/benchmarks/bench_review.py [--pairs 20000] [--decided 2000]

The tables are written without pictures. Every answer comes through the whole server, checks of access
included; some decisions are there already, and each item is decided on before the next is asked for.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from measure import print_table, seconds
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[2]))

from dataset_cards.files import write_json_lines
from dataset_cards.reading import shard_name
from dataset_cards.review.corrections import append, decide
from dataset_cards.schema import arrow_schema, to_row
from dataset_cards.verify import manifest_text, point_to
from flows.review.access import WRITE_HEADER
from flows.review.app import make_app
from flows.review.session import Session
from flows.settings import load_settings
from flows.workspace import Workspace
from tests.dataset_cards.shelf import PAGE, make_book

BOOKS = 40
FIGURES_A_PAGE = 2
ITEMS = 100
PORT = 8123


def rows(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """`count` rows of `BOOKS` books, two figures a page, with confidences from 0.3 to 1."""
    pairs = make_book(folder, "大书", 30).result.pairs
    in_book = count // BOOKS
    for number in range(count):
        book, place = divmod(number, in_book)
        pair = pairs[number % len(pairs)]
        page = place // FIGURES_A_PAGE + 1
        own = replace(
            pair,
            pair_id=f"{number:020d}",
            book_sha256=f"{book:064d}",
            page=page,
            caption_page=page,
            confidence=0.3 + number * 7919 % 7000 / 10000,
        )
        yield to_row(own, "train") | {"image": {"bytes": b"", "path": ""}}


def write_workspace(root: Path, count: int) -> Workspace:
    """A workspace with one version of `count` pairs."""
    version = root / "datasets" / "tuwen" / "v0001"
    (version / "data").mkdir(parents=True)
    (root / "books").mkdir()
    schema = arrow_schema()
    made = list(rows(root / "drawn", count))
    for split, held in (("train", made), ("val", []), ("test", [])):
        table = pa.Table.from_pylist(held, schema=schema)
        pq.write_table(table, version / "data" / shard_name(split, 0, 1, "parquet"), row_group_size=100)
    pages = sorted({(row["book_sha256"], row["page"]) for row in made})
    books = [
        {"sha256": f"{b:064d}", "title": f"大书{b}", "file_name": "a.pdf", "pages": count, "failures": []}
        for b in range(BOOKS)
    ]
    write_json_lines(version / "books.jsonl", books)
    write_json_lines(version / "unmatched.jsonl", [])
    views = (
        {"book_sha256": b, "page": p, "preview": "", "width": PAGE[0], "height": PAGE[1]} for b, p in pages
    )
    write_json_lines(version / "pages.jsonl", views)
    manifest = manifest_text({"dataset": "tuwen", "version": "v0001", "files": {}, "previous": None})
    (version / "manifest.json").write_text(manifest, "utf-8")
    point_to(version)
    return Workspace(root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--decided", type=int, default=2_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        workspace = write_workspace(Path(name), given.pairs)
        start = time.perf_counter()
        session = Session(workspace, load_settings(environ={}), "bench")
        loaded = time.perf_counter() - start
        for item in session.version.queue[-given.decided :]:
            about = {"book": item.book, "page": item.page, "bbox": item.bbox, "pair_id": item.id}
            append(session.journal.path, decide("accept", who="bench", **about))
        read = seconds(session.journal.decisions)
        app = make_app(session, PORT)
        client = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
        client.get(f"/open/{app.token}")
        queues = [seconds(lambda: client.get("/api/queue?kind=pattern")) for _ in range(5)]
        decided, nexts = [], []
        items = client.get("/api/queue").json()["items"]
        headers = {"origin": f"http://127.0.0.1:{PORT}", WRITE_HEADER: app.write_token}
        for item, following in pairwise(items[: ITEMS + 1]):
            row = session.version.by_id[item["id"]]
            body = {
                "action": "accept",
                "book": row.book,
                "page": row.page,
                "bbox": row.bbox,
                "pair_id": row.id,
            }
            decided.append(seconds(lambda body=body: client.post("/api/decide", json=body, headers=headers)))  # type: ignore[misc]
            page = f"/api/page/{following['book']}/{following['page']}"
            nexts.append(seconds(lambda page=page: client.get(page)))  # type: ignore[misc]
        session.close()
    both = [a + b for a, b in zip(decided, nexts, strict=True)]
    print_table(
        ["milliseconds", "median", "95 %"],
        [
            [name, *(f"{1000 * value:.1f}" for value in (median(times), quantiles(times, n=20)[-1]))]
            for name, times in (
                ("a decision", decided),
                ("the next page", nexts),
                ("both", both),
                ("a filter", queues),
            )
        ],
    )
    print(f"reading the version: {loaded:.1f} s; reading {given.decided} decisions: {read:.1f} s")


if __name__ == "__main__":
    main()
