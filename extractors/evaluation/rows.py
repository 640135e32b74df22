"""Rows of JSON written by hand or by a program: each value is checked, each fault named by file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.errors import BAD_INPUT, TuwenError
from extractors.geometry import Box

LARGEST = 1e9
"""No page number and no place on a page is beyond this."""


class LabelError(TuwenError):
    """A label file or a prediction file that cannot be scored; the message names file, line and remedy."""

    exit_code = BAD_INPUT


@dataclass(frozen=True, slots=True)
class Row:
    """One JSON object and where it stands. Every getter raises LabelError for a value of the wrong form."""

    path: Path
    line: int | None
    """1-based; None for a file that is one object."""
    values: Mapping[str, Any]

    def error(self, message: str) -> LabelError:
        """The error that says `message` of this row."""
        return LabelError(f"{_place(self.path, self.line)}: {message}")

    def text(self, key: str) -> str:
        """The string under `key`; "" when it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return ""
        if not _is_text(value):
            raise self.error(f'"{key}" is not a text: write it in double quotes')
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of the list under `key`; none when it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(_is_text, value)):
            raise self.error(f'"{key}" is not a list of texts: write ["…", "…"]')
        return tuple(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false under `key`; `default` when it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(f'"{key}" is neither true nor false (without quotes)')
        return value

    def page(self) -> int:
        """The page number, from 1."""
        return self.check_page(self._needed("page"), '"page"')

    def check_page(self, value: Any, name: str) -> int:
        """`value` as a page number."""
        if not _is_number(value) or value != int(value) or value < 1:
            raise self.error(f"{name} is not a page number: write whole numbers from 1")
        return int(value)

    def check_size(self, value: Any, name: str) -> tuple[float, float]:
        """`value` as width and height in points."""
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(map(_is_number, value))
            or min(value) <= 0
        ):
            raise self.error(f"{name} holds something else than [width, height] in points")
        return float(value[0]), float(value[1])

    def box(self) -> Box:
        """The box under "bbox", in points."""
        value = self._needed("bbox")
        if not isinstance(value, list) or len(value) != 4 or not all(map(_is_number, value)):
            raise self.error('"bbox" is not four numbers: write [x0, y0, x1, y1] in points')
        x0, y0, x1, y1 = map(float, value)
        if x0 >= x1 or y0 >= y1:
            raise self.error('"bbox" is empty or turned over: write left, top, right, bottom')
        return x0, y0, x1, y1

    def part(self, key: str) -> Row:
        """The object under `key`; an empty one when it is missing or null."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            raise self.error(f'"{key}" is not an object: write {{"caption": ["…"]}}')
        return Row(self.path, self.line, value or {})

    def number(self, key: str) -> float | None:
        """The number under `key`; None when it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return None
        if not _is_number(value):
            raise self.error(f'"{key}" is not a number')
        return float(value)

    def _needed(self, key: str) -> Any:
        if self.values.get(key) is None:
            raise self.error(f'"{key}" is missing: every row needs it')
        return self.values[key]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_text(value: Any) -> bool:
    """A string that can be printed: JSON may hold halves of surrogate pairs."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _place(path: Path, line: int | None) -> str:
    return f"{path}, line {line}" if line else str(path)


def read_rows(path: Path) -> Iterator[Row]:
    """The objects of a JSONL file, one a line; empty lines are passed over. Raises LabelError, OSError."""
    for number, text in enumerate(_read(path).split("\n"), 1):
        if text.strip():
            yield _parse(path, number, text)


def read_object(path: Path) -> Row:
    """A file that is one JSON object. Raises LabelError, OSError."""
    return _parse(path, None, _read(path))


def _read(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LabelError(f"{_place(path, line)}: is not UTF-8; save the file as UTF-8") from error


def _parse(path: Path, line: int | None, text: str) -> Row:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{_place(path, line or error.lineno)}, character {error.colno}"
        raise LabelError(
            f"{place}: is not JSON ({error.msg}); look for a missing comma, quote or bracket"
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands
        raise LabelError(f"{_place(path, line)}: is not JSON that can be read ({error})") from error
    if not isinstance(value, dict):
        raise LabelError(f'{_place(path, line)}: is not an object; write {{"page": 1, …}}')
    return Row(path, line, value)
