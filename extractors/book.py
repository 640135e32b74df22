"""The one entry point: a PDF book becomes pairs, and a list of what could not be paired.

Two stages, so that the first, which is dear (OCR), can be kept while the second improves:
`read_book` reads every page in killable worker processes; `pair_book` solves the book and cuts its pictures.
Refining the descriptions, where it is asked for, comes after both (`extractors.refine`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from extractors.document import BookInfo, probe
from extractors.errors import BookError, UsageError
from extractors.geometry import Box, rounded
from extractors.grammar.words import words_added
from extractors.layout.candidates import Candidate
from extractors.overlay import draw_page
from extractors.page import PageJob, read_page
from extractors.pairing.drafts import Draft
from extractors.pairing.kinds import kind_of
from extractors.pairing.roles import entry_drafts
from extractors.pairing.solve import SolvedBook, solve_book
from extractors.pictures import PagePictures, Picture, PictureJob, take_pictures
from extractors.records import BookContent, BookResult, PageContent, PageFailure, Pair, Unmatched
from extractors.sandbox import JobFailure, Sandbox
from extractors.settings import ExtractSettings, Limits
from extractors.text import ASKEW_TEXT

if TYPE_CHECKING:
    from extractors.refine.refiner import Refiner

PAGES_VERSION = "3"
"""Raise when `read_book` would read the same file differently: kept page readings are then made anew."""
PAIRS_VERSION = "3"
"""Raise when `pair_book` would pair the same pages differently."""
RECYCLE_AFTER = 400
"""Pages a worker reads before it is replaced: the OCR engines leak, a few MB a page."""
REMEDIES = {
    "timeout": "Give it longer with --set extract.limits.page_seconds=N.",
    "hung": "Give it longer with --set extract.limits.page_wall_seconds=N.",
    "memory": "Allow more with --set extract.limits.memory_mb=N.",
    "too-large": "Allow more with --set extract.limits.max_pixels=N.",
    "crashed": "The page is damaged or breaks the PDF library; export it anew from its source.",
}
"""What a person can do about a page that failed, by reason."""
ID_GRID = 4.0
"""Figure boxes are rounded to so many points in a pair's id, so that a hair's difference keeps it."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _ProbeJob:
    path: Path
    limits: Limits


def _probe(job: _ProbeJob) -> BookInfo:
    return probe(job.path, job.limits)


def open_sandbox(settings: ExtractSettings) -> Sandbox:
    """Worker processes under the limits of `settings`; one sandbox serves all stages of a book."""
    return Sandbox(
        workers=settings.workers,
        seconds=settings.limits.page_seconds,
        wall_seconds=settings.limits.page_wall_seconds,
        memory_mb=settings.limits.memory_mb,
        recycle_after=RECYCLE_AFTER,
    )


def read_book(
    pdf: Path,
    settings: ExtractSettings,
    *,
    pages: Sequence[int] | None = None,
    progress: Progress | None = None,
    sandbox: Sandbox | None = None,
) -> BookContent:
    """Read all pages, or those in `pages` (1-based), of `pdf`.

    A page that hangs, crashes or is too large is listed in `failures`; the others are read.
    `progress(done, total)` is called as pages end; `sandbox` lends running workers. Raises BookError for a
    file that cannot be read at all, UsageError for pages it does not have, MissingDependencyError without
    the OCR engine it needs.
    """
    if sandbox is None:
        with open_sandbox(settings) as own:
            return read_book(pdf, settings, pages=pages, progress=progress, sandbox=own)
    info = next(iter(sandbox.run(_probe, [_ProbeJob(pdf, settings.limits)])))
    if isinstance(info, JobFailure):
        raise BookError(pdf, f"cannot be opened ({info.reason}): {info.detail}")
    numbers = _chosen(pdf, pages, info.page_count)
    jobs = [PageJob(pdf, number, settings) for number in numbers]
    read: list[PageContent] = []
    failures: list[PageFailure] = []
    outcomes = sandbox.run(read_page, jobs, _counter(progress, len(jobs)))
    for number, outcome in zip(numbers, outcomes, strict=True):
        if isinstance(outcome, JobFailure):
            failures.append(_page_failure(number, "read", outcome))
        else:
            read.append(outcome)
    return BookContent(info.sha256, info.title, info.page_count, tuple(read), tuple(failures))


