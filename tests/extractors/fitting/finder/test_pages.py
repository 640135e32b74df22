"""Drawn training pages: seeded, labelled where the ink is, and free of labels where there is no figure."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from extractors.figures.finder_input import CELL, FINE, KINDS, SINGLE, SPREAD
from extractors.fitting.finder import nonfigures
from extractors.fitting.finder.batches import BLOCK, PageStream
from extractors.fitting.finder.layouts import printed_sheet
from extractors.fitting.finder.pages import TrainingPage, training_page, varied
from extractors.fitting.finder.sheet import Sheet
from extractors.fitting.finder.targets import HIT, IGNORE, targets_of


def drawn(seed: int, spread: bool = False) -> TrainingPage:
    return training_page(np.random.default_rng(seed), spread=spread)


def digest(page: TrainingPage) -> str:
    shapes = b"".join(kind.encode() + np.round(points, 2).tobytes() for kind, points in page.shapes)
    return hashlib.sha256(page.pixels.tobytes() + shapes).hexdigest()


@pytest.mark.parametrize("spread", [False, True])
def test_a_seed_gives_one_page(spread: bool) -> None:
    assert digest(drawn(4, spread)) == digest(drawn(4, spread))
    assert digest(drawn(4, spread)) != digest(drawn(5, spread))
    assert drawn(4, spread).pixels.shape[:2] == (SPREAD if spread else SINGLE)


@pytest.mark.parametrize("seed", range(12))
def test_every_figure_is_within_its_page_and_its_group(seed: int) -> None:
    sheet = printed_sheet(np.random.default_rng(seed), 700, 500)
    figures = [item for item in sheet.items if item.kind == "figure"]
    groups = [item for item in sheet.items if item.kind == "group"]
    for kind, x0, y0, x1, y1 in [*figures, *groups]:
        assert 0 <= x0 < x1 <= 500, kind
        assert 0 <= y0 < y1 <= 700, kind
    for _, x0, y0, x1, y1 in figures:
        assert any(g.x0 <= x0 and g.y0 <= y0 and x1 <= g.x1 and y1 <= g.y1 for g in groups)
    assert bool(figures) == bool(groups)


def test_a_drawing_is_labelled_where_its_ink_is() -> None:
    for seed in range(8):
        sheet = Sheet(np.random.default_rng(seed), 500, 500)
        before = sheet.pixels.copy()
        sheet.framed = False
        sheet.drawing(60, 80, 400, 420)
        (figure,) = (item for item in sheet.items if item.kind == "figure")
        rows, columns = np.nonzero((sheet.pixels != before).any(axis=2))
        ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert np.abs(np.array(figure[1:]) - ink).max() <= 8


@pytest.mark.parametrize("kind", sorted(set(nonfigures.ORNAMENTS)))
def test_ornaments_are_printed_and_no_figures(kind: str) -> None:
    sheet = Sheet(np.random.default_rng(3), 300, 300)
    before = sheet.pixels.copy()
    nonfigures.ornament(sheet, 100, 100, 80, kind)
    assert (sheet.pixels != before).any()
    assert {item.kind for item in sheet.items} == {"decor"}


def test_what_shows_through_is_faint_and_no_figure() -> None:
    sheet = Sheet(np.random.default_rng(1), 400, 300)
    sheet.pixels[:] = 255
    nonfigures.ghost(sheet)
    assert 255 * 0.7 < sheet.pixels.min() < 253
    assert sheet.items == []


def test_targets_answer_where_the_figures_are() -> None:
    page = TrainingPage(
        np.zeros((*SINGLE, 3), np.uint8),
        SINGLE,
        [
            ("figure", np.array([[80, 80], [240, 80], [240, 400], [80, 400]], np.float32)),
            ("ignore", np.array([[272, 80], [336, 80], [336, 160], [272, 160]], np.float32)),
            ("text", np.array([[200, 420], [320, 420], [320, 440], [200, 440]], np.float32)),
        ],
    )
    target = targets_of(page)
    hits = target.hits[KINDS.index("figure")]
    middle = 240 // CELL, 160 // CELL
    assert hits[middle] == HIT
    assert target.boxes[0, :, *middle].tolist() == [80, 80, 240, 400]
    assert hits[120 // CELL, 304 // CELL] == IGNORE
    assert (target.hits[KINDS.index("group")] != HIT).all()
    edges = [np.argwhere(target.maps[index]) for index in range(4)]
    assert set(edges[0][:, 1]) == {80 // FINE}
    assert set(edges[3][:, 0]) == {399 // FINE}
    text = np.argwhere(target.maps[5])
    assert np.abs(text.min(0) * FINE - [420, 200]).max() <= FINE
    assert np.abs(text.max(0) * FINE - [440, 320]).max() <= FINE


def test_a_page_seen_again_keeps_its_labels_on_its_figures() -> None:
    pixels = np.full((*SINGLE, 3), 250, np.uint8)
    pixels[100:300, 60:200] = 20
    box = np.array([[60, 100], [200, 100], [200, 300], [60, 300]], np.float32)
    for seed in range(12):
        again = varied(np.random.default_rng(seed), TrainingPage(pixels, SINGLE, [("figure", box)]))
        if not again.shapes:
            continue
        x0, y0 = again.shapes[0][1].min(0)
        x1, y1 = again.shapes[0][1].max(0)
        inside = again.pixels[int(y0) + 3 : int(y1) - 3, int(x0) + 3 : int(x1) - 3]
        assert np.ptp(inside.reshape(-1, 3), axis=0).max() <= 3  # the dark picture and nothing else


def test_a_batch_is_a_function_of_its_index() -> None:
    index = BLOCK + 3  # a second look at pages of the block
    stream = PageStream(7)
    once = stream.batch(index)
    stream.batch(0)
    assert (stream.batch(index).pages == once.pages).all()
    assert (PageStream(7).batch(index).pages == once.pages).all()
    assert not np.array_equal(PageStream(8).batch(index).pages, once.pages)
    assert once.boxes.shape[:3] == (len(once.pages), len(KINDS), 4)
