"""Figures on scans: golden scenes under every kind of spoiling, and properties that hold for any page."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.figures.scan_page import clean_page, split_spread
from extractors.figures.scans import find_figures, find_tables, read_scan
from extractors.geometry import Box, cover, iou
from tests.extractors import scan_scenes as scenes
from tests.extractors.scan_scenes import DPI, SCENES, Scan, Scene, mm

TIGHT = 0.8
"""IoU a figure must reach: a crop this exact loses nothing a reader would miss."""


@cache
def drawn(name: str) -> Scene:
    return SCENES[name]()


@cache
def scanned(name: str, spoil: str) -> Scan:
    return scenes.scan(drawn(name), spoil, seed=3)


def matched(truth: list[Box], found: list[Box]) -> int:
    return sum(any(iou(box, other) >= TIGHT for other in found) for box in truth)


HARD = {("pale", "all")}
"""A textile no darker than what shows through from the other side cannot be told from it."""


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        (name, spoil)
        for name in sorted(SCENES)
        for spoil in ("clean", "skew+2", "yellow", "noise", "border", "ghost", "all")
        if (name, spoil) not in HARD
    ],
)
def test_every_figure_is_found_and_nothing_else(name: str, spoil: str) -> None:
    scan = scanned(name, spoil)
    found = [figure.bbox for figure in find_figures(scan.rgb, scan.texts, dpi=DPI)]
    assert matched(scan.figures, found) == len(scan.figures)
    assert len(found) == len(scan.figures), f"also found {found}"


@pytest.mark.parametrize("spoil", ["onebit", "grey", "jpeg", "uneven", "skew-1"])
@pytest.mark.parametrize("name", ["catalogue", "grid", "report", "plates"])
def test_figures_survive_the_other_ways_of_scanning(name: str, spoil: str) -> None:
    scan = scanned(name, spoil)
    found = [figure.bbox for figure in find_figures(scan.rgb, scan.texts, dpi=DPI)]
    assert matched(scan.figures, found) == len(scan.figures)
    assert len(found) == len(scan.figures)


@pytest.mark.parametrize("spoil", ["clean", "yellow", "skew-1"])
def test_a_ruled_table_is_a_table_and_no_figure(spoil: str) -> None:
    scan = scanned("report", spoil)
    tables = find_tables(scan.rgb, scan.texts, dpi=DPI)
    assert matched(scan.tables, tables) == len(scan.tables) == len(tables)


def test_a_seal_over_text_is_listed_as_furniture() -> None:
    scan = scanned("vertical", "yellow")
    content = read_scan(scan.rgb, scan.texts, dpi=DPI)
    assert [reason for _, reason in content.furniture] == ["seal"]


def test_pictures_set_close_are_parted_where_show_through_dims_the_gutters() -> None:
    scene = Scene()
    corners = [(mm(x), mm(y)) for y in (30, 92) for x in (30, 92)]
    scene.draw.rectangle((mm(30), mm(30), mm(152), mm(152)), fill=(232, 230, 226))
    for seed, (x, y) in enumerate(corners):
        scene.picture((x, y, x + mm(60), y + mm(60)), scenes.silk(seed))
    scene.line(mm(30), mm(160), "图十二 织锦残片四种纹样", 10)
    scan = scenes.scan(scene, "yellow")
    found = [f.bbox for f in find_figures(scan.rgb, scan.texts, dpi=DPI)]
    assert matched(scan.figures, found) == 4 == len(found)


def test_a_picture_shining_through_the_paper_is_furniture() -> None:
    scene = Scene()
    for y in (20, 180):
        scene.paragraph(mm(20), mm(y), mm(170), 7)
    page = np.asarray(scene.image).astype(np.float32) + np.random.default_rng(1).normal(0, 2, (1535, 1122, 1))
    back = scenes.cv2.GaussianBlur(255.0 - scenes.photo(4, mm(80), mm(100)), (0, 0), 3)
    margin = mm(4)
    back = scenes.cv2.copyMakeBorder(back, *[margin] * 4, scenes.cv2.BORDER_CONSTANT)
    back = scenes.cv2.GaussianBlur(back, (0, 0), 4)
    y, x = mm(85), mm(40)
    page[y : y + back.shape[0], x : x + back.shape[1]] -= 0.09 * back
    content = read_scan(np.clip(page, 0, 255).astype(np.uint8), scene.texts, dpi=DPI)
    assert content.figures == ()


def test_print_on_a_dark_scanner_bed_is_no_plate_even_when_unread() -> None:
    assert find_figures(scanned("text", "border").rgb, [], dpi=DPI) == []


def test_a_motif_that_runs_off_the_page_stands_on_a_plate_that_does() -> None:
    rng = np.random.default_rng(2)
    wall = np.full((mm(260), mm(190), 3), (182, 166, 134), np.float32)
    wall += rng.normal(0, 4, wall.shape)
    scenes.cv2.ellipse(wall, (mm(120), mm(140)), (mm(60), mm(40)), 0, 0, 360, (52, 70, 120), -1)
    scenes.cv2.ellipse(wall, (mm(120), mm(140)), (mm(40), mm(25)), 0, 0, 360, (150, 60, 40), -1)
    scenes.cv2.line(wall, (mm(150), mm(120)), (mm(190), mm(70)), (52, 70, 120), mm(22))
    (figure,) = find_figures(np.clip(wall, 0, 255).astype(np.uint8), [], dpi=DPI)
    assert figure.evidence == "bleed"


def test_text_boxes_inside_a_picture_do_not_eat_it() -> None:
    scan = scanned("plates", "clean")
    x0, y0 = scan.figures[0][:2]
    labels = [
        (x0 + a, y0 + b, x0 + a + mm(18), y0 + b + mm(5)) for a in (20, 200, 400) for b in (20, 150, 300)
    ]
    found = [f.bbox for f in find_figures(scan.rgb, [*scan.texts, *labels], dpi=DPI)]
    assert matched(scan.figures, found) == 2 == len(found)


@pytest.mark.parametrize("dpi", [150, 200])
def test_resolution_changes_nothing_but_scale(dpi: int) -> None:
    scan = scanned("catalogue", "yellow")
    k = dpi / DPI
    size = (round(scan.rgb.shape[1] * k), round(scan.rgb.shape[0] * k))
    rgb = scenes.cv2.resize(scan.rgb, size, interpolation=scenes.cv2.INTER_CUBIC)
    texts = [(a * k, b * k, c * k, d * k) for a, b, c, d in scan.texts]
    found = [f.bbox for f in find_figures(rgb, texts, dpi=dpi)]
    assert matched([(a * k, b * k, c * k, d * k) for a, b, c, d in scan.figures], found) == 3


def test_the_same_scan_gives_the_same_figures() -> None:
    scan = scanned("catalogue", "all")
    again = find_figures(scan.rgb.copy(), list(scan.texts), dpi=DPI)
    assert again == find_figures(scan.rgb, scan.texts, dpi=DPI)


@pytest.mark.parametrize("angle", [-2.6, -1.0, 0.0, 0.4, 2.0])
def test_skew_is_measured_on_print(angle: float) -> None:
    page = np.asarray(drawn("text").image)
    high, wide = page.shape[:2]
    turn = scenes.cv2.getRotationMatrix2D((wide / 2, high / 2), -angle, 1.0)
    turned = scenes.cv2.warpAffine(page, turn, (wide, high), borderValue=(255, 255, 255))
    assert clean_page(turned, DPI).skew_degrees == pytest.approx(angle, abs=0.15)


@pytest.mark.parametrize("pixels", [scenes.mural(1, 900, 660), scenes.photo(2, 900, 660)])
def test_a_picture_alone_has_no_skew(pixels: np.ndarray) -> None:
    assert clean_page(pixels, DPI).skew_degrees == 0


def test_what_a_photograph_shows_askew_does_not_turn_its_page() -> None:
    pixels = np.full((mm(110), mm(150), 3), 120, np.uint8)
    corners = scenes.cv2.boxPoints(((mm(75), mm(55)), (mm(110), mm(80)), 2.4)).astype(np.int32)
    scenes.cv2.fillPoly(pixels, [corners], (60, 60, 60))
    scene = Scene()
    for y in (20, 140):
        scene.picture((mm(20), mm(y), mm(170), mm(y + 110)), pixels)
    assert clean_page(scenes.scan(scene, "onebit").rgb, DPI).skew_degrees == 0


def test_the_page_is_found_inside_black_borders() -> None:
    scan = scanned("catalogue", "border")
    expected = (mm(9), mm(4), mm(9) + drawn("catalogue").wide, mm(4) + drawn("catalogue").high)
    assert clean_page(scan.rgb, DPI).page_box == pytest.approx(expected, abs=mm(1))


def test_the_paper_colour_is_that_of_the_paper_not_of_a_pale_textile() -> None:
    scan = scanned("pale", "yellow")
    expected = 255 * np.array([0.95, 0.90, 0.76])
    assert clean_page(scan.rgb, DPI).paper == pytest.approx(expected, abs=4)


def test_boxes_go_to_the_deskewed_copy_and_back() -> None:
    page = clean_page(scanned("catalogue", "skew+2").rgb, DPI)
    line = (20.0, 300.0, 260.0, 315.0)
    assert page.to_work(page.to_scan(line)) == pytest.approx(line, abs=0.5)


def spread(gutter_shadow: bool, picture: bool = False) -> np.ndarray:
    left, right = drawn("text"), drawn("plates" if picture else "catalogue")
    both = np.hstack([np.asarray(left.image), np.asarray(right.image)]).astype(np.float64)
    if gutter_shadow:
        x = np.arange(both.shape[1]) - left.wide
        both *= (1 - 0.35 * np.exp(-((x / mm(3)) ** 2)))[None, :, None]
    return both.astype(np.uint8)


@pytest.mark.parametrize("shadow", [True, False])
def test_a_spread_is_split_at_its_gutter(shadow: bool) -> None:
    boxes = split_spread(spread(shadow), DPI)
    assert len(boxes) == 2
    assert boxes[0][2] == boxes[1][0] == pytest.approx(drawn("text").wide, abs=mm(12))


def test_a_landscape_page_with_one_wide_picture_is_no_spread() -> None:
    scene = Scene(mm(297), mm(210))
    scene.picture((mm(20), mm(20), mm(277), mm(180)), scenes.mural(7, 600, 900))
    scene.line(mm(100), mm(185), "图版三 壁画全景", 10)
    assert len(split_spread(np.asarray(scene.image), DPI)) == 1


def test_a_portrait_page_is_one_page() -> None:
    assert len(split_spread(scanned("report", "clean").rgb, DPI)) == 1


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    x=st.integers(15, 60),
    y=st.integers(15, 100),
    wide=st.integers(20, 110),
    high=st.integers(20, 120),
    kind=st.sampled_from(["photo", "silk", "mural", "rubbing", "pale"]),
    spoil=st.sampled_from(["clean", "yellow", "noise", "jpeg", "uneven"]),
)
def test_one_picture_anywhere_is_found_tightly(
    x: int, y: int, wide: int, high: int, kind: str, spoil: str
) -> None:
    scene = Scene()
    pixels = getattr(scenes, kind)(x * y, mm(high), mm(wide))
    scene.picture((mm(x), mm(y), mm(x + wide), mm(y + high)), pixels)
    scan = scenes.scan(scene, spoil, seed=x)
    found = find_figures(scan.rgb, scan.texts, dpi=DPI)
    assert [round(iou(f.bbox, scan.figures[0]), 2) >= TIGHT for f in found] == [True]


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), high=st.integers(80, 400), wide=st.integers(80, 400))
def test_any_picture_is_read_and_boxes_stay_on_it(seed: int, high: int, wide: int) -> None:
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (high, wide, 3), dtype=np.uint8)
    boxes = [
        tuple(sorted(rng.uniform(-20, 420, 2))) + tuple(sorted(rng.uniform(-20, 420, 2))) for _ in range(5)
    ]
    texts = [(a, c, b, d) for a, b, c, d in boxes]
    for figure in find_figures(rgb, texts, dpi=150):
        assert cover(figure.bbox, (0, 0, wide, high)) == pytest.approx(1.0)
        assert 0 <= figure.score <= 1


def test_a_blank_page_holds_nothing() -> None:
    blank = np.full((1500, 1100, 3), 244, np.uint8)
    assert find_figures(blank, [], dpi=DPI) == []
    assert split_spread(blank, DPI) == [(0, 0, 1100, 1500)]


@pytest.mark.parametrize(
    "bad", [np.zeros((50, 50), np.uint8), np.zeros((500, 500, 3)), np.zeros((9, 9, 3), np.uint8)]
)
def test_what_is_no_page_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="page"):
        find_figures(bad, [], dpi=DPI)
