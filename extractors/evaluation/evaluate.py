"""A folder of labels beside a folder of predictions: every book scored, with its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.errors import UsageError
from extractors.evaluation.fault_types import Fault
from extractors.evaluation.faults import find_faults
from extractors.evaluation.labels import labelled_books, read_labels
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
    truth: Path, predicted: Path, *, only: Sequence[str] = (), same_figure: float = SAME_FIGURE
) -> Evaluation:
    """Score the predictions in `predicted` (as `tuwen extract` writes them) against the labels in `truth`.

    Raises UsageError when there are no labels, or no predictions for any of these books; LabelError for a
    file that cannot be scored.
    """
    books, missing = [], []
    for name in labelled_books(truth, only):
        labels, predictions = read_labels(truth, name), read_predictions(predicted, name)
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
