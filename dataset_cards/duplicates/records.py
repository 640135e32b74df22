"""What the search for duplicates finds: links between pairs, and pairs left out because of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from extractors.records import Pair

Why = Literal["same picture", "near picture", "same text", "near text"]
DropReason = Literal["same-pair", "near-pair"]


class Shown(Protocol):
    """What has a picture and can be compared by it: a pair, or what is remembered of one."""

    @property
    def image_sha256(self) -> str:
        """Of the crop's file."""

    @property
    def book_title(self) -> str:
        """Of the book that prints it."""

    @property
    def page(self) -> int:
        """1-based."""

    @property
    def width(self) -> int:
        """Of the crop, in pixels."""

    @property
    def height(self) -> int:
        """Of the crop, in pixels."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Two pairs that belong together; a line of links.jsonl."""

    first: str
    """pair_id; the lesser of the two."""
    second: str
    why: Why
    score: float
    """Likeness, 0..1; 1 for the same."""

    def __post_init__(self) -> None:
        if not self.first < self.second:
            raise ValueError(
                f"a link goes from the lesser pair_id to the greater: {self.first}, {self.second}"
            )


@dataclass(frozen=True, slots=True)
class DroppedPair:
    """A pair that is not published because another says and shows the same; a line of dropped.jsonl."""

    pair: Pair
    reason: DropReason
    of: str | None
    """pair_id of the pair kept in its place."""


def link(one: str, other: str, why: Why, score: float) -> Link:
    """A link between two pair_ids given in any order."""
    return Link(min(one, other), max(one, other), why, score)


def link_row(link: Link) -> dict[str, Any]:
    """A line of links.jsonl."""
    return {"first": link.first, "second": link.second, "why": link.why, "score": link.score}


def dropped_row(item: DroppedPair) -> dict[str, Any]:
    """A line of dropped.jsonl."""
    pair = item.pair
    return {
        "pair_id": pair.pair_id,
        "reason": item.reason,
        "of": item.of,
        "book_sha256": pair.book_sha256,
        "book_title": pair.book_title,
        "page": pair.page,
        "figure_id": pair.figure_id,
        "image_sha256": pair.image_sha256,
        "description": pair.description,
    }
