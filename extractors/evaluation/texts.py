"""When a text counts as right: letters and digits alone are compared, by edit distance."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from extractors.evaluation.labels import LabelledFigure
from extractors.evaluation.predictions import Prediction

SAME_TEXT, SAME_TEXT_SCANNED = 0.8, 0.7
"""Texts this similar are the same; a scan is read by OCR, which may slip in more characters."""

# 二○ as many fonts print 二〇: a zero, which as a symbol would be lost.
_ZEROS = str.maketrans("○◯", "〇〇")
# Punctuation, separators, symbols and control characters, by the first letter of their Unicode category.
_NOT_COMPARED = "PZSC"


def same_text(scan: bool) -> float:
    """The similarity from which two texts count as the same."""
    return SAME_TEXT_SCANNED if scan else SAME_TEXT


def bare(text: str) -> str:
    """Letters and digits alone, compatibility forms as their plain ones; case and script form are kept."""
    plain = unicodedata.normalize("NFKC", text.translate(_ZEROS))
    return "".join(char for char in plain if unicodedata.category(char)[0] not in _NOT_COMPARED)


def similarity(truth: str, said: str, at_least: float = 0.0) -> float:
    """1 minus the character error rate of `said` against `truth` (both bare), 0..1; 0 when one is empty.

    A value below `at_least` may come back as 0, which is quicker.
    """
    if not truth or not said:
        return 0.0
    allowed = int((1 - at_least) * len(truth)) + 1
    distance = Levenshtein.distance(truth, said, score_cutoff=allowed)
    return 0.0 if distance > allowed else max(0.0, 1 - distance / len(truth))


def best(truths: Iterable[str], said: Iterable[str], at_least: float = 0.0) -> float:
    """The highest similarity of any text that is right with any that came."""
    offered = tuple(said)
    highest = at_least
    found = 0.0
    for truth in truths:
        for text in offered:
            here = similarity(truth, text, highest)
            if here > found:
                found, highest = here, max(highest, here)
    return found


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """The texts that are right for one labelled figure, bare."""

    captions: tuple[str, ...]
    descriptions: tuple[str, ...]
    joined: tuple[str, ...]
    """Caption and description in one."""
    title: str
    neighbours: tuple[str, ...]

    @classmethod
    def of(cls, figure: LabelledFigure) -> OwnTexts:
        """The texts of `figure`, each form once."""
        both = figure.caption and figure.description
        return cls(
            _forms(figure.caption, *figure.also_captions),
            _forms(figure.description, *figure.also_descriptions),
            (bare(figure.caption) + bare(figure.description),) if both else (),
            bare(figure.title),
            _forms(*figure.neighbours),
        )

    @property
    def all(self) -> tuple[str, ...]:
        """Every text that makes a pair right."""
        return self.captions + self.descriptions + self.joined


@dataclass(frozen=True, slots=True)
class SaidTexts:
    """The texts that one prediction gives its figure, bare."""

    caption: str
    title: str
    description: str

    @classmethod
    def of(cls, prediction: Prediction) -> SaidTexts:
        """The texts of `prediction`."""
        return cls(bare(prediction.caption), bare(prediction.title), bare(prediction.description))

    @property
    def all(self) -> tuple[str, ...]:
        """Each field, and the fields that may be one printed text in two."""
        c, t, d = self.caption, self.title, self.description
        told = [c, d, t]
        told += [c + d] if c and d else []
        told += [t + d, t + c] if t and t != c else []
        return tuple(dict.fromkeys(text for text in told if text))

    @property
    def as_caption(self) -> tuple[str, ...]:
        """What may be compared with a printed caption."""
        return self.caption, self.title, self.title + self.caption

    @property
    def as_description(self) -> tuple[str, ...]:
        """What may be compared with a printed description."""
        return self.description, self.caption, self.title + self.description


def _forms(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for form in map(bare, texts) if form))
