"""The errors of an evaluation as one HTML file: each page that has any, with its boxes drawn in."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import Environment

from dataset_cards.report.design import base_style
from extractors.durable import replace_text
from extractors.evaluation.evaluate import Evaluation
from extractors.evaluation.fault_types import Fault, FaultType
from extractors.evaluation.rows import Row, read_object
from extractors.evaluation.scoring import BookScore
from extractors.geometry import Box, height, union, width
from flows.evaluation_report import totals

_MARGIN = 10.0
"""Points left free around the boxes of a page that has no preview."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A box to be drawn, in points."""

    box: Box
    role: str
    """labelled, predicted or wrong: the class it is styled by."""
    name: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return width(self.box), height(self.box)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page with errors."""

    book: str
    number: int
    picture: str
    """A data URL; "" when the page has no preview."""
    view: Box
    """What is shown, in points."""
    shapes: tuple[_Shape, ...]
    faults: tuple[Fault, ...]


def write_pages(run: Evaluation, predicted: Path, file: Path) -> None:
    """Write `file`, which needs nothing beside it: the previews of `predicted` are put into it.

    Raises LabelError for a summary.json that cannot be read, OSError when `file` cannot be written.
    """
    counts = Counter(fault.type for fault in run.faults)
    source = resources.files("flows").joinpath("evaluation.html.j2").read_text("utf-8")
    html = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    text = html.render(
        base=base_style(),
        totals=totals(run),
        kinds=[(kind, counts[kind]) for kind in FaultType if counts[kind]],
        pages=[page for score in run.books for page in _pages(run, score, predicted)],
    )
    replace_text(file, text)


def _pages(run: Evaluation, score: BookScore, predicted: Path) -> list[_Page]:
    """The pages of one book that have errors."""
    book = score.labels.book
    faults = [fault for fault in run.faults if fault.book == book]
    summary = predicted / book / "summary.json"
    told = read_object(summary) if faults and summary.is_file() else None
    return [
        _page(score, number, tuple(fault for fault in faults if fault.page == number), told)
        for number in sorted({fault.page for fault in faults})
    ]


def _page(score: BookScore, number: int, faults: tuple[Fault, ...], told: Row | None) -> _Page:
    wrong = {fault.bbox for fault in faults}
    shapes = [
        _Shape(f.bbox, "labelled wrong" if f.bbox in wrong else "labelled", f.fid)
        for f in score.labels.figures
        if f.page == number
    ]
    shapes += [
        _Shape(p.prediction.bbox, "predicted" if p.figure else "predicted wrong", "")
        for p in score.predictions
        if p.prediction.page == number
    ]
    picture, view = _preview(number, told)
    if view is None:
        x0, y0, x1, y1 = union(shape.box for shape in shapes)
        view = x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN
    return _Page(score.labels.book, number, picture, view, tuple(shapes), faults)


def _preview(number: int, told: Row | None) -> tuple[str, Box | None]:
    """The preview of a page as a data URL, and the page's box in points."""
    if told is None:
        return "", None
    size = told.part("page_sizes").values.get(str(number))
    file = told.path.parent / told.part("previews").text(str(number))
    if size is None or not file.is_file():
        return "", None
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return f"data:image/jpeg;base64,{data}", (0.0, 0.0, *told.check_size(size, '"page_sizes"'))
