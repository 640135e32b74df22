"""The weights of confidence fitted on whole books: pairs as they come out, right or wrong by the labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from extractors.book_pairs import pair_ids, picture_jobs, take_all, with_roles
from extractors.evaluation.labels import BookLabels
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import score_book
from extractors.pairing.confidence import NAMES, WEIGHTS, Weights, confidence_of
from extractors.pairing.drafts import Draft
from extractors.pairing.solve import solve_book
from extractors.records import BookContent
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings

ERRORS = 0.25
"""Imagined wrong pairs in each fold: a run without an error is no certainty."""
PULL = 0.0005
"""Weight of the pull towards the weights in use, for each pair."""
BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair of a labelled book."""

    features: Mapping[str, float]
    right: bool
    fold: str
    """What is held out together."""
    text_confidence: float = 1.0


def judged_pairs(
    book: BookContent,
    labels: BookLabels,
    pdf: Path,
    fold: str,
    settings: ExtractSettings,
    sandbox: Sandbox,
) -> list[Judged]:
    """The pairs of a book on its labelled pages. Raises OSError when no picture can be written."""
    solved = solve_book(book)
    names = pair_ids(book.sha256, solved.drafts)
    with TemporaryDirectory() as folder:
        jobs = picture_jobs(solved, names, pdf, Path(folder), settings)
        pictures, _, _ = take_all(jobs, Path(folder), sandbox, None)
    drafts = with_roles(solved, [pictures.get(name) for name in names], settings)
    return judge([draft for draft in drafts if draft.has_text], labels, fold)


def judge(drafts: Sequence[Draft], labels: BookLabels, fold: str) -> list[Judged]:
    """Pairs against the labels of their book; those that count neither way are left out."""
    said = {Prediction(d.page, d.bbox, d.caption, d.title, d.description): d for d in drafts}
    return [
        Judged(draft.features, score.right, fold, draft.text_confidence)
        for score in score_book(labels, list(said)).predictions
        if score.is_pair and (draft := said[score.prediction])
    ]


def fit_weights(pairs: Sequence[Judged], start: Weights = WEIGHTS) -> Weights:
    """Weights by maximum likelihood, none negative, each fold counting as much as another.

    Raises ValueError without a pair.
    """
    if not pairs:
        raise ValueError("no pair to learn from")
    amounts = np.array([[pair.features[name] for name in NAMES] for pair in pairs])
    signs = np.where([pair.right for pair in pairs], 1.0, -1.0)
    folds = sorted({pair.fold for pair in pairs})
    place = np.array([folds.index(pair.fold) for pair in pairs])
    counts = np.bincount(place, minlength=len(folds))
    share = len(pairs) / len(folds) / counts[place]
    origin = np.array([getattr(start, name) for name in NAMES])

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = amounts @ weights
        wrong = ERRORS / counts[place]
        value = share @ (np.logaddexp(0.0, -signs * odds) + wrong * np.logaddexp(0.0, odds))
        slope = -signs / (1.0 + np.exp(signs * odds)) + wrong / (1.0 + np.exp(-odds))
        pull = PULL * len(pairs)
        return (
            float(value + pull * ((weights - origin) ** 2).sum()),
            (share * slope) @ amounts + 2 * pull * (weights - origin),
        )

    found = minimize(loss, origin, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(NAMES)).x
    return Weights(**{name: round(float(value), 2) for name, value in zip(NAMES, found, strict=True)})


def left_out(pairs: Sequence[Judged]) -> list[float]:
    """The confidence of each pair by weights that are fitted without its fold."""
    weights = {
        fold: fit_weights([other for other in pairs if other.fold != fold])
        for fold in sorted({pair.fold for pair in pairs})
    }
    return [confidence_of(pair.features, pair.text_confidence, weights[pair.fold]) for pair in pairs]


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error: the mean distance of confidence and share right, in tenths."""
    values, truths = np.array(confidences), np.array(right, dtype=float)
    tenth = np.minimum(BINS - 1, (values * BINS).astype(int))
    apart = [abs((values - truths)[tenth == number].sum()) for number in range(BINS)]
    return float(sum(apart) / len(values))
