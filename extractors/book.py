"""The one entry point: a PDF book becomes pairs, and a list of what could not be paired.

Two stages: `read_book` reads every page; `pair_book` solves the book and cuts its pictures. Refining the
descriptions, where it is asked for, comes after both (`extractors.refine`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from extractors.book_pages import Progress, chosen_pages, open_sandbox, read_book
from extractors.book_pairs import pair_book, pair_ids, picture_jobs, take_all, with_roles
from extractors.book_solving import solve_apart
from extractors.errors import BookError
from extractors.overlay import draw_page
from extractors.records import BookResult
from extractors.settings import ExtractSettings

if TYPE_CHECKING:
    from extractors.refine.refiner import Refiner

__all__ = ["extract_book", "inspect_page", "open_sandbox", "pair_book", "read_book"]


def extract_book(
    pdf: Path,
    folder: Path,
    settings: ExtractSettings,
    *,
    pages: Sequence[int] | None = None,
    progress: Progress | None = None,
    refiner: Refiner | None = None,
) -> BookResult:
    """Both stages; also writes pairs.jsonl, unmatched.jsonl and summary.json into `folder`.

    Where `settings` ask for it, the descriptions are refined too, and refine.jsonl lists what was refused;
    `refiner` lends one that serves several books. `progress(done, total)` counts the pages read. Raises what
    `read_book` raises, and UsageError when texts are to be refined by no service.
    """
    if refiner is None and settings.refine.enabled:
        from extractors.refine.refiner import ANSWERS, open_refiner

        with open_refiner(settings.refine, folder.parent / ANSWERS) as own:
            return extract_book(pdf, folder, settings, pages=pages, progress=progress, refiner=own)
    folder.mkdir(parents=True, exist_ok=True)
    with open_sandbox(settings) as sandbox:
        content = read_book(pdf, settings, pages=pages, progress=progress, sandbox=sandbox)
        result = pair_book(content, pdf, folder, settings, sandbox=sandbox)
    if refiner is not None:
        result = refiner.refine(result)
        _write_lines(folder / "refine.jsonl", result.refusals)
    _write_lines(folder / "pairs.jsonl", result.pairs)
    _write_lines(folder / "unmatched.jsonl", result.unmatched)
    rest = asdict(replace(result, pairs=(), unmatched=(), refusals=()))
    del rest["pairs"], rest["unmatched"], rest["refusals"]
    rest |= {"pair_count": len(result.pairs), "unmatched_count": len(result.unmatched)}
    (folder / "summary.json").write_text(
        json.dumps(rest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    return result


def _write_lines(path: Path, rows: Sequence[Any]) -> None:
    lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def inspect_page(pdf: Path, page: int, out: Path, settings: ExtractSettings) -> Path:
    """Write a PNG of one page with everything seen on it drawn in; returns `out`.

    The whole book is read, since its conventions decide what a page means. Raises what `read_book` raises,
    and BookError when that page could not be read.
    """
    with open_sandbox(settings) as sandbox, TemporaryDirectory() as scratch:
        content = read_book(pdf, settings, sandbox=sandbox)
        chosen_pages(pdf, [page], content.page_count)
        failed = next((f for f in content.failures if f.page == page), None)
        if failed is not None:
            raise BookError(pdf, f"page {page} could not be read ({failed.reason}): {failed.detail}")
        solved = solve_apart(content, pdf, settings, sandbox, shown=(page,))
        names = pair_ids(content.sha256, solved.drafts)
        # The roles of a catalogue entry depend on how its pictures look.
        jobs = [job for job in picture_jobs(solved, names, pdf, Path(scratch), settings) if job.page == page]
        pictures, _, _ = take_all(jobs, Path(scratch), sandbox, None)
    drafts = with_roles(solved, [pictures.get(name) for name in names], settings)
    return draw_page(pdf, page, solved, drafts, out, settings)
