"""Where the detector is sent, and where it is not: watched by a detector that notes what it is shown."""

from __future__ import annotations

import numpy as np

from extractors.ocr import looking
from extractors.ocr.base import Image, Quad
from tests.extractors.ocr.drawn import paper, paste_photo, pixels, quad, write_across

PHOTO = (200, 300, 1000, 1300)
LINE = "莫高窟第二五七窟西壁中层"


class Watching:
    """A detector that sees nothing, or the quads it is given, and keeps the images."""

    def __init__(self, *sees: Quad) -> None:
        self.sees, self.shown = list(sees), list[Image]()

    def __call__(self, page: Image) -> list[Quad]:
        self.shown.append(page)
        return self.sees


def plate() -> Image:
    """A picture with a caption right under it, on a large empty page (H x W x 3, BGR)."""
    page = paper(1600, 2200)
    paste_photo(page, PHOTO)
    write_across(page, LINE, 300, PHOTO[3] + 8, 30)
    return np.ascontiguousarray(pixels(page)[:, :, ::-1])


def test_a_covered_picture_is_gone_and_all_else_is_left() -> None:
    page = plate()
    bare = looking.cover_up(page, [PHOTO], 0.0)
    assert np.ptp(bare[310:1290, 210:990].reshape(-1, 3), axis=0).max() == 0
    assert abs(bare[700, 500].astype(int) - page[50, 50]).max() <= 2
    assert np.array_equal(bare[PHOTO[3] :], page[PHOTO[3] :])
    assert page[700, 500].max() < 200  # the page itself is left alone


def test_the_detector_is_sent_to_the_print_only() -> None:
    page, detect = plate(), Watching(quad(40, 40, 420, 72))
    looking.find_quads(page, [PHOTO], 0.0, detect)
    caption, *_ = detect.shown
    assert caption.shape[0] * caption.shape[1] < 0.05 * page.shape[0] * page.shape[1]
    assert (caption < 100).any()


def test_a_caption_touching_its_picture_lies_in_what_is_shown() -> None:
    page, detect = plate(), Watching()
    looking.find_quads(page, [PHOTO], 0.0, detect)
    ink = [(shown < 60).all(axis=2).sum() for shown in detect.shown]
    assert max(ink) >= (page[PHOTO[3] :] < 60).all(axis=2).sum()


def test_quads_are_pixels_of_the_page() -> None:
    page = plate()
    y = PHOTO[3] + 8

    def dark(shown: Image) -> list[Quad]:
        ys, xs = np.nonzero((shown < 60).all(axis=2))
        return [quad(xs.min(), ys.min(), xs.max(), ys.max())] if len(ys) else []

    found = looking.find_quads(page, [PHOTO], 0.0, dark)
    assert any(abs(q[0, 0] - 300) < 8 and abs(q[0, 1] - y) < 12 and abs(q[2, 1] - y - 30) < 12 for q in found)


def test_missed_print_is_looked_at_again_smaller() -> None:
    page, blind = plate(), Watching()
    looking.find_quads(page, [PHOTO], 0.0, blind)
    sizes = [shown.shape[1] for shown in blind.shown]
    assert any(abs(size - looking.SECOND_LOOK * sizes[0]) <= 1 for size in sizes[1:])


def test_only_labels_and_lines_at_the_rim_are_looked_for_inside_a_picture() -> None:
    page, box = np.full((2000, 1600, 3), 255, np.uint8), (100, 100, 1100, 1100)
    line, label, whole = quad(10, 240, 400, 270), quad(10, 60, 40, 82), quad(0, 0, 500, 500)
    at_rim = [quad(10, y, 400, y + 30) for y in (20, 440)]
    upright = quad(450, 10, 480, 90)
    found = looking.find_quads(page, [box], 0.0, Watching(line, label, whole, upright, *at_rim))
    assert sorted(q[0].tolist() for q in found) == [[124.0, 144.0], [124.0, 224.0], [124.0, 984.0]]


def test_the_dark_bed_around_a_page_is_no_print() -> None:
    page = np.full((2200, 1600, 3), 20, np.uint8)
    page[60:2150, 50:1560] = plate()[:2090, :1510]
    detect = Watching()
    looking.find_quads(page, [(250, 360, 1050, 1360)], 0.0, detect)
    assert all(shown.shape[0] < 600 for shown in detect.shown[:1])
