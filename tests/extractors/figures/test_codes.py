"""QR codes and bar codes are told from figures, as images and as vector art."""

from __future__ import annotations

import io
import random
from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest
from PIL import Image

from extractors.figures.codes import is_code
from extractors.page import PageJob, read_page
from tests.extractors.figures.vector_art import vessel
from tests.extractors.made import QUIET, picture, write


def qr_modules(text: str = "https://example.org/锦") -> np.ndarray:
    """True where a module is dark, without the quiet zone."""
    dark = cv2.QRCodeEncoder.create().encode(text) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def pixels(dark: np.ndarray, size: int = 8, ink: tuple[int, int, int] = (0, 0, 0)) -> np.ndarray:
    image = np.where(np.kron(dark, np.ones((size, size), bool))[:, :, None], ink, (255, 255, 255))
    return image.astype(np.uint8)


def bars() -> np.ndarray:
    draw = random.Random(3)
    dark = np.zeros((60, 0), bool)
    for k in range(59):
        dark = np.hstack([dark, np.full((60, draw.choice([2, 4, 6])), k % 2 == 0)])
    return dark


def jpeg(image: np.ndarray) -> np.ndarray:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "JPEG", quality=60)
    return np.asarray(Image.open(data))


@pytest.mark.parametrize("ink", [(0, 0, 0), (10, 40, 90)])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_qr_code_is_one_printed_in_ink_and_stored_as_jpeg(ink: tuple[int, int, int], turn: int) -> None:
    assert is_code(jpeg(np.rot90(pixels(qr_modules(), ink=ink), turn).copy()))


@pytest.mark.parametrize("turn", [0, 1])
def test_a_bar_code_is_one(turn: int) -> None:
    assert is_code(np.rot90(pixels(bars(), 2), turn).copy())


def weave(step: int) -> np.ndarray:
    y, x = np.mgrid[:240, :240]
    return ((x // step + y // step) % 2).astype(bool)


@pytest.mark.parametrize(
    "image",
    [
        pixels(weave(12), 1),
        pixels(weave(30), 1),
        pixels(np.tile(np.arange(240) // 24 % 2 == 0, (240, 1)), 1),
        pixels(np.random.default_rng(1).random((60, 60)) < 0.5, 4),
        np.asarray(Image.open(io.BytesIO(picture(4))).convert("RGB")),
    ],
    ids=["weave", "wide weave", "stripes", "noise", "picture"],
)
def test_patterns_and_pictures_are_none(image: np.ndarray) -> None:
    assert not is_code(image)


def test_a_poster_with_a_code_in_its_corner_is_none() -> None:
    poster = np.full((600, 600, 3), 255, np.uint8)
    code = pixels(qr_modules(), 5)
    poster[40 : 40 + len(code), 40 : 40 + len(code)] = code
    cv2.circle(poster, (400, 400), 150, (0, 0, 0), 5)
    assert not is_code(poster)


@pytest.mark.parametrize("vector", [False, True])
def test_a_code_on_a_page_is_dropped_by_name_and_a_drawing_is_not(tmp_path: Path, vector: bool) -> None:
    document = pymupdf.open()
    page = document.new_page(width=420, height=595)
    vessel(page, 80, 80, 120)
    write(page, "扫码看高清大图", 300, 490)
    dark = qr_modules()
    if vector:
        shape = page.new_shape()
        for row, column in np.argwhere(dark):
            shape.draw_rect(pymupdf.Rect(column, row, column + 1, row + 1) * 2.5 + (300, 400, 300, 400))
        shape.finish(fill=(0, 0, 0), color=None)
        shape.commit()
    else:
        data = io.BytesIO()
        Image.fromarray(pixels(dark)).save(data, "PNG")
        page.insert_image((300, 400, 370, 470), stream=data.getvalue())
    document.save(tmp_path / "book.pdf")
    content = read_page(PageJob(tmp_path / "book.pdf", 1, QUIET))
    assert [region.source for region in content.regions] == ["drawing"]
    assert [drop.reason for drop in content.dropped].count("code") == 1
