"""One book scored: which labelled figures were found, and which of them have their own text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from extractors.evaluation.facts import Fact, score_facts
from extractors.evaluation.labels import BookLabels, LabelledFigure, Negative
from extractors.evaluation.predictions import Prediction, in_order
from extractors.evaluation.texts import OwnTexts, SaidTexts, best, same_text
from extractors.geometry import Box, cover, gap, iou

SAME_FIGURE = 0.7
"""Two boxes with this intersection over union show the same figure (the default of --iou)."""
SAME_PLACE = 0.5
"""From this intersection over union a prediction means a figure, or a negative, however badly cut."""
INSIDE = 0.8
"""A box of which this share lies in another is a part of it."""
HOLLOW = ("frame-rule", "cover")
"""Negatives that stand around or under real figures: what lies in them need not be decoration."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class TextScore:
    """How well a printed caption or description came through."""

    similarity: float
    right: bool


@dataclass(frozen=True, slots=True)
class FigureScore:
    """What became of one labelled figure."""

    figure: LabelledFigure
    prediction: Prediction | None
    """The prediction that shows it; None when it was not found."""
    iou: float = 0.0
    similarity: float = 0.0
    """Of the text that came with the best that is right for it."""
    pair_right: bool | None = False
    """None when its text is not scored."""
    caption: TextScore | None = None
    """None when no caption is labelled."""
    description: TextScore | None = None
    facts: Mapping[Fact, bool] = field(default_factory=dict)
    """Whether each fact that its label states is right; empty when it was not found."""

    @property
    def found(self) -> bool:
        """Whether a prediction shows it."""
        return self.prediction is not None


@dataclass(frozen=True, slots=True)
class PredictionScore:
    """What became of one prediction that counts."""

    prediction: Prediction
    layout: str
    """Of the figure it shows, else of the nearest labelled figure, else of the book."""
    figure: LabelledFigure | None
    """The labelled figure it shows; None for a false one."""
    is_pair: bool
    """Whether its text counts: not without a text, nor where a text is allowed but not asked for."""
    right: bool
    """Whether it is a right pair."""


@dataclass(frozen=True, slots=True)
class BookScore:
    """All outcomes of one book, labelled figures and predictions in page order."""

    labels: BookLabels
    figures: tuple[FigureScore, ...]
    predictions: tuple[PredictionScore, ...]

    @property
    def text_threshold(self) -> float:
        """The similarity from which texts counted as the same."""
        return same_text(self.labels.scan)


def score_book(
    labels: BookLabels, predictions: Sequence[Prediction], same_figure: float = SAME_FIGURE
) -> BookScore:
    """Score `predictions` against `labels`; those on pages that are not labelled are passed over.

    Figures and predictions are matched one to one on each page, as many as reach an intersection over union
    of `same_figure`, then with the highest sum. A pair is right when its figure is found and one of its texts
    is the same as one of the figure's own, and none fits another figure of the book better.
    """
    here = [p for p in in_order(predictions) if labels.pages is None or p.page in labels.pages]
    counted = _without_ignored(labels, here, min(same_figure, SAME_PLACE))
    matched = match(labels.figures, counted, same_figure)
    own = [OwnTexts.of(figure) for figure in labels.figures]
    same = same_text(labels.scan)
    figures, allowed = [], set()
    for i, figure in enumerate(labels.figures):
        if i not in matched:
            figures.append(_not_found(figure, own[i]))
            continue
        prediction = counted[matched[i]]
        said = SaidTexts.of(prediction)
        if figure.optional and _is_allowed(own[i], said, same):
            allowed.add(matched[i])
        figures.append(_found(figure, prediction, own, i, said, same))
    facts = score_facts(labels.figures, {i: counted[j] for i, j in matched.items()}, same)
    figures = [replace(figure, facts=facts.get(i, {})) for i, figure in enumerate(figures)]
    shown = {j: i for i, j in matched.items()}
    return BookScore(
        labels,
        tuple(figures),
        tuple(
            PredictionScore(
                prediction,
                _layout(labels, prediction, shown.get(j)),
                labels.figures[shown[j]] if j in shown else None,
                bool(SaidTexts.of(prediction).all) and j not in allowed,
                j in shown and figures[shown[j]].pair_right is True,
            )
            for j, prediction in enumerate(counted)
        ),
    )


