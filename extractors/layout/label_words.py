"""Words that a book puts before the numbers of its pictures, where no list has them: 款1, 壁 3, 标本 7."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from extractors.geometry import gap
from extractors.grammar.characters import fold
from extractors.grammar.numerals import NUMBER_PATTERN, parse_number
from extractors.grammar.words import key, vocabulary
from extractors.records import PageContent, TextLine

LEAST_NUMBERS = 3
"""A word is a label when numbers 1, 2, 3 … follow it, at least this many ..."""
REACH = 3.0
"""... each in a line within this many characters of a picture ..."""
LONGEST = 40
"""... of at most this many characters."""

_LABELLED = re.compile(rf"(?P<word>[一-鿿]{{1,3}}?)\s?(?P<number>{NUMBER_PATTERN})(?:[\s:.、．]+|$)")
_COUNTED = "第约約高宽寬长長径徑厚深重年月日卷页頁期号號层層"
"""A number after these is a measure, a date or a place in a book."""


def learned_labels(pages: Sequence[PageContent]) -> tuple[str, ...]:
    """The label words of a book that the vocabulary lacks, sorted."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for page in pages:
        for line in page.lines:
            found = _LABELLED.match(fold(line.text)) if len(line.text) <= LONGEST else None
            value = parse_number(found["number"]) if found is not None else None
            if (
                found is not None
                and value is not None
                and _is_open(found["word"])
                and _at_picture(line, page)
            ):
                numbers[found["word"]].add(value)
    return tuple(sorted(word for word, values in numbers.items() if _counts(values)))


def _is_open(word: str) -> bool:
    """Whether a word has no other meaning before a number."""
    known = vocabulary()
    taken = key(word) in known.label_kinds or key(word) in known.field_kinds
    return not taken and not any(character in _COUNTED for character in word)


def _at_picture(line: TextLine, page: PageContent) -> bool:
    return any(gap(line.bbox, region.bbox) <= REACH * line.size for region in page.regions)


def _counts(values: set[int]) -> bool:
    """Whether numbers begin with 1 and go on without a gap."""
    return len(values) >= LEAST_NUMBERS and values == set(range(1, len(values) + 1))
