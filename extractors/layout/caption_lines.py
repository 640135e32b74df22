"""The lines of a caption as one text: what runs on, what begins again, what of it is the title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.grammar.caption_data import is_data, is_datum, is_metadata, is_place
from extractors.grammar.caption_parts import split_parts
from extractors.grammar.caption_text import is_credit, split_bilingual
from extractors.grammar.captions import bare_label
from extractors.grammar.characters import fold, has_han
from extractors.grammar.cleaning import clean_text, join_lines
from extractors.layout.blocks import EARLY_END, SAME_SIZE, SAME_SIZE_READ, Block
from extractors.records import TextLine

PARAGRAPH_LENGTH = 20
"""A paragraph under a caption has at least this many characters, and ends as a sentence does."""
UNFINISHED = ("，", "、", ",", "（", "(", "：", ":", "—", "-", "·")
"""A line that ends so goes on in the next."""
NAME_ENDS = "省市县縣州区區馆館院所寺窟"
"""A line that begins so finishes a name of the line before: 青海/省文物考古研究所藏."""
PHRASE_END = 1.0
"""A line that ends with a mark this many characters early was broken by hand, and so were its neighbours."""
MIN_INTERLEAVED = 2
"""This many lines in both languages, and the languages alternate."""

_INSET = re.compile(r"[(][^()]*[)][^\s,;.。，；]")
"""A line that begins with a bracket and goes on after it."""
_PART = re.compile(r"[左右]?[上下中左右]\s?:|[(][a-z0-9][)]|[a-z0-9]\.\s")
"""A line that begins so is the next part of a shared caption."""


def caption_lines(block: Block) -> list[TextLine]:
    """The lines of a caption block up to its credits."""
    kept: list[TextLine] = []
    for line in block.lines:
        if is_credit(line.text):
            break
        kept.append(line)
    return kept or list(block.lines[:1])


def segments(lines: Sequence[TextLine]) -> list[str]:
    """The texts of `lines`, those that run on joined: title, date and collection, note, each a text."""
    if not lines:
        return []
    end = 3 if lines[0].vertical else 2
    edge = max(line.bbox[end] for line in lines)
    by_hand = any(
        line.bbox[end] < edge - PHRASE_END * line.size and line.text.endswith(("，", "；", "。"))
        for line in lines[1:-1]
    )
    groups: list[list[TextLine]] = []
    for line in lines:
        if groups and not _breaks(groups[-1][-1], line, edge, by_hand=by_hand):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [join_lines([line.text for line in group], vertical=group[0].vertical) for group in groups]


def _breaks(above: TextLine, line: TextLine, edge: float, *, by_hand: bool) -> bool:
    """Whether something new begins with `line`, in a text whose lines end at `edge` (points) at most."""
    if bare_label(above.text) is not None or above.text.endswith(UNFINISHED):
        return False
    if _PART.match(fold(line.text)):
        return True
    read = min(above.confidence, line.confidence) < 1.0
    allowed = SAME_SIZE_READ if read else SAME_SIZE
    if abs(above.size - line.size) > allowed * max(above.size, line.size):
        return True
    if has_han(above.text) != has_han(line.text):
        return True
    if not has_han(line.text):  # English is broken at words
        return is_data(line.text)
    early = above.bbox[3 if above.vertical else 2] < edge - EARLY_END * above.size
    if _INSET.match(fold(line.text)):
        return False  # 陶瓮 | （M10:7）剖视图: the bracket could not be broken
    if _is_place_alone(above.text):
        return True  # 莫高窟第254窟　甬道南壁 | 药师经变: the name begins below the place
    data = is_data(line.text) or is_datum(line.text)
    return early or by_hand or (data and not _runs_on(above, line))


def _is_place_alone(text: str) -> bool:
    """Whether a line holds nothing but places: caves, walls, regions."""
    return all(is_place(phrase) for phrase in re.split("[ \u3000]+", text.strip()))


def _runs_on(above: TextLine, line: TextLine) -> bool:
    """Whether a line that looks like data goes on with the sentence above: 莲花纹锦，青海 | 省博物馆藏."""
    last = above.text
    tail = re.split("[，,]", last)[-1] if "，" in last or "," in last else ""
    # A list of data within a sentence ends with the collection; date or size alone begin the data.
    full = not above.vertical and above.bbox[2] >= line.bbox[2] - EARLY_END * line.size
    ends_list = bool(tail) and full and line.text.endswith("藏")
    torn = bool(tail) and not is_metadata(tail) and is_metadata(tail + line.text)
    return line.text[0] in NAME_ENDS or torn or ends_list


def languages(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The segments of a caption in Chinese, and those in parallel English: after it, or line by line."""
    split = [split_bilingual(text) for text in texts]
    if sum(english is not None for _, english in split) < MIN_INTERLEAVED:
        chinese, english = split_bilingual("\n".join(texts))
        return chinese.split("\n"), english.split("\n") if english else []
    first = next(i for i, text in enumerate(texts) if has_han(text))
    ours = [text for i, (text, _) in enumerate(split) if has_han(text) or i < first]
    theirs = [english or text for i, (text, english) in enumerate(split) if english or not has_han(text)]
    return ours, [text for i, text in enumerate(theirs) if i or has_han("".join(texts[:1]))]


def joined(texts: Sequence[str]) -> str:
    """Segments as one text, with a wide space between those that no mark separates."""
    text = ""
    for segment in texts:
        wide = text and has_han(text[-1]) | (text[-1] in "）)】」》") and has_han(segment)
        latin = bool(text) and (not has_han(text[-1]) or (segment[:1].isascii() and segment[:1].isalpha()))
        text += ("\u3000" if wide else " " if latin else "") + segment
    return clean_text(text)


def without_paragraph(
    lines: Sequence[TextLine], least: int = PARAGRAPH_LENGTH
) -> tuple[Sequence[TextLine], str]:
    """The caption's own lines, and the text of the paragraph that follows a first line which ends early.

    A paragraph has at least `least` characters.
    """
    if len(lines) < 2:
        return lines, ""
    end = 3 if lines[0].vertical else 2
    reach = max(line.bbox[end] for line in lines[1:])
    early = lines[0].bbox[end] < reach - EARLY_END * lines[0].size
    rest = clean_text(join_lines([line.text for line in lines[1:]], vertical=lines[0].vertical))
    if early and rest.endswith("。") and len(rest) >= least and not split_parts(rest)[1]:
        return lines[:1], rest
    return lines, ""
