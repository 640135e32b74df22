"""What was extracted from a book, as `tuwen extract --out` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extractors.evaluation.rows import Row, read_rows
from extractors.geometry import Box


@dataclass(frozen=True, slots=True)
class Prediction:
    """One figure that was found, and the texts it was given ("" where none)."""

    page: int
    bbox: Box
    caption: str = ""
    title: str = ""
    description: str = ""
    confidence: float | None = None
    number: str = ""
    kind: str = ""
    group: str = ""
    description_page: int | None = None
    """Where it says its description is printed; None when it does not say."""
    english: str = ""
    """The parallel English of its description."""
    medium: str = ""
    subject: str = ""

    @property
    def printed(self) -> str:
        """The text that best tells what it was given; "" when it has none."""
        return self.caption or self.title or self.description


def read_predictions(folder: Path, book: str) -> list[Prediction] | None:
    """The predictions in `folder`/`book`, figures left without text too; None when there are none.

    Raises LabelError for rows without a page or a box.
    """
    pairs, unmatched = folder / book / "pairs.jsonl", folder / book / "unmatched.jsonl"
    if not pairs.is_file():
        return None
    found = [_prediction(row) for row in read_rows(pairs)]
    if unmatched.is_file():
        found += [
            Prediction(row.page(), row.box()) for row in read_rows(unmatched) if row.text("type") == "figure"
        ]
    return in_order(found)


def _prediction(row: Row) -> Prediction:
    confidence = row.number("confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise row.error('"confidence" is not between 0 and 1')
    texts = row.text("caption"), row.text("title"), row.text("description")
    facts = row.text("number"), row.text("kind"), row.text("group")
    told_on = row.values.get("description_page")
    page = row.check_page(told_on, '"description_page"') if told_on is not None else None
    shown = row.text("description_en"), row.text("medium"), row.text("subject")
    return Prediction(row.page(), row.box(), *texts, confidence, *facts, page, *shown)


def in_order(predictions: Iterable[Prediction]) -> list[Prediction]:
    """Sorted by what they say, so that the order of rows in a file decides nothing."""
    return sorted(
        predictions, key=lambda p: (p.page, p.bbox, p.caption, p.title, p.description, p.confidence or 0.0)
    )
