"""A catalogue's template, learned from the book: what opens its entries, what words head their paragraphs.

What repeats from entry to entry decides, not a list of forms: the look of a heading, its numbering, the words
before a separator at the beginning of a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from extractors.grammar.caption_data import is_metadata
from extractors.grammar.caption_parts import RING
from extractors.grammar.caption_text import facing, is_credit
from extractors.grammar.captions import caption_strength, parse_label
from extractors.grammar.characters import fold, has_han
from extractors.grammar.entry_grammar import EntryHeading, parse_entry_heading, parse_labelled
from extractors.grammar.numerals import parse_number
from extractors.grouping import BoxIndex
from extractors.layout.blocks import Block
from extractors.layout.book_layout import Element, PageLayout, body_size, elements_of

MIN_HEADING = 0.45
"""A numbered line this sure by its words may open an entry whatever its look."""
MIN_ENTRIES = 2
"""A book has entries when at least this many have figures and text ..."""
MIN_FIELDS = 3
"""... and this many labelled paragraphs; without labels ..."""
MIN_UNLABELLED, SHARE_UNLABELLED = 4, 0.75
"""... this many entries, and this share of all that its headings open."""
COMMON_FIELDS = ("note", "source", "title")
"""What paragraphs of any book may be headed by."""
OWN_CAPTIONS = 0.3
"""More captions than this share of the figures, and the book is none whose entries have no labels."""
CATALOGUE = 0.5
"""In a catalogue at least this share of the headings open an entry with figures and text."""
REPEATED = 3
"""A word before a separator is a label when it begins this many paragraphs."""
IS_CAPTION = 0.5
"""A block that is so surely a labelled caption is no text of an entry."""
HEADING_LENGTH = 40
"""Characters of a heading at most."""
PROSE = 20
"""Characters of a paragraph at least."""
NUMBERED = 0.6
"""Where this share of the lines of one look are numbered, the others of that look open nothing."""
LARGER = 1.05
"""A heading in the look of running text is larger by this factor at least; how much larger numbered ones are
than the numbered names below them, the sizes of the book's own tell."""
REACH = 1
"""An entry goes on for at most this many pages after its last paragraph."""
CAPTIONED = 40.0
"""A figure within this many points of a labelled caption is no entry's."""

