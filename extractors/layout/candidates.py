"""What on a page may be text for a figure: labelled captions, pointers, number tags, unlabelled lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import Box, cover, gap, height, overlap_x, union, width
from extractors.grammar.caption_data import is_datum, is_metadata
from extractors.grammar.caption_parts import panel_key, split_parts
from extractors.grammar.caption_text import (
    Pointer,
    facing,
    is_credit,
    only_points,
)
from extractors.grammar.captions import caption_strength, is_mention, parse_label
from extractors.grammar.characters import has_han, is_han
from extractors.grammar.contact import is_contact
from extractors.grammar.dimensions import is_dimension
from extractors.grammar.entry_grammar import (
    parse_labelled,
)
from extractors.grammar.label_numbers import Key
from extractors.grammar.words import vocabulary
from extractors.layout.asides import aside, with_titles_apart
from extractors.layout.blocks import INNER_TEXT, SENTENCE_ENDS, Block
from extractors.layout.candidate import Candidate, make_candidate
from extractors.layout.caption_blocks import (
    PLACE_FIRST,
    PLATE_TAG,
    with_keys,
    with_tails,
    with_titles,
)
from extractors.layout.caption_lines import (
    caption_lines,
    without_paragraph,
)
from extractors.layout.lists import follows, split_lists
from extractors.layout.surroundings import Surroundings
from extractors.records import TextLine

ON_PLATE = 0.7
"""A line inside a picture that is this surely a caption is printed over it."""
MIN_STRENGTH = 0.3
"""Below this a labelled paragraph is taken for running text that mentions a figure."""
SHORT_WORDS, SHORT_WORD_STRENGTH = ("照", "版"), 0.85
"""Words that are labels only with a mark after the number: 按照3.2节 can break before 照."""
TAG_LENGTH = 8
"""Characters: a tag is a bare number or panel letter, at most this long."""
TAG_REACH = 30.0
"""A tag stands within this many points of its picture."""
PLAIN_REACH = 36.0
"""A caption without a label stands within this many points of its picture: two or three lines ..."""
FAR_REACH = 80.0
"""... or this many, where its type alone says that it is one (`pairing.edges`)."""
PLAIN_LINES = 4
"""An unlabelled caption has at most this many lines besides data ..."""
PLAIN_LENGTH = 120
"""... and this many characters; more is a paragraph."""
TITLE_REACH = 1.0
"""A title that heads a paragraph stands within this many characters below its picture."""
DETAIL_LENGTH = 30
"""Characters: 局部 Detail of the rim names a picture; a longer 局部 heads a paragraph."""
ITEM_GAP = 1.5
"""Items of a list follow one another within this many character heights."""
OVERPRINTED, NAMED, RIM = 2, 4, 0.2
"""A caption over its picture has at most this many lines, one of at least this many different characters,
within this share of the picture's height from its edge."""
TICKS, TICK_REACH, TICK_LEVEL = 2, 12.0, 0.3
"""A number with more than this many others on its line (to this share of a character), each at most this many
characters away, is one of the ticks of an axis."""
SAME_KEY_GAP = 2.5
"""The English twin of a Chinese caption follows within this many character heights."""


_CITATION = re.compile(r"《[^》]+》.{0,30}(?:第\s*[0-9]+\s*[页頁]|[0-9]{4}\s*年)")
"""A note names its source: 《敦煌学》，2012年，第26页."""
_PART_OF = re.compile(r"[（(][^（()）]{1,12}(?:局部|细部|細部)[)）]$")
"""What a detail is taken from: 圈椅靠背（图版1局部）."""
_UP_OR_DOWN = re.compile(r"\s*(?:[上下][图圖]|[↑↓▲▼]|[（(][上下][)）])")
"""Forms in which 上 and 下 point to a figure; bare they are words like any other."""
_TICK = re.compile(r"[-−–]?[0-9]+(?:[.,][0-9]+)?%?")
"""A number at the tick of an axis."""
_ORDER = re.compile("[甲乙丙丁戊己庚辛壬癸上中下左右]")
"""Characters that tell panels apart."""
_LAST_POINTER = re.compile(r"[（(\[【〔][^（()）]{2,8}[）)\]】〕]$|[→←↑↓▲▼▶◀]$")
"""What may be a pointer at the end of a line: （右页左）, →. A bare （上） names the half of a work."""
_PANEL_TAG = re.compile(r"[（(〔\[]?\s*([A-Za-z]|[0-9]{1,3}|[①-⑳])\s*[）)〕\].．、]?$")


