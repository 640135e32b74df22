"""The text layer of a page: lines in reading shape, vertical columns rebuilt, quality measured."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pymupdf
from numpy.typing import NDArray

from extractors.geometry import Box, centre, cover, gap, height, iou, overlap_x, overlap_y, union, width
from extractors.grammar.caption_parts import place_of
from extractors.grammar.captions import caption_strength, parse_label
from extractors.grammar.characters import is_han, repair
from extractors.grammar.entry_grammar import parse_labelled
from extractors.line_numbers import without_line_numbers
from extractors.page_units import displayed_rotation
from extractors.records import TextLine

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
"""No ligature or image work, and no glyph numbers passed off as characters: an unmapped glyph must show."""
BOLD = 16
"""PyMuPDF's span flag for a bold face."""
SPLIT_GAP = 0.7
"""A wider gap, in characters, may separate two texts of one line (a gutter can be this narrow)."""
SPAN_GAP = 0.4
"""Spans of one text stand no farther apart than this share of a character: between Han and Latin type a
quarter is usual."""
JOIN_GAP = 1.8
"""Pieces of one line stand at most this many characters apart (a label and its text, justified lines)."""
LABEL_GAP, LISTED_GAP = 4.0, 8.0
"""A label stands this many characters from its text at most; in a column of labels, this many."""
COLUMN_START = 1.5
"""Lines of a column start within this many points of one another."""
COLUMN_LINES = 3
"""This many lines that start at one place make a column there: a gap before it is a gutter."""
PICTURE_COLUMN = 60.0
"""A picture makes a column for the lines within this many points below and above it."""
SURE_LABEL = 0.7
"""A label inside a run is a second caption when it is this sure; mentions are less."""
NEW_CAPTION = 0.5
"""A piece that begins with a label this sure is a caption of its own, however close the one before."""
UNLIKE = 1.6
"""Pieces whose sizes differ by more than this factor are a heading and what happens to stand beside it."""
SAME_BASELINE = 0.35
"""Pieces of one line differ in height by at most this share of a character."""
COLUMN_DRIFT = 0.45
"""Characters of a vertical column keep their centre to this share of a character."""
COLUMN_GAP = 2.2
"""Characters of a vertical column follow each other within this many characters: one may be left blank."""
MAX_PIECE = 3
"""Vertical text comes in pieces of at most this many characters (numerals, a character with its mark)."""
CELL = 1.4
"""What shares one cell of a vertical line is at most this many sizes wide."""
BLANK = 1.7
"""A step this many sizes long in a vertical line leaves a blank between two characters."""
ASKEW_TEXT = "text-askew"
"""The reason noted for text that is left out because it is set askew."""
ASKEW = 0.17
"""Sine of the angle (10 degrees) beyond which a line is set askew."""
SAME_SIZE = 0.3
"""Characters of one column differ in size by at most this share."""

MARKS = "，。、；：！？）」』》〉】,.;:!?)︐︑︒︓︔︕︖﹁﹂﹃﹄︵︶"
"""After these a vertical line always leaves some blank."""
STRAY_CHARACTERS = 3
"""OCR sees this many characters in craquelure and weave where there are none ..."""
SURE_TEXT = 0.8
"""... and more, but not with this confidence."""
_BARE_NUMBER = re.compile(r"[0-9０-９]{1,3}|[一二三四五六七八九十百〇○零廿卅]{1,4}")
_CONTROL = re.compile(r"[\x00-\x1f]")


def sure_characters(lines: Sequence[TextLine]) -> int:
    """How many characters of `lines` are surely there."""
    return sum(len(line.text) for line in lines if line.confidence >= SURE_TEXT)


class PageText(NamedTuple):
    """The text layer of a page, in displayed points."""

    seen: list[TextLine]
    """What a reader sees."""
    hidden: list[TextLine]
    """What is invisible: the OCR layer of a scan; on any other page a remnant."""
    oblique: list[TextLine]
    """What is set askew: stamps across the page; the names on a map are in its picture."""


def text_lines(page: pymupdf.Page, pictures: Sequence[Box] = ()) -> PageText:
    """The lines of the text layer; `pictures` are boxes whose captions stand in columns of their own."""
    pieces = _pieces(page)
    return PageText(
        join_rows(_columns(without_line_numbers(_unique(pieces.seen))), pictures),
        join_rows(_columns(_unique(pieces.hidden)), pictures),
        pieces.oblique,
    )


