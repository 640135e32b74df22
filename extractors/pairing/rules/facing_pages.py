"""Captions on another page than their figure: facing pages, blocks of captions before or after their plates.

Captions left over and figures left over are two sequences in book order; the cheapest order-keeping
alignment between them (dynamic programming) is proposed. Whether captions of this book come before or
after their plates is decided once for the whole book, by which direction aligns more cheaply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractors.geometry import Box, gap, union
from extractors.grammar.label_numbers import Key
from extractors.layout.book_layout import row_order
from extractors.layout.candidate import Candidate
from extractors.layout.spreads import is_right_bound
from extractors.pairing.edges import fits_spot
from extractors.pairing.plate_blocks import may_be_plate
from extractors.pairing.proposals import Claim, FigureRef, LaidOutBook, Proposal, TextRef
from extractors.records import Region

SKIP = 2.0
"""Leaving a caption or a figure alone."""
SAME_PAGE = 1.2
"""Both on one page and yet not paired there: possible, not likely."""
PER_PAGE = 0.35
"""Each page of distance beyond the facing one."""
MAX_OFFSET = 6
"""A block of captions speaks of at most this many pages around it."""
POINTED = -0.6
"""A pointer (右图, 对页) that points where the figure is."""
WRONG_WAY = 1.0
"""A pointer that points elsewhere."""
WRONG_SPOT = 1.0
"""A pointer to another place on the page (对页上) than the figure's."""
UNLABELLED = 0.7
"""A text without label or pointer."""
AGREES = -1.0
"""The figure carries the caption's number."""
COUNTING = 3
"""This many numbers on plates that count as the pages do are page numbers, even where a caption has one."""
BY_FIGURE = 4.0
"""A caption stands by a figure within this many characters."""
NOTE_PAGES = (-1, 0, 1)
"""A note stands on the page of the caption or beside it; farther off, 图1 is another chapter's."""
DOUBTED = 0.5
"""A figure whose caption on its own page has a lower margin may have one on another page as well."""
IMPOSSIBLE = 1e6
USUAL_PAIRS, USUAL_SHARE = 3, 0.3
"""This many pairs across pages, and this share of all its pairs, make it a habit of the book."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A figure that has no text on its own page."""

    ref: FigureRef
    region: Region
    around: Box
    """Box around all figures of its page (points)."""
    key: Key = ()
    """The number printed at it; () for none."""

    @property
    def page(self) -> int:
        """Its page, 1-based."""
        return self.ref[0]


@dataclass(frozen=True, slots=True)
class Way:
    """How captions and plates of a book follow one another."""

    forward: bool
    """Whether captions come before their plates."""
    ahead: str = "right"
    """On which side of a page the next one is."""


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    pairs: tuple[tuple[int, int], ...]


class FacingPages:
    """The captions that no figure of their page has, for the figures that no caption of their page has."""

    name = "facing-page"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        used = {choice.text for choice in book.near.values()} | book.used("line") | book.promised
        told = [book.candidate(ref) for ref in used if ref.kind != "entry"]
        named = {(_label(c), c.page + k) for c in told if c.label is not None for k in NOTE_PAGES}
        texts = [
            (ref, c)
            for ref, c in book.texts()
            if ref not in used
            and (ref.kind == "waiting" or (c.kind in ("labelled", "pointer") and c.body))
            and (_label(c), c.page) not in named  # what speaks of a figure that has its caption is no other's
        ]
        texts.sort(key=lambda text: _caption_order(text[1]))
        plates = _plates(book, [c for _, c in texts])
        yield from _set_apart(book, plates)
        if not texts or not plates:
            return
        captions = [c for _, c in texts]
        ahead = "left" if is_right_bound([layout.content for layout in book.layouts]) else "right"
        ways = (Way(forward, ahead) for forward in (True, False))
        best = min((align(captions, plates, way) for way in ways), key=lambda s: s.cost)
        usual = len(best.pairs) >= USUAL_PAIRS and (
            len(best.pairs) >= USUAL_SHARE * (len(best.pairs) + len(book.near))
        )
        for c, f in best.pairs:
            decision = _decision(captions[c], plates[f], usual=usual)
            features = _features(captions[c], plates[f])
            limit = book.costs.decided(decision)
            yield Proposal(plates[f].ref, texts[c][0], features, self.name, limit=limit)


def _label(caption: Candidate) -> tuple[str, Key] | None:
    """Word and number of a caption's label."""
    return (caption.label.word, caption.label.key) if caption.label is not None else None


def _set_apart(book: LaidOutBook, plates: Sequence[Plate]) -> Iterable[Proposal]:
    """Plates on pages without words, with the labelled captions of the pages beside that stand by no figure.

    On a page with details, the caption of the whole that faces it was given to the nearest detail.
    """
    layouts = {layout.page: layout for layout in book.layouts}
    for plate in plates:
        silent = not any(c.kind != "tag" for c in book.candidates[plate.page])
        if not silent or not may_be_plate(plate.region):
            continue
        for page in (plate.page - 1, plate.page + 1):
            for index, caption in enumerate(book.candidates.get(page, ())):
                figures = [figure.bbox for figure in layouts[page].figures]
                near = any(gap(box, caption.bbox) <= BY_FIGURE * caption.size for box in figures)
                if caption.kind == "labelled" and caption.body and figures and not near:
                    limit = book.costs.decided("facing_untold")
                    features = {**_features(caption, plate), "untold": 1.0}
                    yield Proposal(
                        plate.ref, TextRef("page", page, index), features, FacingPages.name, limit=limit
                    )


