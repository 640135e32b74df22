"""What all corrections together come to: for every figure and field the decision that counts.

The latest decision counts, figure by figure and field by field; of two made in the same microsecond the one
with the greater id. So the order of the lines does not matter, and the files of two people are put together
by writing one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dataset_cards.review.corrections import (
    Accept,
    Add,
    ChangeBox,
    Correction,
    Edit,
    Merge,
    NoFigure,
    PageDone,
    Reject,
    Relink,
    Remove,
    Split,
    Undo,
)
from extractors.geometry import Box, rounded

Field = Literal[
    "verdict",
    "shape",
    "added",
    "title",
    "description",
    "caption",
    "kind",
    "number",
    "medium",
    "subject",
    "caption_place",
    "description_place",
]
"""verdict: accept, reject, remove. shape: the box of the figure itself, by box, split or merge. A relink
decides on a text and on its place."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The value that counts for a field, and the correction it comes from."""

    value: Any
    by: Correction


@dataclass(frozen=True, slots=True)
class Target:
    """A figure as corrections name it: by its id, or by its box where it was no pair."""

    book: str
    page: int
    bbox: Box
    """Points; of the latest correction."""
    pair_id: str | None = None
    phash: str | None = None
    """Of its crop, where a correction says so."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one figure."""

    target: Target
    fields: Mapping[Field, Setting]
    corrections: tuple[Correction, ...]
    """All that are about it and were not undone, oldest first."""

    @property
    def verdict(self) -> Accept | Reject | Remove | None:
        """The last word on the figure as a whole; None where nobody gave one."""
        setting = self.fields.get("verdict")
        return setting.value if setting else None

    @property
    def splits(self) -> tuple[Correction, ...]:
        """Those that made parts of the figure: each part stays, whatever is decided on the figure's box."""
        return tuple(c for c in self.corrections if isinstance(c.data, Split))

    @property
    def merges(self) -> tuple[Correction, ...]:
        """Those that made other figures a part of this one."""
        return tuple(c for c in self.corrections if isinstance(c.data, Merge))

    @property
    def changes(self) -> bool:
        """Whether anything is to be other than the program read it."""
        return any(name != "verdict" for name in self.fields)


@dataclass(frozen=True, slots=True)
class BookDecisions:
    """What was decided about one book."""

    figures: tuple[Decision, ...] = ()
    """In the order of pages and boxes."""
    done: Mapping[int, Correction] = field(default_factory=dict)
    """Pages that were looked at as a whole, with the last correction that says so."""
    settled: Mapping[tuple[int, Box], Correction] = field(default_factory=dict)
    """Captions that belong to no figure, by page and rounded box, with the last correction that says so."""


def resolve(corrections: Iterable[Correction]) -> dict[str, BookDecisions]:
    """What counts, by sha256 of the book; the order of the lines does not matter."""
    targets: dict[str, dict[Any, list[Correction]]] = defaultdict(lambda: defaultdict(list))
    done: dict[str, dict[int, Correction]] = defaultdict(dict)
    settled: dict[str, dict[tuple[int, Box], Correction]] = defaultdict(dict)
    for correction in in_force(corrections):
        if isinstance(correction.data, PageDone):
            done[correction.book][correction.page] = correction
        elif isinstance(correction.data, NoFigure):
            assert correction.bbox is not None
            settled[correction.book][correction.page, rounded(correction.bbox)] = correction
        elif not isinstance(correction.data, Undo):
            targets[correction.book][_key(correction)].append(correction)
    return {
        book: BookDecisions(
            tuple(sorted(map(fold, targets[book].values()), key=_place)),
            dict(sorted(done[book].items())),
            settled[book],
        )
        for book in sorted({*targets, *done, *settled})
    }


def in_force(corrections: Iterable[Correction]) -> list[Correction]:
    """Those that were not undone, each once, oldest first; an undo may be undone too."""
    # A line that stands twice, as in files put together, is one; two lines of one id are told apart somehow.
    once = {c.id: c for c in sorted(corrections, key=lambda c: (c.when, c.model_dump_json()))}
    undone: set[str] = set()
    latest_first = sorted(once.values(), key=_age, reverse=True)
    for correction in latest_first:
        if isinstance(correction.data, Undo) and correction.id not in undone:
            of = once.get(correction.data.of)
            if of is not None and _age(of) < _age(correction):
                undone.add(of.id)
    return [correction for correction in reversed(latest_first) if correction.id not in undone]


def fold(corrections: Iterable[Correction]) -> Decision:
    """The decision that corrections of one figure come to. Raises ValueError for none."""
    ordered = sorted(corrections, key=_age)
    fields: dict[Field, Setting] = {}
    for correction in ordered:
        for name, value in _settings(correction):
            fields[name] = Setting(value, correction)
    last = ordered[-1]
    assert last.bbox is not None
    known = [c.phash for c in ordered if c.phash]
    target = Target(last.book, last.page, last.bbox, last.pair_id, known[-1] if known else None)
    return Decision(target, fields, tuple(ordered))


def _settings(correction: Correction) -> Iterable[tuple[Field, Any]]:
    match correction.data:
        case Accept() | Reject() | Remove() as verdict:
            yield "verdict", verdict
        case ChangeBox() | Split() | Merge() as shape:
            yield "shape", shape
        case Add() as added:
            yield "added", added
        case Edit() as edit:
            yield from edit.changes().items()  # type: ignore[misc]
        case Relink(caption=caption, description=description):
            if caption is not None:
                yield "caption", caption.text
                yield "caption_place", caption
            if description is not None:
                yield "description", description.text
                yield "description_place", description


def _key(correction: Correction) -> Any:
    if correction.pair_id is not None:
        return correction.pair_id
    assert correction.bbox is not None
    return correction.page, rounded(correction.bbox)


def _place(decision: Decision) -> tuple[Any, ...]:
    target = decision.target
    return target.page, target.bbox, target.pair_id or ""


def _age(correction: Correction) -> tuple[str, str]:
    return correction.when, correction.id
