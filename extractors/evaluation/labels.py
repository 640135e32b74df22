"""Labelled books: what truly stands on their pages. docs/evaluating.md describes their three files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.errors import UsageError
from extractors.evaluation.rows import LabelError, Row, read_object, read_rows
from extractors.geometry import Box, centre

TRUTH, NEGATIVES, META = ".truth.jsonl", ".negatives.jsonl", ".meta.json"
"""How the three label files of a book end; before that stands the book's name."""
NO_LAYOUT = "no layout named"


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """One figure that is truly there, and the texts that are right for it."""

    fid: str
    page: int
    bbox: Box
    layout: str
    caption: str
    description: str
    title: str = ""
    number: str = ""
    """As printed, with or without the word before it."""
    kind: str = ""
    medium: str = ""
    subject: str = ""
    group: str = ""
    """Figures with the same name here share an entry or a caption; "" when not stated."""
    also_captions: tuple[str, ...] = ()
    """Other forms that are right too."""
    also_descriptions: tuple[str, ...] = ()
    also_titles: tuple[str, ...] = ()
    description_pages: frozenset[int] = frozenset()
    """The pages its description is printed on; empty when not stated."""
    neighbours: tuple[str, ...] = ()
    """Texts around it, such as the caption of its group: a figure whose text is optional may have them."""
    optional: bool = False
    """Its text is not scored."""
    checked: bool = True
    """False for a draft that no person has looked at."""

    @property
    def printed(self) -> str:
        """The text that best names it; "" when it has none."""
        forms = (self.caption, self.description, *self.also_captions, *self.also_descriptions, self.title)
        return next((form for form in forms if form), "")


@dataclass(frozen=True, slots=True)
class Negative:
    """A thing on the page that is no figure; `ignore` when it counts neither right nor wrong."""

    page: int
    bbox: Box
    kind: str
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class BookLabels:
    """All labels of one book, in page order."""

    book: str
    scan: bool
    layout: str
    """The layout of what has none of its own."""
    family: str
    """Books of one maker and look, which are left out of a score together."""
    figures: tuple[LabelledFigure, ...]
    negatives: tuple[Negative, ...]
    pages: frozenset[int] | None = None
    """The labelled pages; None for all."""


def labelled_books(folder: Path, only: Sequence[str] = ()) -> list[str]:
    """The names of the labelled books in `folder`, sorted; those of `only` when given.

    Raises UsageError when there is none, or one of `only` is missing.
    """
    names = sorted(path.name.removesuffix(TRUTH) for path in folder.glob(f"*{TRUTH}"))
    if not names:
        raise UsageError(f"{folder} holds no labels: name a folder with <book>{TRUTH} in it")
    missing = sorted(set(only) - set(names))
    if missing:
        raise UsageError(f"no labels for {', '.join(missing)} in {folder}; there are {', '.join(names)}")
    return [name for name in names if not only or name in only]


def read_labels(folder: Path, book: str) -> BookLabels:
    """The labels of one book. Raises LabelError for files that are not as docs/evaluating.md says."""
    path, meta = folder / f"{book}{TRUTH}", _read_meta(folder / f"{book}{META}")
    rows = list(read_rows(path))
    negatives = folder / f"{book}{NEGATIVES}"
    layout = meta.row.text("layout") or _common_layout(rows)
    return BookLabels(
        book,
        _is_scan(path, [meta.row, *rows]),
        layout,
        meta.row.text("family") or layout,
        tuple(_figures(book, rows, meta)),
        tuple(sorted((_negative(row, meta) for row in _rows_of(negatives)), key=lambda n: (n.page, n.bbox))),
        meta.pages,
    )


def _rows_of(path: Path) -> list[Row]:
    return list(read_rows(path)) if path.exists() else []


@dataclass(frozen=True, slots=True)
class _Meta:
    row: Row
    pages: frozenset[int] | None
    sizes: tuple[tuple[float, float], ...]
    """Width and height of each page in points; empty when not given."""

    def place(self, row: Row) -> tuple[int, Box]:
        """Page and box of a row, which must lie on a labelled page of the book."""
        page, box = row.page(), row.box()
        if self.sizes and page > len(self.sizes):
            raise row.error(f"page {page} is beyond the book, which has {len(self.sizes)} pages")
        if self.pages is not None and page not in self.pages:
            raise row.error(f'page {page} is not among the "labelled_pages" of {self.row.path.name}: add it')
        if self.sizes:
            (x, y), (width, height) = centre(box), self.sizes[page - 1]
            if not (0 <= x <= width and 0 <= y <= height):
                raise row.error(
                    f"the box lies off the page of {width:g} x {height:g} points: boxes are in points"
                    " (1/72 inch) from the top left corner"
                )
        return page, box


