"""The kinds of error that extraction makes, each with its name and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from extractors.geometry import Box


class FaultType(Enum):
    """One kind of error; docs/evaluating.md says in which order they are told apart."""

    MISSED_FIGURE = ("missed figure", "nothing that came lies on this figure")
    SPLIT_FIGURE = ("split figure", "the figure came in pieces, or whole and a piece of it once more")
    MERGED_FIGURES = ("merged figures", "this figure and others came as one")
    CUT_FIGURE = ("cut figure", "the figure came, but its box is too small, too large or beside it")
    FURNITURE = (
        "furniture taken for figure",
        "decoration, a table or another labelled negative came as a figure",
    )
    FALSE_FIGURE = ("false figure", "a figure came where none is labelled")
    NO_TEXT = ("figure left without text", "the figure came, its text did not")
    WRONG_CAPTION = ("wrong caption", "the figure came with the text of another, or of none")
    CAPTION_CUT = ("caption cut", "what came is only a part of the text")
    CAPTION_OVERRUN = ("caption over-run", "what came holds the text and more")
    MISREAD = ("text misread", "what came is alike but not the same, as badly read characters make it")
    MENTION = ("mention taken for caption", "what came is running text that speaks of a figure")
    WRONG_DESCRIPTION = ("wrong description", "the caption is right, the description is not")
    CAPTION_MISSING = ("caption missing", "the description came, the caption did not")
    TEXT_GIVEN = ("text given to a figure that has none", "the figure has no text of its own, but one came")

    WRONG_TITLE = ("wrong title", "the pair is right, its title is not the printed one")
    WRONG_NUMBER = ("wrong number", "the pair is right, its number is not the printed one")
    WRONG_KIND = ("wrong kind", "the figure came as another kind")
    WRONG_MEDIUM = ("wrong medium", "the figure came as something else: a drawing as a photograph")
    WRONG_SUBJECT = ("wrong subject", "the figure came as one that shows something else")
    WRONG_PAGE = ("wrong page", "the pair is right, its description is printed on another page than it says")
    WRONG_GROUP = ("wrong group", "the figure came in a group with others than those it is labelled with")

    def __init__(self, label: str, meaning: str) -> None:
        self.label = label
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of one kind, with its place."""

    type: FaultType
    book: str
    layout: str
    scan: bool
    page: int
    fid: str
    """The labelled figure; "" for a prediction that shows none."""
    bbox: Box
    """Of the labelled figure, else of the prediction, in points."""
    expected: str
    came: str
    note: str = ""
    counts: bool = True
    """False where the pair counts as right all the same."""
