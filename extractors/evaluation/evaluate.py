"""A folder of labels beside a folder of predictions: every book scored, with its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.errors import UsageError
from extractors.evaluation.fault_types import Fault
from extractors.evaluation.faults import find_faults
from extractors.evaluation.labels import BookLabels, labelled_books, read_labels
from extractors.evaluation.predictions import read_predictions
from extractors.evaluation.scoring import SAME_FIGURE, BookScore, score_book


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All labelled books of a folder, scored."""

    same_figure: float
    """Intersection over union from which two boxes counted as one figure."""
    books: tuple[BookScore, ...]
    faults: tuple[Fault, ...]
    """Of all books, in their order."""
    missing: tuple[str, ...]
    """Books without predictions, scored as if nothing was found."""

    @property
    def unchecked(self) -> dict[str, int]:
        """How many labels of each book are drafts that no person has checked."""
        counts = {b.labels.book: sum(not f.checked for f in b.labels.figures) for b in self.books}
        return {book: count for book, count in counts.items() if count}


def evaluate(
    truth: Path,
    predicted: Path,
    *,
    only: Sequence[str] = (),
    left_out: Sequence[str] = (),
    same_figure: float = SAME_FIGURE,
) -> Evaluation:
    """Score the predictions in `predicted` (as `tuwen extract` writes them) against the labels in `truth`.

    `only` names the books to score (default: all), `left_out` the families that are not scored.

    Raises UsageError when there are no labels, none of a family that is to be left out, or no predictions
    for any of these books; LabelError for a file that cannot be scored.
    """
    books, missing = [], []
    for labels in _chosen_labels(truth, only, left_out):
        name = labels.book
        predictions = read_predictions(predicted, name)
        if predictions is None:
            missing.append(name)
        books.append(score_book(labels, predictions or [], same_figure))
    if len(missing) == len(books):
        raise UsageError(
            f"{predicted} holds nothing for {', '.join(missing)}: name the folder that"
            " `tuwen extract --out` wrote"
        )
    faults = tuple(fault for book in books for fault in find_faults(book))
    return Evaluation(same_figure, tuple(books), faults, tuple(missing))


def _chosen_labels(truth: Path, only: Sequence[str], left_out: Sequence[str]) -> list[BookLabels]:
    """The labels of the books to score. Raises UsageError for a family that is not there, or all left out."""
    labels = [read_labels(truth, name) for name in labelled_books(truth, only)]
    families = sorted({each.family for each in labels})
    unknown = sorted(set(left_out) - set(families))
    if unknown:
        raise UsageError(f"no family {', '.join(unknown)} in {truth}; there are {', '.join(families)}")
    chosen = [each for each in labels if each.family not in left_out]
    if not chosen:
        raise UsageError(f"{truth}: all families are left out: {', '.join(families)}")
    return chosen
