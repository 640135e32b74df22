"""Catalogue entries as printed: heading, the object's name, labelled and other paragraphs, figures.

An entry runs from its heading to the next one, over page breaks. The book's template (`layout.template`) says
which blocks are headings and which words are labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.geometry import gap, overlap_x, width
from extractors.grammar.caption_data import is_datum
from extractors.grammar.caption_text import is_credit
from extractors.grammar.captions import caption_strength
from extractors.grammar.characters import has_han
from extractors.grammar.entry_grammar import EntryHeading, parse_entry_heading
from extractors.grammar.titles import title_of
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.caption_lines import joined, without_paragraph
from extractors.layout.template import IS_CAPTION, MIN_ENTRIES, REACH, Template, learn_template, look_of, read

NAME_LENGTH = 32
"""Characters: the line naming the object is a short noun phrase."""
NAME_MARKS = "。；：、;:"
"""What no name has in it."""
UNDER_PICTURE, UNDER_SHARE = 1.5, 0.5
"""A short line in small type within this many characters of a picture, over this share of its own width, is
the picture's and not the entry's ..."""
SMALL_TYPE = 0.93
"""... where its type is this share of running text's or less."""
COLLECTION_LENGTH = 24
"""Characters: a line of data (collection, date) under an object's name is short."""
SHARED_NAME = 0.5
"""A line that shares this many characters with the heading names the object."""

FigureKey = tuple[int, int]
"""Page, and index of the figure on it."""


