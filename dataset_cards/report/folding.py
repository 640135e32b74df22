"""Which characters search takes for one another: traditional and simplified forms, as OpenCC relates them.

The gallery is a page without a program behind it, so what it needs is worked out when a version is built.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from opencc import OpenCC

_HAN = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))
"""Code points of the characters looked at: what rarer planes hold has one form each in OpenCC's table."""


def fold_table(texts: Iterable[str]) -> str:
    """Traditional and simplified character by turns, of all that a search of `texts` may meet."""
    used = set().union(*map(set, texts))
    return "".join(old + new for old, new in _pairs() if old in used or new in used)


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    """(traditional, simplified) of each character that has two forms."""
    converter = OpenCC("t2s")
    # One a line: of a word OpenCC may keep the old form (乾隆), a search should not.
    simple = converter.convert("\n".join(map(chr, _HAN))).split("\n")
    return tuple((chr(old), new) for old, new in zip(_HAN, simple, strict=True) if chr(old) != new)
