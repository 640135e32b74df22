"""Outcomes of figures and predictions, counted: for a book, a layout, or all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from extractors.evaluation.facts import FACTS, Fact
from extractors.evaluation.scoring import BookScore, FigureScore, PredictionScore, TextScore

BINS = 10
"""Confidence is put into this many bins of equal width."""
SURE = 0.8
"""Pairs this sure are what a training set of high purity keeps."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How many were right, of those predicted and of those labelled."""

    right: int
    predicted: int
    labelled: int

    @property
    def precision(self) -> float | None:
        """Share right of those predicted; None when none was."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share right of those labelled; None when none is."""
        return self.right / self.labelled if self.labelled else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when there is neither."""
        total = self.predicted + self.labelled
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class TextRates:
    """How many printed texts came through."""

    right: int
    labelled: int
    error_rate: float | None
    """Mean character error rate over the figures that were found, each at most 1; None without any."""

    @property
    def recall(self) -> float | None:
        """Share right of those labelled; None when none is."""
        return self.right / self.labelled if self.labelled else None


@dataclass(frozen=True, slots=True)
class FactRates:
    """How many found figures whose label states a fact came with the right one."""

    right: int
    stated: int

    @property
    def share(self) -> float | None:
        """Share right of those stated; None when none is."""
        return self.right / self.stated if self.stated else None


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a book, a layout or a shelf."""

    figures: Rates
    pairs: Rates
    captions: TextRates
    descriptions: TextRates
    facts: dict[Fact, FactRates]


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of one range of confidence."""

    low: float
    high: float
    """Not included, but for 1."""
    pairs: int
    right: int
    confidence: float
    """The mean."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """What `confidence` said of the pairs, beside how many were right."""

    bins: tuple[Bin, ...]
    """Those that hold any."""
    calibration_error: float | None
    """Expected calibration error: the mean distance of confidence and share right, by pairs."""
    sure: int
    sure_right: int
    """Pairs with a confidence of at least SURE, and how many of them are right."""


def summarise(books: Iterable[BookScore]) -> Summary:
    """The numbers of all `books` together."""
    scores = list(books)
    return _summary([f for b in scores for f in b.figures], [p for b in scores for p in b.predictions])


def by_family(books: Iterable[BookScore]) -> dict[tuple[str, bool], Summary]:
    """The numbers of each (family, whether scanned), sorted by name."""
    held: dict[tuple[str, bool], list[BookScore]] = {}
    for book in books:
        held.setdefault((book.labels.family, book.labels.scan), []).append(book)
    return {key: summarise(held[key]) for key in sorted(held)}


def by_layout(books: Iterable[BookScore]) -> dict[tuple[str, bool], Summary]:
    """The numbers of each (layout, whether scanned), sorted by name."""
    figures: dict[tuple[str, bool], list[FigureScore]] = {}
    predictions: dict[tuple[str, bool], list[PredictionScore]] = {}
    for book in books:
        for figure in book.figures:
            figures.setdefault((figure.figure.layout, book.labels.scan), []).append(figure)
        for prediction in book.predictions:
            predictions.setdefault((prediction.layout, book.labels.scan), []).append(prediction)
    return {
        key: _summary(figures.get(key, []), predictions.get(key, []))
        for key in sorted(figures.keys() | predictions.keys())
    }


def _summary(figures: Sequence[FigureScore], predictions: Sequence[PredictionScore]) -> Summary:
    return Summary(
        Rates(sum(f.found for f in figures), len(predictions), len(figures)),
        Rates(
            sum(f.pair_right is True for f in figures),
            sum(p.is_pair for p in predictions),
            sum(f.pair_right is not None for f in figures),
        ),
        _text_rates(figures, lambda figure: figure.caption),
        _text_rates(figures, lambda figure: figure.description),
        {fact: _fact_rates(figures, fact) for fact in FACTS},
    )


def _fact_rates(figures: Sequence[FigureScore], fact: Fact) -> FactRates:
    scored = [figure.facts[fact] for figure in figures if fact in figure.facts]
    return FactRates(sum(scored), len(scored))


def _text_rates(figures: Sequence[FigureScore], part: Callable[[FigureScore], TextScore | None]) -> TextRates:
    scored = [(figure.found, score) for figure in figures if (score := part(figure)) is not None]
    errors = [1 - score.similarity for found, score in scored if found]
    return TextRates(
        sum(score.right for _, score in scored), len(scored), sum(errors) / len(errors) if errors else None
    )


def reliability(books: Iterable[BookScore]) -> Reliability:
    """Confidence against truth, over the pairs that carry a confidence."""
    said = sorted(
        (score.prediction.confidence, score.right)
        for book in books
        for score in book.predictions
        if score.is_pair and score.prediction.confidence is not None
    )
    held: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in said:
        held.setdefault(_bin_of(confidence), []).append((confidence, right))
    bins = tuple(_bin(number, held[number]) for number in sorted(held))
    apart = sum(abs(b.confidence * b.pairs - b.right) for b in bins)
    sure = [right for confidence, right in said if confidence >= SURE]
    return Reliability(bins, apart / len(said) if said else None, len(sure), sum(sure))


def _bin_of(confidence: float) -> int:
    """Confidence has three digits; rounding first keeps 0.7 out of the bin below it."""
    return min(BINS - 1, int(round(confidence * BINS, 6)))


def _bin(number: int, held: Sequence[tuple[float, bool]]) -> Bin:
    mean = sum(confidence for confidence, _ in held) / len(held)
    right = sum(right for _, right in held)
    return Bin(number / BINS, (number + 1) / BINS, len(held), right, mean)