@dataclass(slots=True)
class Entry:
    """One catalogue item as printed."""

    heading: EntryHeading
    block: Block
    name: Block | None = None
    """The line that names the object, where it is not the heading."""
    fields: dict[str, list[Block]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    crops: dict[int, str] = field(default_factory=dict)
    """The text of each detail, by the index after its label; 0 where there is none."""
    paragraphs: list[Block] = field(default_factory=list)
    """Paragraphs without a label, in order."""
    figures: list[FigureKey] = field(default_factory=list)
    last_page: int = 0
    """The last page with text of its own (at first, the page of its heading)."""
    last_field: str = ""
    """Its last labelled paragraph; "" for an entry without any."""
    is_labelled: bool = False
    """Whether a label of its paragraphs heads those of other entries too: it is surer than any distance."""
    places: set[tuple[int, int]] = field(default_factory=set)
    """The blocks it uses, as (page, index of block)."""

    def text(self, *names: str) -> str:
        """The bodies of the named fields, in that order, with a space between."""
        return " ".join(self.texts[name] for name in names if self.texts.get(name))

    @property
    def number(self) -> str:
        """The object's number: that of its own name where the entry has two numbered headings."""
        named = parse_entry_heading(self.name.lines[0].text) if self.name is not None else None
        return named.number if named is not None else self.heading.number

    @property
    def object_name(self) -> str:
        """The name of the object without number, date and collection; "" without a line for it."""
        if self.texts.get("title"):
            return title_of(self.texts["title"])
        if self.name is None:
            return ""
        text = self.name.lines[0].text
        if has_han(self.heading.title) and not has_han(text):
            return title_of(self.heading.title)  # the second line is the name in English
        named = parse_entry_heading(text)
        return title_of(named.title if named is not None else text)

    @property
    def blocks(self) -> list[Block]:
        """Its heading, its name, its paragraphs."""
        named = [self.name] if self.name is not None else []
        told = [block for blocks in self.fields.values() for block in blocks]
        return [self.block, *named, *told, *self.paragraphs]

    @property
    def is_told(self) -> bool:
        """Whether it has any text besides its headings."""
        return bool(self.texts or self.paragraphs)


def find_entries(layouts: Sequence[PageLayout]) -> list[Entry]:
    """The entries of a book."""
    template = learn_template(layouts)
    if template is None:
        return []
    entries: list[Entry] = []
    current: Entry | None = None
    for layout, (kind, index) in read(layouts, template):
        if current is not None and layout.page > current.last_page + REACH:
            current = None
        if kind == "figure":
            if current is not None:
                current.figures.append((layout.page, index))
            continue
        block = layout.blocks[index]
        heading = template.opens(block)
        if heading is not None:
            current = Entry(heading, block, last_page=layout.page)
            entries.append(current)
        elif current is None or _is_aside(block, layout, template):
            continue
        else:
            _take(current, block, template)
        current.places.add((layout.page, index))
    told = [entry for entry in entries if entry.is_told]
    labels = Counter(name for entry in told for name in entry.fields if name != "collection")
    for entry in told:
        entry.is_labelled = any(labels[name] >= MIN_ENTRIES for name in entry.fields)
    return told


def _is_aside(block: Block, layout: PageLayout, template: Template) -> bool:
    """Whether a block within an entry is none of its text: a caption, a credit, a note in other type."""
    text = block.text
    if caption_strength(text) >= IS_CAPTION or is_credit(text) or not (is_datum(text) or len(text) > 1):
        return True
    found = template.field(block)
    if block.vertical or block.size > SMALL_TYPE * template.body or (found and found.name != "crop"):
        return False
    if found is None and len(text) > COLLECTION_LENGTH and look_of(block) != template.look:
        return True
    if len(block.lines) > 2 or text.endswith("。"):
        return False
    return any(
        gap(block.bbox, figure.bbox) <= UNDER_PICTURE * block.size
        and overlap_x(block.bbox, figure.bbox) >= UNDER_SHARE * width(block.bbox)
        for figure in layout.figures
    )


def _take(entry: Entry, block: Block, template: Template) -> None:
    """Add a block to an entry."""
    labelled = [i for i, line in enumerate(block.lines) if i and template.field(Block(block.page, (line,)))]
    if labelled:
        _take(entry, Block(block.page, block.lines[: labelled[0]]), template)
        _take(entry, Block(block.page, block.lines[labelled[0] :]), template)
        return
    data = _leading_data(block)
    if 0 < data < len(block.lines):
        _take(entry, Block(block.page, block.lines[:data]), template)
        _take(entry, Block(block.page, block.lines[data:]), template)
        return
    closing = _closing_name(block) if entry.name is None else None
    if closing is not None:
        _take(entry, Block(block.page, block.lines[:-1]), template)
        entry.name, entry.last_field = closing, ""
        return
    found = template.field(block)
    if found is not None:
        entry.last_page, entry.last_field = block.page, found.name
        if found.name == "crop":
            entry.crops[found.index] = entry.crops.get(found.index, "") + found.body
        _add(entry, found.name, block, found.body)
        return
    head, paragraph = without_paragraph(block.lines)
    if entry.name is None and paragraph and _names_object(entry, Block(block.page, tuple(head))):
        entry.name = Block(block.page, tuple(head))
        _take(entry, Block(block.page, block.lines[len(head) :]), template)
    elif entry.name is None and _names_object(entry, block):
        entry.name, entry.last_field = block, ""
        entry.last_page = block.page
    elif not entry.paragraphs and len(block.text) <= COLLECTION_LENGTH and _is_data(block):
        _add(entry, "collection", block, joined([line.text for line in block.lines]), gap="\u3000")
    elif entry.last_field and not entry.texts[entry.last_field].endswith("。"):
        _add(entry, entry.last_field, block, block.text)
    else:
        entry.last_page, entry.last_field = block.page, ""
        entry.paragraphs.append(block)


def _leading_data(block: Block) -> int:
    """How many lines of data (date, size, collection) a block begins with."""
    lines = block.lines
    return next((i for i, n in enumerate(lines) if not is_datum(n.text) or n.text.endswith("。")), len(lines))


def _is_data(block: Block) -> bool:
    return all(is_datum(line.text) for line in block.lines)


def _add(entry: Entry, name: str, block: Block, body: str, gap: str = "") -> None:
    known = entry.texts.get(name, "")
    entry.fields.setdefault(name, []).append(block)
    entry.texts[name] = known + (gap if known else "") + body


def _closing_name(block: Block) -> Block | None:
    """The last line of a paragraph that is none of it: a name, after a line that ended its last sentence."""
    if len(block.lines) < 2 or not block.lines[-2].text.endswith("。"):
        return None
    text = block.lines[-1].text.strip()
    named = 2 <= len(text) <= NAME_LENGTH and not any(mark in text for mark in NAME_MARKS + "，,")
    return Block(block.page, block.lines[-1:]) if named else None


def _names_object(entry: Entry, block: Block) -> bool:
    """Whether a block is the object's name, by its number, its words, its type or its place."""
    text = block.lines[0].text.strip()
    if not 2 <= len(text) <= NAME_LENGTH or len(block.lines) > 2 or any(mark in text for mark in NAME_MARKS):
        return False
    if any(not is_datum(line.text) for line in block.lines[1:]) or is_datum(text):
        return False
    heading = parse_entry_heading(text)
    if heading is not None and heading.number != entry.heading.number:
        return True
    if "，" in text or "," in text:
        return False
    if entry.texts.get(entry.last_field, "").endswith("。"):  # no sentence goes on here, and none begins
        return True
    shared = len(set(text) & set(entry.heading.title)) / len(set(entry.heading.title) or {""})
    return shared >= SHARED_NAME or block.bold or block.size > 1.1 * entry.block.size
