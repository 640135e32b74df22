"""What can go wrong with a book: one exception a cause, each with its exit code and its remedy.

The exit codes are the published table of docs/exit-codes.md; `flows.cli` maps an exception to its code and
prints its message. Nothing else decides an exit code.
"""

from __future__ import annotations

from pathlib import Path

from extractors.names import safe_name
from extractors.printable import printable

OK = 0
USAGE = 2
BAD_INPUT = 3
ENCRYPTED = 4
MISSING_DEPENDENCY = 5
PARTIAL = 6
BUSY = 7
DAMAGED_WORKSPACE = 8
INTERRUPTED = 130


class TuwenError(Exception):
    """A failure a person can act on: `str(error)` says what is wrong, where, and what to do."""

    exit_code = 1


class UsageError(TuwenError):
    """An option or a setting that makes no sense; the message names the right one."""

    exit_code = USAGE


class BookError(TuwenError):
    """A book that cannot be read at all. `path` is the file; `reason` a short stable slug."""

    exit_code = BAD_INPUT
    reason = "unreadable"

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{printable(safe_name(path.name))}: {message}")
        self.path = path
        self.message = message

    def __reduce__(self) -> tuple[type[BookError], tuple[Path, str]]:
        return type(self), (self.path, self.message)


class FileAccessError(BookError):
    """The file cannot be opened or read at this moment: that says nothing of what it holds."""

    reason = "no-access"


class NoSuchFileError(FileAccessError):
    """There is no file of that name."""

    reason = "not-found"


class DamagedPdfError(BookError):
    """The file is a PDF whose parts are broken beyond repair."""

    reason = "damaged"


class UnexpectedBookError(BookError):
    """Our own code failed on the book: the message names the place in the code."""

    reason = "error"


class UnsolvedBookError(BookError):
    """Its figures could not be paired with its texts within the limits of the settings."""

    reason = "unsolved"


class NotAPdfError(BookError):
    """The file does not begin like a PDF."""

    reason = "not-a-pdf"


class PortfolioError(BookError):
    """The PDF is a wrapper around other files, with a cover page that says so."""

    reason = "portfolio"


class EmptyFileError(BookError):
    """The file has no bytes."""

    reason = "empty-file"


class TruncatedPdfError(BookError):
    """The file begins as a PDF but its end or its cross-reference table is missing."""

    reason = "truncated"


class NoPagesError(BookError):
    """The PDF opens but holds no page."""

    reason = "no-pages"


class TooLargeError(BookError):
    """The PDF exceeds a limit of the settings (pages, pixels, unpacked size)."""

    reason = "too-large"


class EncryptedPdfError(BookError):
    """The PDF needs a password."""

    exit_code = ENCRYPTED
    reason = "encrypted"


class PageError(Exception):
    """A page that cannot be read: it costs that page, never the book. `reason` is a short stable slug."""

    reason = "unreadable"


class PageTooLargeError(PageError):
    """A page, or an image on it, exceeds the pixel limit of the settings."""

    reason = "too-large"


class DamagedPageError(PageError):
    """The content of a page is missing from a damaged file."""

    reason = "unreadable"


class MissingDependencyError(TuwenError):
    """A package or a model that this step needs is not installed; the message says how to get it."""

    exit_code = MISSING_DEPENDENCY


class BusyError(TuwenError):
    """Another builder holds the workspace."""

    exit_code = BUSY


class DamagedWorkspaceError(TuwenError):
    """A stored file is missing or is not what its manifest says."""

    exit_code = DAMAGED_WORKSPACE
