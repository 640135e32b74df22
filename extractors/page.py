"""One page, read: its text from the layer or by OCR, its figure candidates, its tables. Runs in a worker."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pymupdf

from extractors.damage import page_damage
from extractors.document import open_document, page_label, render
from extractors.errors import DamagedPageError
from extractors.figures.codes import CODE
from extractors.figures.drawings import drawing_regions, strokes_of
from extractors.figures.fusion import scan_proposer
from extractors.figures.images import JOINED, image_regions
from extractors.figures.paint import PaintOp, paint_log
from extractors.figures.proposals import ProposalPage
from extractors.figures.scans import SURE_SCORE, ScanContent, look_at_scan, unread, without_print
from extractors.figures.tables import find_tables
from extractors.font_maps import doubtful_lines
from extractors.geometry import Box, area, cover, grow, intersect
from extractors.grammar.cleaning import text_quality
from extractors.grammar.words import words_added
from extractors.ocr import OcrEngine, OcrLine, open_engine
from extractors.ocr.bands import ENLARGED, better, doubtful
from extractors.page_pixels import PagePixels
from extractors.page_units import load_page
from extractors.records import Dropped, PageContent, Region, TextLine, TextSource
from extractors.settings import ExtractSettings, Limits, OcrSettings
from extractors.text import ASKEW_TEXT, STRAY_CHARACTERS, join_rows, sure_characters, text_lines

GOOD_TEXT = 0.75
"""A text layer of this quality is used; below it a page is read by OCR where there is an engine."""
SCAN_COVER = 0.85
"""Images over this share of a page, with hardly any visible text, make it a scan."""
PASTED_COVER = 0.5
"""A scan may be pasted into a larger page ..."""
PLATE_SHARE = 0.8
"""... while images that are pictures to this share of their area are plates."""
SCAN_CHARACTERS = 12
"""A scan may carry a stamped page number or a library's note, not more (visible characters)."""
OUTLINE_FILLS = 400
"""This many small fills and no text: the letters were turned into outlines; the page is read as a scan."""
OUTLINE_SIZE = 30.0
"""A letter drawn as an outline is smaller than this (points)."""
AGREEMENT = 0.9
"""An OCR layer is believed when our own reading of its longest lines agrees to this share."""
SHOWN_AGREEMENT, SHOWN_SHARE = 0.6, 0.3
"""Lines in unusual type are believed when OCR agrees to this share; OCR of a page replaces a wrong layer when
it has at least this share of its characters."""
DOUBTED = 0.3
"""Confidence of text that the page does not seem to show and OCR cannot replace."""
PROBE_LINES = 4
"""How many lines of an OCR layer are read again to measure it."""
SUREST_READING = 0.999
"""What is read by OCR is never as certain as a text layer, whose confidence is 1."""
PICTURE_SHARE = 0.01
"""A picture smaller than this share of a page is not worth covering up."""
LEAN = 0.01
"""Sine of the angle by which a scan may slant: so much less of a picture's box is covered up for OCR."""


@dataclass(frozen=True, slots=True)
class PageJob:
    """Which page of which file to read, and how. Pages are 1-based."""

    path: Path
    page: int
    settings: ExtractSettings


@functools.lru_cache(maxsize=1)
def _opened(path: Path, limits: Limits) -> pymupdf.Document:
    """The document a worker is reading; one worker reads one book."""
    return open_document(path, limits)


