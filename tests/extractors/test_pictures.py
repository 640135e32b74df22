"""The pictures of a page as files, and what their pixels say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.look import look_of
from extractors.pictures import PictureJob, take_pictures
from tests.extractors.made import QUIET, small_book


@pytest.fixture
def job(tmp_path: Path) -> PictureJob:
    for part in ("images", "previews"):
        (tmp_path / part).mkdir()
    boxes = ((50.0, 50.0, 250.0, 250.0), (60.0, 255.0, 240.0, 275.0))
    pdf = small_book(tmp_path / "book.pdf")
    return PictureJob(pdf, 2, boxes, ("first", "second"), "0002", tmp_path, QUIET)


def test_crops_and_preview_are_written(job: PictureJob) -> None:
    taken = take_pictures(job)
    assert [picture.file for picture in taken.pictures] == ["images/first.png", "images/second.png"]
    for picture in taken.pictures:
        path = job.folder / picture.file
        with Image.open(path) as image:
            assert image.size == (picture.width, picture.height)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == picture.sha256
    assert taken.size == (300, 420)
    with Image.open(job.folder / taken.preview) as image:
        assert image.width == pytest.approx(300 * QUIET.preview_dpi / 72, abs=1)


def test_the_original_is_kept_and_print_is_rendered_finely(job: PictureJob) -> None:
    embedded, rendered = take_pictures(job).pictures
    assert (embedded.width, embedded.height) == (120, 120)
    assert rendered.width >= 180 * 300 / 72 - 1


def test_the_same_page_gives_the_same_files(job: PictureJob) -> None:
    first = take_pictures(job)
    files = {p.name: p.read_bytes() for p in job.folder.glob("*/*")}
    assert take_pictures(job) == first
    assert {p.name: p.read_bytes() for p in job.folder.glob("*/*")} == files


def test_pictures_that_differ_have_other_hashes(job: PictureJob) -> None:
    one, other = take_pictures(job).pictures
    assert one.sha256 != other.sha256
    assert one.phash != other.phash


def framed(inner: tuple[int, int, int], ground: tuple[int, int, int]) -> np.ndarray:
    pixels = np.full((200, 300, 3), ground, np.uint8)
    pixels[30:-30, 30:-30] = inner
    return pixels


def test_a_garment_on_white_has_a_ground_of_its_own() -> None:
    look = look_of(framed((180, 30, 40), (250, 250, 250)))
    assert look.ground[0] > look.main[0] + 50
    assert 0.2 < look.grey < 0.8


def test_a_motif_cut_from_its_pattern_keeps_the_colour() -> None:
    look = look_of(framed((180, 30, 40), (180, 30, 40)))
    assert look.ground == look.main
    assert look.grey == 0


def test_a_rubbing_is_grey_however_it_is_stored() -> None:
    grey = np.tile(np.arange(0, 250, dtype=np.uint8), (200, 1))
    assert look_of(grey).grey == 1
    assert look_of(grey) == look_of(np.dstack([grey] * 3))
