"""The errors of one book, each of exactly one kind.

Figures that were not found take the predictions that explain them; a prediction left over is an error of its
own. Where a figure was found, its text is looked at. docs/evaluating.md gives the order of checks.
"""

from __future__ import annotations

from extractors.evaluation.facts import Fact
from extractors.evaluation.fault_types import Fault, FaultType
from extractors.evaluation.labels import LabelledFigure
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import INSIDE, SAME_PLACE, BookScore, PredictionScore, is_decoration
from extractors.evaluation.text_faults import TextJudge
from extractors.geometry import Box, cover, iou

_FACT_FAULTS: dict[Fact, FaultType] = {
    "title": FaultType.WRONG_TITLE,
    "number": FaultType.WRONG_NUMBER,
    "kind": FaultType.WRONG_KIND,
    "medium": FaultType.WRONG_MEDIUM,
    "subject": FaultType.WRONG_SUBJECT,
    "description page": FaultType.WRONG_PAGE,
    "group": FaultType.WRONG_GROUP,
}
"""A wrong description is an error of the text (`text_faults`)."""
REACHES = 0.5
"""A prediction means a figure, badly cut, when half of the one lies in the other."""


def find_faults(score: BookScore) -> tuple[Fault, ...]:
    """All errors of a scored book, by page and place."""
    figures, explained = _figure_faults(score)
    faults = [*figures, *_text_faults(score), *_fact_faults(score), *_left_over(score, explained)]
    return tuple(sorted(faults, key=lambda f: (f.page, f.bbox[1], f.bbox[0], f.type.label, f.came)))


def _figure_faults(score: BookScore) -> tuple[list[Fault], set[int]]:
    """One error for each figure not found, and the predictions (index) that these errors explain."""
    faults: list[Fault] = []
    explained: set[int] = set()
    for outcome in score.figures:
        if not outcome.found:
            kind, by, note = _why_not_found(score, outcome.figure)
            explained.update(by)
            came = " ".join(_shown(_box(score, j)) for j in by)
            faults.append(_of_figure(score, outcome.figure, kind, outcome.figure.printed, came, note))
    return faults, explained


def _why_not_found(score: BookScore, figure: LabelledFigure) -> tuple[FaultType, list[int], str]:
    """Why a figure was not found, the predictions (index) that explain it, and a note."""
    here = [
        j
        for j, outcome in enumerate(score.predictions)
        if outcome.prediction.page == figure.page and not _is_negative(score, outcome.prediction)
    ]
    around = [j for j in here if _merges(score, _box(score, j), figure)]
    free = [j for j in here if score.predictions[j].figure is None]
    pieces = [j for j in free if cover(_box(score, j), figure.bbox) >= INSIDE]
    near = [j for j in free if _reaches(_box(score, j), figure.bbox)]
    if around:
        return FaultType.MERGED_FIGURES, around[:1], ""
    if len(pieces) > 1:
        return FaultType.SPLIT_FIGURE, pieces, f"{len(pieces)} pieces"
    if near:
        closest = max(near, key=lambda j: iou(figure.bbox, _box(score, j)))
        return FaultType.CUT_FIGURE, [closest], _how_cut(figure.bbox, _box(score, closest))
    return FaultType.MISSED_FIGURE, [], ""


def _text_faults(score: BookScore) -> list[Fault]:
    """The errors in the texts of figures that were found."""
    judge = TextJudge(score)
    faults = []
    for i, outcome in enumerate(score.figures):
        found = judge.fault(i)
        if found is not None:
            faults.append(
                _of_figure(
                    score,
                    outcome.figure,
                    found.type,
                    found.expected,
                    found.came,
                    found.note,
                    counts=found.counts,
                )
            )
    return faults


