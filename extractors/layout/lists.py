"""Lists of panels without a caption (1 罐 | 2 钵), cut into their items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.grammar.caption_parts import panel_key
from extractors.grammar.caption_text import only_points
from extractors.grammar.captions import parse_label
from extractors.layout.blocks import Block
from extractors.records import TextLine

_ITEM = re.compile(
    r"(?<=[\s;；,，、。）)])(?=(?:[0-9]{1,2}[.．、]|[(（][0-9A-Za-z]{1,2}[)）]|[①-⑳])\s*[^\s0-9])"
)
"""Where an item may begin within a line: a number or letter with its mark."""
WIDE = 0x2E7F
"""Characters after this one are as wide as Han, others half as wide."""


def split_lists(blocks: Sequence[Block], figures: int) -> list[Block]:
    """The blocks, each list of panels without a caption (1 罐 | 2 钵) cut into its items.

    `figures` is how many the page has: a line of several items (1. 罐 2. 钵) is cut where it has one for each
    item, or none, as the list of a facing page; otherwise it is the key of a single figure.
    """
    found: list[Block] = []
    for block in blocks:
        if _has_heading(block, figures):
            found.append(Block(block.page, block.lines[:1]))
            block = Block(block.page, block.lines[1:])
        block = _with_items_apart(block, figures)
        key = panel_key(block.lines[0].text) if parse_label(block.text) is None else None
        begin = 0
        column = all(panel_key(line.text) for line in block.lines)
        for i, line in enumerate(block.lines):
            after = panel_key(line.text) if key is not None and i else None
            # A list set in columns goes on beside each line: 1 | 2 | 3, and below 4 | 5.
            if key is not None and after is not None and (column or _follows(key[0], after[0])):
                found.append(Block(block.page, block.lines[begin:i]))
                begin, key = i, after
        found.append(Block(block.page, block.lines[begin:]))
    return found


def _has_heading(block: Block, figures: int) -> bool:
    """Whether the first line stands over a list: 左页、本页, or a title, over items of `figures` at most."""
    first, *rest = block.lines
    if not rest or panel_key(rest[0].text) is None:
        return False
    if only_points(first.text):
        return True
    if block.vertical or panel_key(first.text) is not None or parse_label(block.text) is not None:
        return False
    listed = all(panel_key(line.text) for line in rest)
    return listed and 1 < sum(len(_items(line)) for line in rest) <= figures


def _with_items_apart(block: Block, figures: int) -> Block:
    """A block without label, its lines of several items cut into a line for each."""
    if block.vertical or parse_label(block.text) is not None:
        return block
    items = [item for line in block.lines for item in _items(line)]
    return Block(block.page, tuple(items)) if not figures or len(items) <= figures else block


def _items(line: TextLine) -> list[TextLine]:
    """The items of a line that runs on: 1. 罐 2. 钵 -> 1. 罐 and 2. 钵."""
    first = panel_key(line.text)
    if first is None:
        return [line]
    cuts, key = [0], first[0]
    for found in _ITEM.finditer(line.text):
        after = panel_key(line.text[found.start() :])
        if after is not None and _follows(key, after[0]):
            cuts.append(found.start())
            key = after[0]
    return [_cut(line, *ends) for ends in zip(cuts, [*cuts[1:], len(line.text)], strict=True)]


def _cut(line: TextLine, begin: int, end: int) -> TextLine:
    """The characters of a horizontal line from `begin` to `end`, in a box by their share of the width."""
    text = line.text
    before = [sum(2 if ord(c) > WIDE else 1 for c in text[:at]) for at in (begin, end, len(text))]
    x0, y0, x1, y1 = line.bbox
    left, right = (x0 + (x1 - x0) * at / before[2] for at in before[:2])
    return replace(line, text=text[begin:end].strip(), bbox=(left, y0, right, y1))


def follows(one: str, two: str) -> bool:
    """Whether line `two` names the next panel after that of line `one`."""
    keys = panel_key(one), panel_key(two)
    return keys[0] is not None and keys[1] is not None and _follows(keys[0][0], keys[1][0])


def _follows(one: str, two: str) -> bool:
    """Whether panel `two` is the next one after panel `one`."""
    if one.isdigit() and two.isdigit():
        return int(two) == int(one) + 1
    return not one.isdigit() and not two.isdigit() and ord(two) == ord(one) + 1
