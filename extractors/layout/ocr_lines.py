"""Lines as they were printed where OCR takes them apart or reads over a gap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import centre, height, union
from extractors.grammar.entry_grammar import run_in_field
from extractors.grouping import BoxIndex
from extractors.records import PageContent, TextLine

RUN_IN_LINES = 3
"""A word that begins this many lines of a book may be a label ..."""
RUN_IN_WORDS = 2
"""... when at least this many such words do."""
NUMBER_GAP = 1.2
"""The number of an item stands at most this many characters before the rest of its line ..."""
LEVEL = 0.4
"""... and its middle within this share of a character from the middle of the line's."""

_NUMBER = re.compile(r"[0-9]{1,2}[.．、]?|[①-⑳]|[(（][0-9A-Za-z][)）]")


def join_numbers(pages: Sequence[PageContent]) -> list[PageContent]:
    """Pages with the numbers of items that OCR read apart put back: 2 | 三彩罐 -> 2 三彩罐."""
    return [
        replace(page, lines=_with_numbers(page.lines)) if page.text_source == "ocr" else page
        for page in pages
    ]


def _with_numbers(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    numbers = [i for i, line in enumerate(lines) if _NUMBER.fullmatch(line.text) and not line.vertical]
    if not numbers:
        return tuple(lines)
    index = BoxIndex([line.bbox for line in lines])
    found = list(lines)
    joined: set[int] = set()
    for i in numbers:
        reach = NUMBER_GAP * max(line.size for line in lines)
        after = [k for k in index.near(lines[i].bbox, reach) if _goes_on(lines[i], lines[k])]
        if len(after) == 1 and found[after[0]] is lines[after[0]]:
            rest = lines[after[0]]
            text, box = f"{lines[i].text} {rest.text}", union([lines[i].bbox, rest.bbox])
            confidence = min(lines[i].confidence, rest.confidence)
            found[after[0]] = replace(rest, text=text, bbox=box, confidence=confidence)
            joined.add(i)
    return tuple(line for i, line in enumerate(found) if i not in joined)


def _goes_on(number: TextLine, line: TextLine) -> bool:
    """Whether a line stands right after a number, level with it."""
    apart = line.bbox[0] - number.bbox[2]
    level = abs(centre(line.bbox)[1] - centre(number.bbox)[1]) <= LEVEL * line.size
    named = not line.vertical and len(line.text) > 1 and not line.text[0].isdigit()
    return named and level and -0.5 * height(number.bbox) <= apart <= NUMBER_GAP * line.size


def restore_label_gaps(pages: Sequence[PageContent]) -> list[PageContent]:
    """Pages with the gap after a catalogue label put back that OCR read over: 纹样石青地 -> 纹样　石青地.

    Only in books whose lines begin with several such words again and again: elsewhere 纹样 begins a sentence.
    """
    counts: Counter[str] = Counter()
    for page in pages:
        if page.text_source == "ocr":
            counts.update(found[0] for line in page.lines if (found := run_in_field(line.text)))
    words = {word for word, count in counts.items() if count >= RUN_IN_LINES}
    if len(words) < RUN_IN_WORDS:
        return list(pages)

    def spaced(line: TextLine) -> TextLine:
        found = run_in_field(line.text)
        if found is None or found[0] not in words:
            return line
        return replace(line, text=line.text[: found[1]] + "\u3000" + line.text[found[1] :])

    return [
        replace(page, lines=tuple(map(spaced, page.lines))) if page.text_source == "ocr" else page
        for page in pages
    ]
