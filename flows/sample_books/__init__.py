"""Labelled sample books in the layouts of heritage publishing, for tests, the demo and fitting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from flows.sample_books.layouts import excavation_report, mural_plates, silk_catalogue, vertical_traditional
from flows.sample_books.page_writer import Volume

LAYOUTS: dict[str, Callable[[Volume], None]] = {
    "silk_catalogue": silk_catalogue.draw,
    "mural_plates": mural_plates.draw,
    "excavation_report": excavation_report.draw,
    "vertical_traditional": vertical_traditional.draw,
}
_TRADITIONAL = ("vertical_traditional",)


def _volume(layout: str, seed: int) -> Volume:
    import random

    r = random.Random(f"{seed}/{layout}/format")
    width, height = r.choice(((420, 595), (482, 680), (510, 660), (595, 842), (540, 720)))
    return Volume(
        layout, layout, seed, width, height, traditional=layout in _TRADITIONAL or r.random() < 0.25
    )


def draw_books(out: Path, seed: int, layouts: Sequence[str] | None = None) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for layout in layouts or LAYOUTS:
        volume = _volume(layout, seed)
        LAYOUTS[layout](volume)
        paths.append(volume.save(out))
    return paths