def _read_meta(path: Path) -> _Meta:
    row = read_object(path) if path.exists() else Row(path, None, {})
    pages, sizes = row.values.get("labelled_pages"), row.values.get("page_sizes") or []
    if pages is not None and not isinstance(pages, list):
        raise row.error('"labelled_pages" is not a list of pages: write [3, 7, 8]')
    if not isinstance(sizes, list):
        raise row.error('"page_sizes" is not a list: write [[width, height], …] in points')
    numbers = [row.check_page(page, '"labelled_pages"') for page in pages or []]
    measured = tuple(row.check_size(size, '"page_sizes"') for size in sizes)
    beyond = [number for number in numbers if measured and number > len(measured)]
    if beyond:
        raise row.error(f'"labelled_pages": page {beyond[0]} is beyond the book of {len(measured)} pages')
    return _Meta(row, frozenset(numbers) if pages is not None else None, measured)


def _is_scan(path: Path, rows: Sequence[Row]) -> bool:
    """Whether the book is scanned, as all that say so agree."""
    said = {row.flag("scan") for row in rows if row.values.get("scan") is not None}
    if len(said) > 1:
        raise LabelError(f'{path}: "scan" is true here and false there; a book is one or the other: split it')
    return said == {True}


def _common_layout(rows: Sequence[Row]) -> str:
    """The layout that most rows name; of equals the first by name."""
    counts = Counter(sorted(row.text("layout") for row in rows if row.text("layout")))
    return counts.most_common(1)[0][0] if counts else NO_LAYOUT


def _figures(book: str, rows: Sequence[Row], meta: _Meta) -> list[LabelledFigure]:
    """The figures in page order; one without an id gets book, page and place on the page as its id."""
    placed = sorted((*meta.place(row), row.text("fid"), i, row) for i, row in enumerate(rows))
    figures: list[LabelledFigure] = []
    seen: set[str] = set()
    on_page: Counter[int] = Counter()
    for page, box, given, _, row in placed:
        fid = given or f"{book}-{page}-{on_page[page]}"
        on_page[page] += 1
        if fid in seen:
            raise row.error(f'"fid" {fid} stands twice: every figure has its own')
        seen.add(fid)
        figures.append(_figure(row, fid, page, box, meta.row.text("layout")))
    return figures


def _figure(row: Row, fid: str, page: int, box: Box, layout: str) -> LabelledFigure:
    accept = row.part("accept")
    figure = LabelledFigure(
        fid,
        page,
        box,
        row.text("layout") or layout or NO_LAYOUT,
        row.text("caption"),
        row.text("description"),
        row.text("title"),
        row.text("number"),
        row.text("kind"),
        row.text("medium"),
        row.text("subject"),
        row.text("group"),
        accept.texts("caption"),
        accept.texts("description"),
        accept.texts("title"),
        _description_pages(row),
        (row.text("group_caption"), *row.texts("lenient")),
        row.flag("optional"),
        row.flag("checked", default=True),
    )
    told = (figure.caption, figure.description, *figure.also_captions, *figure.also_descriptions)
    if not figure.optional and not any(told):
        raise row.error('neither "caption" nor "description": write one, or set "optional": true')
    return figure


def _description_pages(row: Row) -> frozenset[int]:
    """The pages under "description_page" (one), or of the boxes under "desc_boxes"."""
    page, boxes = row.values.get("description_page"), row.values.get("desc_boxes") or []
    if page is not None:
        return frozenset({row.check_page(page, '"description_page"')})
    if not isinstance(boxes, list):
        raise row.error(f'"desc_boxes" is not a list of boxes with their page: {_DESC_BOXES}')
    return frozenset(_page_of(row, box) for box in boxes)


_DESC_BOXES = 'write [[page, x0, y0, x1, y1], …] or [{"page": 1, "bbox": […]}, …]'


def _page_of(row: Row, box: Any) -> int:
    """The page of a box: [page, x0, y0, x1, y1] or {"page": …, "bbox": …}."""
    if isinstance(box, list) and len(box) == 5:
        return row.check_page(box[0], '"desc_boxes"')
    if isinstance(box, dict) and "page" in box:
        return row.check_page(box["page"], '"desc_boxes"')
    raise row.error(f'"desc_boxes" holds something else than boxes with their page: {_DESC_BOXES}')


def _negative(row: Row, meta: _Meta) -> Negative:
    page, box = meta.place(row)
    kind = row.text("kind")
    if not kind:
        raise row.error('"kind" is missing: say what it is, such as "logo" or "table"')
    return Negative(page, box, kind, row.flag("ignore"))
