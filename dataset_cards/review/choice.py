"""Which items of a version are shown: by book, kind, subject, rule, confidence, reason; decided or not."""

from __future__ import annotations

from dataclasses import dataclass

from dataset_cards.review.page_decisions import Decisions
from dataset_cards.review.version_items import Item, VersionItems


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; "" asks for all."""

    book: str = ""
    """sha256."""
    kind: str = ""
    subject: str = ""
    rule: str = ""
    why: str = ""
    low: float = 0.0
    high: float = 1.0
    """Bounds of confidence, both included; only pairs have one, so narrower bounds leave only pairs."""
    decided: bool = False
    """Whether decided items are shown too."""

    def holds(self, item: Item) -> bool:
        """Whether the item is one of them, decided or not."""
        return (
            self.book in ("", item.book)
            and self.why in ("", item.why)
            and self.kind in ("", item.row.get("kind"))
            and self.subject in ("", item.row.get("subject"))
            and self.rule in ("", item.row.get("rule"))
            and self._within(item)
        )

    def _within(self, item: Item) -> bool:
        if (self.low, self.high) == (0.0, 1.0):
            return True
        return item.type == "pair" and self.low <= item.row["confidence"] <= self.high


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice comes to."""

    items: tuple[tuple[Item, bool], ...]
    """In the order of the queue, each with whether it is decided; the first ones only."""
    left: int
    """Undecided, in all."""
    total: int


def choose(version: VersionItems, choice: Choice, decisions: Decisions, most: int) -> Chosen:
    """The first `most` items asked for, and how many there are."""
    items: list[tuple[Item, bool]] = []
    left = total = 0
    for item in version.queue:
        if not choice.holds(item):
            continue
        total += 1
        decided = decisions.has(item)
        left += not decided
        if len(items) < most and (choice.decided or not decided):
            items.append((item, decided))
    return Chosen(tuple(items), left, total)
