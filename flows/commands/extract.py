"""tuwen extract, tuwen inspect: books without a workspace."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import JsonOption, SetOption, WorkersOption, file_settings, print_json
from flows.output import print_lines


class Ocr(StrEnum):
    """Who reads pages without a good text layer."""

    auto = "auto"
    paddle = "paddle"
    rapid = "rapid"
    off = "off"


OcrOption = Annotated[Ocr | None, typer.Option("--ocr", help="Engine for pages without a good text layer.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", exists=True, help="A tuwen.toml to read.")]


def _overrides(given: list[str] | None, ocr: Ocr | None) -> list[str]:
    return [*(given or []), *([f"extract.ocr.engine={ocr.value}"] if ocr else [])]


def extract(
    books: Annotated[list[Path], typer.Argument(help="PDF files, or folders of them.", metavar="BOOK.pdf")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder that gets one folder a book.")],
    pages: Annotated[str, typer.Option("--pages", help="Only these pages, such as 3-10 or 1,4,7-9.")] = "",
    ocr: OcrOption = None,
    workers: WorkersOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Extract image–text pairs from books.

    Writes OUT/<book>/pairs.jsonl, unmatched.jsonl, images/, previews/ and summary.json.

    \b
    Examples:
      tuwen extract 丝绸图案.pdf --out out
      tuwen extract books/*.pdf --out out --ocr rapid --workers 4
      tuwen extract mural.pdf --out out --pages 3-10,52 --json
    """
    from flows.extract import extract_books
    from flows.interrupt import run_interruptible
    from flows.page_ranges import parse_pages
    from flows.progress import display
    from flows.report import BookReport, common_exit_code, total_line
    from flows.scratch import scratch_folder

    settings = file_settings(config, _overrides(overrides, ocr), workers)
    chosen = parse_pages(pages) if pages else None

    def show(report: BookReport) -> None:
        if not as_json:
            print_lines(*report.lines())

    def work() -> list[BookReport]:
        with display():
            return extract_books(books, out, settings.extract, pages=chosen, done=show)

    reports = run_interruptible(work, abandon=scratch_folder(out))
    code = common_exit_code(reports)
    if as_json:
        print_json({"out": out, "exit_code": code, "books": [report.as_json() for report in reports]})
    elif any(report.state != "failed" for report in reports):
        print_lines(total_line(reports, out))
    raise typer.Exit(code)


def inspect(
    book: Annotated[Path, typer.Argument(help="A PDF file.", metavar="BOOK.pdf")],
    page: Annotated[int, typer.Option("--page", "-p", min=1, help="Page number, from 1.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="PNG to write (default: BOOK-page7.png here).")
    ] = None,
    ocr: OcrOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Draw what was seen on one page.

    Text lines, figures, captions, furniture, tables and pair links, each in its colour. The whole book is
    read first, since its conventions decide what a page means.

    \b
    Examples:
      tuwen inspect 丝绸图案.pdf --page 7
      tuwen inspect mural.pdf --page 12 --out page12.png --ocr off
    """
    from extractors.book_file import open_book_file
    from extractors.names import system_name
    from flows.folder_names import folder_names
    from flows.interrupt import run_interruptible
    from flows.opencv import opencv_version

    open_book_file(book).close()
    settings = file_settings(config, _overrides(overrides, ocr))
    opencv_version()
    from extractors.book import inspect_page

    target = out or Path(system_name(f"{folder_names([book])[book]}-page{page}.png"))
    print_lines(str(run_interruptible(lambda: inspect_page(book, page, target, settings.extract))))