@functools.lru_cache(maxsize=1)
def _engine(settings: OcrSettings, workers: int) -> OcrEngine | None:
    """The engine of this worker, with its share of the cores."""
    return open_engine(settings, threads=max(1, (os.cpu_count() or 1) // workers))


def read_page(job: PageJob) -> PageContent:
    """The content of one page.

    Raises PageTooLargeError over the limits, DamagedPageError, MissingDependencyError without the OCR model.
    """
    with words_added(job.settings.words.by_kind()), page_damage(job.page):
        return _read_page(job)


def _read_page(job: PageJob) -> PageContent:
    document = _opened(job.path, job.settings.limits)
    page, unit = load_page(document, job.page)
    _check_whole(document, page)
    ops = paint_log(page)
    text = text_lines(page, [op.bbox for op in ops if op.kind == "image"])
    reader = _PageReader(page, job.page, ops, job.settings)
    if _is_scan(page, ops, text.seen, job.settings):
        content = reader.scan(text.seen, text.hidden)
    else:
        content = reader.born_digital(text.seen)
    if content.is_scan and not text.seen:
        content = replace(content, pasted=tuple(reader.pasted()))
    content = replace(content, unit=unit)
    askew = (Dropped(job.page, line.bbox, ASKEW_TEXT) for line in text.oblique)
    return replace(content, dropped=(*content.dropped, *askew))


def _check_whole(document: pymupdf.Document, page: pymupdf.Page) -> None:
    """Raises DamagedPageError for a page of a repaired file whose content was cut off with the file's end."""
    if not document.is_repaired:
        return
    parts = [*page.get_contents(), *(image[0] for image in page.get_images())]
    if not page.get_contents() or any(document.xref_object(xref) == "null" for xref in parts):
        raise DamagedPageError(
            f"page {page.number + 1}: its content is missing from the file, which is damaged or cut short; "
            "get another copy of the book."
        )


def _is_scan(page: pymupdf.Page, ops: list[PaintOp], seen: list[TextLine], settings: ExtractSettings) -> bool:
    """Whether the page is a picture of a page: images cover it, or letters were turned into outlines."""
    characters = sum(len(line.text) for line in seen)
    if characters > SCAN_CHARACTERS:
        return False
    bounds: Box = (0.0, 0.0, page.rect.width, page.rect.height)
    covered = sum(area(intersect(op.bbox, bounds)) for op in ops if op.kind == "image") / area(bounds)
    if covered >= SCAN_COVER:
        return True
    if covered >= PASTED_COVER and not characters:
        # A scan pasted with margins, or plates with margins? What is one picture throughout is a plate.
        content = _look(page, page.number + 1, settings)
        pictured = sum(area(figure.bbox) for figure in content.figures)
        return pictured / area(bounds) < PLATE_SHARE * covered
    small = sum(
        op.kind == "fill" and max(op.bbox[2] - op.bbox[0], op.bbox[3] - op.bbox[1]) < OUTLINE_SIZE
        for op in ops
    )
    return not seen and small >= OUTLINE_FILLS


def _look(page: pymupdf.Page, number: int, settings: ExtractSettings) -> ScanContent:
    """The figures and tables of a scan, before its text is read."""
    proposer = scan_proposer(settings.finder_model, settings.layout_model_dir)
    return look_at_scan(ProposalPage(page, number, settings.limits), proposer)


class _PageReader:
    """The two ways to read a page, sharing its paint log and its settings."""

    def __init__(
        self, page: pymupdf.Page, number: int, ops: list[PaintOp], settings: ExtractSettings
    ) -> None:
        self.page, self.number, self.ops, self.settings = page, number, ops, settings
        self.pixels = PagePixels(page, settings.limits)
        self.bounds = self.pixels.bounds

    def born_digital(self, seen: list[TextLine]) -> PageContent:
        """Text from the layer when it is good, else by OCR; figures from images and vector art."""
        quality = text_quality("".join(line.text for line in seen))
        images, dropped = image_regions(self.ops, seen, self.number, self.pixels.contrast, self.pixels.shades)
        lines, source, reason = self._choose(seen, quality, [image.bbox for image in images])
        strokes = strokes_of(self.page) if any(op.kind in ("fill", "stroke") for op in self.ops) else []
        tables = find_tables([stroke for stroke, _ in strokes], lines)
        drawings, images, dropped_art = drawing_regions(
            self.ops, strokes, images, tables, lines, self.bounds, self.number
        )
        dropped += dropped_art
        # Images that touch and were taken for tiles of one picture.
        images = [
            replace(image, grids=self.pixels.grids(image.bbox)) if JOINED in image.signature else image
            for image in images
        ]
        regions = [*images, *drawings]
        return self._content(lines, source, quality, reason, regions, tables, dropped, is_scan=False)

    def _choose(
        self, seen: list[TextLine], quality: float, pictures: Sequence[Box]
    ) -> tuple[list[TextLine], TextSource, str]:
        if not seen:
            return [], "none", "the page has no text"
        wrong = doubtful_lines(self.page, seen, self.settings.limits) if quality >= GOOD_TEXT else []
        if quality >= GOOD_TEXT and not wrong:
            return seen, "text_layer", f"text layer of quality {quality:.2f}"
        engine = _engine(self.settings.ocr, self.settings.workers)
        if wrong:
            return self._choose_shown(engine, seen, wrong, pictures)
        if engine is None:
            return seen, "text_layer", f"text layer of quality {quality:.2f}, no OCR engine to replace it"
        reason = f"text layer of quality {quality:.2f}: read by {engine.name}"
        return self._ocr(engine, pictures), "ocr", reason

    def _choose_shown(
        self,
        engine: OcrEngine | None,
        seen: list[TextLine],
        wrong: Sequence[TextLine],
        pictures: Sequence[Box],
    ) -> tuple[list[TextLine], TextSource, str]:
        """The lines of a layer some of which (`wrong`) name other characters than the page seems to show."""
        why = "text layer names other characters than the page shows"
        if engine is not None:
            agreement = self._agreement(engine, list(wrong))
            if agreement >= SHOWN_AGREEMENT:
                return seen, "text_layer", f"text layer, unusual type: agrees with OCR to {agreement:.2f}"
            lines = self._ocr(engine, pictures)
            characters = sum(len(line.text) for line in seen)
            if sum(len(line.text) for line in lines) >= SHOWN_SHARE * characters:
                return lines, "ocr", f"{why}: read by {engine.name}"
        doubted = [replace(line, confidence=DOUBTED) for line in seen]
        return doubted, "text_layer", f"{why}, and no OCR to replace it"

    def scan(self, seen: list[TextLine], hidden: list[TextLine]) -> PageContent:
        """Text by OCR, or from an OCR layer that proves right; figures from the picture of the page."""
        layer = [*seen, *hidden]
        quality = text_quality("".join(line.text for line in layer))
        looked = _look(self.page, self.number, self.settings)
        # Type set solid looks like a picture in two tones: such a page is read before it is called a plate.
        printed = [op for op in self.ops if op.kind == "image"]
        two_tone = bool(printed) and all(op.one_bit for op in printed)
        plate = looked.plate(self.bounds)
        if plate and not hidden and not two_tone:
            told: TextSource = "text_layer" if seen else "none"
            region = Region(plate.bbox, "scan", score=plate.score, grids=self.pixels.grids(plate.bbox))
            return self._content(
                seen, told, quality, "a picture fills the page", [region], [], [], is_scan=True
            )
        sure = [] if two_tone else _sure_pictures(looked, area(self.bounds))
        lines, source, reason = self._choose_scan(layer, quality, sure)
        found = without_print(looked, lines)
        if sure_characters(lines) <= STRAY_CHARACTERS:
            found = unread(found, self.bounds)
        if source == "ocr":
            lines = self._read_again(lines, [figure.bbox for figure in found.figures])
        # A drawing may come in pieces, a picture does not.
        regions = [
            Region(
                figure.bbox,
                "drawing" if figure.drawn else "scan",
                grids=() if figure.drawn else self.pixels.grids(figure.bbox),
                score=figure.score,
                columns=self.pixels.columns(figure.bbox),
            )
            for figure in found.figures
        ]
        dropped = [Dropped(self.number, box, why) for box, why in found.dropped]
        return self._content(
            lines, source, quality, reason, regions, list(found.tables), dropped, is_scan=True
        )

    def pasted(self) -> list[Box]:
        """The images of the page from the top down; none where one shows a white page with its margins."""
        boxes = [intersect(op.bbox, self.bounds) for op in self.ops if op.kind == "image"]
        filling = [box for box in boxes if cover(self.bounds, box) >= SCAN_COVER]
        if not filling:
            return sorted(boxes, key=lambda box: (box[1], box[0], box))
        return [] if self.pixels.has_margins() else filling[-1:]

    def _choose_scan(
        self, layer: list[TextLine], quality: float, pictures: Sequence[Box]
    ) -> tuple[list[TextLine], TextSource, str]:
        engine = _engine(self.settings.ocr, self.settings.workers)
        if engine is None:
            source: TextSource = "text_layer" if layer else "none"
            return layer, source, "no OCR engine" + (": the text layer as it is" if layer else "")
        if layer and quality >= GOOD_TEXT:
            agreement = self._agreement(engine, layer)
            if agreement >= AGREEMENT:
                return layer, "text_layer", f"OCR layer agrees with our reading to {agreement:.2f}"
            return (
                self._ocr(engine, pictures),
                "ocr",
                f"OCR layer agrees only to {agreement:.2f}: read by {engine.name}",
            )
        why = f"OCR layer of quality {quality:.2f}" if layer else "a scan without text"
        return self._ocr(engine, pictures), "ocr", f"{why}: read by {engine.name}"

    def _ocr(self, engine: OcrEngine, pictures: Sequence[Box]) -> list[TextLine]:
        """The page read by OCR; in known `pictures` only labels are looked for."""
        dpi = self.settings.ocr.dpi
        shown = render(self.page, dpi, self.settings.limits)
        boxes = [_points(intersect(box, self.bounds), 72 / dpi) for box in pictures]
        # What the detector tears apart, a label and its title, is one line in print.
        return join_rows([_text_line(line, dpi / 72) for line in engine.read(shown, boxes, LEAN)])

    def _read_again(self, lines: list[TextLine], figures: Sequence[Box]) -> list[TextLine]:
        """`lines` read by OCR, with the doubtful ones beside `figures` read once more at a larger size."""
        engine = _engine(self.settings.ocr, self.settings.workers)
        if engine is None:
            return lines
        result = list(lines)
        dpi = ENLARGED * self.settings.ocr.dpi
        for band in doubtful(lines, figures, self.bounds):
            # Whole pixels, so that what is drawn begins where the band does.
            clip = intersect(_points(_outward(_points(band.box, 72 / dpi)), dpi / 72), self.bounds)
            read = engine.read(render(self.page, dpi, self.settings.limits, clip))
            found = join_rows([_text_line(line, dpi / 72, clip[:2]) for line in read])
            result[band.line] = better(lines[band.line], found, band)
        return result

    def _agreement(self, engine: OcrEngine, layer: list[TextLine]) -> float:
        """How far our reading of the layer's longest lines agrees with it, 0..1."""
        from rapidfuzz.distance import Levenshtein

        longest = sorted(layer, key=lambda n: (-len(n.text), n.bbox))[:PROBE_LINES]
        scores = []
        for line in longest:
            margin = 0.3 * line.size
            clip = intersect(grow(line.bbox, margin), self.bounds)
            read = engine.read(render(self.page, self.settings.ocr.dpi, self.settings.limits, clip))
            ours = "".join("".join(part.text.split()) for part in read)
            scores.append(Levenshtein.normalized_similarity("".join(line.text.split()), ours))
        return sum(scores) / len(scores)

    def _content(
        self,
        lines: list[TextLine],
        source: TextSource,
        quality: float,
        reason: str,
        regions: list[Region],
        tables: list[Box],
        dropped: list[Dropped],
        *,
        is_scan: bool,
    ) -> PageContent:
        codes = [region for region in regions if self.pixels.is_code(region.bbox)]
        regions = [region for region in regions if region not in codes]
        dropped = [*dropped, *(Dropped(self.number, region.bbox, CODE) for region in codes)]
        return PageContent(
            page=self.number,
            width=round(self.page.rect.width, 2),
            height=round(self.page.rect.height, 2),
            text_source=source,
            text_quality=round(quality, 3),
            text_reason=reason,
            is_scan=is_scan,
            lines=tuple(lines),
            regions=tuple(sorted(regions, key=lambda r: (r.bbox[1], r.bbox[0], r.bbox))),
            tables=tuple(tables),
            dropped=tuple(dropped),
            label=page_label(self.page),
        )


def _text_line(line: OcrLine, scale: float, corner: tuple[float, float] = (0.0, 0.0)) -> TextLine:
    """A line read at `scale` pixels a point in a picture whose top left is at `corner` (points)."""
    x0, y0, x1, y1 = _points(line.bbox, scale)
    return TextLine(
        line.text,
        (x0 + corner[0], y0 + corner[1], x1 + corner[0], y1 + corner[1]),
        round(line.size / scale, 2),
        vertical=line.vertical,
        confidence=round(min(line.confidence, SUREST_READING), 4),
    )


def _outward(box: Box) -> Box:
    """The whole pixels that hold `box`."""
    return math.floor(box[0]), math.floor(box[1]), math.ceil(box[2]), math.ceil(box[3])


def _sure_pictures(content: ScanContent, page: float) -> list[Box]:
    """Boxes of what is a picture whatever the text says, on a page of an area of `page` square points."""
    return [
        figure.bbox
        for figure in content.figures
        if not figure.drawn and figure.score >= SURE_SCORE and area(figure.bbox) >= PICTURE_SHARE * page
    ]


def _points(box: Box, scale: float) -> Box:
    return box[0] / scale, box[1] / scale, box[2] / scale, box[3] / scale
