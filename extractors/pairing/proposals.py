"""What pairing rules propose, and the book they propose it from.

Figures and texts are named by where they are, page and index, never by identity; nothing here is changed once
made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal, Protocol

from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.layout.entries import Entry
from extractors.pairing.conventions import Conventions
from extractors.pairing.costs import PairingCosts
from extractors.pairing.plates import Description
from extractors.records import Region

FigureRef = tuple[int, int]
"""Page (1-based), and index of the figure on it."""
Features = Mapping[str, float]
"""Name of a cost in `PairingCosts` -> how much of its matter is there."""
Claim = Literal["number", "line", "caption", "name"]
"""What a text would be to a figure: its bare number, its line of a list, its caption or entry, or the name
printed at it within an entry. A figure has one of each at most."""


@dataclass(frozen=True, slots=True, order=True)
class TextRef:
    """A text: a candidate of a page, one that waits for figures of other pages, or an entry."""

    kind: Literal["page", "waiting", "entry"]
    page: int
    index: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A figure with a text that may be its own, and what speaks for and against it."""

    figure: FigureRef
    text: TextRef
    features: Features
    rule: str
    claims: Claim = "caption"
    limit: float = inf
    """The margin of what the rule itself decided, such as an order; the pair is no surer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal that the solver took."""

    text: TextRef
    rule: str
    margin: float
    """By how much the whole would cost more without it."""


Choices = Mapping[FigureRef, Choice]


@dataclass(frozen=True, slots=True)
class LaidOutBook:
    """A book laid out: its figures, the texts that may be theirs, its habits, and what is decided so far."""

    layouts: tuple[PageLayout, ...]
    entries: tuple[Entry, ...]
    descriptions: tuple[Description, ...]
    candidates: Mapping[int, tuple[Candidate, ...]]
    """Page -> its texts that no entry and no section of descriptions uses."""
    waiting: tuple[Candidate, ...]
    """Texts of plate blocks, which wait for figures of other pages."""
    conventions: Conventions
    costs: PairingCosts
    chosen: Mapping[Claim, Choices] = field(default_factory=dict)
    """What earlier claims were decided to be."""
    near: Choices = field(default_factory=dict)
    """The captions that figures have by what stands on their own page alone."""
    promised: frozenset[TextRef] = frozenset()
    """Captions whose figures were taken for tables or frames of their own page."""

    def candidate(self, ref: TextRef) -> Candidate:
        """The text that `ref` names. Raises KeyError for an entry."""
        return self.waiting[ref.index] if ref.kind == "waiting" else self.candidates[ref.page][ref.index]

    def figures(self) -> Iterable[tuple[FigureRef, Region]]:
        """All figures in book order."""
        for layout in self.layouts:
            for index, region in enumerate(layout.figures):
                yield (layout.page, index), region

    def texts(self) -> Iterable[tuple[TextRef, Candidate]]:
        """All candidates in book order, those that wait last."""
        for page, candidates in self.candidates.items():
            for index, candidate in enumerate(candidates):
                yield TextRef("page", page, index), candidate
        for index, candidate in enumerate(self.waiting):
            yield TextRef("waiting", candidate.page, index), candidate

    def in_entries(self) -> frozenset[FigureRef]:
        """The figures that stand within an entry whose paragraphs have labels."""
        return frozenset(key for entry in self.entries if entry.is_labelled for key in entry.figures)

    def used(self, claim: Claim) -> frozenset[TextRef]:
        """The texts that figures have been given as `claim`."""
        return frozenset(choice.text for choice in self.chosen.get(claim, {}).values())

    def with_choices(self, claim: Claim, choices: Choices) -> LaidOutBook:
        """The book with one more claim decided."""
        return replace(self, chosen={**self.chosen, claim: choices})


class PairingRule(Protocol):
    """A way in which books set texts to figures."""

    @property
    def name(self) -> str:
        """Becomes `Pair.rule`."""
        ...

    @property
    def claims(self) -> Claim:
        """What the texts it proposes are to their figures."""
        ...

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        """All pairs that this rule can imagine; the solver decides among those of all rules."""
        ...
