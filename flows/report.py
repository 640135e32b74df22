"""What a command says about books: a line each, one exit code for all."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from extractors.errors import BAD_INPUT, OK, PARTIAL, BookError, FileAccessError, TuwenError
from extractors.records import BookResult, Refinement


@dataclass(frozen=True, slots=True)
class BookReport:
    """What became of one book."""

    name: str
    sha256: str
    state: Literal["done", "partial", "failed"]
    """partial: some of its pages could not be read, some texts to refine got no answer, or only its last
    reading could be used."""
    pages: int = 0
    pairs: int = 0
    unmatched: int = 0
    failed_pages: tuple[tuple[int, str, str], ...] = ()
    """(page, reason, one sentence)."""
    text_sources: dict[str, int] = field(default_factory=dict)
    """How many pages were read from which text source."""
    refined: Refinement | None = None
    """None where refinement is off."""
    reason: str = ""
    message: str = ""
    exit_code: int = OK

    @classmethod
    def of_result(cls, name: str, result: BookResult, unseen: str = "") -> BookReport:
        """A book that was read, wholly or but for some pages; `unseen` says why not this time but before."""
        lacks = bool(result.failures or result.unanswered or unseen)
        return cls(
            name=name,
            sha256=result.sha256,
            state="partial" if lacks else "done",
            pages=result.page_count,
            pairs=len(result.pairs),
            unmatched=len(result.unmatched),
            failed_pages=tuple((f.page, f.reason, f.detail) for f in result.failures),
            text_sources=dict(sorted(result.text_sources.items())),
            refined=result.refined,
            reason="unseen" if unseen else "",
            message=f"cannot be looked at now, its last reading counts: {unseen}" if unseen else "",
            exit_code=PARTIAL if lacks else OK,
        )

    @classmethod
    def of_error(cls, name: str, sha256: str, error: Exception) -> BookReport:
        """A book that could not be read at all."""
        if isinstance(error, BookError):
            return cls(
                name, sha256, "failed", reason=error.reason, message=str(error), exit_code=error.exit_code
            )
        if isinstance(error, TuwenError):
            return cls(name, sha256, "failed", reason="usage", message=str(error), exit_code=error.exit_code)
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
        message = f"{name}: {type(error).__name__}: {error}{place}"
        return cls(name, sha256, "failed", reason="error", message=message, exit_code=BAD_INPUT)

    def lines(self) -> list[str]:
        """For a person: the book in one line, and one each on what it lacks, its refinement, failed pages."""
        if self.state == "failed":
            return [f"✗ {self.message} [{self.reason}]"]
        sources = ", ".join(f"{count} {source}" for source, count in self.text_sources.items())
        failed = f", {len(self.failed_pages)} failed" if self.failed_pages else ""
        mark = "!" if self.state == "partial" else "✓"
        looked_at = sum(self.text_sources.values()) + len({page for page, _, _ in self.failed_pages})
        part = f"{looked_at} of " if looked_at < self.pages else ""
        line = (
            f"{mark} {self.name}: {part}{counted(self.pages, 'page')}{failed}, "
            f"{counted(self.pairs, 'pair')}, {self.unmatched} unmatched; text: {sources or 'none'}"
        )
        return [
            line,
            *([f"    {self.message} [{self.reason}]"] if self.message else []),
            *([f"    {refinement_line(self.refined)}"] if self.refined else []),
            *(f"    page {page}: {detail} [{reason}]" for page, reason, detail in self.failed_pages),
        ]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for --json and the ledger."""
        return asdict(self)


def unreadable_report(name: str, why: str) -> BookReport:
    """A file, folder or link below books/ that could not be looked at; "" is books/ itself."""
    place = name or "books/"
    message = f"{place}: cannot be read ({why}); make it readable, or take it out of books/"
    return BookReport(
        place, "", "failed", reason=FileAccessError.reason, message=message, exit_code=BAD_INPUT
    )


def refinement_line(refined: Refinement) -> str:
    """What came of the texts of one book that were to be refined."""
    parts = [f"{refined.changed} changed", f"{refined.unchanged} unchanged"]
    for verb, reasons in (("refused", refined.refused), ("not answered", refined.failed)):
        if reasons:
            told = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
            parts.append(f"{sum(reasons.values())} {verb} ({told})")
    return f"refined: {', '.join(parts)}; {refined.asked} asked, {refined.cached} known"


def counted(number: int, noun: str) -> str:
    """1 page, 2 pages."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def split_counts(counts: dict[str, Any]) -> str:
    """How many pairs each split of a version has, as text."""
    return ", ".join(f"{name} {counts['splits'][name]}" for name in ("train", "val", "test"))


def total_line(books: Sequence[BookReport], out: Path) -> str:
    """All books of one `tuwen extract` together, and where their pairs lie."""
    done = [book for book in books if book.state != "failed"]
    pairs, unmatched = sum(book.pairs for book in done), sum(book.unmatched for book in done)
    return f"{counted(pairs, 'pair')}, {unmatched} unmatched from {counted(len(done), 'book')}: {out}"


def common_exit_code(books: Sequence[BookReport]) -> int:
    """0 when all went well, the books' own code when all failed for one cause, else partial."""
    codes = {book.exit_code for book in books}
    if not codes or codes == {OK}:
        return OK
    if all(book.state == "failed" for book in books):
        return codes.pop() if len(codes) == 1 else BAD_INPUT
    return PARTIAL
