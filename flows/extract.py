"""Books to pairs without a workspace: OUT/<book>/pairs.jsonl, unmatched.jsonl, images/.

A book is extracted beside its folder and takes its name when it is complete: OUT never holds half a book.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.durable import file_sha256
from extractors.errors import BookError, TuwenError, UsageError
from extractors.records import BookResult
from extractors.settings import ExtractSettings
from flows.opencv import opencv_version
from flows.progress import page_progress, say
from flows.report import BookReport
from flows.workspace import find_pdfs

if TYPE_CHECKING:
    from extractors.refine.refiner import Refiner

SUMMARY = "summary.json"
"""Every folder `extract_book` made holds this file: only such a folder is ever replaced."""


class NoSuchFileError(BookError):
    """There is no file of that name."""

    reason = "not-found"


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

    pdfs = _expand(arguments)
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: name a folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    folders = {pdf: out / name for pdf, name in folder_names(pdfs).items()}
    for folder in folders.values():
        _check_replaceable(folder)
    reports = []
    with ThreadPoolExecutor(max_workers=1) as pool, open_refiner(settings.refine, out / ANSWERS) as refiner:
        for pdf in pdfs:
            # A future holds whatever goes wrong with one book, our own slips included.
            future = pool.submit(_extract_one, pdf, folders[pdf], settings, pages, refiner)
            error = future.exception()
            if isinstance(error, TuwenError) and not isinstance(error, BookError | UsageError):
                raise error
            if isinstance(error, Exception):
                report = BookReport.of_error(pdf.name, "", error)
            else:
                report = BookReport.of_result(pdf.name, future.result())
            done(report)
            reports.append(report)
        if refiner is not None and (warning := refiner.warning()):
            say(warning)
    return reports


def scratch_folder(out: Path) -> Path:
    """Where this process extracts the book it is at, below `out`; gone when the book has ended."""
    return out / f".tuwen-{os.getpid()}"


def folder_names(pdfs: Sequence[Path]) -> dict[Path, str]:
    """A folder name for each book: its stem, with the first 8 digits of its sha256 where stems are alike."""
    stems = Counter(pdf.stem.casefold() for pdf in pdfs)
    return {
        pdf: f"{pdf.stem}-{file_sha256(pdf)[:8]}"
        if stems[pdf.stem.casefold()] > 1 and pdf.is_file()
        else pdf.stem
        for pdf in pdfs
    }


def _expand(arguments: Sequence[Path]) -> list[Path]:
    """Folders become the PDFs in them; a file named twice is taken once."""
    pdfs = [pdf for path in arguments for pdf in (find_pdfs(path) if path.is_dir() else [path])]
    if not pdfs:
        raise UsageError(f"no PDF in {', '.join(str(path) for path in arguments)}")
    return list({pdf.resolve(): pdf for pdf in pdfs}.values())


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
    settings: ExtractSettings,
    pages: Sequence[int] | None,
    refiner: Refiner | None,
) -> BookResult:
    from extractors.book import extract_book

    if not pdf.is_file():
        raise NoSuchFileError(pdf, f"there is no such file ({pdf})")
    scratch = scratch_folder(folder.parent)
    made = scratch / folder.name
    try:
        made.mkdir(parents=True)
        progress = page_progress(pdf.name, "extracting")
        result = extract_book(pdf, made, settings, pages=pages, progress=progress, refiner=refiner)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result
