"""One way of reading for every engine: look, straighten, recognise, repair, put in order.

An engine brings two networks. What lies between them, vertical text above all, is the same for all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.ocr import columns, strays
from extractors.ocr.base import Image, OcrLine, PixelBox, Quad
from extractors.ocr.blanks import with_blanks
from extractors.ocr.looking import Detect, bounds, cover_up, find_quads
from extractors.ocr.repair import repair

Recognise = Callable[[list[Image]], list[tuple[str, float]]]
"""Text and confidence 0..1 for each crop (H x W x 3, uint8, BGR), in the order given."""

# Least mean probability under which a shape counts as text; PP-OCR's own default.
BOX_THRESHOLD = 0.6
# How far a detected core is grown, as PP-OCR trained it.
UNCLIP_RATIO = 1.5
# Readings below are ornaments and texture taken for text.
LEAST_CONFIDENCE = 0.5
# A single character has no context: texture was seen read as 國 with .7, true ones with .86 and more.
LEAST_CONFIDENCE_ALONE = 0.8
# A line read again over the ink at its end is believed from here on, when it has grown by that.
LONGER_CONFIDENCE = 0.7
# A column laid out reads with more than this; less, and it may be a line of Latin turned on its side.
SURE_COLUMN = 0.85
# A reading of the column turned that is this much shorter has lost characters, however sure it is.
TURNED_LENGTH = 0.9
# Crops recognised together; sorted by width, so that little of a batch is padding.
BATCH = 8


@dataclass(frozen=True)
class _Reading:
    """What one quad says."""

    quad: Quad
    text: str
    confidence: float
    vertical: bool
    size: float


def read_lines(
    image: Image, pictures: Sequence[PixelBox], lean: float, detect: Detect, recognise: Recognise
) -> list[OcrLine]:
    """The lines of `image` (H x W x 3, uint8, RGB) as `OcrEngine.read` promises them."""
    page = np.ascontiguousarray(image[:, :, ::-1])
    found = _read(page, columns.join_pieces(find_quads(page, pictures, lean, detect)), recognise)
    found = [reading for reading in found if _is_text(reading)]
    found = _with_strays(page, cover_up(page, pictures, lean), found, recognise)
    return in_order([_line(reading) for reading in found])


def _line(reading: _Reading) -> OcrLine:
    sure = min(1.0, reading.confidence)
    return OcrLine(reading.text, bounds(reading.quad), sure, reading.size, vertical=reading.vertical)


def _read(page: Image, quads: list[Quad], recognise: Recognise) -> list[_Reading]:
    """Every quad read across, down, or both ways where its shape leaves that open."""
    crops = [straighten(page, quad) for quad in quads]
    upright = [i for i, quad in enumerate(quads) if columns.slenderness(quad) < columns.CLEAR_COLUMN]
    tall = [i for i, quad in enumerate(quads) if columns.slenderness(quad) >= columns.TALL]
    across = dict(zip(upright, recognise([crops[i] for i in upright]), strict=True))
    laid = [columns.lay_out(crops[i]) for i in tall]
    read_down = _read_columns([crops[i] for i in tall], [strips for strips, _ in laid], recognise)
    down = dict(zip(tall, read_down, strict=True))
    widths = dict(zip(tall, (float(wide) for _, wide in laid), strict=True))
    readings = []
    for i, quad in enumerate(quads):
        # Between the two limits stand 1 and 圖版 alike: the surer reading tells them apart.
        vertical = i in down and (i not in across or down[i][1] > across[i][1])
        text, confidence = down[i] if vertical else across[i]
        text = repair(unicodedata.normalize("NFC", text).strip())
        text = text if vertical else with_blanks(text, crops[i])
        size = widths[i] if vertical else min(columns.sides(quad))
        readings.append(_Reading(quad, text, confidence, vertical, size))
    return readings


def _with_strays(page: Image, bare: Image, found: list[_Reading], recognise: Recognise) -> list[_Reading]:
    """`found` with what the detector passed over: lines read again to their true ends, and lone numbers."""
    grown, alone = strays.find(bare, [reading.quad for reading in found])
    longer = [i for i, reading in enumerate(found) if grown[i] is not reading.quad]
    again = dict(zip(longer, _read(page, [grown[i] for i in longer], recognise), strict=True))
    lines = [again[i] if i in again and _is_gain(again[i], old) else old for i, old in enumerate(found)]
    numbers = _read(page, alone, recognise)
    return lines + [reading for reading in numbers if strays.is_believed(reading.text, reading.confidence)]


def _is_text(reading: _Reading) -> bool:
    least = LEAST_CONFIDENCE if len(reading.text) > 1 else LEAST_CONFIDENCE_ALONE
    return reading.text != "" and reading.confidence >= least


def _is_gain(longer: _Reading, before: _Reading) -> bool:
    return longer.confidence >= LONGER_CONFIDENCE and len(longer.text) > len(before.text)


def straighten(page: Image, quad: Quad) -> Image:
    """What lies in `quad`, as an upright picture of its width and height."""
    width, height = (max(1, round(side)) for side in columns.sides(quad))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(np.ascontiguousarray(quad, dtype=np.float32), corners)
    crop: Image = cv2.warpPerspective(
        page, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return crop


def in_order(lines: list[OcrLine]) -> list[OcrLine]:
    """Horizontal lines row by row, then columns right to left; equal input gives equal order."""
    rows: list[list[OcrLine]] = []
    for line in sorted((x for x in lines if not x.vertical), key=lambda x: (x.bbox[1], x.bbox[0], x.text)):
        middle = (line.bbox[1] + line.bbox[3]) / 2
        row = next((row for row in rows if row[0].bbox[1] <= middle <= row[0].bbox[3]), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    across = [line for row in rows for line in sorted(row, key=lambda x: (x.bbox[0], x.bbox[1], x.text))]
    down = sorted((x for x in lines if x.vertical), key=lambda x: (-x.bbox[2], x.bbox[1], x.text))
    return across + down


def _read_columns(
    crops: list[Image], strips: list[list[columns.Strip]], recognise: Recognise
) -> list[tuple[str, float]]:
    """Text and confidence of each upright column, whose characters are laid out in `strips`."""
    parts = iter(recognise([strip.picture for column in strips for strip in column]))
    readings = [_joined([_restored(next(parts), strip) for strip in column]) for column in strips]
    unsure = [i for i, (_, confidence) in enumerate(readings) if confidence < SURE_COLUMN]
    turned = recognise([np.ascontiguousarray(np.rot90(crops[i])) for i in unsure])
    for i, reading in zip(unsure, turned, strict=True):
        if reading[1] > readings[i][1] and len(reading[0]) >= TURNED_LENGTH * len(readings[i][0]):
            readings[i] = reading
    return readings


def _restored(reading: tuple[str, float], strip: columns.Strip) -> tuple[str, float]:
    text, confidence = reading
    return columns.restore(text, strip.cells), confidence


def _joined(parts: list[tuple[str, float]]) -> tuple[str, float]:
    """The parts of one column as one reading; confidence weighted by length."""
    length = sum(len(text) for text, _ in parts)
    text = "".join(text for text, _ in parts)
    return text, sum(len(text) * confidence for text, confidence in parts) / length if length else 0.0


def in_batches(
    crops: list[Image], recognise_batch: Callable[[list[Image]], list[tuple[str, float]]]
) -> list[tuple[str, float]]:
    """`recognise_batch` over all crops, BATCH at a time, those of like proportions together."""
    order = sorted(range(len(crops)), key=lambda i: (crops[i].shape[1] / crops[i].shape[0], i))
    found: dict[int, tuple[str, float]] = {}
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        found.update(zip(batch, recognise_batch([crops[i] for i in batch]), strict=True))
    return [found[i] for i in range(len(crops))]
