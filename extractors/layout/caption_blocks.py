"""Captions as blocks of lines: where one begins, and what set in other type belongs to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.geometry import centre, gap, overlap_x, width
from extractors.grammar.caption_data import DATA_LENGTH, is_data, is_datum, is_metadata
from extractors.grammar.caption_parts import RING, panel_key, split_parts
from extractors.grammar.caption_text import facing, is_credit, only_points
from extractors.grammar.captions import bare_label, caption_strength, is_mention, parse_label, range_heading
from extractors.grammar.characters import has_han
from extractors.grammar.dimensions import is_dimension
from extractors.grammar.entry_grammar import parse_entry_heading, parse_labelled
from extractors.grammar.numerals import parse_number
from extractors.layout.blocks import SENTENCE_ENDS, Block
from extractors.layout.joining import JoinedBlocks
from extractors.records import TextLine

STARTS_CAPTION = 0.45
"""A line whose label is this sure begins a caption when it begins a paragraph."""
STARTS_ANYWHERE = 0.85
"""A line whose label is this sure begins a caption even after an unfinished line."""
STARTS_ENTRY = 0.6
"""A line this sure to be an entry heading begins an entry."""
MENTION_LENGTH = 8
"""Characters in which a line of running text names the figure it begins with."""
TITLE_GAP = 1.2
"""The title of a bare label follows within this many character heights."""
LINE_GAP = 2.5
"""The title on the line of its label follows within this many character heights."""
KEY_GAP = 1.5
"""The key of a caption (1. 罐 2. 钵), in smaller type, follows within this many character heights."""
TAIL_GAP = 0.9
"""What belongs to a caption in a block of its own (date, collection, more lines) follows within this many of
its character heights."""
TAIL_LINES = 6
"""Such a block has at most this many lines."""
TAIL_SIZE = 1.03
"""It is set in type no larger than the caption's largest, times this."""
TWIN_LENGTH = 60
"""Characters of a line of a name in another language at most."""
BODY_SIZE = 0.97
"""Type of this share of running text's size is running text's: there only data belongs to the caption."""
TITLE_LENGTH = 120
"""Characters of a title at most; more is a paragraph."""

NAMES_OPEN = ("博物", "美术", "美術", "图书", "圖書", "丝绸", "絲綢", "艺术", "藝術", "文物")
NAME_ENDS = ("馆藏", "館藏")
"""A line that ends and one that begins so share a museum's name: 馆藏 is no label there."""
LAST_PART = 9
"""Arabic numbers up to here may count the parts of one caption."""

PLATE_TAG = re.compile(
    r"[0-9０-９一二三四五六七八九十百〇○零廿卅]{1,4}(?:[-–—][0-9]{1,2}|[上下左右]|[a-d])?$"
)
"""A bare plate number: 12, 八上, 8-1."""


_NUMBER_FIRST = re.compile(r"([0-9０-９]{1,3}|[一二三四五六七八九十百〇○零廿卅]{1,4})[ 　]+(?=\S)")
"""A number and a space: how a line of a list of plates begins."""
PLACE_FIRST = re.compile(r"([左右][上中下]|[上下][左右]?|[左右中])[图圖]?[\s\u3000]+(?=\S)")
"""The place of its picture, and a space: how a line of a list may begin."""


def starts_block(text: str, above: Sequence[TextLine]) -> bool:
    """Whether a line begins a caption, an entry or a labelled paragraph rather than going on.

    `above` are the lines of the block it would join: an unfinished one makes a label a mere mention, and in
    a caption a numbered line (⑥ 獬豸纹) is one of its parts.
    """
    if parse_labelled(text) is not None:
        return not _is_torn(above[-1].text, text)
    if _counts_on(above[0].text, text):
        return True
    if PLACE_FIRST.match(text) and PLACE_FIRST.match(above[0].text):
        return True
    if is_dimension(above[0].text) and not is_dimension(text):
        return True  # the title of a drawing below its dimensions
    if facing(text) is not None and facing(above[0].text) is not None:
        return True  # 对页上 …, 对页下 …: a list of pointers
    if len(above) == 1 and re.fullmatch(RING, above[0].text.strip()):
        return True  # a panel's mark ends there, whatever stands below it
    heading = parse_entry_heading(text)
    if heading is not None and heading.strength >= STARTS_ENTRY:
        return caption_strength(above[0].text) < STARTS_CAPTION
    strength = caption_strength(text)
    if is_mention(text[:MENTION_LENGTH]) and caption_strength(above[0].text) >= STARTS_CAPTION:
        return True  # the text goes on below a caption: 图6所示…
    if strength == 0.0:
        return PLATE_TAG.match(text.strip()) is not None or is_credit(text)
    unfinished = len(above[-1].text) >= 15 and above[-1].text[-1:] not in "。！？；:：.）)"
    return strength >= (STARTS_ANYWHERE if unfinished else STARTS_CAPTION)


def _is_torn(before: str, line: str) -> bool:
    """Whether a line ends a museum's name that the line before began: 青岚博物 | 馆藏."""
    return line.startswith(NAME_ENDS) and before.endswith(NAMES_OPEN)