def _pieces(page: pymupdf.Page) -> PageText:
    """Runs of characters as the file sets them, split at wide gaps."""
    matrix = displayed_rotation(page)
    bounds: Box = (0.0, 0.0, page.rect.width, page.rect.height)
    seen: list[TextLine] = []
    hidden: list[TextLine] = []
    oblique: list[TextLine] = []
    for block in page.get_text("dict", flags=FLAGS)["blocks"]:
        for line in block.get("lines", ()):
            direction = pymupdf.Point(line["dir"]) * _turn(matrix) if matrix else line["dir"]
            upright = abs(direction[0]) < abs(direction[1])
            for spans in _split_spans(line["spans"], upright):
                text = _text_of(spans, upright)
                cleaned = _printable(text)
                if not cleaned:
                    continue
                box = union([displayed(span["bbox"], matrix) for span in spans if span["text"].strip()])
                if cover(box, bounds) < 0.5:
                    continue
                size = max(float(span["size"]) for span in spans)
                bold = any(span["flags"] & BOLD or "bold" in span["font"].lower() for span in spans)
                visible = any(span["alpha"] for span in spans if span["text"].strip())
                colour = max(spans, key=lambda span: len(span["text"].strip()))["color"]
                line = TextLine(cleaned, box, round(size, 2), vertical=upright, bold=bold, colour=colour)
                if min(map(abs, direction)) > ASKEW:
                    oblique.append(line)
                else:
                    (seen if visible else hidden).extend(_split_captions(line))
    return PageText(seen, hidden, oblique)


def _split_captions(line: TextLine) -> list[TextLine]:
    """Two captions that the file sets as one run (图5 银盘 图6 高足杯), cut where the second label begins."""
    first = parse_label(line.text)
    if first is None or line.vertical:
        return [line]
    for space in re.finditer(r"[ \u3000]+|(?<=[）)])", line.text):
        second = parse_label(line.text[space.end() :])
        # The same number again is the same caption in English.
        if second is None or second[0].key == first[0].key or second[0].kind != first[0].kind:
            continue
        if caption_strength(line.text[space.end() :]) >= SURE_LABEL and first[1]:
            total = _advance(line.text)
            left = line.bbox[0] + width(line.bbox) * _advance(line.text[: space.start()]) / total
            right = line.bbox[0] + width(line.bbox) * _advance(line.text[: space.end()]) / total
            before = replace(line, text=line.text[: space.start()], bbox=(*line.bbox[:2], left, line.bbox[3]))
            after = replace(line, text=line.text[space.end() :], bbox=(right, *line.bbox[1:]))
            return [before, *_split_captions(after)]
    return [line]


