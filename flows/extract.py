"""Books to pairs without a workspace: OUT/<book>/pairs.jsonl, unmatched.jsonl, images/.

A book is extracted beside its folder and takes its name when it is complete: OUT never holds half a book.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_cards.swap import recover, swap_in
from extractors.book_file import open_book_file
from extractors.errors import BookError, TuwenError, UsageError
from extractors.names import safe_name, system_name
from extractors.records import BookResult
from extractors.settings import ExtractSettings
from flows.book_files import find_books
from flows.folder_names import folder_names
from flows.opencv import opencv_version
from flows.progress import page_progress, say
from flows.report import BookReport, unreadable_report
from flows.scratch import open_scratch

if TYPE_CHECKING:
    from extractors.refine.refiner import Refiner

SUMMARY = "summary.json"
"""Every folder `extract_book` made holds this file: only such a folder is ever replaced."""


def extract_books(
    arguments: Sequence[Path],
    out: Path,
    settings: ExtractSettings,
    *,
    pages: Sequence[int] | None = None,
    done: Callable[[BookReport], None],
) -> list[BookReport]:
    """Extract each book (or each PDF of a folder) into a folder of its own below `out`.

    `done` is told of each book as it ends. One bad book never stops the others. Raises UsageError when `out`
    holds something else under a book's name or texts are to be refined by no service, MissingDependencyError
    without OpenCV or the OCR engine.
    """
    opencv_version()
    from extractors.refine.refiner import ANSWERS, open_refiner

    named, reports = _expand(arguments)
    pdfs, unopened = _readable(named)
    reports += unopened
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: name a folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    folders = {pdf: out / system_name(name) for pdf, name in folder_names(pdfs).items()}
    for folder in folders.values():
        recover(folder)
        _check_replaceable(folder)
    for report in reports:
        done(report)
    with (
        ThreadPoolExecutor(max_workers=1) as pool,
        open_refiner(settings.refine, out / ANSWERS) as refiner,
        open_scratch(out) as scratch,
    ):
        for pdf in pdfs:
            # A future holds whatever goes wrong with one book, our own slips included.
            future = pool.submit(_extract_one, pdf, folders[pdf], scratch, settings, pages, refiner)
            error = future.exception()
            if isinstance(error, TuwenError) and not isinstance(error, BookError | UsageError):
                raise error
            if isinstance(error, Exception):
                report = BookReport.of_error(safe_name(pdf.name), "", error)
            else:
                report = BookReport.of_result(safe_name(pdf.name), future.result())
            done(report)
            reports.append(report)
        if refiner is not None and (warning := refiner.warning()):
            say(warning)
    return reports


def _expand(arguments: Sequence[Path]) -> tuple[list[Path], list[BookReport]]:
    """The books, and reports of what cannot be looked at; a folder stands for all books below it.

    A file named twice is taken once. What is in a folder and can be no book is only mentioned. Raises
    UsageError when there is nothing.
    """
    books, reports = [], []
    for argument in arguments:
        if not os.path.isdir(argument):
            books.append(argument)
            continue
        found = find_books(argument)
        books += [file.path for file in found.files]
        reports += [unreadable_report(f"{argument / name}", why) for name, why in found.unreadable]
        for name, why in found.skipped:
            say(f"{argument / name}: skipped, {why}")
    if not books and not reports:
        raise UsageError(f"no PDF in {', '.join(str(path) for path in arguments)}")
    return list({os.path.realpath(pdf): pdf for pdf in books}.values()), reports


def _readable(pdfs: Sequence[Path]) -> tuple[list[Path], list[BookReport]]:
    """The books whose files can be opened, and reports of the others."""
    books, reports = [], []
    for pdf in pdfs:
        try:
            open_book_file(pdf).close()
        except BookError as error:
            reports.append(BookReport.of_error(safe_name(pdf.name), "", error))
        else:
            books.append(pdf)
    return books, reports


def _check_replaceable(folder: Path) -> None:
    if (
        folder.exists()
        and not (folder / SUMMARY).is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise UsageError(
            f"{folder} exists and was not made by `tuwen extract`: name another --out, or move it"
        )


def _extract_one(
    pdf: Path,
    folder: Path,
    scratch: Path,
    settings: ExtractSettings,
    pages: Sequence[int] | None,
    refiner: Refiner | None,
) -> BookResult:
    from extractors.book import extract_book

    made = scratch / "book"
    try:
        progress = page_progress(safe_name(pdf.name), "extracting")
        result = extract_book(pdf, made, settings, pages=pages, progress=progress, refiner=refiner)
        swap_in(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return result
