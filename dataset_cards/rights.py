"""What a person knows about a book and its PDF does not say: who made it, and who may use it.

The facts stand in books.toml of a workspace, one [[book]] table for each book, named by `file` (its name
below books/) or by `sha256`. Rights are given as a URI of rightsstatements.org or Creative Commons, because
those are what catalogues and aggregators read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from rapidfuzz import process

from dataset_cards.cleaning import clean_text
from dataset_cards.errors import UsageError
from dataset_cards.statements import canonical_rights, statement
from extractors.parsing import parse_toml

FILE_NAME = "books.toml"
UNKNOWN_RIGHTS = "unknown"
"""What is published as the rights of a book whose rights nobody has stated."""

# Woodblock books are older than Gutenberg's; nothing is printed in a year to come much later than this.
_EARLIEST_YEAR, _LATEST_YEAR = 800, 2100
_SELECTORS = {"file", "sha256"}


def check_isbn(text: str) -> str:
    """`text` as the 13 digits of its ISBN; hyphens and spaces do not count, ISBN-10 becomes ISBN-13.

    A hyphen stands after the first three: readers of JSON take a text of digits alone for a number.

    Raises ValueError when the digits are not 10 or 13, or the check digit does not fit (ISO 2108: a sum
    weighted 1, 3, 1, 3, … divisible by 10; for ISBN-10 weighted 10, 9, …, 1 divisible by 11).
    """
    digits = re.sub(r"[-\s\u2010-\u2015]", "", unicodedata.normalize("NFKC", text)).upper()
    digits = digits.removeprefix("ISBN").lstrip(":")
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        if sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11:
            raise ValueError("its check digit does not fit: look at the book again for a slip")
        body = f"978{digits[:9]}"
        return f"978-{digits[:9]}{-_weighted(body) % 10}"
    if re.fullmatch(r"97[89]\d{10}", digits):
        if _weighted(digits) % 10:
            raise ValueError("its check digit does not fit: look at the book again for a slip")
        return f"{digits[:3]}-{digits[3:]}"
    raise ValueError(
        "not an ISBN of 10 or 13 digits; a book from before 1987 has a 统一书号 instead: put that in note"
    )


def _weighted(digits: str) -> int:
    return sum((3 if place % 2 else 1) * int(digit) for place, digit in enumerate(digits))


def _nonempty(text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError("is empty: leave the line out instead")
    return cleaned


def _isbn_text(value: Any) -> Any:
    # An ISBN without hyphens is easily written as a number.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("not a SHA-256 of 64 hexadecimal digits; `sha256sum FILE` prints it")
    return text.lower()


_Text = Annotated[str, AfterValidator(_nonempty)]


class BookFacts(BaseModel):
    """One [[book]] of books.toml; a field left out is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: _Text | None = None
    """Name below books/, with forward slashes."""
    sha256: Annotated[str, AfterValidator(_sha256)] | None = None
    title: _Text | None = None
    author: _Text | None = None
    publisher: _Text | None = None
    year: int | None = Field(default=None, ge=_EARLIEST_YEAR, le=_LATEST_YEAR)
    isbn: Annotated[str, BeforeValidator(_isbn_text), AfterValidator(check_isbn)] | None = None
    """As `check_isbn` gives it."""
    rights: Annotated[str, AfterValidator(canonical_rights)] | None = None
    """A URI of rightsstatements.org or Creative Commons, in the form its publisher gives."""
    licence: _Text | None = None
    """What the rights holder allowed, in words; from the rights where they are a licence."""
    note: _Text | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if (self.file is None) == (self.sha256 is None):
            raise ValueError("name the book by either file or sha256")
        return self

    def published(self) -> dict[str, str | int]:
        """What a version says of the book: the fields given, without how the book was named here."""
        facts = self.model_dump(exclude=_SELECTORS, exclude_none=True)
        if self.rights and not self.licence and statement(self.rights).is_licence:
            facts["licence"] = statement(self.rights).en
        return facts