def _advance(text: str) -> float:
    """Width of a text in characters: Latin letters, figures and spaces are half as wide as the others."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _turn(matrix: pymupdf.Matrix) -> pymupdf.Matrix:
    """The rotation alone, for directions."""
    return pymupdf.Matrix(matrix.a, matrix.b, matrix.c, matrix.d, 0, 0)


def displayed(box: Box, matrix: pymupdf.Matrix | None) -> Box:
    """`box` of the page as stored on the page as shown, turned by `matrix` when it is (points)."""
    if matrix is None:
        return box
    rect = pymupdf.Rect(box) * matrix
    rect.normalize()
    return rect.x0, rect.y0, rect.x1, rect.y1


def _text_of(spans: Sequence[dict[str, Any]], upright: bool) -> str:
    """The text of the spans of one line, with a blank where two of them stand apart: a number, its name."""
    low, high = (1, 3) if upright else (0, 2)
    text = ""
    for before, span in zip((None, *spans), spans, strict=False):
        apart = span["bbox"][low] - before["bbox"][high] if before is not None else 0.0
        spaced = text[-1:].strip() and span["text"][:1].strip()
        text += ("\u3000" if spaced and apart > SPAN_GAP * span["size"] else "") + span["text"]
    return text


def _split_spans(spans: Sequence[dict[str, Any]], upright: bool) -> list[list[dict[str, Any]]]:
    """Spans of one line, cut where the gap is too wide for one text."""
    groups: list[list[dict[str, Any]]] = []
    low, high = (1, 3) if upright else (0, 2)
    for span in spans:
        if not span["text"].strip():
            if groups:
                groups[-1].append(span)
            continue
        shown = [s for s in groups[-1] if s["text"].strip()] if groups else []
        if shown and span["bbox"][low] - shown[-1]["bbox"][high] <= SPLIT_GAP * span["size"]:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _printable(text: str) -> str:
    """`text` in NFC with encoding accidents repaired, without control characters and outer spaces."""
    text = _CONTROL.sub(" ", repair(unicodedata.normalize("NFC", text)))
    return text.replace("\u00ad", "").strip()


def _unique(pieces: Sequence[TextLine]) -> list[TextLine]:
    """Pieces without the second strike of text printed twice to look bold."""
    kept: list[TextLine] = []
    by_text: dict[str, list[TextLine]] = {}
    for piece in pieces:
        same = by_text.setdefault(piece.text, [])
        if any(iou(piece.bbox, other.bbox) > 0.7 for other in same):
            continue
        same.append(piece)
        kept.append(piece)
    return kept


def _columns(pieces: Sequence[TextLine]) -> list[TextLine]:
    """Single characters that stand above one another, joined into vertical lines; the rest as it is."""
    rest: list[TextLine] = []
    columns: list[list[TextLine]] = []
    for piece in pieces:
        if len(piece.text) > MAX_PIECE or not _could_stand(piece):
            rest.append(piece)
            continue
        column = next((c for c in reversed(columns) if _continues(_last_character(c), piece)), None)
        if column is None:
            columns.append([piece])
        else:
            column.append(piece)
    for column in columns:
        if len(column) >= 2 and sum(any(map(is_han, p.text)) for p in column) >= 2:
            rest += _merged_apart(column)
        else:
            rest.extend(column)
    return rest


def _merged_apart(column: Sequence[TextLine]) -> list[TextLine]:
    """The characters of a column as a line; as two where a caption begins after a blank, below other text."""
    for i in range(1, len(column)):
        if _gap_text(column[i - 1], column[i], vertical=True):
            below = _merge(column[i:], vertical=True)
            if caption_strength(below.text) >= SURE_LABEL:
                return [_merge(column[:i], vertical=True), *_merged_apart(column[i:])]
    return [_merge(column, vertical=True)]


def _could_stand(piece: TextLine) -> bool:
    """Whether a piece may be one character of a vertical line, with its mark, or numerals set in one cell."""
    marked = sum(map(is_han, piece.text)) <= 1 and not any(c.isascii() and c.isalnum() for c in piece.text)
    return piece.vertical or marked or width(piece.bbox) <= CELL * piece.size


def _last_character(column: Sequence[TextLine]) -> TextLine:
    """The last piece of a column that is no mark: turned marks may be drawn into the cell of the next one."""
    return next((piece for piece in reversed(column) if piece.text.strip(MARKS)), column[-1])


def _continues(last: TextLine, piece: TextLine) -> bool:
    """Whether `piece` stands directly below `last` in one column."""
    size = max(last.size, piece.size)
    drift = abs(centre(last.bbox)[0] - centre(piece.bbox)[0])
    # Centres, not edges: the boxes of tall fonts overlap.
    step = centre(piece.bbox)[1] - centre(last.bbox)[1]
    return (
        drift <= COLUMN_DRIFT * size
        and 0.3 * size < step <= (COLUMN_GAP + 0.5 * (len(last.text) + len(piece.text)) - 0.5) * size
        and abs(last.size - piece.size) <= SAME_SIZE * size
    )


def join_rows(lines: Sequence[TextLine], pictures: Sequence[Box] = ()) -> list[TextLine]:
    """Horizontal pieces of one printed line, joined; vertical lines as they are.

    Captions that stand side by side below or above `pictures` (boxes) stay apart.
    """
    flat = sorted((line for line in lines if not line.vertical), key=lambda p: (p.bbox[1], p.bbox[0]))
    starts = np.array(sorted(line.bbox[0] for line in flat))
    upright = [line for line in lines if line.vertical]
    rows: list[list[TextLine]] = []
    for piece in flat:
        row = next((r for r in reversed(rows[-12:]) if _same_row(r, piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [part for row in rows for part in _split_row(row, starts, pictures)] + upright


def _same_row(row: Sequence[TextLine], piece: TextLine) -> bool:
    last = row[-1]
    common = overlap_y(last.bbox, piece.bbox)
    return common >= (1 - SAME_BASELINE) * min(height(last.bbox), height(piece.bbox))


def _split_row(
    row: Sequence[TextLine], starts: NDArray[np.float64], pictures: Sequence[Box]
) -> list[TextLine]:
    """The pieces of one row from left to right, joined where they are close and no column starts between.

    `starts` holds the left ends of all pieces of the page, sorted (points).
    """
    parts: list[list[TextLine]] = []
    for piece in sorted(row, key=lambda p: p.bbox[0]):
        last = parts[-1][-1] if parts else None
        size = max(piece.size, last.size) if last else piece.size
        apart = piece.bbox[0] - last.bbox[2] if last else 0.0
        gutter = apart > SPLIT_GAP * size and (
            _starts_column(piece, starts) or _starts_picture(piece, pictures)
        )
        # A list may set its labels in a column of their own: 图二三 | 涅槃图, 纹样 | 同类材料….
        label = last is not None and _is_bare(last.text)
        listed = label and last is not None and _starts_column(last, starts)
        reach = LISTED_GAP if listed else LABEL_GAP if label else JOIN_GAP
        near = apart <= reach * size and (label or not gutter)
        alike = last is None or size <= UNLIKE * min(piece.size, last.size)
        labelled = caption_strength(piece.text) >= NEW_CAPTION
        if (
            last is not None
            and near
            and alike
            and not labelled
            and overlap_x(last.bbox, piece.bbox) < 0.5 * width(piece.bbox)
        ):
            parts[-1].append(piece)
        else:
            parts.append([piece])
    return [part[0] if len(part) == 1 else _merge(part, vertical=False) for part in parts]


def _is_bare(text: str) -> bool:
    """Whether a text is a label that waits for its title or its paragraph."""
    label, field = parse_label(text), parse_labelled(text)
    placed = len(text) > 1 and place_of(text) is not None  # 左上 | 飞天
    return bool(
        (label and not label[1]) or (field and not field[1]) or placed or _BARE_NUMBER.fullmatch(text)
    )


def _starts_column(piece: TextLine, starts: NDArray[np.float64]) -> bool:
    x = piece.bbox[0]
    near = np.searchsorted(starts, x + COLUMN_START, "right") - np.searchsorted(
        starts, x - COLUMN_START, "left"
    )
    return bool(near >= COLUMN_LINES)


def _starts_picture(piece: TextLine, pictures: Sequence[Box]) -> bool:
    """Whether a piece begins where a picture right above or below it does."""
    return any(
        abs(piece.bbox[0] - box[0]) <= COLUMN_START
        and gap(piece.bbox, box) <= PICTURE_COLUMN
        and cover(piece.bbox, box) == 0
        for box in pictures
    )


def _merge(pieces: Sequence[TextLine], *, vertical: bool) -> TextLine:
    """One line out of pieces, with a space where the print leaves a gap."""
    text = pieces[0].text
    for before, after in pairwise(pieces):
        text += _gap_text(before, after, vertical) + after.text
    size = sorted(p.size for p in pieces)[len(pieces) // 2]
    return TextLine(
        text,
        union([p.bbox for p in pieces]),
        size,
        vertical=vertical,
        bold=sum(p.bold for p in pieces) * 2 > len(pieces),
        confidence=min(p.confidence for p in pieces),
        colour=max(pieces, key=lambda p: len(p.text)).colour,
    )


def _gap_text(before: TextLine, after: TextLine, vertical: bool) -> str:
    if not vertical:
        return " " if after.bbox[0] - before.bbox[2] > 0.22 * after.size else ""
    if before.text[-1:] in MARKS or not after.text.strip(MARKS):
        return ""  # a mark fills half its cell
    lengths = 0.5 * (len(before.text) + len(after.text)) if before.vertical or after.vertical else 1.0
    step = centre(after.bbox)[1] - centre(before.bbox)[1]
    return "\u3000" if step > (BLANK - 1 + lengths) * after.size else ""
