"""Scanned books: extraction beside one plain OCR pass over the same pages.

    python tests/benchmarks/bench_scan.py [BOOK.pdf ...] [--pages N] [--rounds N]

The floor draws each page, finds its lines once and recognises each as it was found, columns turned on their
side: both networks as they come, and nothing else. Ours is both stages of extract_book with one worker; the
loading of the networks, once a book, is in neither.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pymupdf
from measure import in_turns, print_table

from extractors.book import open_sandbox, pair_book, read_book
from extractors.document import Picture, render
from extractors.ocr import OcrEngine, open_engine
from extractors.ocr.columns import TALL, slenderness
from extractors.ocr.reading import straighten
from extractors.sample_books import draw_books
from extractors.settings import ExtractSettings, OcrSettings

LAYOUTS = ("silk_catalogue_scan", "vertical_traditional_scan", "bilingual_catalogue_scan")
SEED = 7
HEAD = ("book", "engine", "pages", "OCR s/page", "ours s/page", "ours/OCR")


def plain_pass(engine: OcrEngine, picture: Picture) -> None:
    """Detection and recognition of one page (H x W x 3, RGB), as PP-OCR's own pipeline does both."""
    page = np.ascontiguousarray(picture[:, :, ::-1])
    quads = engine.detect(page)
    crops = [straighten(page, quad) for quad in quads]
    tall = [slenderness(quad) >= TALL for quad in quads]
    engine.recognise(
        [
            np.ascontiguousarray(np.rot90(crop)) if turn else crop
            for crop, turn in zip(crops, tall, strict=True)
        ]
    )


def row(book: Path, name: str, most: int, rounds: int, folder: Path) -> tuple[str, ...]:
    """The medians of one book and one engine."""
    settings = ExtractSettings(ocr=OcrSettings(engine=name), workers=1)
    engine = open_engine(settings.ocr)
    with pymupdf.open(book) as document, open_sandbox(settings) as sandbox:
        pages = range(1, min(most, document.page_count) + 1)

        def floor() -> None:
            for number in pages:
                plain_pass(engine, render(document[number - 1], settings.ocr.dpi, settings.limits))

        def ours() -> None:
            content = read_book(book, settings, pages=pages, sandbox=sandbox)
            pair_book(content, book, folder, settings, sandbox=sandbox)

        plain_pass(engine, render(document[0], settings.ocr.dpi, settings.limits))  # both sides warm
        read_book(book, settings, pages=pages[:1], sandbox=sandbox)
        took = in_turns(rounds, {"floor": floor, "ours": ours})
    plain, whole = (took[part] / len(pages) for part in ("floor", "ours"))
    return book.stem, name, str(len(pages)), f"{plain:.2f}", f"{whole:.2f}", f"{whole / plain:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("books", nargs="*", type=Path, help="default: scanned sample books, drawn anew")
    parser.add_argument("--engines", nargs="+", default=["paddle", "rapid"], choices=["paddle", "rapid"])
    parser.add_argument("--pages", type=int, default=4, help="the first this many pages of each book")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        books = given.books or [path for path in draw_books(out, SEED, LAYOUTS) if path.stem in LAYOUTS]
        rows = [row(book, name, given.pages, given.rounds, out) for book in books for name in given.engines]
        print_table(HEAD, rows)


if __name__ == "__main__":
    main()
