"""One spelling for training and for search: what the vocabulary cannot read becomes what it can.

The vocabulary is Chinese BERT's. It has ， 。 《 》 and most full-width marks, so these stay as printed, as
the released models have learnt them. It lacks “ ” ‘ ’ — … and the marks of vertical lines. Letters and digits
have two widths in it; one is enough. Case is the tokenizer's business.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping

_MARKS = {
    **dict.fromkeys("“”„‟〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛＇", "'"),
    **dict.fromkeys("—―–‒‐‑⸺⸻﹘", "-"),
    # The vocabulary has the dots at mid-height, one token instead of three full stops.
    **dict.fromkeys("…︙", "⋯"),
    # Marks as set in vertical lines.
    **dict(
        zip(
            "︐︑︒︓︔︕︖︵︶︹︺︻︼︽︾︿﹀﹁﹂﹃﹄",
            "，、。：；！？（）〔〕【】《》〈〉「」『』",
            strict=True,
        )
    ),
    **dict.fromkeys("︱︲", "-"),
}
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
# Where a character is only another form of others: fractions, enclosed and Roman numbers, radicals,
# units, other widths.
_FORMS = (
    (0xBC, 0xBE),
    (0x2150, 0x218F),
    (0x2460, 0x24FF),
    (0x2E80, 0x2FDF),
    (0x3200, 0x33FF),
    (0xFF00, 0xFFEF),
)


def replacements(vocabulary: Collection[str]) -> dict[str, str]:
    """Each character that is replaced, with what it becomes; none of them needs a second pass.

    Other forms (⑳ ㎝ ⼀ Ⅳ) become the plain one where the vocabulary lacks the character itself. Words stay
    apart: 图⑳3 reads 图 20 3. Superscripts are left alone, for 10⁴ is not 104.
    """
    return _MARKS | _WIDE | dict(_plain_forms(vocabulary))


def normalise(text: str, table: Mapping[int, str]) -> str:
    """`text` in NFC with the characters of `table` (code points, see `str.maketrans`) replaced."""
    return unicodedata.normalize("NFC", text).translate(table)


def _plain_forms(vocabulary: Collection[str]) -> Iterator[tuple[str, str]]:
    for first, last in _FORMS:
        for character in map(chr, range(first, last + 1)):
            if character.lower() in vocabulary or character in _MARKS or character in _WIDE:
                continue
            plain = unicodedata.normalize("NFKC", character).replace("⁄", "/")
            if plain != character:
                yield character, plain if len(plain) == 1 else f" {plain} "
