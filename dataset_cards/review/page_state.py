"""One page as it is shown for review: what the program read of each figure beside what people decided.

Plain values, ready to become JSON. Boxes are lists of four numbers in points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dataset_cards.review.corrections import Correction
from dataset_cards.review.decisions import Decision
from dataset_cards.review.figures import BookFigure, made_id, part_ids
from dataset_cards.review.page_decisions import DecidedBook
from dataset_cards.review.revising import KindOf, PairAt, no_pair
from dataset_cards.review.shown_figures import State, book_figure, line, undoes_shape, values, verdict
from dataset_cards.review.version_items import Item, VersionItems

Found = tuple[State, BookFigure, Decision | None]
"""A figure as it is shown, what is known of it, and what was decided about it."""


def page_state(
    version: VersionItems,
    decided: DecidedBook,
    book: str,
    page: int,
    kind_of: KindOf = lambda pair: pair.kind,
    pair_at: PairAt = no_pair,
) -> State:
    """What stands on a page: its figures and texts, and the figures elsewhere that have a text here.

    `kind_of` tells the kind of a figure that a person drew, `pair_at` the pair that the program made with a
    caption.
    """
    items = version.on_page(book, page)
    builder = _Figures(version, decided, kind_of, pair_at)
    found = [builder.of_item(item) for item in items if item.type in ("pair", "figure")]
    found += builder.added(book, items)
    found += list(builder.parts(found))
    figures = sorted((figure for figure, _, _ in found), key=_turn)
    here = [figure for figure in figures if figure["target"]["page"] == page]
    done = decided.book.done.get(page)
    return {
        "book": book,
        "page": page,
        "figures": here,
        "elsewhere": [f for f in figures if f["target"]["page"] != page and _has_text_on(f, page)],
        "captions": [_caption(item) for item in items if item.type == "caption"],
        "failures": [dict(item.row) for item in items if item.type == "failure"],
        "done": None if done is None else line(done),
    }


class _Figures:
    """Makes the figures of a page: those of the version, and those that only people saw."""

    def __init__(self, version: VersionItems, decided: DecidedBook, kind_of: KindOf, pair_at: PairAt) -> None:
        self._version, self._decided, self._kind_of, self._pair_at = version, decided, kind_of, pair_at

    def of_item(self, item: Item) -> Found:
        """A figure of the version, or one that a person took out of it."""
        figure, decision = book_figure(item, self._decided), self._decided.of(item)
        row = item.row
        target = {"page": item.page, "bbox": row["bbox"], "pair_id": None, "phash": row.get("image_phash")}
        if item.type == "pair":
            target["pair_id"] = item.id
        if item.gone and decision:  # as it was called before it left
            named = decision.target
            target |= {"page": item.page, "bbox": list(named.bbox), "pair_id": named.pair_id}
        state = self._state(item.id, item.type, target, figure, decision, self._decided.merge_of(item))
        more = ("rule", "confidence", "reason", "split")
        state |= {name: row[name] for name in more if row.get(name) is not None}
        state |= {"hints": list(item.hints), "from": row.get("text_source", ""), "gone": item.gone}
        return state, figure, decision

    def added(self, book: str, items: Iterable[Item]) -> list[Found]:
        """Figures of the book that only people saw, and that are in no version yet."""
        known = {id(decision) for item in items if (decision := self._decided.of(item)) is not None}
        found: list[Found] = []
        for decision in self._decided.book.figures:
            added = decision.fields.get("added")
            if added and added.by.id not in self._version.applied and id(decision) not in known:
                found.append(self._new(book, decision, added.by))
        return found

    def _new(self, book: str, decision: Decision, by: Correction) -> Found:
        assert by.bbox is not None
        figure = BookFigure(book, by.page, by.bbox, pair_id=made_id(by))
        name = f"added-{by.page}-{'-'.join(f'{number:g}' for number in by.bbox)}"
        target = {"page": by.page, "bbox": list(by.bbox), "pair_id": None, "phash": None}
        return self._state(name, "added", target, figure, decision, None), figure, decision

    def parts(self, wholes: Iterable[Found]) -> Iterator[Found]:
        """The parts of split figures that are in no version yet, and their parts."""
        for _, whole, decision in wholes:
            for split in decision.splits if decision else ():
                if split.id in self._version.applied:
                    continue
                made = [self._part(whole, pair_id, box) for pair_id, box in part_ids(split).items()]
                yield from made
                yield from self.parts(made)

    def _part(self, whole: BookFigure, pair_id: str, box: Any) -> Found:
        figure = BookFigure(whole.book, whole.page, box, pair_id=pair_id, like=whole)
        decision = self._decided.by_id.get(pair_id)
        target = {"page": whole.page, "bbox": list(box), "pair_id": pair_id, "phash": None}
        return self._state(pair_id, "part", target, figure, decision, None), figure, decision

    def _state(
        self,
        name: str,
        sort: str,
        target: State,
        figure: BookFigure,
        decision: Decision | None,
        merge: Correction | None,
    ) -> State:
        state = {
            "id": name,
            "type": sort,
            "target": target,
            "rule": "",
            "confidence": None,
            "reason": "",
            "hints": [],
            "split": "",
            "from": "",
            "gone": False,
            **values(figure, decision, self._kind_of, self._pair_at),
            **verdict(decision, merge),
        }
        state["undoes"]["shape"] = undoes_shape(decision, self._decided)
        return state


def _turn(figure: State) -> tuple[float, float, str]:
    """From the top of the page to its foot."""
    x0, y0 = figure["now"]["boxes"][0][:2]
    return y0, x0, figure["id"]


def _caption(item: Item) -> State:
    return {"id": item.id, "bbox": item.row["bbox"], "text": item.row["text"], "reason": item.row["reason"]}


def _has_text_on(figure: State, page: int) -> bool:
    places = (figure["now"]["caption_place"], figure["now"]["description_place"])
    return any(place is not None and place["page"] == page for place in places)
