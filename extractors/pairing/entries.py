"""Catalogue entries: a heading, its figures and its labelled paragraphs, made into CulTi's records.

An entry runs from its heading to the next one, over page breaks. Its largest figure is the pattern and takes
the pattern paragraph; the original textile takes its own title with collection and detail; a cropped motif
takes its own sentence (METHODS A; CulTi).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extractors.geometry import Box, area, centre, gap, height, overlap_x, width
from extractors.grammar.captions import caption_strength
from extractors.grammar.entry_grammar import EntryHeading, parse_entry_heading, parse_labelled
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout, reading_indices, row_order
from extractors.layout.candidates import Candidate
from extractors.pairing.drafts import Draft

MIN_HEADING = 0.45
"""A heading this sure by its words opens an entry where entries are expected."""
MIN_ENTRIES = 2
"""A book has entries when it has at least so many headings ..."""
MIN_FIELDS = 3
"""... and so many labelled paragraphs."""
CATALOGUE = 0.5
"""In a catalogue at least this share of the numbered headings open an entry with labelled paragraphs."""
REACH = 1
"""An entry goes on for at most so many pages after its last labelled paragraph."""
IS_CAPTION = 0.5
"""A block that is so surely a labelled caption is no text of an entry."""
TITLE_LENGTH = 28
"""Characters: the line naming the garment is a short noun phrase."""
SHARED_TEXT = 0.4
"""Confidence of a figure that has no text of its own in its entry and shares the pattern's."""
BY_FIELD, BY_LOOK, BY_GUESS = 0.95, 0.85, 0.6
"""Confidence of a role: no choice, decided by the look of the pictures, decided by size and order alone."""
OTHER_GROUND = 20.0
"""Lab units (8 bits) from the pattern's colour beyond which a picture lies on a ground of its own."""
SAME_GROUND = 12.0
"""Within this difference the grounds of two pictures do not tell them apart; their order does."""
TITLE_GAP, TITLE_CLOSE, TITLE_OVER = 2.0, 0.5, 0.8
"""A garment's title stands under its picture: within so many characters (the second where paragraphs follow
it), by this share of its width."""
PATTERN_FIELDS = ("pattern", "note")
"""What an entry says of the pattern."""
TEXTILE_FIELDS = (*("collection", "detail", "date", "material", "technique", "size", "provenance", "note"),)
"""What an entry says of the original textile, in the order it is read."""
SEPARATORS = " 　|｜丨︱:：/"
"""What books print between a label and its paragraph."""

Colour = tuple[float, float, float]
FigureKey = tuple[int, int]
"""Page, and index of the figure on it."""


