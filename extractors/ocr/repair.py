"""Two confusions that the characters around them decide, and nothing else.

The recogniser gives 〇 as O, ○ or 0, and a lone 一 as a hyphen. A hyphen between two numerals stays:
图三-五 is a range.
"""

from __future__ import annotations

import re

NUMERAL = "一二三四五六七八九十百〇零"
# After a Chinese numeral (or a circle just repaired) and before no Arabic figure or Latin letter.
CIRCLE = re.compile(rf"(?<=[{NUMERAL}])[O○◯oΟО0]+(?![0-9A-Za-z.])")
# Straight after 图 or 版 and before a Chinese numeral a hyphen is no range.
STROKE = re.compile(rf"(?<=[图圖版])[-－—–_](?=[{NUMERAL}])")


def repair(text: str) -> str:
    """`text` with those confusions undone."""
    text = STROKE.sub("一", text)
    return CIRCLE.sub(lambda found: "〇" * len(found[0]), text)