def _plates(book: LaidOutBook, captions: Sequence[Candidate]) -> list[Plate]:
    """The figures without a sure text on their own page; numbers on no caption near them are page numbers."""
    numbers = {(c.page, c.label.key) for c in captions if c.label is not None}
    around = {x.page: union([f.bbox for f in x.figures]) for x in book.layouts if x.figures}
    keys = _keys(book)
    plates = [
        Plate(ref, region, around[ref[0]], keys.get(ref, ()))
        for ref, region in _by_rows(book)
        if _is_open(ref, book) and ref not in book.chosen.get("line", {})
    ]
    agreeing = any(
        plate.key == key and abs(plate.page - page) <= MAX_OFFSET for plate in plates for page, key in numbers
    )
    tagged = {ref for ref, key in keys.items() if key and _is_tag(book, ref)}
    if (agreeing or not numbers) and not _count_pages(tagged, keys):
        return plates
    return [Plate(p.ref, p.region, p.around, () if p.ref in tagged else p.key) for p in plates]


def _by_rows(book: LaidOutBook) -> Iterable[tuple[FigureRef, Region]]:
    """All figures, page by page, in the order of reading."""
    for layout in book.layouts:
        for index in row_order([region.bbox for region in layout.figures]):
            yield (layout.page, index), layout.figures[index]


def _is_open(ref: FigureRef, book: LaidOutBook) -> bool:
    """Whether no caption of its own page is surely the figure's."""
    near = book.near.get(ref)
    return near is None or near.margin < DOUBTED


def _count_pages(tagged: set[FigureRef], keys: Mapping[FigureRef, Key]) -> bool:
    """Whether bare numbers run with the pages they are printed on, always by the same difference."""
    return len(tagged) >= COUNTING and len({keys[ref][0] - ref[0] for ref in tagged}) == 1


def _keys(book: LaidOutBook) -> Mapping[FigureRef, Key]:
    """The numbers printed at figures."""
    found: dict[FigureRef, Key] = {}
    for ref, choice in book.chosen.get("number", {}).items():
        candidate = book.candidate(choice.text)
        numbered = candidate.label or candidate.number
        if numbered is not None:
            found[ref] = numbered.key
    return found


def _is_tag(book: LaidOutBook, ref: FigureRef) -> bool:
    return book.candidate(book.chosen["number"][ref].text).label is None


def _caption_order(caption: Candidate) -> tuple[int, float, float]:
    if caption.vertical:
        return caption.page, -caption.bbox[2], caption.bbox[1]
    return caption.page, caption.bbox[1], caption.bbox[0]


def _features(caption: Candidate, plate: Plate) -> dict[str, float]:
    """What speaks against a pair across pages, as the solver prices it."""
    return {"facing": 1.0, "facing_pages": float(max(0, abs(plate.page - caption.page) - 1))}


def _decision(caption: Candidate, plate: Plate, *, usual: bool) -> str:
    """What says that a caption belongs to a figure of another page (`costs.DECISIONS`)."""
    if plate.key and caption.label is not None and plate.key == caption.label.key:
        return "facing_by_number"
    told = caption.pointer is not None or (usual and caption.kind == "labelled")
    return "facing_told" if told else "facing_untold"


def align(captions: Sequence[Candidate], figures: Sequence[Plate], way: Way) -> _Step:
    """The cheapest order-keeping alignment; pairs are (caption, figure)."""
    previous = [_Step(SKIP * j, ()) for j in range(len(figures) + 1)]
    for i, caption in enumerate(captions):
        row = [_Step(previous[0].cost + SKIP, previous[0].pairs)]
        for j, figure in enumerate(figures):
            options = [
                _Step(previous[j + 1].cost + SKIP, previous[j + 1].pairs),
                _Step(row[j].cost + SKIP, row[j].pairs),
            ]
            cost = _cost(caption, figure, way)
            if cost < 2 * SKIP:
                options.append(_Step(previous[j].cost + cost, (*previous[j].pairs, (i, j))))
            row.append(min(options, key=lambda s: s.cost))
        previous = row
    return previous[-1]


def _cost(caption: Candidate, figure: Plate, way: Way) -> float:
    offset = figure.page - caption.page
    if caption.kind == "plain" and abs(offset) != 1:
        return IMPOSSIBLE
    if abs(offset) > MAX_OFFSET:
        return IMPOSSIBLE
    agrees = bool(figure.key) and caption.label is not None
    if not (agrees or caption.pointer or may_be_plate(figure.region)):
        return IMPOSSIBLE  # a small picture without a caption is no plate waiting for one
    if figure.key and caption.label is not None and caption.label.key != figure.key:
        return IMPOSSIBLE
    cost = SAME_PAGE if offset == 0 else PER_PAGE * (abs(offset) - 1)
    if offset and (offset > 0) != way.forward:
        cost += WRONG_WAY
    if caption.pointer in ("next", "previous", "right", "left"):
        ahead = caption.pointer in ("next", way.ahead)
        cost += POINTED if offset == (1 if ahead else -1) else WRONG_WAY
    elif caption.pointer == "facing":
        cost += POINTED if abs(offset) == 1 else WRONG_WAY
    elif caption.pointer == "here" and offset:
        return IMPOSSIBLE
    if caption.spot is not None and not fits_spot(caption.spot, figure.region.bbox, figure.around):
        cost += WRONG_SPOT
    if caption.kind == "plain":
        cost += UNLABELLED
    if agrees:
        cost += AGREES
    return cost