@dataclass(frozen=True)
class BookList:
    """The books of one books.toml."""

    path: Path
    facts: tuple[BookFacts, ...] = ()

    def find(self, name: str, sha256: str) -> BookFacts | None:
        """The facts of the book `name` (below books/) with this content; None when there are none.

        Raises UsageError when it is listed both by its name and by its sha256.
        """
        found = [facts for facts in self.facts if facts.sha256 == sha256 or _same_name(facts.file, name)]
        if len(found) > 1:
            raise UsageError(f"{self.path}: {name} is listed twice, by file and by sha256: keep one [[book]]")
        return found[0] if found else None


def read_book_list(path: Path) -> BookList:
    """The books of the file at `path`; none when there is no such file.

    Raises UsageError that names the file, the line, the book and what to write instead.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = parse_toml(text)
    except FileNotFoundError:
        return BookList(path)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from None
    except ValueError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    tables = document.pop("book", [])
    if document or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        stray = next(iter(document), "book")
        raise UsageError(
            f"{path}: {stray!r} is no [[book]] table; begin every book with a line [[book]] (docs/rights.md)"
        )
    places = _Places(path, text)
    facts = tuple(_parse(table, places, number) for number, table in enumerate(tables))
    _check_once(facts, places)
    return BookList(path, facts)


def book_columns(facts: BookFacts | None) -> dict[str, str | int | None]:
    """The columns of books.jsonl that `facts` fill: None where nothing is known, but rights "unknown"."""
    names = [name for name in BookFacts.model_fields if name not in _SELECTORS]
    given = facts.published() if facts else {}
    return {name: given.get(name) for name in names} | {"rights": given.get("rights", UNKNOWN_RIGHTS)}


class _Places:
    """Where the entries of a books.toml begin, to say so in errors."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._starts = [n for n, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*book\s*\]\]", line)]

    def of(self, number: int, key: str = "") -> str:
        """ "books.toml, line 7, book 2", counted from 1; the line of `key` where it is seen."""
        # Tables written inline have no header to point at.
        if number >= len(self._starts):
            return f"{self._path}, book {number + 1}"
        first, *rest = [*self._starts[number:], len(self._lines)]
        pattern = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
        line = next((n for n in range(first, rest[0]) if key and pattern.match(self._lines[n])), first)
        return f"{self._path}, line {line + 1}, book {number + 1}"


def _parse(table: Mapping[str, Any], places: _Places, number: int) -> BookFacts:
    try:
        return BookFacts.model_validate(table)
    except ValidationError as error:
        detail = error.errors()[0]
        key = str(detail["loc"][0]) if detail["loc"] else ""
        raise UsageError(f"{places.of(number, key)}: {_reason(key, detail)}") from None


def _reason(key: str, detail: Any) -> str:
    if detail["type"] == "extra_forbidden":
        near = process.extractOne(key, list(BookFacts.model_fields))[0]
        return f"there is no field {key}; did you mean {near}? docs/rights.md lists them all"
    reason = str(detail["msg"]).removeprefix("Value error, ")
    if not key:
        return reason
    return (
        f"{key} = {detail['input']!r}: {reason[0].lower() + reason[1:] if reason[1:2].islower() else reason}"
    )


def _check_once(facts: Sequence[BookFacts], places: _Places) -> None:
    seen: set[str] = set()
    for number, item in enumerate(facts):
        name = _plain_name(item.file) if item.file else str(item.sha256)
        if name in seen:
            raise UsageError(f"{places.of(number)}: {item.file or item.sha256} is listed a second time")
        seen.add(name)


def _plain_name(name: str) -> str:
    # Some file systems hand out names in NFD.
    return unicodedata.normalize("NFC", name)


def _same_name(listed: str | None, name: str) -> bool:
    return listed is not None and _plain_name(listed) == _plain_name(name)
