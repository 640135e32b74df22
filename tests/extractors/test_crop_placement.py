"""Crops of images that are turned, clipped, covered or in parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymupdf
import pytest

from tests.extractors.raw_pages import UPRIGHT, Book, check, image_entries, motif, pixels, rgb

# ---- how it is placed


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("placement", "turn"),
    [
        ("160 0 0 120 50 220", lambda p: p),
        ("-160 0 0 120 210 220", np.fliplr),
        ("160 0 0 -120 50 340", np.flipud),
        ("0 160 -120 0 210 180", lambda p: np.rot90(p, 1)),
        ("0 -160 120 0 50 340", lambda p: np.rot90(p, -1)),
    ],
)
def test_turned_and_mirrored_as_displayed(rotation: int, placement: str, turn: Any) -> None:
    page = rgb(f"q {placement} cm /Im Do Q", rotation).page()
    a, b, c, d, e, f = map(float, placement.split())
    placed = pymupdf.Rect(0, 0, 1, 1).transform(pymupdf.Matrix(a, b, c, d, e, f))
    shown = pymupdf.Rect(placed.x0, 400 - placed.y1, placed.x1, 400 - placed.y0) * page.rotation_matrix
    crop = check(page, "embedded", box=tuple(shown.normalize()))
    assert (pixels(crop) == np.rot90(turn(motif()), -rotation // 90)).all()


def test_a_slanted_image_is_rendered_no_coarser_than_it_is() -> None:
    big = motif(800, 600)
    page = rgb("q 158 12 -9 118 60 215 cm /Im Do Q", picture=big).page()
    crop = check(page, "rendered", box=(50.0, 55.0, 220.0, 186.0))
    assert crop.width / 170 * 72 > 355


def test_unequal_resolutions_are_rendered_square() -> None:
    crop = check(rgb(picture=motif(320, 120)).page(), "rendered")
    assert crop.width / crop.height == pytest.approx(4 / 3, rel=0.01)


def test_a_box_rounded_to_the_point_still_gives_the_whole_image() -> None:
    crop = check(rgb(picture=motif(1600, 1200)).page(), "embedded", box=(50.4, 59.7, 209.6, 180.3))
    assert (crop.width, crop.height) == (1600, 1200)


def test_only_the_visible_part_of_a_clipped_image() -> None:
    page = rgb(f"70 240 100 60 re W n {UPRIGHT}").page()
    crop = check(page, "embedded", box=(70.0, 100.0, 170.0, 160.0))
    assert (pixels(crop) == motif()[40:100, 20:120]).all()


def test_a_round_clip_is_rendered() -> None:
    check(rgb(f"50 220 m 130 400 210 220 210 220 c h W n {UPRIGHT}").page(), "rendered")


def test_part_of_a_scanned_page_is_not_resampled() -> None:
    scan = motif(1250, 1667)
    page = rgb("q 300 0 0 400 0 0 cm /Im Do Q", picture=scan).page()
    crop = check(page, "embedded", box=(60.0, 72.0, 180.0, 240.0))
    assert (pixels(crop) == scan[300 : 300 + crop.height, 250 : 250 + crop.width]).all()
    assert (crop.width, crop.height) == (500, 700)


# ---- what lies over it


@pytest.mark.parametrize(
    "mark",
    [
        "0 0 1 rg 60 230 50 40 re f",
        "BT /F 12 Tf 1 1 1 rg 60 230 Td (12a) Tj ET",
        "2 w 0 G 60 230 m 200 330 l S",
    ],
    ids=["shape", "label", "line"],
)
def test_a_covered_image_is_rendered_with_what_covers_it(mark: str) -> None:
    crop = check(rgb(f"{UPRIGHT} {mark}").page(), "rendered")
    assert crop.width == pytest.approx(160 / 72 * 300, abs=2)


@pytest.mark.parametrize(
    "mark",
    [
        "BT 3 Tr /F 12 Tf 60 230 Td (text of an OCR layer) Tj ET",
        "/Pale gs BT /F 40 Tf 60 230 Td (mark) Tj ET",
    ],
    ids=["invisible text", "pale watermark"],
)
def test_what_nobody_sees_does_not_matter(mark: str) -> None:
    assert (pixels(check(rgb(f"{UPRIGHT} {mark}").page(), "embedded")) == motif()).all()


def test_the_upper_of_two_images_is_taken() -> None:
    book = rgb(f"q 160 0 0 120 50 220 cm /Under Do Q {UPRIGHT}")
    page = book.image(motif()[::-1].tobytes(), "/DeviceRGB", name="Under").page()
    assert (pixels(check(page, "embedded")) == motif()).all()


def test_a_watermark_image_over_the_page_does_not_hide_the_image_under_it() -> None:
    book = rgb(f"{UPRIGHT} q 300 0 0 400 0 0 cm /Mark Do Q")
    mask = book.add(image_entries(30, 40, "/DeviceGray"), bytes([0] * 9 + [25]) * 120)
    more = f"/SMask {mask} 0 R"
    page = book.image(bytes(3600), "/DeviceRGB", name="Mark", more=more, wide=30, high=40).page()
    assert (pixels(check(page, "embedded")) == motif()).all()


def test_a_plate_that_bleeds_off_the_page_ends_at_its_edge() -> None:
    plate = motif(660, 860)
    page = rgb("q 330 0 0 430 -15 -15 cm /Im Do Q", picture=plate).page()
    crop = check(page, "embedded", box=(-15.0, -15.0, 315.0, 415.0))
    assert (pixels(crop) == plate[30:830, 30:630]).all()


def test_strips_are_drawn_on_their_own_grid() -> None:
    whole = motif(800, 600)
    book = Book(" ".join(f"q 160 0 0 20 50 {320 - 20 * n} cm /S{n} Do Q" for n in range(6)))
    for n in range(6):
        book.image(whole[100 * n : 100 * n + 100].tobytes(), "/DeviceRGB", name=f"S{n}", wide=800, high=100)
    assert (pixels(check(book.page(), "rendered")) == whole).all()


def test_a_drawing_is_rendered_at_the_asked_resolution() -> None:
    crop = check(Book("1 0 0 rg 60 230 100 80 re f").page(), "rendered", dpi=300)
    assert (crop.width, crop.height) == pytest.approx((160 / 72 * 300, 120 / 72 * 300), abs=2)