def _counts_on(caption: str, line: str) -> bool:
    """Whether a line carries the number after that of the line above it: 图四二 …, 图四三 …: a list.

    So does 四四 … below the heading 图四四—四五, and 四五 … below that.
    """
    first, second = parse_label(caption), parse_label(line)
    number = _NUMBER_FIRST.match(line)
    if number is not None:
        before = _NUMBER_FIRST.match(caption)
        opens = range_heading(caption) == _value(number)
        follows = before is not None and _value(before) + 1 == _value(number) and _names_plates(number)
        return opens or follows
    if first is None or second is None or min(map(caption_strength, (caption, line))) < STARTS_CAPTION:
        return False
    one, two = first[0], second[0]
    return one.word == two.word and two.key == (*one.key[:-1], one.key[-1] + 1)


def _names_plates(number: re.Match[str]) -> bool:
    """Whether a number is rather a plate's than that of a part in the key of a caption (1 罐, 2 钵)."""
    return not number[1].isdigit() or _value(number) > LAST_PART


def _value(found: re.Match[str]) -> int:
    return parse_number(found[1]) or 0


def with_titles(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, each bare label or pointer (图版九, 右页左) joined to the title set apart from it."""
    rest = JoinedBlocks(blocks)
    reach = LINE_GAP * max((block.size for block in blocks), default=0.0)
    for i, block in enumerate(blocks):
        if rest[i] is None or not _wants_title(block):
            continue
        others = rest.near(i, reach)
        below = [k for k, b in others if is_title_of(b, block)] if len(block.lines) == 1 else []
        above = [k for k, b in others if only_points(block.lines[0].text) and _is_title_over(b, block)]
        titles = {k: b for k, b in others if k in below or k in above}
        nearest = sorted((*below, *above), key=lambda k: gap(titles[k].bbox, block.bbox))
        k = next((k for k in nearest if _goes_on_line(block, titles[k])), next(iter(nearest), None))
        if k is not None:
            parts = (block, titles[k]) if k in below else (titles[k], block)
            rest.join(i, k, Block(block.page, tuple(n for part in parts for n in part.lines)))
    return rest.blocks


def _wants_title(block: Block) -> bool:
    """Whether a block is a label, or a pointer with data at most."""
    label = bare_label(block.text)
    if label is not None:
        return label.kind != "table" and range_heading(block.text) is None
    return only_points(block.lines[0].text) and all(is_datum(line.text) for line in block.lines[1:])


def _is_title_over(block: Block, pointer: Block) -> bool:
    """Whether a block is the title right above a pointer."""
    named = parse_label(block.text) is None and facing(block.text) is None and not is_credit(block.text)
    short = len(block.text) <= DATA_LENGTH and block.text[-1] not in SENTENCE_ENDS
    return named and short and is_title_of(pointer, block)


def with_keys(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, each caption joined to the key of its parts (1. 罐 2. 钵) in smaller type below it."""
    rest = JoinedBlocks(blocks)
    for i, block in enumerate(blocks):
        if rest[i] is None or block.vertical or caption_strength(block.text) < STARTS_CAPTION:
            continue
        near = rest.near(i, KEY_GAP * block.size)
        keys = [(k, b) for k, b in near if not b.vertical and _is_key_of(b, block)]
        if keys:
            k, key = min(keys, key=lambda found: gap(found[1].bbox, block.bbox))
            rest.join(i, k, Block(block.page, (*block.lines, *key.lines)))
    return rest.blocks


def with_tails(blocks: Sequence[Block], body: float | None) -> list[Block]:
    """The blocks, each caption joined to the lines that follow it closely in its own or smaller type.

    So is a name without label to the short lines below it: place, date, size, collection, its English. `body`
    is the size of running text (points), where it is known.
    """
    rest = JoinedBlocks(blocks)
    for i, first in enumerate(blocks):
        caption: Block | None = first
        captioned = caption_strength(first.text) >= STARTS_CAPTION or facing(first.text) is not None
        while caption is not None and (captioned or _may_be_name(caption)):
            # Aligned to a character and hardly below the last line: so near in either direction.
            near = rest.near(i, 2 * max(line.size for line in caption.lines))
            tails = [(k, b) for k, b in near if _follows_caption(b, caption)]
            if captioned:
                tails = [(k, b) for k, b in tails if _is_tail(b, caption, body)]
            else:
                tails = [(k, b) for k, b in tails if not any(map(_is_prose, b.lines))]
            if not tails:
                break
            box = caption.bbox
            k, tail = min(tails, key=lambda found: gap(found[1].bbox, box))
            rest.join(i, k, Block(caption.page, (*caption.lines, *tail.lines)))
            caption = rest[i]
    return rest.blocks


def _may_be_name(block: Block) -> bool:
    """Whether a block begins with a line that may name a thing: no data, label or field, no sentence."""
    name = block.lines[0].text
    plain = parse_label(name) is None and parse_labelled(name) is None and not is_credit(name)
    short = len(block.lines) <= TAIL_LINES and not any(map(_is_prose, block.lines))
    return plain and short and not is_datum(name)


def _is_prose(line: TextLine) -> bool:
    """Whether a line is rather one of a paragraph than of a name and its data."""
    text = line.text
    long = len(text) > DATA_LENGTH and has_han(text)
    return long or text[-1] in SENTENCE_ENDS or ("，" in text and not is_datum(text))


COLUMN_INDENT = 2.0
"""The columns of data beside a vertical name begin at most this number of characters lower."""


def _follows_caption(block: Block, caption: Block) -> bool:
    """Whether a short block follows a caption closely and aligned, in no larger type, and begins nothing."""
    size = caption.lines[-1].size
    largest = TAIL_SIZE * max(line.size for line in caption.lines)
    if block.vertical != caption.vertical or len(block.lines) > TAIL_LINES or block.size > largest:
        return False
    a, b = caption.lines[-1].bbox, block.bbox
    if caption.vertical:
        follows = -2 <= a[0] - b[2] <= TAIL_GAP * size
        top = min(a[1], caption.bbox[1])
        aligned = -size <= b[1] - top <= COLUMN_INDENT * size or abs(a[1] - b[1]) <= size
    else:
        follows = -2 <= b[1] - a[3] <= TAIL_GAP * size
        whole = caption.bbox
        centred = abs((whole[0] + whole[2]) - (b[0] + b[2])) / 2 <= size
        aligned = centred or abs(whole[0] - b[0]) <= size
    return follows and aligned and not _begins_something(block)


def _is_tail(block: Block, caption: Block, body: float | None) -> bool:
    """Whether what follows a caption is more of it: data, a bracket, lines in smaller type than the text."""
    data = all(is_datum(line.text) or _is_twin(line) for line in block.lines)
    bracketed = block.text[0] in "（(" and block.text[-1] in "）)"
    typeset = min(line.confidence for line in (*caption.lines, *block.lines)) == 1.0
    smaller = typeset and body is not None and block.size < BODY_SIZE * body
    return data or bracketed or smaller


def _is_twin(line: TextLine) -> bool:
    """Whether a line is in another language than Chinese, and none of a paragraph."""
    return not has_han(line.text) and len(line.text) <= TWIN_LENGTH and line.text[-1] not in ".,;"


def _begins_something(block: Block) -> bool:
    """Whether a block is a caption, a pointer, a heading, a labelled paragraph, a credit or a bare number."""
    text = block.text
    heading = parse_entry_heading(block.lines[0].text)
    return (
        parse_label(text) is not None
        or facing(text) is not None
        or panel_key(text) is not None
        or parse_labelled(text) is not None
        or is_credit(text)
        or is_mention(text)
        or PLACE_FIRST.match(text) is not None
        or PLATE_TAG.match(text.strip()) is not None
        or (heading is not None and heading.strength >= STARTS_ENTRY)
        or not any(map(str.isalpha, text))
    )


def _is_key_of(block: Block, caption: Block) -> bool:
    below = block.bbox[1] >= caption.bbox[3] - 2
    near = gap(block.bbox, caption.bbox) <= KEY_GAP * caption.size
    within = overlap_x(block.bbox, caption.bbox) > 0.5 * min(width(block.bbox), width(caption.bbox))
    if not (below and near and within) or parse_label(block.text) is not None:
        return False
    stem, parts = split_parts(block.text)
    return len(parts) >= 2 and not stem


def is_title_of(block: Block, label: Block) -> bool:
    """Whether a block stands aligned below a bare label or number (vertical text: left of it or below)."""
    if block.vertical != label.vertical or not 2 <= len(block.lines[0].text) <= TITLE_LENGTH:
        return False
    # A title may have its data in one block with it; anything else as long is a paragraph.
    if len(block.text) > TITLE_LENGTH and not any(is_data(line.text) for line in block.lines):
        return False
    if parse_label(block.text) is not None or is_credit(block.text) or is_metadata(block.lines[0].text):
        return False
    if not any(map(str.isalpha, block.text)):
        return False
    if _goes_on_line(label, block):
        return True
    if gap(block.bbox, label.bbox) > TITLE_GAP * label.size:
        return False
    a, b = label.bbox, block.bbox
    if block.vertical:
        below = b[1] >= a[3] - 1 and abs(a[0] - b[0]) <= label.size
        left = b[2] <= a[0] + 1 and abs(a[1] - b[1]) <= label.size
        return below or left
    off = abs(a[0] - b[0]), abs(a[2] - b[2]), abs((a[0] + a[2]) - (b[0] + b[2])) / 2
    return b[1] >= a[3] - 2 and min(off) <= label.size


def _goes_on_line(label: Block, block: Block) -> bool:
    """Whether a block begins on the line of a label, after a blank; a number may be larger than its title."""
    a, b = label.bbox, block.lines[0].bbox
    at = int(block.vertical)
    apart = b[at] - a[at + 2]
    level = a[1 - at] <= centre(b)[1 - at] <= a[3 - at]
    return level and -1 <= apart <= LINE_GAP * label.size