def find_candidates(
    blocks: Sequence[Block],
    figures: Sequence[Box],
    inner: Sequence[TextLine],
    page: int,
    body: float | None = None,
) -> list[Candidate]:
    """All candidates among the blocks of one page, with tags also from `inner`, the lines inside figures.

    `body` is the size of the book's running text in points, where it is known.
    """
    found: list[Candidate] = []
    blocks = split_lists(with_tails(with_keys(with_titles(blocks)), body), len(figures))
    blocks = with_titles_apart(blocks, figures)
    around = Surroundings(blocks, figures)
    for block in blocks:
        candidate = (
            _labelled(block, around)
            or _pointer(block)
            or _tag(block, around)
            or aside(block, around)
            or _plain(block, around)
        )
        if candidate is not None:
            found.append(candidate)
    for line in _without_strays(inner, blocks):
        block = Block(page, (line,))
        # A label printed on a full plate is its caption; text inside pictures is otherwise their own.
        labelled = _labelled(block, around) if caption_strength(line.text) >= ON_PLATE else None
        candidate = labelled or _tag(block, around)
        if candidate is not None:
            found.append(candidate)
    return _join_twins([*found, *_overprinted(found, figures, inner, page)])


def _without_strays(inner: Sequence[TextLine], blocks: Sequence[Block]) -> list[TextLine]:
    """The lines inside pictures, without single characters that OCR saw in them and that count with no other.

    A panel's label has a neighbour (1, 2; a, b) on its page, once; a stroke taken for a 1 has not.
    """
    texts = [line.text for line in inner] + [block.text for block in blocks]
    seen = Counter(text for text in texts if len(text) == 1)
    return [
        line
        for line in inner
        if line.confidence == 1.0
        or len(line.text) > 1
        or (seen[line.text] == 1 and any(seen[chr(ord(line.text) + step)] for step in (-1, 1)))
    ]


def _overprinted(
    found: Sequence[Candidate], figures: Sequence[Box], inner: Sequence[TextLine], page: int
) -> list[Candidate]:
    """Captions printed over their pictures: one holds only a line or two, at an edge."""
    captions = []
    for figure in figures:
        lines = [line for line in inner if cover(line.bbox, figure) >= INNER_TEXT]
        told = [
            line for line in lines if len(set(filter(is_han, line.text))) >= NAMED and not is_datum(line.text)
        ]
        if not told or len(lines) > OVERPRINTED or any(gap(c.bbox, figure) <= PLAIN_REACH for c in found):
            continue
        rim = RIM * height(figure)
        if all(line.bbox[3] >= figure[3] - rim or line.bbox[1] <= figure[1] + rim for line in lines):
            block = Block(page, tuple(lines))
            made = make_candidate("plain", block, caption_lines(block), None, 0.3)
            captions.append(replace(made, printed_over=True))
    return captions


def _labelled(block: Block, around: Surroundings) -> Candidate | None:
    parsed = parse_label(block.text)
    if parsed is None or parsed[0].kind == "table":
        return None
    label, body = parsed
    strength = caption_strength(block.text)
    if strength < (SHORT_WORD_STRENGTH if label.word in SHORT_WORDS else MIN_STRENGTH):
        return None
    bare = not body and not has_han(label.raw) and label.kind == "catalogue"
    if bare and not around.figures_near(block.bbox, TAG_REACH):
        return None  # Cat. 1 numbers its plate; anywhere else, No. 1 counts many things
    lines, pointed = pointer_apart(caption_lines(block))
    made = make_candidate("labelled", block, lines, label, strength)
    return made if pointed is None else replace(made, pointer=pointed.direction, spot=pointed.spot)


