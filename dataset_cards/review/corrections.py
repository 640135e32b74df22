"""corrections.jsonl of a workspace: what people decided about figures and pages, one decision a line.

The file is only ever added to. docs/reviewing.md describes the format; `dataset_cards.review.decisions` says
what all lines together come to.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from extractors.geometry import Box
from extractors.parsing import parse_json
from extractors.records import Kind, Medium

CORRECTIONS_FILE = "corrections.jsonl"
EDITABLE = ("title", "description", "caption", "kind", "number", "medium", "subject")
"""What an edit may change: columns of a pair."""
SUM_DIGITS = 16
"""Hexadecimal digits of a line's checksum: 64 bits tell a changed line from a whole one."""
_SUM = "sum"
WHEN = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How a time is written: UTC to the microsecond, so that times sort as texts."""
Subject = Annotated[str, Field(pattern=r"^[a-z][a-z_-]*$")]
FARTHEST = 1e6
"""Points: the largest page that PDF allows, in its largest units, is smaller."""
MOST_PAGES = 10**6
"""More than any book has; what files and tables hold as a number is much larger."""
Coordinate = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST, allow_inf_nan=False)]
PageBox = Annotated[
    tuple[Coordinate, Coordinate, Coordinate, Coordinate], Field(description="x0, y0, x1, y1 in points")
]
PageNumber = Annotated[int, Field(ge=1, le=MOST_PAGES)]


class _Record(BaseModel):
    """Frozen; fields that this version does not know are kept and written again."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @model_validator(mode="after")
    def _check_boxes(self) -> _Record:
        one = getattr(self, "bbox", None)
        for box in [*([one] if one else []), *(getattr(self, "boxes", None) or ())]:
            if not (box[0] < box[2] and box[1] < box[3]):
                raise ValueError(f"not a box of some size: {list(box)}")
        return self


class Accept(_Record):
    """The pair is right as it is shown."""


class Reject(_Record):
    """The pair is wrong and leaves the dataset."""

    reason: str


class Edit(_Record):
    """These fields are otherwise; None where a field is not changed, "" where it is emptied."""

    title: str | None = None
    description: str | None = None
    caption: str | None = None
    kind: Kind | None = None
    number: str | None = None
    medium: Medium | None = None
    subject: Subject | None = None

    @model_validator(mode="after")
    def _check_change(self) -> Edit:
        if not self.changes():
            raise ValueError("an edit changes one field at least")
        return self

    def changes(self) -> dict[str, str]:
        """The changed fields with their new values."""
        return {name: value for name in EDITABLE if (value := getattr(self, name)) is not None}


class ChangeBox(_Record):
    """The figure has another box."""

    bbox: PageBox


class Add(_Record):
    """A figure at the correction's box that the program did not find, with its texts."""

    title: str = ""
    description: str = ""
    caption: str = ""
    kind: Kind | None = None
    """"other", which older programs wrote by themselves, means that nobody chose one."""
    number: str = ""
    medium: Medium | None = None
    subject: Subject | None = None


class Remove(_Record):
    """There is no figure here."""


class Split(_Record):
    """The figure is several: the first box keeps its id."""

    boxes: tuple[PageBox, ...] = Field(min_length=2)


class Merge(_Record):
    """The figure and those at `boxes` are one, at `bbox`; the correction's figure keeps its id."""

    boxes: tuple[PageBox, ...] = Field(min_length=1)
    bbox: PageBox


class PrintedText(_Record):
    """A text with its place: `page` may be another than the figure's."""

    text: str
    page: PageNumber
    bbox: PageBox


class Relink(_Record):
    """Another text on a page is the figure's caption, its description, or both."""

    caption: PrintedText | None = None
    description: PrintedText | None = None

    @model_validator(mode="after")
    def _check_link(self) -> Relink:
        if self.caption is None and self.description is None:
            raise ValueError("a relink names a caption or a description")
        return self


class PageDone(_Record):
    """Every figure of the page has been looked at: what is decided and what is left is the truth."""


class NoFigure(_Record):
    """The caption at the correction's box belongs to no figure."""


class Undo(_Record):
    """The correction `of` does not count."""

    of: str


Action = Literal[
    "accept",
    "reject",
    "edit",
    "box",
    "add",
    "remove",
    "split",
    "merge",
    "relink",
    "no_figure",
    "page_done",
    "undo",
]
Data = Accept | Reject | Edit | ChangeBox | Add | Remove | Split | Merge | Relink | NoFigure | PageDone | Undo
ACTIONS: Mapping[str, type[_Record]] = {
    "accept": Accept,
    "reject": Reject,
    "edit": Edit,
    "box": ChangeBox,
    "add": Add,
    "remove": Remove,
    "split": Split,
    "merge": Merge,
    "relink": Relink,
    "no_figure": NoFigure,
    "page_done": PageDone,
    "undo": Undo,
}
WITHOUT_FIGURE = ("page_done", "undo")
"""Actions that are about no figure and so need no box."""


