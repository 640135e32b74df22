"""Memory of one worker over a long book: sample books put end to end, read and cut.

    python tests/benchmarks/bench_memory.py [--pages 500] [--stops 1,50,150,300,500] [--scanned]
                                            [--ocr rapid] [--replace 20]

Born-digital books are read with OCR off, scanned ones with OCR. `--replace N` starts the worker anew after N
pages instead of the number in use. Figures are MB of resident memory after this many pages: the highest value
since the stop before, seen once a page.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
import pymupdf
from measure import print_table

from extractors.book import pair_book, read_book
from extractors.book_pages import RECYCLE_AFTER
from extractors.sample_books import draw_books
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings, OcrSettings

BORN_DIGITAL = ("silk_catalogue", "mural_plates", "excavation_report", "grids", "journal_papers")
SCANNED = ("silk_catalogue_scan", "excavation_report_scan")
SEED = 7
MB = 1e6


def long_book(parts: Sequence[Path], pages: int, out: Path) -> Path:
    """`parts` one after the other, over and over, until there are `pages` pages."""
    with pymupdf.open() as book:
        while len(book) < pages:
            for part in parts:
                with pymupdf.open(part) as more:
                    book.insert_pdf(more, to_page=min(len(more), pages - len(book)) - 1)
                if len(book) == pages:
                    break
        book.save(out)
    return out


def resident() -> tuple[float, float]:
    """MB held by the worker and by the process that asks."""
    own = psutil.Process()
    held = sum(child.memory_info().rss for child in own.children(recursive=True))
    return held / MB, own.memory_info().rss / MB


class Watch:
    """Memory of the worker at each page of one stage."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []

    def __call__(self, done: int, _total: int) -> None:
        """As `progress` of a stage."""
        if done:
            self.seen.append(resident())

    def rows(self, stage: str, stops: Sequence[int]) -> list[tuple[str, ...]]:
        """One row a stop: the highest of the pages since the stop before."""
        found, before = [], 0
        for stop in [*(s for s in stops if s < len(self.seen)), len(self.seen)]:
            worker, parent = (max(values) for values in zip(*self.seen[before:stop], strict=True))
            found.append((stage, str(stop), f"{worker:.0f}", f"{parent:.0f}"))
            before = stop
        return found


def measure(book: Path, folder: Path, settings: ExtractSettings, replace: int, stops: Sequence[int]) -> None:
    """Read and cut `book` in one worker and print its memory."""
    limits = settings.limits
    reading, cutting = Watch(), Watch()
    with Sandbox(
        workers=1,
        seconds=limits.page_seconds,
        wall_seconds=limits.page_wall_seconds,
        memory_mb=limits.memory_mb,
        recycle_after=replace,
    ) as sandbox:
        content = read_book(book, settings, progress=reading, sandbox=sandbox)
        pair_book(content, book, folder, settings, progress=cutting, sandbox=sandbox)
    rows = [*reading.rows("read", stops), *cutting.rows("cut", stops)]
    print_table(("stage", "pages", "worker MB", "parent MB"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--stops", default="1,50,150,300,500", help="pages after which memory is told")
    parser.add_argument("--scanned", action="store_true", help="scans, read by OCR")
    parser.add_argument("--ocr", choices=["paddle", "rapid"], default="rapid", help="engine for --scanned")
    parser.add_argument("--replace", type=int, default=RECYCLE_AFTER, help="pages a worker reads")
    given = parser.parse_args()
    settings = ExtractSettings(ocr=OcrSettings(engine=given.ocr if given.scanned else "off"), workers=1)
    stops = [int(stop) for stop in given.stops.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = draw_books(folder, SEED, SCANNED if given.scanned else BORN_DIGITAL)
        measure(
            long_book(parts, given.pages, folder / "long.pdf"), folder / "out", settings, given.replace, stops
        )


if __name__ == "__main__":
    main()