def _page_failure(page: int, stage: str, failure: JobFailure) -> PageFailure:
    remedy = REMEDIES.get(failure.reason, "")
    return PageFailure(page, stage, failure.reason, failure.detail + (f" {remedy}" if remedy else ""))


def _counter(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Turns "job i ended" into "so many of so many done"."""
    done = 0
    if progress is not None:
        progress(0, total)

    def ended(_index: int) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    return ended


def _chosen(pdf: Path, pages: Sequence[int] | None, page_count: int) -> list[int]:
    numbers = sorted(set(pages)) if pages is not None else list(range(1, page_count + 1))
    beyond = [number for number in numbers if not 1 <= number <= page_count]
    if beyond:
        raise UsageError(f"{pdf.name} has pages 1 to {page_count}; there is no page {beyond[0]}")
    return numbers


def pair_book(
    content: BookContent,
    pdf: Path,
    folder: Path,
    settings: ExtractSettings,
    *,
    progress: Progress | None = None,
    sandbox: Sandbox | None = None,
) -> BookResult:
    """Pair the figures and texts of `content`; write images/ and previews/ below `folder`.

    `progress(done, total)` counts pages with pictures; `sandbox` lends running workers. Raises OSError when
    `folder` cannot be written.
    """
    if sandbox is None:
        with open_sandbox(settings) as own:
            return pair_book(content, pdf, folder, settings, progress=progress, sandbox=own)
    with words_added(settings.words.by_kind()):
        solved = solve_book(content)
    names = _names(content.sha256, solved.drafts)
    jobs = _picture_jobs(solved, names, pdf, folder, settings)
    pictures, shown, failures = _take_all(jobs, folder, sandbox, progress)
    drafts = _with_roles(solved, [pictures.get(name) for name in names])
    pairs, unmatched = [], []
    for draft, name in zip(drafts, names, strict=True):
        picture = pictures.get(name)
        if picture is None:
            unmatched.append(_lost(draft, "its picture could not be cut: see the failed pages"))
        elif not draft.has_text:
            reason = "only a number, and no description for it" if draft.candidate else "no text found for it"
            unmatched.append(_lost(draft, reason, picture.file))
        else:
            pairs.append(_pair(content, draft, name, picture))
    unmatched += [_unpaired(candidate) for candidate in solved.free]
    unmatched += solved.overlooked
    left_out = [drop for layout in solved.layouts for drop in layout.dropped]
    left_out = sorted([*left_out, *solved.marks], key=lambda drop: drop.page)
    dropped = Counter(drop.reason for drop in left_out)
    dropped["running head or page number"] = sum(len(layout.furniture) for layout in solved.layouts)
    return BookResult(
        content.sha256,
        content.title,
        content.page_count,
        tuple(pairs),
        tuple(sorted(unmatched, key=lambda u: (u.page, u.type, u.bbox))),
        (*content.failures, *failures),
        {reason: count for reason, count in sorted(dropped.items()) if count},
        tuple(replace(drop, bbox=rounded(drop.bbox)) for drop in left_out if drop.reason != ASKEW_TEXT),
        dict(sorted(Counter(page.text_source for page in content.pages).items())),
        {page: taken.preview for page, taken in sorted(shown.items())},
        {page: taken.size for page, taken in sorted(shown.items())},
    )


def _names(sha256: str, drafts: Sequence[Draft]) -> list[str]:
    """The pair id of each draft: book, page and box decide, nothing that another book could move."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for draft in drafts:
        name = _name(sha256, draft.page, draft.bbox)
        names.append(f"{name}{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


def _name(sha256: str, page: int, bbox: Box) -> str:
    box = ",".join(str(round(value / ID_GRID)) for value in bbox)
    return hashlib.sha256(f"{sha256}/{page}/{box}".encode()).hexdigest()[:16]


def _figure_id(sha256: str, page: int, name: str) -> str:
    return f"{sha256[:12]}-{page:04d}-{name[:6]}"


def _picture_jobs(
    solved: SolvedBook, names: Sequence[str], pdf: Path, folder: Path, settings: ExtractSettings
) -> list[PictureJob]:
    """What to cut, page by page; pages that hold only a caption get their preview."""
    by_page: dict[int, list[tuple[Box, str]]] = {c.page: [] for c in solved.free}
    for draft, name in zip(solved.drafts, names, strict=True):
        by_page.setdefault(draft.page, []).append((draft.bbox, name))
        if draft.candidate is not None:
            by_page.setdefault(draft.candidate.page, [])
    return [
        PictureJob(
            pdf,
            page,
            tuple(box for box, _ in by_page[page]),
            tuple(name for _, name in by_page[page]),
            f"{page:04d}",
            folder,
            settings,
        )
        for page in sorted(by_page)
    ]


def _take_all(
    jobs: Sequence[PictureJob], folder: Path, sandbox: Sandbox, progress: Progress | None
) -> tuple[dict[str, Picture], dict[int, PagePictures], list[PageFailure]]:
    """Crops by pair id, the pictures of each page, and the pages that failed."""
    for part in ("images", "previews"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Picture] = {}
    shown: dict[int, PagePictures] = {}
    failures = []
    outcomes = sandbox.run(take_pictures, jobs, _counter(progress, len(jobs)))
    for job, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(outcome, JobFailure):
            failures.append(_page_failure(job.page, "pictures", outcome))
        else:
            pictures.update(zip(job.names, outcome.pictures, strict=True))
            shown[job.page] = outcome
    return pictures, shown, failures


def _with_roles(solved: SolvedBook, pictures: Sequence[Picture | None]) -> list[Draft]:
    """The drafts, those of catalogue entries with the roles that their pictures show."""
    drafts = list(solved.drafts)
    for entry, members in solved.entries:
        looks = [picture.look if picture else None for picture in (pictures[i] for i in members)]
        for i, draft in zip(members, entry_drafts(entry, [drafts[i] for i in members], looks), strict=True):
            drafts[i] = draft
    return [
        draft.with_(kind=kind_of(draft, picture.look if picture else None))
        for draft, picture in zip(drafts, pictures, strict=True)
    ]


def _pair(content: BookContent, draft: Draft, name: str, picture: Picture) -> Pair:
    pages = {page.page: page for page in content.pages}
    page, candidate, parent = pages[draft.page], draft.candidate, draft.parent
    told_on = pages[draft.text_page or (candidate.page if candidate else draft.page)]
    return Pair(
        pair_id=name,
        book_sha256=content.sha256,
        book_title=content.title,
        page=draft.page,
        page_label=page.label,
        bbox=rounded(draft.bbox),
        figure_id=_figure_id(content.sha256, draft.page, name),
        group=f"{content.sha256[:12]}-{draft.group or name}",
        image=picture.file,
        width=picture.width,
        height=picture.height,
        image_sha256=picture.sha256,
        image_phash=picture.phash,
        kind=draft.kind or "other",
        number=draft.number,
        title=draft.title,
        caption=draft.caption,
        caption_page=candidate.page if candidate else None,
        caption_bbox=rounded(candidate.bbox) if candidate else None,
        description=draft.description,
        description_source=draft.description_source,
        description_en=draft.english,
        text_source=told_on.text_source,
        text_confidence=round(draft.text_confidence, 3),
        rule=draft.rule,
        confidence=round(draft.confidence, 3),
        parent=_figure_id(content.sha256, parent[0], _name(content.sha256, *parent)) if parent else None,
        parent_bbox=rounded(parent[1]) if parent and not draft.role else None,
    )


def _lost(draft: Draft, reason: str, image: str = "") -> Unmatched:
    return Unmatched("figure", draft.page, rounded(draft.bbox), draft.caption, reason, image)


def _unpaired(candidate: Candidate) -> Unmatched:
    return Unmatched(
        "caption", candidate.page, rounded(candidate.bbox), candidate.text, "no figure found for this caption"
    )


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
        _chosen(pdf, [page], content.page_count)
        failed = next((f for f in content.failures if f.page == page), None)
        if failed is not None:
            raise BookError(pdf, f"page {page} could not be read ({failed.reason}): {failed.detail}")
        with words_added(settings.words.by_kind()):
            solved = solve_book(content)
        names = _names(content.sha256, solved.drafts)
        # The roles of a catalogue entry depend on how its pictures look.
        jobs = [job for job in _picture_jobs(solved, names, pdf, Path(scratch), settings) if job.page == page]
        pictures, _, _ = _take_all(jobs, Path(scratch), sandbox, None)
    drafts = _with_roles(solved, [pictures.get(name) for name in names])
    return draw_page(pdf, page, solved, drafts, out, settings)
