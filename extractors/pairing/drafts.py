"""A pair in the making: a figure with the text found for it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from extractors.geometry import Box
from extractors.grammar.captions import parse_label
from extractors.grammar.label_numbers import Key
from extractors.layout.candidate import Candidate, is_number_tag
from extractors.pairing.confidence import confidence_of, features_of
from extractors.records import DescriptionSource, Kind, Region


@dataclass(frozen=True, slots=True)
class Draft:
    """One figure and what is known of its text. Nothing here is final until `book.pair_book` writes it."""

    page: int
    region: Region
    candidate: Candidate | None = None
    """The caption, on this page or another."""
    rule: str = ""
    margin: float = 0.0
    """How much more expensive the least sure decision about it would be otherwise (`costs`)."""
    number: str = ""
    """As printed."""
    key: Key = ()
    """The number as integers, () when there is none."""
    sub: str = ""
    namespace: str = ""
    """What the number counts: figure, plate, tag, ..."""
    title: str = ""
    caption: str = ""
    description: str = ""
    description_source: DescriptionSource = "caption"
    english: str | None = None
    text_confidence: float = 1.0
    text_page: int | None = None
    """Page its text stands on, where that is not the page of the caption."""
    text_boxes: tuple[Box, ...] = ()
    """Where the text stands on `text_page`, besides the caption (points)."""
    group: str = ""
    parent: tuple[int, Box] | None = None
    """Page and box of the figure this is a part of."""
    role: str = ""
    """Part in a catalogue entry: pattern, textile, cropped."""
    kind: Kind | None = None

    @property
    def bbox(self) -> Box:
        """Box of the figure in points."""
        return self.region.bbox

    @property
    def confidence(self) -> float:
        """How sure the pair is, 0..1: one calibration for all rules."""
        return confidence_of(self.features, self.text_confidence)

    @property
    def features(self) -> Mapping[str, float]:
        """What speaks for and against the pair (`confidence`)."""
        return features_of(self.margin, self.region)

    def lowered(self, margin: float) -> Draft:
        """A copy that is no surer than `margin`: one more decision was made about it."""
        return self.with_(margin=min(self.margin, margin))

    @property
    def has_text(self) -> bool:
        """Whether a reader would find words for this figure, not merely a number."""
        return bool(self.description)

    def with_(self, **changes: object) -> Draft:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def captioned(draft: Draft, candidate: Candidate, rule: str, margin: float) -> Draft:
    """`draft` with the text of `candidate`; a bare number gives it a number and no description."""
    label = candidate.label
    key: Key = ()
    sub = space = number = ""
    if label is not None:
        key, sub, space, number = label.key, label.sub, label.kind, label.raw
    elif candidate.number is not None:
        key, sub, space = candidate.number.key, candidate.number.sub, "tag"
        number = candidate.text[: len(candidate.text) - len(candidate.body)].strip() or candidate.text
    bare = is_number_tag(candidate) or candidate.kind == "tag"
    return draft.with_(
        candidate=candidate,
        rule=rule,
        margin=margin,
        key=key,
        sub=sub,
        namespace=space,
        number=number,
        caption=candidate.printed,
        title="" if bare else candidate.title,
        description="" if bare else candidate.description or candidate.body,
        english=_unlabelled(candidate.english),
        text_confidence=candidate.confidence,
    )


def _unlabelled(english: str | None) -> str | None:
    """The English text without the label it repeats (Fig. 1 Lotus -> Lotus)."""
    parsed = parse_label(english) if english else None
    return (parsed[1] or None) if parsed else english


Place = tuple[int, Box]
"""Page and box of a caption."""


def place_of(caption: Candidate) -> Place:
    """What tells a caption from all others."""
    return caption.page, caption.bbox