def _pointer(block: Block) -> Candidate | None:
    lines, pointed = pointer_apart(block.lines)
    told = facing(block.text) if pointed is None else pointed
    if told is None or is_credit(told.body) or (pointed is None and only_points(block.text)):
        return None
    if len(split_parts(block.text)[1]) >= 2:
        return None
    if pointed is None and told.direction in ("above", "below") and not _UP_OR_DOWN.match(block.text):
        return None
    block = Block(block.page, tuple(lines))
    made = make_candidate("pointer", block, caption_lines(block), None, 0.6, told.direction)
    return made if pointed is None else replace(made, spot=told.spot)


def pointer_apart(lines: Sequence[TextLine]) -> tuple[Sequence[TextLine], Pointer | None]:
    """The lines of a caption without the pointer that ends one of them, and that pointer.

    双凤纹锦（右页左） or, on a line of its own below the title, （右页左）. One that comes first stays.
    """
    for i, line in enumerate(lines):
        found = _LAST_POINTER.search(line.text)
        before = line.text[: found.start()].rstrip() if found else ""
        if found is None or not (i or before) or not only_points(found[0].strip()):
            continue
        kept = [replace(line, text=before)] if before else []
        return [*lines[:i], *kept, *lines[i + 1 :]], facing(found[0].strip())
    return lines, None


def _tag(block: Block, around: Surroundings) -> Candidate | None:
    text = block.text.strip()
    if len(block.lines) != 1 or len(text) > TAG_LENGTH or is_dimension(text):
        return None
    if not (_PANEL_TAG.match(text) or PLATE_TAG.match(text)):
        return None
    if not around.figures_near(block.bbox, TAG_REACH):
        return None
    return make_candidate("tag", block, block.lines, None, 0.2)


def _plain(block: Block, around: Surroundings) -> Candidate | None:
    whole, block = block, _first_line_alone(block, around)
    text = block.text
    if _is_long(block) or is_dimension(text):
        return None
    if len(text) < 2 and not _is_name(text, block.confidence):
        return None
    field = parse_labelled(text)
    detail = field is not None and field[0] == "crop" and len(text) <= DETAIL_LENGTH and "。" not in text
    if (
        (is_credit(text) and panel_key(text) is None)  # 1. 石窟外景 自西岸拍摄 is an item of a list
        or is_contact(text)
        or is_mention(_PART_OF.sub("", text))
        or _CITATION.search(text)
        or not any(map(str.isalpha, text))
        or (field is not None and not detail)
    ):
        return None
    label = parse_label(text)
    if label is not None and (label[0].kind == "table" or not label[1]):
        return None
    # A list may stand on the page beside its panels', and be long.
    if not (_may_speak(block, around) if around.figures else panel_key(text)):
        return None
    if text.endswith(("：", ":")) or only_points(text):  # it announces what follows it
        return None
    if is_metadata(block.lines[0].text) or (block is whole and _goes_on(block, around)):
        return None
    if _is_axis(block, around):
        return None
    return make_candidate("plain", block, caption_lines(block), None, 0.3)


