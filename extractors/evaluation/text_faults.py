"""What is wrong with the text of a figure that was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractors.evaluation.fault_types import FaultType
from extractors.evaluation.labels import LabelledFigure
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import BookScore, FigureScore
from extractors.evaluation.texts import OwnTexts, SaidTexts, bare, best
from extractors.grammar.captions import is_mention

PART = 90.0
"""The shorter text is a part of the longer when its best window there agrees to so many per cent."""
ALIKE = 0.5
"""Texts this similar are the same one badly read, not two."""

_HOW = {
    FaultType.CAPTION_CUT: "only a part of it",
    FaultType.CAPTION_OVERRUN: "it and more",
    FaultType.MISREAD: "misread",
}
"""What is said of a wrong description, by the way in which it differs."""


@dataclass(frozen=True, slots=True)
class TextFault:
    """An error in a text: its kind, and both texts as printed."""

    type: FaultType
    expected: str
    came: str
    note: str = ""
    counts: bool = True
    """False where the pair counts as right all the same."""


class TextJudge:
    """Tells the text errors of one scored book apart."""

    def __init__(self, score: BookScore) -> None:
        self.score = score
        self.same = score.text_threshold
        self.own = [OwnTexts.of(figure) for figure in score.labels.figures]

    def fault(self, index: int) -> TextFault | None:
        """The error in the text of figure `index`; None when all is right or the figure was not found."""
        outcome = self.score.figures[index]
        if outcome.prediction is None:
            return None
        if outcome.pair_right is None:
            return self._optional(outcome, outcome.prediction)
        if not outcome.pair_right:
            return self._wrong_pair(index, outcome.figure, outcome.prediction)
        if outcome.caption is not None and not outcome.caption.right:
            return self._lost_caption(outcome.figure, self.own[index], outcome.prediction)
        if outcome.description is not None and not outcome.description.right:
            return _wrong_description(outcome.figure, outcome.prediction, counts=False)
        return None

    def _optional(self, outcome: FigureScore, prediction: Prediction) -> TextFault | None:
        """A figure whose text is not asked for has an error only when a text of something else came."""
        given = next(p for p in self.score.predictions if p.figure is outcome.figure)
        if not given.is_pair:
            return None
        return TextFault(FaultType.TEXT_GIVEN, outcome.figure.printed, prediction.printed)

    def _wrong_pair(self, index: int, figure: LabelledFigure, prediction: Prediction) -> TextFault:
        own, said = self.own[index], SaidTexts.of(prediction)
        if not said.all:
            return TextFault(FaultType.NO_TEXT, figure.printed, "")
        rival = self._rival(index, said)
        if rival is not None:
            note = f"the text of {self.score.labels.figures[rival].fid}"
            mine = best(own.captions, said.as_caption)
            if mine >= self.same and mine >= best(self.own[rival].captions, said.as_caption):
                return _wrong_description(figure, prediction, note)
            return TextFault(FaultType.WRONG_CAPTION, figure.printed, prediction.printed, note)
        caption = prediction.caption or prediction.title or prediction.description
        description = prediction.description or prediction.caption or prediction.title
        couples = [(form, bare(caption)) for form in own.captions]
        couples += [(form, bare(description)) for form in own.descriptions]
        return TextFault(_kind(couples, caption), figure.printed, caption)

    def _rival(self, index: int, said: SaidTexts) -> int | None:
        """The other figure whose text came, if any; of equals the first."""
        fits = [(best(own.all, said.all, self.same), -i) for i, own in enumerate(self.own) if i != index]
        fit, place = max(fits, default=(0.0, 0))
        return -place if fit >= self.same else None

    def _lost_caption(self, figure: LabelledFigure, own: OwnTexts, prediction: Prediction) -> TextFault:
        """The pair is right by its description; its caption is not."""
        came = prediction.caption or prediction.title
        if not bare(came):
            return TextFault(FaultType.CAPTION_MISSING, figure.printed, "", counts=False)
        kind = _kind([(form, bare(came)) for form in own.captions], came)
        return TextFault(kind, figure.printed, came, counts=False)


def _kind(couples: Sequence[tuple[str, str]], printed: str) -> FaultType:
    """How (what is right, what came), both bare, differ; `printed` is what came, as printed."""
    if any(_is_part(came, of=told) for told, came in couples):
        return FaultType.CAPTION_CUT
    if any(_is_part(told, of=came) for told, came in couples):
        return FaultType.CAPTION_OVERRUN
    if any(best([told], [came]) >= ALIKE for told, came in couples):
        return FaultType.MISREAD
    return FaultType.MENTION if is_mention(printed) else FaultType.WRONG_CAPTION


def _is_part(part: str, *, of: str) -> bool:
    return 0 < len(part) < len(of) and fuzz.partial_ratio(part, of, score_cutoff=PART) >= PART


def _wrong_description(
    figure: LabelledFigure, prediction: Prediction, note: str = "", *, counts: bool = True
) -> TextFault:
    expected, came = figure.description, prediction.description
    how = _HOW.get(_kind([(bare(expected), bare(came))], came), "") if came else "none came"
    return TextFault(FaultType.WRONG_DESCRIPTION, expected, came, note or how, counts)
