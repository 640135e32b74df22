"""Corrections applied to the pairs of a version that is being made.

What a person decided counts over what the program read, which stays beside it in reviewed.jsonl. A decision
that fits no figure any more is listed there too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any

from PIL import Image

from dataset_cards.duplicates.pictures import Sourced
from dataset_cards.files import file_sha256
from dataset_cards.review.corrections import (
    Correction,
    Merge,
    NoFigure,
    PageDone,
    Reject,
    Remove,
    Split,
    Undo,
)
from dataset_cards.review.decisions import Decision, Target, fold, in_force, resolve
from dataset_cards.review.figures import BookFigure, CutPicture, Cutter, DrawnBox, drawn_box, part_ids
from dataset_cards.review.freed_captions import (
    MERGED,
    NO_FIGURE,
    NO_TEXT,
    TAKEN,
    WRONG_TEXT,
    ReadCaptions,
    is_same_caption,
    left_texts,
    read_caption,
    without_figure,
)
from dataset_cards.review.matching import Matcher
from dataset_cards.review.places import Whereabouts
from dataset_cards.review.record import LEFT, NO_BOOK, Place, Reviewed, State
from dataset_cards.review.revising import original, read_columns, revised
from dataset_cards.review.settled_captions import settle
from dataset_cards.review.told_kind import BookKinds, look_at
from extractors.crops import phash
from extractors.geometry import Box, rounded
from extractors.records import Pair, Unmatched

GONE = "no figure of the book is at this place any more"
NOTHING = "no figure"
UNREADABLE = "its book cannot be read now, so no picture could be cut"
WHOLE_PAGE: Box = (0.0, 0.0, 0.0, 0.0)
"""The box of what is about a page, no place on it."""

Loose = tuple[str, Unmatched, Path | None]
"""sha256 of a book, one of its figures or captions without the other half, and the crop of a figure."""


@dataclass(frozen=True)
class Revision:
    """The pairs and unmatched rows of all books, as people decided."""

    pairs: Sequence[Sourced]
    """In no order."""
    unmatched: Sequence[Loose]
    """In no order."""
    reviewed: Sequence[Reviewed] = ()
    """Of every figure about which somebody decided, by book, page and box."""
    made: Sequence[str] = ()
    """Ids of the pairs that people made."""


@dataclass(frozen=True)
class Shelf:
    """What applying needs to know of the books."""

    titles: Mapping[str, str]
    """sha256 -> title, of every book on the shelf."""
    cutters: Mapping[str, Cutter]
    """By sha256; none of a book whose file cannot be read now."""
    whereabouts: Whereabouts
    known: Mapping[str, object]
    """By pair_id: what earlier versions published."""


def deciding(corrections: Iterable[Correction]) -> list[Correction]:
    """The corrections that decide what a version holds, oldest first."""
    return [c for c in in_force(corrections) if not isinstance(c.data, Undo)]


def pages_done(corrections: Iterable[Correction], shelf: Shelf) -> Mapping[str, frozenset[int]]:
    """The pages that people marked as done, by sha256 of the books on the shelf."""
    done: dict[str, set[int]] = defaultdict(set)
    for book, page in _done(corrections, shelf):
        if book in shelf.titles:
            done[book].add(page)
    return {book: frozenset(pages) for book, pages in done.items()}


PagesDone = Mapping[tuple[str, int], Sequence[Correction]]
"""By sha256 of the book and page: all that say that the page is done, oldest first."""


def _done(corrections: Iterable[Correction], shelf: Shelf) -> PagesDone:
    done: dict[tuple[str, int], list[Correction]] = defaultdict(list)
    for correction in in_force(corrections):
        if isinstance(correction.data, PageDone):
            place = shelf.whereabouts(correction.id, Place(correction.book, correction.page, WHOLE_PAGE))
            done[place.book, place.page].append(correction)
    return done


def apply_corrections(
    pairs: Sequence[Sourced], unmatched: Sequence[Loose], corrections: Sequence[Correction], shelf: Shelf
) -> Revision:
    """Apply `corrections` to the `pairs`, which have the ids they keep, and to what is `unmatched`."""
    if not corrections:
        return Revision(pairs, unmatched)
    figures = [
        BookFigure(pair.book_sha256, pair.page, pair.bbox, pair, None, source, pair.pair_id)
        for pair, source in pairs
    ]
    figures += [
        BookFigure(book, row.page, row.bbox, None, row, source)
        for book, row, source in unmatched
        if row.type == "figure"
    ]
    matcher = Matcher(figures, shelf.titles, shelf.known, shelf.whereabouts)
    decisions = [decision for book in resolve(corrections).values() for decision in book.figures]
    lost = _lost_parts(corrections) - {figure.pair_id for figure in figures}
    left = matcher.give(decision for decision in decisions if decision.target.pair_id not in lost)
    left += [decision for decision in decisions if decision.target.pair_id in lost]
    captions = [loose for loose in unmatched if loose[1].type == "caption"]
    writer = _Writer(matcher.figures, captions, left, shelf, _done(corrections, shelf))
    settled = [correction for correction in in_force(corrections) if isinstance(correction.data, NoFigure)]
    return writer.write(settled)


def _lost_parts(corrections: Sequence[Correction]) -> set[str]:
    """The ids of parts of figures whose split was undone. What is about one is not about the whole, though it
    is at its place."""
    counting = {correction.id for correction in in_force(corrections)}
    undone = [c for c in corrections if isinstance(c.data, Split) and c.id not in counting]
    return {pair_id for split in undone for pair_id in part_ids(split)}


class _Writer:
    """Turns figures with decisions into pairs, unmatched rows and the lines of reviewed.jsonl."""

    def __init__(
        self,
        figures: Sequence[BookFigure],
        captions: Sequence[Loose],
        left: Sequence[Decision],
        shelf: Shelf,
        done: PagesDone,
    ) -> None:
        self._figures, self._captions, self._left, self._shelf = figures, captions, left, shelf
        self._done = done
        self._kinds = BookKinds(figure.pair for figure in figures if figure.pair)
        self._read = ReadCaptions(figure.pair for figure in figures if figure.pair)
        self._pairs: list[Sourced] = []
        self._unmatched: list[Loose] = []
        self._reviewed: list[Reviewed] = []
        self._made: list[str] = []
        self._linked: list[tuple[str, int, Box]] = []
        self._freed: list[Loose] = []

    def write(self, settled: Sequence[Correction]) -> Revision:
        """The revision of all figures; `settled` say which captions belong to none."""
        cut = self._cut()
        for figure in self._figures:
            self._write(figure, cut)
        captions = [*self._captions, *without_figure(self._freed, [pair for pair, _ in self._pairs])]
        captions = [loose for loose in captions if not self._is_linked(loose)]
        where = (self._shelf.titles, self._shelf.whereabouts)
        told, lines = settle(captions, settled, *where)
        self._unmatched += told
        self._reviewed += lines
        self._reviewed += map(self._left_over, self._left)
        self._reviewed += starmap(self._page_line, self._done.items())
        reviewed = sorted(
            self._reviewed, key=lambda r: (r.book_sha256, r.page, r.bbox, r.pair_id, r.corrections)
        )
        return Revision(self._pairs, self._unmatched, reviewed, sorted(self._made))

    def _cut(self) -> dict[tuple[str, DrawnBox], CutPicture | str]:
        """The crops of all places that people drew; a text where one could not be cut."""
        wanted: dict[str, set[DrawnBox]] = defaultdict(set)
        for figure in self._figures:
            place = _drawn(figure)
            if place is not None and not _leaves(figure):
                wanted[figure.book].add(place)
        found: dict[tuple[str, DrawnBox], CutPicture | str] = {}
        for book, places in wanted.items():
            cutter = self._shelf.cutters.get(book)
            pictures = cutter(sorted(places)) if cutter else dict.fromkeys(places, UNREADABLE)
            found |= {(book, place): picture for place, picture in pictures.items()}
        return found

    def _write(self, figure: BookFigure, cut: Mapping[tuple[str, DrawnBox], CutPicture | str]) -> None:
        if not figure.about and not figure.is_made and not figure.merged_into:
            self._keep_or_accept(figure)
            return
        if _leaves(figure):
            self._leave(figure)
            return
        place = _drawn(figure)
        picture = cut[figure.book, place] if place else None
        if isinstance(picture, str):
            self._note(figure, "not applied", picture)
            self._keep(figure)
            return
        self._publish(figure, place.bbox if place else figure.bbox, picture)

    def _publish(self, figure: BookFigure, bbox: Box, picture: CutPicture | None) -> None:
        decision = _decision(figure)
        title = self._shelf.titles[figure.book]
        if picture is None and figure.pair is None:
            assert figure.source is not None
            picture = _picture_at(figure.source)
        source = picture.file if picture else figure.source
        assert source is not None
        kind_of = partial(self._kinds.of, look=look_at(source))
        read = original(figure, title)
        pair = revised(figure, decision, bbox, picture, title, kind_of, self._read.pair_at)
        if pair.description:
            self._pairs.append((pair, source))
            self._made += [pair.pair_id] if figure.pair is None else []
        else:
            reason = figure.row.reason if figure.row else NO_TEXT
            row = Unmatched("figure", figure.page, pair.bbox, pair.caption, reason, source.name)
            self._unmatched.append((figure.book, row, source))
        self._link(figure.book, pair, decision)
        self._free(figure, TAKEN)
        state: State = "edited" if pair.review == "edited" else "accepted"
        if figure.pair is None and pair.description:
            state = "added"
        self._note(figure, state, "", pair.bbox, read_columns(read, pair))

    def _keep(self, figure: BookFigure) -> None:
        """Let a figure be as it was read; one that a person made is not there."""
        if figure.pair is not None and figure.source is not None:
            self._pairs.append((figure.pair, figure.source))
        elif figure.row is not None:
            self._unmatched.append((figure.book, figure.row, figure.source))

    def _keep_or_accept(self, figure: BookFigure) -> None:
        """A pair on a page that is done counts as accepted: the person saw it there and left it. One that no
        version showed yet was not seen."""
        done = self._done.get((figure.book, figure.page))
        seen = not self._shelf.known or figure.pair_id in self._shelf.known
        if not done or figure.pair is None or figure.source is None or not seen:
            self._keep(figure)
            return
        self._pairs.append((replace(figure.pair, review="accepted"), figure.source))
        self._note(figure, "accepted", "", by=done)

    def _leave(self, figure: BookFigure) -> None:
        read = left_texts(figure.pair)
        if figure.merged_into:
            self._note(figure, "merged", f"part of {figure.merged_into}", read=read)
            self._free(figure, MERGED)
            return
        verdict = _decision(figure).verdict
        if isinstance(verdict, Reject):
            self._note(figure, "rejected", verdict.reason, read=read)
            if verdict.reason == WRONG_TEXT:
                self._free(figure, TAKEN)
        else:
            self._note(figure, "removed", NOTHING, read=read)
            self._free(figure, NO_FIGURE)

    def _free(self, figure: BookFigure, reason: str) -> None:
        """Remember the caption that the program gave to a figure: it may have no other."""
        if caption := read_caption(figure, reason):
            self._freed.append((figure.book, caption, None))

    def _link(self, book: str, pair: Pair, decision: Decision) -> None:
        """Remember that a caption has its figure now."""
        if "caption_place" in decision.fields and pair.caption_page and pair.caption_bbox:
            self._linked.append((book, pair.caption_page, pair.caption_bbox))
        if "description_place" in decision.fields and pair.description_page and pair.description_bbox:
            self._linked.append((book, pair.description_page, pair.description_bbox))

    def _is_linked(self, loose: Loose) -> bool:
        book, row, _ = loose
        return any(
            (book, row.page) == (of, page) and is_same_caption(row.bbox, bbox)
            for of, page, bbox in self._linked
        )

    def _note(
        self,
        figure: BookFigure,
        state: State,
        reason: str,
        bbox: Box | None = None,
        read: Mapping[str, Any] | None = None,
        by: Sequence[Correction] = (),
    ) -> None:
        columns = () if state in LEFT else tuple(read or ())
        self._reviewed.append(
            Reviewed(
                state,
                reason,
                figure.pair_id,
                figure.book,
                self._shelf.titles[figure.book],
                figure.page,
                bbox or figure.bbox,
                _people(
                    [
                        *(by or figure.about or (figure.like.about if figure.like else ())),
                        *self._merges(figure),
                    ]
                ),
                tuple(correction.id for correction in by or figure.about),
                columns,
                {} if figure.is_made else (read or {}),
            )
        )

    def _merges(self, figure: BookFigure) -> list[Correction]:
        """The decisions that made a figure a part of another."""
        wholes = [f for f in self._figures if figure.merged_into and f.pair_id == figure.merged_into]
        return [c for whole in wholes for c in whole.about if isinstance(c.data, Merge)]

    def _page_line(self, page: tuple[str, int], done: Sequence[Correction]) -> Reviewed:
        """The line of a page that is done."""
        title = self._shelf.titles.get(page[0])
        told: tuple[State, str] = ("done", "") if title is not None else ("not applied", NO_BOOK)
        ids = tuple(correction.id for correction in done)
        return Reviewed(*told, "", page[0], title or "", page[1], WHOLE_PAGE, _people(done), ids)

    def _left_over(self, decision: Decision) -> Reviewed:
        """The line of a decision that fits no figure, at the place where the figure was last."""
        last = decision.corrections[-1]
        target = decision.target
        place = self._shelf.whereabouts(last.id, Place(target.book, target.page, target.bbox))
        title = self._shelf.titles.get(place.book)
        # "No figure here" is as true where none is read.
        holds = title is not None and isinstance(decision.verdict, Remove)
        return Reviewed(
            "removed" if holds else "not applied",
            NOTHING if holds else NO_BOOK if title is None else GONE,
            target.pair_id or "",
            place.book,
            title or "",
            place.page,
            place.bbox,
            _people(decision.corrections),
            tuple(correction.id for correction in decision.corrections),
        )


def _decision(figure: BookFigure) -> Decision:
    """What was decided about a figure; about a part of a split one perhaps nothing more."""
    if figure.about:
        return fold(figure.about)
    return Decision(Target(figure.book, figure.page, figure.bbox), {}, ())


def _leaves(figure: BookFigure) -> bool:
    return bool(figure.merged_into) or isinstance(_decision(figure).verdict, Reject | Remove)


def _drawn(figure: BookFigure) -> DrawnBox | None:
    """The place to cut the figure's picture from; None where it has the one that was read."""
    fields = _decision(figure).fields
    for name in ("shape", "added"):
        if (setting := fields.get(name)) and (bbox := drawn_box(setting.by)):
            same = figure.source is not None and rounded(bbox) == rounded(figure.bbox)
            return None if same else DrawnBox(figure.page, rounded(bbox))
    return DrawnBox(figure.page, rounded(figure.bbox)) if figure.source is None else None


def _picture_at(file: Path) -> CutPicture:
    """The crop of a figure that was read, as extraction describes those of pairs."""
    with Image.open(file) as image:
        width, height = image.size
    return CutPicture(file, width, height, file_sha256(file), phash(file.read_bytes()))


def _people(corrections: Iterable[Correction]) -> tuple[str, ...]:
    return tuple(sorted({correction.who for correction in corrections}))
