"""Worn scans: sheets on a black bed, faint plates, what shines through, what a library leaves on a page."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from extractors.figures.scan_page import clean_page
from extractors.figures.scan_print import shows_print
from extractors.figures.scan_units import INK_DEPTH
from extractors.figures.scans import ScanContent, find_figures, read_scan
from extractors.geometry import Box, iou
from tests.extractors import scan_scenes as scenes
from tests.extractors.scan_scenes import DPI, SCENES, Scene, cv2, mm

TIGHT = 0.8
"""IoU a figure must reach."""
OLD_PAPER = np.array([0.93, 0.88, 0.74], np.float32)


def tight(truth: list[Box], found: list[Box]) -> bool:
    """Whether what was found is the truth, box for box."""
    return len(truth) == len(found) and all(any(iou(a, b) >= TIGHT for b in found) for a in truth)


def boxes(content: ScanContent) -> list[Box]:
    return [figure.bbox for figure in content.figures]


def scanned(page: NDArray[np.float32], noise: float = 1.5) -> NDArray[np.uint8]:
    """A page through a scanner that blurs a little and adds noise of so many levels."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.7)
    grain = np.random.default_rng(1).normal(0, noise, (*page.shape[:2], 1))
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def pixels(scene: Scene) -> NDArray[np.float32]:
    return np.asarray(scene.image).astype(np.float32)


def bound_sheet() -> tuple[Scene, NDArray[np.uint8]]:
    """A page beside the fold: its shadow, a strip of the facing page, the scanner's bed on three sides."""
    scene = SCENES["catalogue"]()
    page = pixels(scene) * OLD_PAPER
    x = np.arange(scene.wide)[None, ::-1, None]
    page *= 1 - 0.45 * np.exp(-x / mm(6))
    page[:, -mm(3) :] *= 0.5
    page = cv2.copyMakeBorder(page, mm(2), mm(2), mm(2), 0, cv2.BORDER_CONSTANT, value=(22, 20, 22))
    scene.figures = [(a + mm(2), b + mm(2), c + mm(2), d + mm(2)) for a, b, c, d in scene.figures]
    scene.texts = [(a + mm(2), b + mm(2), c + mm(2), d + mm(2)) for a, b, c, d in scene.texts]
    return scene, scanned(page)


@pytest.mark.parametrize("read", [True, False])
def test_a_bound_sheet_on_a_black_bed_is_no_plate(read: bool) -> None:
    scene, scan = bound_sheet()
    content = read_scan(scan, scene.texts if read else [], dpi=DPI)
    assert all(figure.evidence != "bleed" for figure in content.figures)
    assert all(any(iou(box, found) >= TIGHT for found in boxes(content)) for box in scene.figures)
    assert not read or tight(scene.figures, boxes(content))


@pytest.mark.parametrize("name", ["text", "report", "framed"])
def test_print_is_seen_before_it_is_read(name: str) -> None:
    page = clean_page(scenes.scan(SCENES[name](), "yellow").rgb, DPI)
    assert shows_print((page.field[:, :, 0] - page.work[:, :, 0] > INK_DEPTH) & page.inside)


@pytest.mark.parametrize("kind", ["photo", "silk", "mural", "rubbing"])
def test_a_picture_shows_no_print(kind: str) -> None:
    page = clean_page(getattr(scenes, kind)(3, mm(240), mm(170)), DPI)
    assert not shows_print((page.field[:, :, 0] - page.work[:, :, 0] > INK_DEPTH) & page.inside)


