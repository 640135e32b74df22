"""Second stage of a book: its figures are paired with their texts, and their pictures are cut."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from extractors.book_pages import Progress, counter, open_sandbox, page_failure
from extractors.book_solving import solve_apart
from extractors.geometry import Box, rounded, union
from extractors.grammar.words import words_added
from extractors.layout.candidate import Candidate
from extractors.look import Look
from extractors.page_units import in_points
from extractors.pairing.drafts import Draft
from extractors.pairing.kinds import kinds_of
from extractors.pairing.roles import entry_drafts
from extractors.pairing.shown import Told, medium_of, subject_of
from extractors.pairing.solve import SolvedBook
from extractors.pictures import PagePictures, Picture, PictureJob, take_pictures
from extractors.records import BookContent, BookResult, PageFailure, Pair, Unmatched
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings
from extractors.text import ASKEW_TEXT
from extractors.worker_messages import JobFailure

ID_GRID = 4.0
"""Figure boxes are rounded to this many points in the id of a pair. A published version keeps the id that a
figure had in the versions before it, so this decides the ids of new figures only."""


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

    `progress(done, total)` counts pages with pictures; `sandbox` lends running workers. Raises
    UnsolvedBookError for a book beyond the limits, OSError when `folder` cannot be written.
    """
    if sandbox is None:
        with open_sandbox(settings) as own:
            return pair_book(content, pdf, folder, settings, progress=progress, sandbox=own)
    solved = solve_apart(content, pdf, settings, sandbox)
    names = pair_ids(content.sha256, solved.drafts)
    jobs = picture_jobs(solved, names, pdf, folder, settings)
    pictures, shown, failures = take_all(jobs, folder, sandbox, progress)
    drafts = with_roles(solved, [pictures.get(name) for name in names], settings)
    pairs, unmatched = [], []
    for draft, name in zip(drafts, names, strict=True):
        picture = pictures.get(name)
        if picture is None:
            unmatched.append(_lost(draft, "its picture could not be cut: see the failed pages"))
        elif not draft.has_text:
            reason = "only a number, and no description for it" if draft.candidate else "no text found for it"
            unmatched.append(_lost(draft, reason, picture.file))
        else:
            pairs.append(_pair(content, draft, name, picture, settings))
    unmatched += [_unpaired(candidate) for candidate in solved.free]
    unmatched += solved.overlooked
    dropped = Counter(drop.reason for drop in solved.left_out)
    units = {page.page: page.unit for page in content.pages if page.unit != 1.0}
    dropped["running head or page number"] = solved.furniture
    return BookResult(
        content.sha256,
        content.title,
        content.page_count,
        tuple(in_points(pair, units) for pair in pairs),
        tuple(sorted((in_points(row, units) for row in unmatched), key=lambda u: (u.page, u.type, u.bbox))),
        (*content.failures, *failures),
        {reason: count for reason, count in sorted(dropped.items()) if count},
        tuple(
            in_points(replace(drop, bbox=rounded(drop.bbox)), units)
            for drop in solved.left_out
            if drop.reason != ASKEW_TEXT
        ),
        dict(sorted(Counter(page.text_source for page in content.pages).items())),
        {page: taken.preview for page, taken in sorted(shown.items())},
        {page: taken.size for page, taken in sorted(shown.items())},
    )


def pair_ids(sha256: str, drafts: Sequence[Draft]) -> list[str]:
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


def picture_jobs(
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


def take_all(
    jobs: Sequence[PictureJob], folder: Path, sandbox: Sandbox, progress: Progress | None
) -> tuple[dict[str, Picture], dict[int, PagePictures], list[PageFailure]]:
    """Crops by pair id, the pictures of each page, and the pages that failed."""
    for part in ("images", "previews"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Picture] = {}
    shown: dict[int, PagePictures] = {}
    failures = []
    outcomes = sandbox.run(take_pictures, jobs, counter(progress, len(jobs)))
    for job, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(outcome, JobFailure):
            failures.append(page_failure(job.page, "pictures", outcome))
        else:
            pictures.update(zip(job.names, outcome.pictures, strict=True))
            shown[job.page] = outcome
    return pictures, shown, failures


def with_roles(
    solved: SolvedBook, pictures: Sequence[Picture | None], settings: ExtractSettings
) -> list[Draft]:
    """The drafts with their kinds, those of catalogue entries with the roles that their pictures show."""
    looks = [picture.look if picture else None for picture in pictures]
    drafts = with_entry_roles(solved, looks)
    with words_added(settings.words.by_kind()):
        kinds = kinds_of(drafts, looks)
    return [draft.with_(kind=kind) for draft, kind in zip(drafts, kinds, strict=True)]


def with_entry_roles(solved: SolvedBook, looks: Sequence[Look | None]) -> list[Draft]:
    """The drafts, the figures of catalogue entries with their roles and texts."""
    drafts = list(solved.drafts)
    for entry, members in solved.entries:
        told = entry_drafts(entry, [drafts[i] for i in members], [looks[i] for i in members])
        for i, draft in zip(members, told, strict=True):
            drafts[i] = draft
    return drafts


def _pair(content: BookContent, draft: Draft, name: str, picture: Picture, settings: ExtractSettings) -> Pair:
    pages = {page.page: page for page in content.pages}
    page, candidate, parent = pages[draft.page], draft.candidate, draft.parent
    told_on = pages[draft.text_page or (candidate.page if candidate else draft.page)]
    told = Told(draft.kind or "other", draft.title, draft.caption, draft.description)
    with words_added(settings.words.by_kind()):
        medium, subject = medium_of(told), subject_of(told, settings.subjects)
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
        kind=told.kind,
        medium=medium,
        subject=subject,
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
        description_page=told_on.page if draft.has_text else None,
        description_bbox=_description_box(draft, told_on.page),
    )


def _description_box(draft: Draft, page: int) -> Box | None:
    """Where the description stands on its page: its own blocks, else its caption."""
    if draft.text_boxes:
        return rounded(union(draft.text_boxes))
    caption = draft.candidate
    return rounded(caption.bbox) if caption is not None and caption.page == page else None


def _lost(draft: Draft, reason: str, image: str = "") -> Unmatched:
    return Unmatched("figure", draft.page, rounded(draft.bbox), draft.caption, reason, image)


def _unpaired(candidate: Candidate) -> Unmatched:
    return Unmatched(
        "caption", candidate.page, rounded(candidate.bbox), candidate.text, "no figure found for this caption"
    )
