"""Finding on a page: the picture for the network, its answers turned into boxes, the shipped model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest

from extractors.errors import MissingDependencyError
from extractors.figures.finder import (
    MODEL,
    FinderProposer,
    Finding,
    distinct,
    own_finder,
    shipped_finder,
    snapped,
)
from extractors.figures.finder_input import FINE, GRID, SINGLE, SPREAD, finder_input
from extractors.figures.fusion import scan_proposer
from extractors.figures.proposals import ProposalPage
from extractors.figures.scans import FIGURE_SCORE
from extractors.geometry import Box, iou
from extractors.settings import Limits
from tests.extractors.figures.layout_models import model_folder
from tests.extractors.made import PROSE, picture, write


@pytest.mark.parametrize(
    ("height", "width", "size"),
    [(1400, 1000, (480, 343)), (1000, 1400, (411, 576)), (1000, 1000, (416, 416)), (3000, 900, (720, 216))],
)
def test_a_page_is_shrunk_to_a_canvas_of_the_network(height: int, width: int, size: tuple[int, int]) -> None:
    shown = finder_input(np.full((height, width, 3), 200, np.uint8))
    assert shown.size == size
    assert all(side % GRID == 0 for side in shown.pixels.shape[:2])
    assert shown.scale == pytest.approx((size[1] / width, size[0] / height))
    assert shown.pixels.shape[0] * shown.pixels.shape[1] <= 1.1 * max(np.prod(SINGLE), np.prod(SPREAD))


def test_near_twins_are_averaged_and_others_kept_apart() -> None:
    boxes = np.array([[0, 0, 100, 100], [4, 0, 104, 100], [200, 0, 300, 100]], np.float64)
    (first, box), (second, _) = distinct(boxes, np.array([0.8, 0.8, 0.9]))[::-1]
    assert (first, second) == (0.8, 0.9)
    assert box.tolist() == [2, 0, 102, 100]


def test_of_a_whole_and_its_parts_the_surer_stay() -> None:
    whole, parts = [0, 0, 200, 100], [[0, 0, 98, 100], [102, 0, 200, 100]]
    boxes = np.array([whole, *parts], np.float64)
    assert [box.tolist() for _, box in distinct(boxes, np.array([0.9, 0.6, 0.6]))] == [whole]
    found = [box.tolist() for _, box in distinct(boxes, np.array([0.6, 0.9, 0.8]))]
    assert found == parts


def edge_maps() -> np.ndarray:
    """A figure's edges at x 100 and 260, y 80 and 320, of a page of 400 x 400."""
    maps = np.zeros((4, 100, 100), np.float32)
    maps[0, 20:80, 100 // FINE] = 0.9
    maps[1, 20:80, 260 // FINE] = 0.9
    maps[2, 80 // FINE, 25:65] = 0.9
    maps[3, 320 // FINE, 25:65] = 0.9
    return maps


def test_sides_move_to_the_edges_seen_near_them() -> None:
    box = snapped(np.array([109.0, 72, 250, 330]), edge_maps(), (400, 400), 0.1, 40)
    assert np.abs(box - [102, 82, 262, 322]).max() < 0.5


def test_sides_stay_where_no_edge_is_near() -> None:
    box = np.array([140.0, 130, 210, 260])
    assert snapped(box, edge_maps(), (400, 400), 0.1, 40).tolist() == box.tolist()


def test_a_side_at_the_rim_of_the_page_is_the_pages() -> None:
    box = snapped(np.array([2.0, 1, 200, 398.5]), np.zeros((4, 100, 100), np.float32), (400, 400), 0.1, 40)
    assert box.tolist() == [0, 0, 200, 400]


def drawn_page() -> pymupdf.Page:
    page = pymupdf.open().new_page(width=420, height=595)
    page.insert_image((60, 60, 360, 280), stream=picture(1), keep_proportion=False)
    write(page, "图1 联珠对鸟纹锦", 150, 300, 11)
    for row in range(12):
        write(page, PROSE[2 * row :][:28], 60, 340 + 18 * row)
    return page


def test_the_shipped_model_finds_the_picture_of_a_drawn_page() -> None:
    page = ProposalPage(drawn_page(), 1, Limits())
    figures = [region for region in FinderProposer().propose(page) if region.label == "figure"]
    best, *others = figures
    assert iou(best.bbox, (60, 60, 360, 280)) > 0.95
    assert best.score > 0.7
    assert all(other.score < FIGURE_SCORE for other in others)


def test_the_card_is_that_of_the_shipped_model() -> None:
    made = json.loads(MODEL.with_suffix(".json").read_text())
    assert made["model"] == hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert MODEL.stat().st_size <= 8e6
    card = MODEL.with_suffix(".md").read_text(encoding="utf-8")
    digests = [*made["sources"].values(), made["plan"]["begin_with"]]
    for said in (f"{made['pages']:,}", f"seed {made['plan']['seed']}", *(digest[:12] for digest in digests)):
        assert said in card


def test_the_same_page_gives_the_same_answers() -> None:
    pixels = ProposalPage(drawn_page(), 1, Limits()).picture(120)
    assert shipped_finder().find(pixels) == shipped_finder().find(pixels)


def test_a_page_and_its_mirror_image_give_the_same_answers() -> None:
    shade = np.random.default_rng(2).integers(60, 220, (9, 7, 3), np.uint8)
    pixels = np.full((*SINGLE, 3), 245, np.uint8)
    pixels[60:240, 40:180] = cv2.resize(shade, (140, 180), interpolation=cv2.INTER_CUBIC)
    pixels[300:420, 150:300] = cv2.resize(shade, (150, 120), interpolation=cv2.INTER_CUBIC)
    plain, turned = (shipped_finder().find(np.ascontiguousarray(p)) for p in (pixels, pixels[:, ::-1]))
    back = [
        (f.kind, (SINGLE[1] - f.box[2], f.box[1], SINGLE[1] - f.box[0], f.box[3]), f.score) for f in turned
    ]
    assert len(plain) == len(back) >= 2
    for one, (kind, box, score) in zip(plain, back, strict=True):
        assert (one.kind, one.score) == (kind, pytest.approx(score, abs=1e-4))
        assert one.box == pytest.approx(box, abs=0.5)


def test_a_page_of_text_has_no_figure() -> None:
    page = pymupdf.open().new_page(width=420, height=595)
    for row in range(26):
        write(page, PROSE[row:][:28], 60, 60 + 18 * row)
    found = FinderProposer().propose(ProposalPage(page, 1, Limits()))
    assert all(region.score < 0.4 for region in found if region.label == "figure")


def rendered(page: pymupdf.Page) -> np.ndarray:
    return ProposalPage(page, 1, Limits()).picture(150).copy()


def figures_of(pixels: np.ndarray) -> list[Box]:
    """Figures that are believed, in shares of the picture's sides."""
    sides = pixels.shape[1], pixels.shape[0], pixels.shape[1], pixels.shape[0]
    found = shipped_finder().find(np.ascontiguousarray(pixels))
    shares = [tuple(edge / side for edge, side in zip(f.box, sides, strict=True)) for f in found]
    return [share for f, share in zip(found, shares, strict=True) if is_believed(f)]


def is_believed(found: Finding) -> bool:
    return found.kind == "figure" and found.score >= FIGURE_SCORE


PRINTED: Box = (60 / 420, 60 / 595, 360 / 420, 280 / 595)
"""Where the picture of `drawn_page` is, in shares of the page."""


def test_a_picture_that_shows_through_is_no_figure() -> None:
    pixels = rendered(drawn_page())
    ghost = cv2.GaussianBlur(pixels[::-1, ::-1], (0, 0), 3)
    (box,) = figures_of((pixels * (1 - 0.14 * (1 - ghost / 255))).astype(np.uint8))
    assert iou(box, PRINTED) > 0.9


def test_a_page_on_a_dark_bed_is_no_figure() -> None:
    pixels = (rendered(drawn_page()) * np.array([0.93, 0.88, 0.78])).astype(np.uint8)
    bed = np.full((pixels.shape[0] + 160, pixels.shape[1] + 120, 3), 24, np.uint8)
    bed[80:-80, 60:-60] = pixels
    high, wide = bed.shape[:2]
    (box,) = figures_of(bed)
    x0, y0, x1, y1 = (edge * side for edge, side in zip(PRINTED, pixels.shape[1::-1] * 2, strict=True))
    assert iou(box, ((x0 + 60) / wide, (y0 + 80) / high, (x1 + 60) / wide, (y1 + 80) / high)) > 0.9


def test_both_pages_of_a_spread_are_looked_at() -> None:
    left, right = rendered(drawn_page()), rendered(drawn_page())
    spread = np.concatenate([left, right], 1).astype(np.float64)
    fold = np.abs(np.arange(spread.shape[1]) - left.shape[1]) / left.shape[1]
    spread *= (1 - 0.5 * np.exp(-fold / 0.02))[None, :, None]
    found = sorted(figures_of(spread.astype(np.uint8)))
    assert len(found) == 2
    for offset, box in zip((0.0, 0.5), found, strict=True):
        x0, y0, x1, y1 = PRINTED
        assert iou(box, (offset + x0 / 2, y0, offset + x1 / 2, y1)) > 0.9


def test_a_page_of_text_in_black_and_white_is_no_plate() -> None:
    page = pymupdf.open().new_page(width=420, height=595)
    for row in range(26):
        write(page, PROSE[row:][:28], 60, 60 + 18 * row)
    grey = rendered(page).mean(axis=2)
    assert figures_of(np.repeat(((grey > 150) * 255).astype(np.uint8)[..., None], 3, 2)) == []


def test_a_finder_of_ones_own_is_asked_in_place_of_ours(tmp_path: Path) -> None:
    model = tmp_path / "own.onnx"
    model.write_bytes(MODEL.read_bytes())
    scan_proposer.cache_clear()
    assert scan_proposer(model, None).digest == scan_proposer(None, None).digest
    assert isinstance(scan_proposer(model, None), FinderProposer)


@pytest.mark.parametrize(
    ("data", "fault"), [(None, "cannot be read"), (b"no model", "is no ONNX model"), (b"", "is ")]
)
def test_a_file_that_holds_no_finder_is_named_with_its_setting(
    tmp_path: Path, data: bytes | None, fault: str
) -> None:
    model = tmp_path / "own.onnx"
    if data is not None:
        model.write_bytes(data)
    with pytest.raises(MissingDependencyError, match=rf"extract\.finder_model = .*own\.onnx: {fault}"):
        own_finder(model)


def test_another_kind_of_network_is_no_finder(tmp_path: Path) -> None:
    network = model_folder(tmp_path / "model") / "inference.onnx"
    with pytest.raises(MissingDependencyError, match="another kind of network"):
        own_finder(network)
