"""Captions worth a second, larger reading: lines beside figures that read unsurely or lost their label.

Choosing the bands and weighing the two readings is here; drawing and reading them is the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from extractors.geometry import Box, area, centre, cover, gap, overlap_x, overlap_y
from extractors.grammar.captions import caption_strength, parse_label
from extractors.records import TextLine

ENLARGED = 2
"""Bands are drawn at so many times the resolution of the page."""
BESIDE = 3.0
"""A caption line stands within so many character sizes of its figure."""
INSIDE = 0.75
"""A line with this share of it in a figure is a label of the figure, no caption."""
UNSURE = 0.9
"""Lines read worse than this are read again; right ones have .95 and more."""
CLEAR_LABEL = 0.5
"""A label with less is no example of how the page's captions begin, nor what a line lost."""
LOST = 2.5
"""A label torn off stood at most so many sizes before the line."""
MARGIN = 0.4
"""Paper around the line that the detector needs to see (sizes)."""
PAGE_SHARE = 0.03
"""No more than this share of a page is read again: at twice the resolution, an eighth of its pixels."""
ALIKE = 0.5
"""Two readings of one line have so much in common; less, and another line was read."""
GAIN = 0.01
"""So much surer must the second reading be."""
BARE_NUMBER = re.compile(r"[0-9〇一二三四五六七八九十壹貳贰叁肆伍陸陆柒捌玖拾]")


@dataclass(frozen=True, slots=True)
class Band:
    """A line to be read again: its index, the box to draw (points), and the label word it seems to lack."""

    line: int
    box: Box
    lost: str = ""


def doubtful(lines: Sequence[TextLine], figures: Sequence[Box], page: Box) -> list[Band]:
    """The lines of `page` (points) to read again, most doubtful first, as far as PAGE_SHARE allows."""
    near = [i for i, line in enumerate(lines) if _is_beside(line, figures)]
    words = _label_words([lines[i] for i in near])
    bands = []
    for i in near:
        lost = _lost_label(lines[i].text, words)
        if lost or lines[i].confidence < UNSURE:
            bands.append(Band(i, _band_box(lines, i, bool(lost)), lost))
    bands.sort(key=lambda band: (not band.lost, lines[band.line].confidence, band.line))
    chosen: list[Band] = []
    left = PAGE_SHARE * area(page)
    for band in bands:
        if area(band.box) <= left:
            left -= area(band.box)
            chosen.append(band)
    return chosen


def better(before: TextLine, readings: Sequence[TextLine], band: Band) -> TextLine:
    """`before`, or the same line among `readings` when that is surer or has the label it lacked."""
    same = [line for line in readings if line.vertical == before.vertical and _overlap(line, before) > 0]
    if not same:
        return before
    again = max(same, key=lambda line: _overlap(line, before))
    if Levenshtein.normalized_similarity(again.text, before.text) < ALIKE:
        return before
    if band.lost:
        return again if again.text.startswith(band.lost) and parse_label(again.text) else before
    if parse_label(before.text) and not parse_label(again.text):
        return before
    surer = again.confidence >= before.confidence + GAIN
    return replace(again, size=before.size) if surer else before


def _is_beside(line: TextLine, figures: Sequence[Box]) -> bool:
    if any(cover(line.bbox, figure) >= INSIDE for figure in figures):
        return False
    return any(gap(line.bbox, figure) <= BESIDE * line.size for figure in figures)


def _label_words(lines: Sequence[TextLine]) -> list[str]:
    """What the clear captions among `lines` begin with (图, 圖版), the most frequent first."""
    words: dict[str, int] = {}
    for line in lines:
        found = parse_label(line.text)
        if found and found[0].word and caption_strength(line.text) >= CLEAR_LABEL:
            words[found[0].word] = words.get(found[0].word, 0) + 1
    return sorted(words, key=lambda word: (-words[word], word))


def _lost_label(text: str, words: Sequence[str]) -> str:
    """The label word that `text`, beginning with a bare number, lacks among captions that have it."""
    if not BARE_NUMBER.match(text):
        return ""
    return next((word for word in words if caption_strength(word + text) >= CLEAR_LABEL), "")


def _band_box(lines: Sequence[TextLine], index: int, lengthened: bool) -> Box:
    """The line with a margin; towards a lost label as far as no other line stands there."""
    line = lines[index]
    margin = MARGIN * line.size
    x0, y0, x1, y1 = line.bbox
    box = (x0 - margin, y0 - margin, x1 + margin, y1 + margin)
    if not lengthened:
        return box
    reach = LOST * line.size
    longer = (box[0], y0 - reach, *box[2:]) if line.vertical else (x0 - reach, *box[1:])
    others = (other.bbox for i, other in enumerate(lines) if i != index)
    return box if any(cover(other, longer) > INSIDE for other in others) else longer


def _overlap(a: TextLine, b: TextLine) -> float:
    """How far two lines share their place: 0 unless each has its centre line in the other."""
    (ax, ay), (bx, by) = centre(a.bbox), centre(b.bbox)
    if a.vertical:
        return overlap_y(a.bbox, b.bbox) if abs(ax - bx) < b.size / 2 else 0.0
    return overlap_x(a.bbox, b.bbox) if abs(ay - by) < b.size / 2 else 0.0
