"""Which items of a version are shown: by book, kind, rule, confidence, reason; decided ones or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dataset_cards.review.page_decisions import Decisions
from dataset_cards.review.version_items import Item, VersionItems


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; "" asks for all."""

    book: str = ""
    """sha256."""
    kind: str = ""
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
            and self.rule in ("", item.row.get("rule"))
            and self._within(item)
        )

    def _within(self, item: Item) -> bool:
        if (self.low, self.high) == (0.0, 1.0):
            return True
        return item.type == "pair" and self.low <= item.row["confidence"] <= self.high


def chosen(version: VersionItems, choice: Choice, decisions: Decisions) -> Iterator[tuple[Item, bool]]:
    """The items asked for in the order of the queue, each with whether it is decided."""
    for item in version.queue:
        if choice.holds(item):
            decided = decisions.has(item)
            if choice.decided or not decided:
                yield item, decided