_LABEL = re.compile(
    r"[\s●○•·■□◆◇▲△※*★☆►▶【\[〔]*(?P<word>[一-鿿]{2,6}|[A-Z][A-Za-z]+(?: [A-Za-z]+)?)"
    r"(?P<index>[①-⑳]|[0-9]{1,2})?"
    r"(?P<end>\s*[|:｜丨︱]|\s*[】\]〕]\s*:?)\s*"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled paragraph: what it is about, the index after its label (局部②), its body."""

    name: str
    index: int
    body: str


Look = tuple[bool, int]
"""Whether a line is bold, and its colour (0xRRGGBB)."""
Opens = Callable[[Block], EntryHeading | None]
"""The heading that a block is, None for any other block."""


@dataclass(frozen=True, slots=True)
class Template:
    """How a book sets its entries."""

    opens: Opens
    labels: frozenset[str]
    """Words that head paragraphs in this book, besides those that do in any."""
    body: float
    """Size of running text in points."""
    look: Look
    """How most of the book's text is set."""
    leads: bool = False
    """Whether figures stand before their heading on its page, and not after it."""

    def field(self, block: Block) -> Field | None:
        """The labelled paragraph that a block is, its label in the line or on a line of its own."""
        first = self._field(block.lines[0].text)
        if first is not None and not first.body and len(block.lines) > 1:
            return Field(first.name, first.index, Block(block.page, block.lines[1:]).text)
        return self._field(block.text)

    def _field(self, text: str) -> Field | None:
        found = _LABEL.match(fold(text))
        if found is not None and found["word"] in self.labels:
            named = parse_labelled(f"{found['word']}:x")
            index = parse_number(found["index"] or "") or 0
            return Field(named[0] if named else "note", index, text[found.end() :].strip())
        labelled = parse_labelled(text)
        if labelled is None:
            return None
        ringed = re.search(RING, text[: len(text) - len(labelled[1])])
        return Field(labelled[0], (parse_number(ringed[0]) if ringed else None) or 0, labelled[1])


@dataclass(slots=True)
class _Segment:
    """What stands between two headings."""

    page: int = 0
    """Of its heading."""
    figures: int = 0
    beside: int = 0
    """Figures on the page of the heading."""
    prose: int = 0
    fields: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def is_entry(self) -> bool:
        return self.figures > 0 and (self.prose > 0 or bool(self.fields))

    @property
    def is_catalogue(self) -> bool:
        """Whether catalogues head a paragraph of it so; manuals have labels of their own (示例：…)."""
        return any(name not in COMMON_FIELDS for name, _ in self.fields)

    @property
    def repeats(self) -> int:
        return sum(count - 1 for count in self.fields.values())


def learn_template(layouts: Sequence[PageLayout]) -> Template | None:
    """The template of the entries of a book; None for a book without entries."""
    labels = _labels(layouts)
    body, usual = body_size(layouts) or 0.0, _usual_look(layouts)
    figures = sum(len(layout.figures) for layout in layouts)
    captions = sum(c.kind in ("labelled", "pointer") and bool(c.body) for x in layouts for c in x.candidates)
    own_captions = captions > OWN_CAPTIONS * figures
    captioned = {layout.page: _captioned(layout) for layout in layouts}
    best: tuple[tuple[float, bool], Template] | None = None
    ways = [(opens, leads) for opens in _openers(layouts, body, usual) for leads in (False, True)]
    for opens, leads in ways:
        template = Template(opens, labels, body, usual, leads)
        segments, strays = _segments(layouts, template, captioned)
        score = _score(segments, strays, own_captions=own_captions)
        # A heading usually stands over its figures.
        if score is not None and (best is None or (score, not leads) > best[0]):
            best = (score, not leads), template
    return best[1] if best else None


def _score(segments: Sequence[_Segment], strays: int, *, own_captions: bool) -> float | None:
    """How well headings divide a book into entries; None where they do not.

    `own_captions`: figures of this book have captions, so that only labelled paragraphs make entries.
    """
    good = sum(segment.is_entry for segment in segments)
    fields = sum(segment.fields.total() for segment in segments)
    labelled = sum(segment.is_entry and segment.is_catalogue for segment in segments)
    if good < MIN_ENTRIES or good < CATALOGUE * len(segments):
        return None
    if fields < MIN_FIELDS or labelled < MIN_ENTRIES:
        # Without labels only what stands together on one page is surely an entry.
        together = sum(segment.is_entry and segment.beside > 0 for segment in segments)
        if own_captions or together < max(MIN_UNLABELLED, SHARE_UNLABELLED * len(segments)):
            return None
    return good - (len(segments) - good) - strays - sum(segment.repeats for segment in segments)


def _labels(layouts: Iterable[PageLayout]) -> frozenset[str]:
    """The words that begin paragraph after paragraph before a separator, on more than one page."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for layout in layouts:
        for block in layout.blocks:
            text = block.lines[0].text
            found = _LABEL.match(fold(text))
            if found is None or parse_label(text) or facing(text) or is_credit(text):
                continue
            places[found["word"]].append(layout.page)
    return frozenset(word for word, pages in places.items() if len(pages) >= REPEATED and len(set(pages)) > 1)


def is_short(block: Block) -> bool:
    """Whether a block may be a heading: one line or two, no sentence, no caption."""
    text = block.text
    return (
        len(block.lines) <= 2
        and 2 <= len(text) <= HEADING_LENGTH
        and not any(mark in text for mark in "。；！？")
        and (caption_strength(text) < IS_CAPTION or _is_catalogue_number(text))
        and parse_labelled(text) is None
        and not is_credit(text)
        and not is_metadata(text)
    )


def _is_catalogue_number(text: str) -> bool:
    """Whether a text begins with the number of a catalogue entry: No. 3, Cat. 3."""
    parsed = parse_label(text)
    return parsed is not None and parsed[0].kind == "catalogue"


def _heading(block: Block) -> EntryHeading | None:
    """The numbered heading that a block is."""
    if not is_short(block):
        return None
    return parse_entry_heading(block.lines[0].text if len(block.lines) == 1 else block.text)


def _usual_look(layouts: Sequence[PageLayout]) -> Look:
    looks: Counter[Look] = Counter()
    for layout in layouts:
        for block in layout.blocks:
            looks[look_of(block)] += len(block.text)
    return looks.most_common(1)[0][0] if looks else (False, 0)


def _openers(layouts: Sequence[PageLayout], body: float, usual: Look) -> list[Opens]:
    """Ways in which headings may be told: by their words alone, by their look, by their numbering."""

    def by_words(block: Block) -> EntryHeading | None:
        heading = _heading(block)
        return heading if heading is not None and heading.strength >= MIN_HEADING else None

    looks: defaultdict[Look, list[Block]] = defaultdict(list)
    for layout in layouts:
        for block in layout.blocks:
            if is_short(block):
                looks[look_of(block)].append(block)
    found: list[Opens] = [by_words]
    for look, blocks in sorted(looks.items()):
        lowest = LARGER * body if look == usual else 0.0
        for least in [lowest, *_sizes_above(lowest, blocks if look == usual else ())]:
            large = [block for block in blocks if block.size >= least]
            if len(large) < MIN_ENTRIES:
                continue
            numbered = sum(_heading(block) is not None for block in large) >= NUMBERED * len(large)
            if numbered or least == lowest:
                found.append(_by_look(look, least, numbered=numbered))
    return [*found, *(_by_form(form) for form in _FORMS)]


def _sizes_above(least: float, blocks: Sequence[Block]) -> list[float]:
    """The sizes (points) of numbered lines above `least`: from each of them on a line may be a heading."""
    return sorted({block.size for block in blocks if block.size > least and _heading(block) is not None})


def look_of(block: Block) -> Look:
    """Weight and colour of a block's first line."""
    line = block.lines[0]
    return line.bold, line.colour


def _by_look(look: Look, least: float, *, numbered: bool) -> Opens:
    def opens(block: Block) -> EntryHeading | None:
        if look_of(block) != look or block.size < least or not is_short(block):
            return None
        heading = _heading(block)
        if heading is not None or numbered:
            return heading
        named = has_han(block.text) or block.text[:1].isupper()
        return EntryHeading("", block.text, MIN_HEADING) if named else None

    return opens


_FORMS = (r"\s*[(\[【〔]", r"\s*第", r"\s*(?i:no|cat|item)", r"\s*[0-9]", r"\s*[一二三四五六七八九十]")
"""How numbered headings begin: (3), 第3号, No. 3, 3, 三."""


def _by_form(form: str) -> Opens:
    def opens(block: Block) -> EntryHeading | None:
        return _heading(block) if re.match(form, fold(block.lines[0].text)) else None

    return opens


def _segments(
    layouts: Sequence[PageLayout], template: Template, captioned: Mapping[int, frozenset[int]]
) -> tuple[list[_Segment], int]:
    """What the headings divide, and how many figures stand before the first or beyond the last.

    Figures with a caption of their own (`captioned`: page -> indices) do not count.
    """
    segments: list[_Segment] = []
    strays, last_page = 0, 0
    for layout, (kind, index) in read(layouts, template):
        block = layout.blocks[index] if kind == "block" else None
        if block is not None and template.opens(block) is not None:
            segments.append(_Segment(layout.page))
            last_page = layout.page
        elif not segments or layout.page > last_page + REACH:
            strays += block is None and index not in captioned[layout.page]
        elif block is None:
            own = index not in captioned[layout.page]
            segments[-1].figures += own
            segments[-1].beside += own and layout.page == segments[-1].page
        elif (found := template.field(block)) is not None:
            segments[-1].fields[found.name, found.index] += 1
            last_page = layout.page
        elif len(block.text) >= PROSE and caption_strength(block.text) < IS_CAPTION:
            segments[-1].prose += 1
            last_page = layout.page
    return segments, strays


def _captioned(layout: PageLayout) -> frozenset[int]:
    """The figures (indices) at which a labelled caption stands; No. 3 heads an entry."""
    labels = [c for c in layout.candidates if c.kind == "labelled" and c.body and c.label is not None]
    captions = [c.bbox for c in labels if c.label is not None and c.label.kind != "catalogue"]
    if not captions:
        return frozenset()
    figures = BoxIndex([figure.bbox for figure in layout.figures])
    return frozenset(i for found in figures.near_each(captions, CAPTIONED) for i in found)


def read(layouts: Sequence[PageLayout], template: Template) -> Iterable[tuple[PageLayout, Element]]:
    """All blocks and figures of a book in the order in which its entries make sense."""
    for layout in layouts:
        headings = [i for i, block in enumerate(layout.blocks) if template.opens(block) is not None]
        orders = elements_of(layout, headings)
        if template.leads:
            orders = [_leading(layout, order, template) for order in orders]
        for element in min(orders, key=lambda order: _disorder(layout, order, template)):
            yield layout, element


def _leading(layout: PageLayout, order: Sequence[Element], template: Template) -> list[Element]:
    """The elements of a page with the figures before each heading put right after it."""
    result: list[Element] = []
    waiting: list[Element] = []
    for element in order:
        kind, index = element
        if kind == "figure":
            waiting.append(element)
            continue
        result.append(element)
        if template.opens(layout.blocks[index]) is not None:
            result += waiting
            waiting = []
    return result + waiting


def _disorder(layout: PageLayout, order: Sequence[Element], template: Template) -> int:
    """How often an entry read in this order lacks words or pictures, or has two paragraphs of one label."""
    segments: list[_Segment] = []
    strays = 0
    for kind, index in order:
        block = layout.blocks[index] if kind == "block" else None
        if block is not None and template.opens(block) is not None:
            segments.append(_Segment())
        elif not segments:
            strays += block is None  # a picture before the first heading
        elif block is None:
            segments[-1].figures += 1
        elif (found := template.field(block)) is not None:
            segments[-1].fields[found.name, found.index] += 1
        else:
            segments[-1].prose += 1
    lacking = sum((not s.figures) + (not s.fields and not s.prose) for s in segments)
    return strays + lacking + sum(s.repeats for s in segments)