def _is_long(block: Block) -> bool:
    """Whether a block has more lines or text than a caption, counted apart where it is in two languages."""
    told = [line.text for line in block.lines if not is_datum(line.text)]
    ours = sum(map(has_han, told))
    text = sum(len(line.text) if has_han(line.text) else len(line.text) // 2 for line in block.lines)
    return max(ours, len(told) - ours) > PLAIN_LINES or text > PLAIN_LENGTH


def _is_axis(block: Block, around: Surroundings) -> bool:
    """Whether a block names the axis of a chart: turned Latin, or one of a row of numbers on its line."""
    tick = block.lines[0]
    if block.vertical and not has_han(block.text) and around.is_horizontal:
        return True
    if not _TICK.fullmatch(tick.text):
        return False
    near = around.blocks_near(block, TICK_REACH * tick.size)
    rows = [line for other in near for line in other.lines if _TICK.fullmatch(line.text)]
    return sum(abs(line.bbox[3] - tick.bbox[3]) <= TICK_LEVEL * tick.size for line in rows) > TICKS


def _may_speak(block: Block, around: Surroundings) -> bool:
    """Whether a block is in reach of a figure, or says where its own is (左上　飞天)."""
    return PLACE_FIRST.match(block.text) is not None or _in_reach(block, around)


def _is_name(character: str, confidence: float) -> bool:
    """Whether one character may be a name (福): no word or number of labels, and not read by OCR."""
    counts = _ORDER.match(character) or PLATE_TAG.match(character) or character in vocabulary().label_kinds
    return has_han(character) and confidence == 1.0 and not counts


def _first_line_alone(block: Block, around: Surroundings) -> Block:
    """The title that heads a paragraph right under a picture, as in a box of its own; else all of it."""
    first = block.lines[0]
    title, paragraph = without_paragraph(block.lines)
    under = any(
        0 <= first.bbox[1] - figure[3] <= TITLE_REACH * first.size and overlap_x(first.bbox, figure) > 0
        for figure in around.figures_near(first.bbox, TITLE_REACH * first.size)
    )
    heads = bool(paragraph) and under and not first.vertical and first.text[-1] not in SENTENCE_ENDS
    return Block(block.page, tuple(title)) if heads else block


def _in_reach(block: Block, around: Surroundings) -> bool:
    """Whether a block is near a figure, or goes on a list that begins near one."""
    if around.figures_near(block.bbox, FAR_REACH):
        return True
    return not block.text.endswith("。") and any(
        follows(other.text, block.text)
        and abs(other.bbox[0] - block.bbox[0]) <= block.size
        and _in_reach(other, around)
        for other in around.blocks_near(block, ITEM_GAP * block.size)
    )


def _goes_on(block: Block, around: Surroundings) -> bool:
    """Whether a short block belongs to running text: much the same text follows close by.

    A size or date ends a caption, no sentence.
    """
    if len(block.lines) > 1 and is_datum(block.lines[-1].text):
        return False
    for other in around.blocks_near(block, block.size):
        if other is block or other.vertical != block.vertical or len(other.text) < 40:
            continue
        alike = abs(other.size - block.size) < 0.08 * block.size and other.bold == block.bold
        near = gap(other.bbox, block.bbox) < 1.0 * block.size
        column = overlap_x(other.bbox, block.bbox) > 0.8 * min(width(other.bbox), width(block.bbox))
        if alike and near and column and len(other.lines) >= 3:
            return True
    return False


def _join_twins(candidates: Sequence[Candidate]) -> list[Candidate]:
    """An English caption under the same number joined to its Chinese one."""
    kept: list[Candidate] = []
    by_key: defaultdict[Key, list[int]] = defaultdict(list)
    for candidate in candidates:
        alike = by_key[candidate.label.key] if candidate.label is not None else []
        twin = next((k for k in alike if _are_twins(kept[k], candidate)), None)
        if twin is None:
            alike.append(len(kept))
            kept.append(candidate)
            continue
        chinese, english = kept[twin], candidate
        if has_han(candidate.text):
            chinese, english = candidate, kept[twin]
        kept[twin] = replace(
            chinese,
            bbox=union([chinese.bbox, english.bbox]),
            english=english.body or english.text,
            printed=" ".join(c.printed for c in sorted((chinese, english), key=lambda c: c.bbox[1::-1])),
        )
    return kept


def _are_twins(one: Candidate, two: Candidate) -> bool:
    """Whether two captions of one number are close and in two languages."""
    near = gap(one.bbox, two.bbox) <= SAME_KEY_GAP * max(one.size, two.size)
    return near and has_han(one.text) != has_han(two.text)
