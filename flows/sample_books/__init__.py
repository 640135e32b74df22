"""Labelled sample books in the layouts of heritage publishing, for tests, the demo and fitting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from flows.sample_books.layouts import (
    bilingual_catalogue,
    excavation_report,
    facing_captions,
    grids,
    mural_plates,
    silk_catalogue,
    vertical_traditional,
)
from flows.sample_books.page_writer import Volume
from flows.sample_books.scans import STYLES, scan_copy

LAYOUTS: dict[str, Callable[[Volume], None]] = {
    "silk_catalogue": silk_catalogue.draw,
    "mural_plates": mural_plates.draw,
    "excavation_report": excavation_report.draw,
    "vertical_traditional": vertical_traditional.draw,
    "facing_captions": facing_captions.draw,
    "grids": grids.draw,
    "bilingual_catalogue": bilingual_catalogue.draw,
}
_TRADITIONAL = ("vertical_traditional",)
SCANS: dict[str, tuple[str, str]] = {
    "silk_catalogue_scan": ("silk_catalogue", "yellowed"),
    "mural_plates_scan": ("mural_plates", "dark-bed"),
    "excavation_report_scan": ("excavation_report", "one-bit"),
    "vertical_traditional_scan": ("vertical_traditional", "spreads"),
}


def _volume(layout: str, seed: int) -> Volume:
    import random

    r = random.Random(f"{seed}/{layout}/format")
    width, height = r.choice(((420, 595), (482, 680), (510, 660), (595, 842), (540, 720)))
    return Volume(
        layout, layout, seed, width, height, traditional=layout in _TRADITIONAL or r.random() < 0.25
    )


def draw_books(out: Path, seed: int, layouts: Sequence[str] | None = None) -> list[Path]:
    """Write one book for each of `layouts` (default: all, scans included) into `out`; equal seeds, equal bytes.

    A scan needs its original, which is drawn too. Raises ValueError for a layout that does not exist.
    """
    wanted = list(layouts or [*LAYOUTS, *SCANS])
    unknown = sorted(set(wanted) - {*LAYOUTS, *SCANS})
    if unknown:
        raise ValueError(f"no layout {unknown}; there are {', '.join([*LAYOUTS, *SCANS])}")
    out.mkdir(parents=True, exist_ok=True)
    originals = dict.fromkeys(SCANS[name][0] if name in SCANS else name for name in wanted)
    drawn: dict[str, Path] = {}
    for layout in originals:
        volume = _volume(layout, seed)
        LAYOUTS[layout](volume)
        drawn[layout] = volume.save(out)
        for name in (n for n in wanted if n in SCANS and SCANS[n][0] == layout):
            style = STYLES[SCANS[name][1]]
            drawn[name] = scan_copy(drawn[layout], volume.truth, out / f"{name}.pdf", style, seed)
    return [drawn[name] for name in drawn]