def faint_cloth(high: int, wide: int, ground: float) -> NDArray[np.uint8]:
    """Cloth `ground` levels darker than white paper, woven and uneven, with motifs apart from each other."""
    rng = np.random.default_rng(high)
    cloth = 245 - ground + 2.5 * scenes._noise(rng, high, wide, mm(7)) + 4 * rng.normal(0, 1, (high, wide))
    for y in range(mm(15), high, mm(35)):
        for x in range(mm(15), wide, mm(35)):
            for turn in range(0, 180, 45):
                motif = np.zeros((high, wide), np.uint8)
                cv2.ellipse(motif, (x, y), (mm(10), mm(2)), turn, 0, 360, 255, -1)
                cloth[motif > 0] -= 5
    return np.clip(cloth[:, :, None] * np.array([1.0, 1.0, 0.98]), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ground", [14.0, 17.0, 20.0])
def test_a_faint_plate_is_found_whole_by_its_ground(ground: float) -> None:
    scene = Scene()
    scene.picture((mm(20), mm(22), mm(165), mm(110)), faint_cloth(mm(88), mm(145), ground))
    scene.picture((mm(30), mm(120), mm(160), mm(220)), faint_cloth(mm(100), mm(130), ground))
    scene.line(mm(160), mm(245), "103", 9)
    page = pixels(scene) * 245 / 255
    for x0, y0, x1, y1 in ((int(a), int(b), int(c), int(d)) for a, b, c, d in scene.figures):
        page[y0:y1, x0:x1] *= 255 / 245
    page *= np.linspace(1.0, 0.93, scene.wide, dtype=np.float32)[None, :, None]
    found = [figure.bbox for figure in find_figures(scanned(page), scene.texts, dpi=DPI)]
    assert tight(scene.figures, found)


def test_a_plate_ends_at_the_white_foot_of_its_page() -> None:
    rng = np.random.default_rng(4)
    page = np.full((mm(260), mm(190), 3), (240, 234, 222), np.float32)
    foot = mm(232)
    ground = np.array([182, 160, 96]) + 14 * scenes._noise(rng, foot, mm(190), mm(9))[:, :, None]
    page[:foot] = ground
    cv2.ellipse(page, (mm(90), mm(120)), (mm(30), mm(50)), 0, 0, 360, (130, 50, 35), -1)
    bed = cv2.copyMakeBorder(page, mm(6), mm(5), mm(7), mm(6), cv2.BORDER_CONSTANT, value=(24, 22, 22))
    (figure,) = find_figures(scanned(bed), [], dpi=DPI)
    assert iou(figure.bbox, (mm(7), mm(6), mm(197), mm(6) + foot)) > 0.95


def test_a_wall_as_brown_as_old_paper_is_a_plate() -> None:
    rng = np.random.default_rng(9)
    high, wide = mm(250), mm(180)
    wall = np.array([174.0, 150, 112]) + 7 * scenes._noise(rng, high, wide, mm(10))[:, :, None]
    wall += rng.normal(0, 2, wall.shape)
    for x in (40, 90, 140):
        cv2.ellipse(wall, (mm(x), mm(120)), (mm(12), mm(30)), 0, 0, 360, (150, 90, 70), -1)
    (figure,) = find_figures(np.clip(wall, 0, 255).astype(np.uint8), [], dpi=DPI)
    assert figure.evidence == "bleed"


def test_a_picture_shining_through_between_lines_is_no_part_of_one_on_this_side() -> None:
    scene = Scene()
    scene.picture((mm(20), mm(30), mm(75), mm(90)), scenes.photo(7))
    for column in range(11):
        scene.column(mm(165 - 7.5 * column), mm(25), 38, 13, 3 * column)
    for column in range(7):
        scene.column(mm(68 - 7.5 * column), mm(100), 22, 13, 5 * column)
    page = pixels(scene) * np.array([0.84, 0.78, 0.62], np.float32)
    back = np.zeros(page.shape[:2], np.float32)
    back[mm(28) : mm(190), mm(45) : mm(155)] = 14
    page -= cv2.GaussianBlur(back, (0, 0), mm(0.5))[:, :, None]
    found = [figure.bbox for figure in find_figures(scanned(page, noise=3), scene.texts, dpi=DPI)]
    assert tight(scene.figures, found)


def test_lines_fancied_across_a_dark_silhouette_do_not_cut_it() -> None:
    scene = Scene()
    robe = [(60, 40), (100, 40), (140, 50), (140, 70), (104, 68), (112, 130), (48, 130), (56, 68)]
    robe += [(20, 70), (20, 50)]
    scene.draw.polygon([(mm(x), mm(y)) for x, y in robe], fill=(44, 38, 66))
    scene.figures.append((mm(20), mm(40), mm(140), mm(130)))
    fancied = [(mm(22), mm(56), mm(142), mm(61)), (mm(50), mm(95), mm(110), mm(101))]
    page = pixels(scene)
    dark = page.max(axis=2) < 80
    page[dark] = scenes.silk(5, *page.shape[:2])[dark] * 0.5
    found = [f.bbox for f in find_figures(scanned(page * OLD_PAPER), [*scene.texts, *fancied], dpi=DPI)]
    assert tight(scene.figures, found)


def test_stamps_and_stickers_of_a_library_are_furniture() -> None:
    scene = Scene()
    scene.paragraph(mm(20), mm(80), mm(165), 20)
    scene.draw.ellipse((mm(120), mm(20), mm(151), mm(51)), outline=(178, 40, 44), width=mm(1))
    scene.line(mm(126), mm(27), "縣立圖", 18, fill=(178, 40, 44))
    scene.line(mm(126), mm(36), "書館藏", 18, fill=(178, 40, 44))
    page = pixels(scene) * OLD_PAPER
    sticker = Scene(mm(22), mm(13))
    sticker.line(mm(2), mm(1), "K874.30", 12)
    sticker.line(mm(2), mm(7), "4894/C7", 12)
    sticker.outline((0, 0, mm(22) - 1, mm(13) - 1), mm(0.3))
    page[mm(15) : mm(15) + sticker.high, mm(20) : mm(20) + sticker.wide] = pixels(sticker) * 0.92
    texts = [
        *scene.texts,
        *((a + mm(20), b + mm(15), c + mm(20), d + mm(15)) for a, b, c, d in sticker.texts),
    ]
    content = read_scan(scanned(page), texts, dpi=DPI)
    assert content.figures == ()
    assert {reason for _, reason in content.furniture} == {"seal", "sticker"}


def test_a_chart_has_the_numbers_of_its_axes() -> None:
    scene = Scene()
    left, top, right, foot = mm(50), mm(40), mm(130), mm(90)
    scene.draw.line((left, top, left, foot), fill=(20, 20, 20), width=2)
    scene.draw.line((left, foot, right, foot), fill=(20, 20, 20), width=2)
    x = np.linspace(left, right, 200)
    curve = mm(70) - mm(25) * np.abs(np.sin((x - left) / mm(13))) ** 6
    scene.draw.line(list(zip(x.tolist(), curve.tolist(), strict=True)), fill=(20, 20, 20), width=2)
    for step in range(5):
        scene.line(left - mm(9), foot - mm(2) - step * mm(11), str(20 * step + 10), 8)
    scene.line(left, foot + mm(2), "1200    1600    2000    2400    2800", 8)
    whole = (left - mm(9), top, right, foot + mm(5))
    scene.line(mm(60), foot + mm(12), "图1 三种黄色纱线的光谱比较", 9)
    scene.paragraph(mm(20), mm(120), mm(165), 14)
    (figure,) = find_figures(scanned(pixels(scene)), scene.texts, dpi=DPI)
    assert iou(figure.bbox, whole) > 0.85