@dataclass(slots=True)
class Entry:
    """One catalogue item as printed."""

    heading: EntryHeading
    block: Block
    garment: Block | None = None
    fields: dict[str, list[Block]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    figures: list[FigureKey] = field(default_factory=list)
    last_page: int = 0
    """The last page with a labelled paragraph of its own (at first, the page of its heading)."""
    last_field: str = ""
    """Its last labelled paragraph; "" for an entry without any."""

    def text(self, *names: str) -> str:
        """The bodies of the named fields, in that order, with a space between."""
        return " ".join(self.texts[name] for name in names if self.texts.get(name))


def find_entries(layouts: Sequence[PageLayout]) -> tuple[list[Entry], set[tuple[int, int]]]:
    """The entries of a book, and the blocks they use as (page, index of block)."""
    entries: list[Entry] = []
    current: Entry | None = None
    last_field = ""
    blocks_of: list[tuple[Entry, tuple[int, int]]] = []
    for layout in layouts:
        if current is not None and layout.page > current.last_page + REACH:
            current = None
        for kind, index in _elements(layout):
            if kind == "figure":
                if current is not None:
                    current.figures.append((layout.page, index))
                continue
            block = layout.blocks[index]
            heading = _heading(block)
            if heading is not None:
                current, last_field = Entry(heading, block, last_page=layout.page), ""
                entries.append(current)
            elif current is None or caption_strength(block.text) >= IS_CAPTION:
                continue
            else:
                last_field = _take(current, block, last_field)
            blocks_of.append((current, (layout.page, index)))
    # A numbered line without labelled paragraphs of its own is a chapter title or a list.
    kept = [entry for entry in entries if entry.last_field]
    fields = sum(len(blocks) for entry in kept for blocks in entry.fields.values())
    if len(kept) < max(MIN_ENTRIES, CATALOGUE * len(entries)) or fields < MIN_FIELDS:
        return [], set()
    return kept, {place for entry, place in blocks_of if entry.last_field}


def _heading(block: Block) -> EntryHeading | None:
    if len(block.lines) > 2:
        return None
    heading = parse_entry_heading(block.lines[0].text if len(block.lines) == 1 else block.text)
    return heading if heading is not None and heading.strength >= MIN_HEADING else None


Element = tuple[str, int]
"""("block" or "figure", its index on the page)."""


def _elements(layout: PageLayout) -> list[Element]:
    """Blocks and figures of a page in the order in which its entries make sense.

    That is column by column, or, where pictures stand in one column and their words in the other, from
    heading to heading across the page.
    """
    elements = [("block", i) for i in range(len(layout.blocks))] + [
        ("figure", i) for i in range(len(layout.figures))
    ]
    boxes = [b.bbox for b in layout.blocks] + [f.bbox for f in layout.figures]
    vertical = sum(b.vertical for b in layout.blocks) * 2 > max(1, len(layout.blocks))
    columns = reading_indices(boxes, vertical=vertical)
    orders = [columns] if vertical else [columns, _banded(layout, boxes)]
    return min(([elements[i] for i in order] for order in orders), key=lambda order: _disorder(layout, order))


def _banded(layout: PageLayout, boxes: Sequence[Box]) -> list[int]:
    """Indices of `boxes`, blocks and then figures, from heading to heading down the page.

    Each heading comes first in its band, wherever it stands beside its pictures.
    """
    headings = [i for i, block in enumerate(layout.blocks) if _heading(block) is not None]
    tops = sorted(min(boxes[i][1], _level_with(boxes[i], boxes)) for i in headings)
    band_of = [sum(top <= centre(box)[1] for top in tops) for box in boxes]
    order: list[int] = []
    for band in range(len(tops) + 1):
        members = [i for i, of in enumerate(band_of) if of == band]
        read = [members[k] for k in reading_indices([boxes[i] for i in members], vertical=False)]
        order += sorted(read, key=lambda i: i not in headings)
    return order


def _level_with(heading: Box, boxes: Sequence[Box]) -> float:
    """The top of the highest box that a heading stands beside, level with its upper end (points)."""
    beside = [box[1] for box in boxes if abs(box[1] - heading[1]) <= height(heading)]
    return min(beside, default=heading[1])


def _disorder(layout: PageLayout, order: Sequence[Element]) -> int:
    """How often an entry read in this order lacks words or pictures, or has two paragraphs of one label."""
    entries: list[Counter[str]] = []
    strays = 0
    for kind, index in order:
        block = layout.blocks[index] if kind == "block" else None
        if block is not None and _heading(block) is not None:
            entries.append(Counter())
        elif not entries:
            strays += block is None  # a picture before the first heading
        elif block is None:
            entries[-1]["figure"] += 1
        elif (labelled := _labelled(block)) is not None:
            entries[-1][labelled[0]] += 1
    lacking = sum((not entry["figure"]) + (set(entry) <= {"figure"}) for entry in entries)
    return (
        strays + lacking + sum(n - 1 for e in entries for name, n in e.items() if name != "figure" and n > 1)
    )


def _take(entry: Entry, block: Block, last_field: str) -> str:
    """Add a block to an entry; returns the field a following block would continue."""
    title = _closing_title(block) if entry.garment is None else None
    if title is not None:
        return _take(entry, title, _take(entry, Block(block.page, block.lines[:-1]), last_field))
    labelled = _labelled(block)
    if labelled is not None:
        name, body = labelled[0], labelled[1].lstrip(SEPARATORS)
        entry.last_page, entry.last_field = block.page, name
    elif _names_garment(entry, block, last_field):
        entry.garment = block
        return ""
    else:
        name, body = last_field or "pattern", block.text
    entry.fields.setdefault(name, []).append(block)
    entry.texts[name] = entry.texts.get(name, "") + body
    return name


def _closing_title(block: Block) -> Block | None:
    """The last line of a paragraph that is none of it: a name, after a line that ended its last sentence."""
    if len(block.lines) < 2 or not block.lines[-2].text.endswith("。"):
        return None
    text = block.lines[-1].text.strip()
    named = 2 <= len(text) <= TITLE_LENGTH and not any(mark in text for mark in "。，；：、,;:")
    return Block(block.page, block.lines[-1:]) if named else None


def _labelled(block: Block) -> tuple[str, str] | None:
    """The field and body of a labelled paragraph, its label in the line or on a line of its own."""
    first = parse_labelled(block.lines[0].text)
    if first is not None and not first[1] and len(block.lines) > 1:
        return first[0], Block(block.page, block.lines[1:]).text
    return parse_labelled(block.text)


def _names_garment(entry: Entry, block: Block, last_field: str) -> bool:
    """Whether a block is the title of the original textile, by its words, its type or its place."""
    text = block.text.strip()
    if entry.garment is not None or not 2 <= len(text) <= TITLE_LENGTH or len(block.lines) > 1:
        return False
    if any(mark in text for mark in "。，；：、,;:"):
        return False
    if entry.texts.get(last_field, "").endswith("。"):  # no sentence goes on here, and none begins
        return True
    shared = len(set(text) & set(entry.heading.title)) / len(set(entry.heading.title) or {""})
    return shared >= 0.5 or block.bold or block.size > 1.1 * entry.block.size


@dataclass(frozen=True, slots=True)
class Look:
    """What the pixels of a figure say, measured on its crop. Colours are CIE Lab in 8 bits a channel."""

    ground: Colour
    """Median colour of the border."""
    main: Colour
    """Median colour of the whole."""
    grey: float
    """Share of the pixels without colour, 0..1."""


def entry_drafts(entry: Entry, drafts: Sequence[Draft], looks: Sequence[Look | None]) -> list[Draft]:
    """`drafts`, the entry's figures, with their roles and texts; `looks` as far as known."""
    order = sorted(range(len(drafts)), key=lambda i: -area(drafts[i].bbox))
    roles: dict[int, tuple[str, float]] = {order[0]: ("pattern", BY_FIELD)}
    roles.update(_smaller_roles(entry, drafts, looks, order[0], order[1:]))
    result = []
    crops = 0
    for i, draft in enumerate(drafts):
        role, confidence = roles[i]
        crops += role == "cropped"
        described = _described(entry, draft, role, confidence, crops)
        if role == "cropped":
            pattern = drafts[order[0]]
            described = described.with_(parent=(pattern.page, pattern.bbox))
        result.append(described)
    return result


def _smaller_roles(
    entry: Entry, drafts: Sequence[Draft], looks: Sequence[Look | None], pattern: int, rest: Sequence[int]
) -> Mapping[int, tuple[str, float]]:
    crop_text = bool(entry.texts.get("crop"))
    textile_text = entry.garment is not None or bool(entry.text("collection", "detail"))
    if not rest or not (crop_text and textile_text):
        role = "cropped" if crop_text else "textile"
        return dict.fromkeys(rest, (role, BY_FIELD))
    named = _under_its_name(entry, drafts, rest)
    if named is not None:
        return {i: ("textile" if i == named else "cropped", BY_FIELD) for i in rest}
    far = {i: _ground_distance(looks[pattern], looks[i]) for i in rest}
    known = all(value is not None for value in far.values())
    distances = {i: value or 0.0 for i, value in far.items()}
    if len(rest) == 1:
        only = rest[0]
        role = "textile" if not known or distances[only] > OTHER_GROUND else "cropped"
        return {only: (role, BY_LOOK if known else BY_GUESS)}
    # With texts for both, one picture is the textile. Where grounds do not tell, the order of print does.
    fields = [name for name in entry.texts if name == "crop" or name in TEXTILE_FIELDS]
    read = _in_reading_order(drafts, rest)
    last = read[0] if fields and fields[0] != "crop" else read[-1]
    textile = max(rest, key=lambda i: (distances[i] + SAME_GROUND * (i == last), area(drafts[i].bbox), i))
    sure = known and distances[textile] > OTHER_GROUND
    return {i: ("textile" if i == textile else "cropped", BY_LOOK if sure else BY_GUESS) for i in rest}


def _under_its_name(entry: Entry, drafts: Sequence[Draft], rest: Sequence[int]) -> int | None:
    """The one of the smaller pictures (`rest`) that the garment's title stands right below or above.

    A title at the head of the paragraphs must stand closer to it: it may be one of them.
    """
    title = entry.garment
    if title is None or title.vertical:
        return None
    paragraphs = [block for blocks in entry.fields.values() for block in blocks if block.page == title.page]
    heads = any(
        abs(block.bbox[0] - title.bbox[0]) <= title.size
        and gap(block.bbox, title.bbox) <= TITLE_GAP * title.size
        for block in paragraphs
    )
    reach = (TITLE_CLOSE if heads else TITLE_GAP) * title.size
    near = [
        i
        for i in rest
        if drafts[i].page == title.page
        and overlap_x(drafts[i].bbox, title.bbox) >= TITLE_OVER * width(title.bbox)
        and gap(drafts[i].bbox, title.bbox) <= reach
    ]
    return near[0] if len(near) == 1 else None


def _in_reading_order(drafts: Sequence[Draft], rest: Sequence[int]) -> list[int]:
    """`rest` as a reader meets the pictures: page by page, those of one row from left to right."""
    ordered: list[int] = []
    for page in sorted({drafts[i].page for i in rest}):
        here = [i for i in rest if drafts[i].page == page]
        ordered += [here[k] for k in row_order([drafts[i].bbox for i in here])]
    return ordered


def _ground_distance(pattern: Look | None, other: Look | None) -> float | None:
    """How far the ground of a picture is from the pattern's colour, in Lab units; None when not known.

    A motif is cut out of the pattern and keeps its colour to the edge; a garment lies on another ground.
    """
    if pattern is None or other is None:
        return None
    return float(sum((a - b) ** 2 for a, b in zip(pattern.main, other.ground, strict=True)) ** 0.5)


def _described(entry: Entry, draft: Draft, role: str, confidence: float, crops: int) -> Draft:
    number, title = entry.heading.number, entry.heading.title
    garment = entry.garment.text if entry.garment else ""
    fields: tuple[str, ...]
    if role == "pattern":
        name, caption, fields = number + title, entry.block.text, PATTERN_FIELDS
    elif role == "textile":
        name, caption, fields = number + (garment or title), garment, TEXTILE_FIELDS
    else:
        name, caption, fields = f"{number}{title}{crops + 1}", "", ("crop",)
    if not entry.text(*fields):  # no words of its own: what the entry says of the object, then its heading
        fields = PATTERN_FIELDS if entry.text(*PATTERN_FIELDS) else TEXTILE_FIELDS
        confidence = min(confidence, SHARED_TEXT if role != "pattern" else BY_GUESS)
    block = entry.garment if role == "textile" and entry.garment else entry.block
    used = [b for name_ in fields for b in entry.fields.get(name_, ())] or [entry.block]
    return draft.with_(
        candidate=_as_candidate(block, caption) if caption else None,
        caption=caption,
        description=entry.text(*fields) or title,
        description_source="entry",
        title=name,
        number=number,
        group=f"entry-{entry.block.page}-{int(entry.block.bbox[0])}-{int(entry.block.bbox[1])}",
        role=role,
        rule=f"entry-{role}",
        confidence=confidence,
        text_confidence=sum(b.confidence for b in used) / len(used),
        text_page=used[0].page,
        text_boxes=tuple(b.bbox for b in used if b.page == draft.page),
    )


def _as_candidate(block: Block, text: str) -> Candidate:
    return Candidate(
        "plain",
        block.page,
        block.bbox,
        text,
        None,
        None,
        text,
        1.0,
        block.size,
        block.vertical,
        block.confidence,
    )