def _fact_faults(score: BookScore) -> list[Fault]:
    """The wrong facts of pairs that are right; they do not count against the pair."""
    return [
        _of_figure(
            score,
            outcome.figure,
            _FACT_FAULTS[fact],
            *_told_and_said(fact, outcome.figure, outcome.prediction),
            "",
            counts=False,
        )
        for outcome in score.figures
        for fact, right in outcome.facts.items()
        if not right and outcome.pair_right and outcome.prediction is not None and fact in _FACT_FAULTS
    ]


def _told_and_said(fact: Fact, figure: LabelledFigure, prediction: Prediction) -> tuple[str, str]:
    """What is labelled and what came, as text."""
    if fact == "description page":
        return ", ".join(map(str, sorted(figure.description_pages))), str(prediction.description_page or "")
    return getattr(figure, fact), getattr(prediction, fact)


def _left_over(score: BookScore, explained: set[int]) -> list[Fault]:
    """One error for each prediction that shows no figure and explains no figure's error."""
    return [
        _of_prediction(score, outcome)
        for j, outcome in enumerate(score.predictions)
        if outcome.figure is None and j not in explained
    ]


def _of_prediction(score: BookScore, outcome: PredictionScore) -> Fault:
    prediction = outcome.prediction
    box = prediction.bbox
    figures = [f for f in score.labels.figures if f.page == prediction.page]
    negatives = [n for n in score.labels.negatives if n.page == prediction.page and not n.ignore]
    note = ""
    if same := [n for n in negatives if iou(n.bbox, box) >= SAME_PLACE]:
        kind, note = FaultType.FURNITURE, same[0].kind
    elif len(held := [f for f in figures if cover(f.bbox, box) >= INSIDE]) > 1:
        kind, note = FaultType.MERGED_FIGURES, " ".join(f.fid for f in held)
    elif whole := [f for f in figures if cover(box, f.bbox) >= INSIDE]:
        kind, note = FaultType.SPLIT_FIGURE, f"piece of {whole[0].fid}"
    elif inside := [n for n in negatives if is_decoration(box, n)]:
        kind, note = FaultType.FURNITURE, inside[0].kind
    else:
        kind = FaultType.FALSE_FIGURE
    labels = score.labels
    place = (labels.book, outcome.layout, labels.scan, prediction.page, "", box)
    return Fault(kind, *place, "", prediction.printed, note)


def _of_figure(
    score: BookScore,
    figure: LabelledFigure,
    kind: FaultType,
    expected: str,
    came: str,
    note: str,
    *,
    counts: bool = True,
) -> Fault:
    book, scan = score.labels.book, score.labels.scan
    place = (book, figure.layout, scan, figure.page, figure.fid, figure.bbox)
    return Fault(kind, *place, expected, came, note, counts)


def _box(score: BookScore, index: int) -> Box:
    return score.predictions[index].prediction.bbox


def _is_negative(score: BookScore, prediction: Prediction) -> bool:
    """Whether a prediction is a labelled negative rather than a badly cut figure."""
    return any(
        negative.page == prediction.page and iou(negative.bbox, prediction.bbox) >= SAME_PLACE
        for negative in score.labels.negatives
    )


def _merges(score: BookScore, box: Box, figure: LabelledFigure) -> bool:
    """Whether a prediction on the figure's page holds this figure and another one."""
    return cover(figure.bbox, box) >= INSIDE and any(
        other is not figure and other.page == figure.page and cover(other.bbox, box) >= INSIDE
        for other in score.labels.figures
    )


def _reaches(box: Box, figure: Box) -> bool:
    return cover(box, figure) >= REACHES or cover(figure, box) >= REACHES


def _how_cut(figure: Box, box: Box) -> str:
    inside, held = cover(box, figure), cover(figure, box)
    if min(inside, held) >= INSIDE:
        return "nearly right"
    if inside >= INSIDE:
        return "cut short"
    return "too large" if held >= INSIDE else "beside it"


def _shown(box: Box) -> str:
    return "[" + ", ".join(f"{value:g}" for value in (round(value, 1) for value in box)) + "]"
