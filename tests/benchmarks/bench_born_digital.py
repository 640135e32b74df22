"""Born-digital books: reading and pairing beside the least that any tool must do with the same pages.

    python tests/benchmarks/bench_born_digital.py [BOOK.pdf ...] [--rounds N]

The floor takes from each page its text and its list of images with PyMuPDF, and cuts and writes the same
crops. Ours is both stages of extract_book, OCR off, one worker; its start, once a book, stands apart.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pymupdf
from measure import in_turns, print_table, seconds

from extractors.book import open_sandbox, pair_book, read_book
from extractors.crops import cut
from extractors.geometry import Box
from extractors.records import BookContent, BookResult
from extractors.sample_books import draw_books
from extractors.settings import ExtractSettings, OcrSettings

SETTINGS = ExtractSettings(ocr=OcrSettings(engine="off"), workers=1)
LAYOUTS = ("silk_catalogue", "mural_plates", "excavation_report", "journal_papers")
SEED = 7
HEAD = ("book", "pages", "figures", "start s", "floor s", "read s", "pair s", "pages/s", "ours/floor")


class Bench:
    """One book, read and paired once by its worker, so that both sides know what to cut."""

    def __init__(self, book: Path, folder: Path, rounds: int) -> None:
        self.book, self.folder, self.rounds = book, folder, rounds

    def row(self) -> tuple[str, ...]:
        """The medians of one book."""
        with open_sandbox(SETTINGS) as self.sandbox:
            start = seconds(lambda: read_book(self.book, SETTINGS, pages=[1], sandbox=self.sandbox))
            self.read()
            self.pair()
            took = in_turns(self.rounds, {"floor": self.floor, "read": self.read, "pair": self.pair})
        pages, ours = len(self.content.pages), took["read"] + took["pair"]
        figures = sum(map(len, self.boxes().values()))
        return (
            self.book.stem,
            str(pages),
            str(figures),
            *(f"{value:.2f}" for value in (start, took["floor"], took["read"], took["pair"])),
            f"{pages / ours:.1f}",
            f"{ours / took['floor']:.2f}",
        )

    def read(self) -> None:
        self.content: BookContent = read_book(self.book, SETTINGS, sandbox=self.sandbox)

    def pair(self) -> None:
        self.result: BookResult = pair_book(
            self.content, self.book, self.folder, SETTINGS, sandbox=self.sandbox
        )

    def boxes(self) -> dict[int, list[Box]]:
        """What was cut, by page."""
        found: dict[int, list[Box]] = {}
        lost = [row for row in self.result.unmatched if row.type == "figure"]
        for row in (*self.result.pairs, *lost):
            found.setdefault(row.page, []).append(row.bbox)
        return found

    def floor(self) -> None:
        pymupdf.TOOLS.store_shrink(100)  # pictures decoded in the round before
        boxes = self.boxes()
        with pymupdf.open(self.book) as document:
            for number, page in enumerate(document, 1):
                page.get_text("dict")
                page.get_image_info()
                for index, box in enumerate(boxes.get(number, ())):
                    crop = cut(page, box, SETTINGS.crop_dpi, SETTINGS.limits)
                    (self.folder / f"floor-{number}-{index}.png").write_bytes(crop.png)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("books", nargs="*", type=Path, help="default: sample books drawn for the run")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        books = arguments.books or draw_books(out, SEED, LAYOUTS)
        print_table(HEAD, [Bench(book, out, arguments.rounds).row() for book in books])


if __name__ == "__main__":
    main()