def match(
    figures: Sequence[LabelledFigure], predictions: Sequence[Prediction], least: float
) -> dict[int, int]:
    """Index of a figure -> index of the prediction that shows it, one to one, page by page.

    As many as reach an intersection over union of `least`; of all such ways the one with the highest sum.
    """
    matched: dict[int, int] = {}
    for page in sorted({figure.page for figure in figures}):
        rows = [i for i, figure in enumerate(figures) if figure.page == page]
        columns = [j for j, prediction in enumerate(predictions) if prediction.page == page]
        overlap = np.array([[iou(figures[i].bbox, predictions[j].bbox) for j in columns] for i in rows])
        if not columns:
            continue
        # One more match outweighs any gain in overlap.
        worth = np.where(overlap >= least, overlap + len(rows) + 1, 0.0)
        for row, column in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if overlap[row, column] >= least:
                matched[rows[row]] = columns[column]
    return dict(sorted(matched.items()))


def is_decoration(box: Box, negative: Negative) -> bool:
    """Whether a box takes this negative, or a part of it, for a figure."""
    return iou(negative.bbox, box) >= SAME_PLACE or (
        negative.kind not in HOLLOW and cover(box, negative.bbox) >= INSIDE
    )


def _without_ignored(labels: BookLabels, predictions: Sequence[Prediction], least: float) -> list[Prediction]:
    """The predictions that count: not those on an ignored place, unless they show a figure or decoration."""
    shown = set(match(labels.figures, predictions, least).values())
    return [
        prediction
        for j, prediction in enumerate(predictions)
        if j in shown or not _is_ignored(labels.negatives, prediction)
    ]


def _is_ignored(negatives: Sequence[Negative], prediction: Prediction) -> bool:
    here = [negative for negative in negatives if negative.page == prediction.page]
    box = prediction.bbox
    if any(is_decoration(box, negative) for negative in here if not negative.ignore):
        return False
    return any(
        iou(negative.bbox, box) >= SAME_PLACE or cover(box, negative.bbox) >= INSIDE
        for negative in here
        if negative.ignore
    )


def _is_allowed(own: OwnTexts, said: SaidTexts, same: float) -> bool:
    """Whether a figure whose text is optional was given none, or one that is right or stands around it."""
    told = (*own.all, own.title, *own.neighbours)
    return not said.all or best(told, said.all, same) >= same


def _not_found(figure: LabelledFigure, own: OwnTexts) -> FigureScore:
    none = TextScore(0.0, False)
    asked = not figure.optional
    return FigureScore(
        figure,
        None,
        pair_right=False if asked else None,
        caption=none if own.captions and asked else None,
        description=none if own.descriptions and asked else None,
    )


def _found(
    figure: LabelledFigure,
    prediction: Prediction,
    own: Sequence[OwnTexts],
    index: int,
    said: SaidTexts,
    same: float,
) -> FigureScore:
    mine = own[index]
    overlap = iou(figure.bbox, prediction.bbox)
    fit = best(mine.all, said.all)
    if figure.optional:
        return FigureScore(figure, prediction, overlap, max(fit, best([mine.title], said.all)), None)
    # A text that fits another figure better is a wrong one, however alike the two are.
    others = [form for i, texts in enumerate(own) if i != index for form in texts.all]
    right = fit >= same and fit >= best(others, said.all, fit) - _TIE
    return FigureScore(
        figure,
        prediction,
        overlap,
        fit,
        right,
        _text_score(mine.captions, said.as_caption, same),
        _text_score(mine.descriptions, said.as_description, same),
    )


def _text_score(told: Sequence[str], said: Sequence[str], same: float) -> TextScore | None:
    if not told:
        return None
    similarity = best(told, said)
    return TextScore(similarity, similarity >= same)


def _layout(labels: BookLabels, prediction: Prediction, shown: int | None) -> str:
    if shown is not None:
        return labels.figures[shown].layout
    near = [figure for figure in labels.figures if figure.page == prediction.page]
    if not near:
        return labels.layout
    return min(near, key=lambda figure: gap(figure.bbox, prediction.bbox)).layout