class Correction(_Record):
    """One decision of one person about one figure, page or earlier decision."""

    id: str = Field(min_length=1)
    when: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
    """UTC to the microsecond, so that times sort as texts."""
    who: str
    book: str = Field(pattern=r"^[0-9a-f]{64}$")
    """sha256 of the book."""
    reading: str = ""
    """Digest, in manifest.json, of the version that the person looked at; "" where it is not known."""
    page: PageNumber
    bbox: PageBox | None = None
    """The figure, in points, as it stood in that version; of `add` the new figure."""
    pair_id: str | None = None
    """None for a figure that was no pair."""
    phash: str | None = None
    """Perceptual hash of its crop, 16 hexadecimal digits."""
    action: Action
    data: Data

    @model_validator(mode="before")
    @classmethod
    def _read_data(cls, values: Any) -> Any:
        """Let the action say which class its data are of."""
        if isinstance(values, Mapping) and isinstance(values.get("data", {}), Mapping):
            record = ACTIONS.get(str(values.get("action")))
            if record is not None:
                return {**values, "data": record.model_validate(values.get("data", {}))}
        return values

    @model_validator(mode="after")
    def _check_figure(self) -> Correction:
        if type(self.data) is not ACTIONS[self.action]:
            raise ValueError(f"the data are not those of the action {self.action}")
        if self.bbox is None and self.action not in WITHOUT_FIGURE:
            raise ValueError(f"{self.action} needs the box of its figure")
        return self

    @model_validator(mode="after")
    def _check_text(self) -> Correction:
        try:
            json.dumps(self.as_json(), ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:  # JSON can spell it, no other file can hold it
            raise ValueError("it holds half a character") from None
        return self

    def as_json(self) -> dict[str, Any]:
        """The fields of a line, without its checksum."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A line that cannot be believed, and why."""

    line: int
    """1-based."""
    why: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """All lines of a file."""

    lines: tuple[Correction, ...] = ()
    damaged: tuple[DamagedLine, ...] = ()
    end: int = 0
    """Bytes up to the end of the last whole line: what is added later begins there."""


def decide(
    action: Action,
    data: Mapping[str, Any] | None = None,
    *,
    who: str,
    book: str,
    page: int,
    bbox: Box | None = None,
    pair_id: str | None = None,
    phash: str | None = None,
    reading: str = "",
) -> Correction:
    """A new correction with an id of its own, made now. Raises ValueError for data that do not fit."""
    now = datetime.now(UTC).strftime(WHEN)
    return Correction.model_validate(
        {
            "id": uuid.uuid4().hex,
            "when": now,
            "who": who,
            "book": book,
            "reading": reading,
            "page": page,
            "bbox": bbox,
            "pair_id": pair_id,
            "phash": phash,
            "action": action,
            "data": data or {},
        }
    )


def append(path: Path, *corrections: Correction) -> None:
    """Add lines to the file, flushed to the disk; several processes may do so at once. Raises OSError."""
    line = "".join(map(_line, corrections))
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        # A crash may have cut the last line short: the new one must not continue it.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        rest = (b"\n" if torn else b"") + line.encode("utf-8", "backslashreplace")
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(descriptor)


def _line(correction: Correction) -> str:
    fields = correction.as_json()
    return json.dumps(fields | {_SUM: _checksum(fields)}, ensure_ascii=False) + "\n"


def read(path: Path, start: int = 0) -> Corrections:
    """The lines of the file from byte `start` on, in its order; none without a file. Raises OSError."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            text = file.read()
    except FileNotFoundError:
        return Corrections()
    lines, damaged = [], []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            lines.append(_parse(line))
        except ValueError as error:
            damaged.append(DamagedLine(number, _why(error)))
    return Corrections(tuple(lines), tuple(damaged), start + text.rfind(b"\n") + 1)


def _parse(line: bytes) -> Correction:
    """Raises ValueError."""
    try:
        fields = parse_json(line)
    except ValueError as error:
        raise ValueError("it is cut short, or is no JSON") from error
    if not isinstance(fields, dict):
        raise ValueError("it is no JSON object")
    if fields.pop(_SUM, None) != _checksum(fields):
        raise ValueError("its checksum is not that of what it says")
    return Correction.model_validate(fields)


def _why(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _checksum(fields: Mapping[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:SUM_DIGITS]
