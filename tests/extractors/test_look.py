"""Looks: what a picture's pixels say of how it was made."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.look import look_of

RNG = np.random.default_rng(3)
Pixels = NDArray[np.uint8]


def blobs(size: int) -> Pixels:
    """Soft coloured blotches: a picture with no repeat."""
    coarse = RNG.integers(0, 255, (6, 6, 3)).astype(np.uint8)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)


def drawing() -> Pixels:
    """Thin black lines on white paper."""
    paper = np.full((300, 400, 3), 255, np.uint8)
    cv2.ellipse(paper, (200, 150), (120, 90), 0, 0, 360, (0, 0, 0), 3)
    cv2.line(paper, (60, 40), (340, 260), (0, 0, 0), 3)
    return paper


def test_a_pattern_comes_again() -> None:
    assert look_of(np.tile(blobs(60), (5, 5, 1))).repeat > 0.9
    assert look_of(blobs(300)).repeat < 0.7


def test_a_drawing_is_ink_on_paper_in_few_tones() -> None:
    drawn, shown = look_of(drawing()), look_of(blobs(300))
    assert drawn.paper > 0.8
    assert drawn.grey == 1
    assert drawn.tones < 0.5 < shown.tones
    assert drawn.chroma < 0.01 < shown.chroma
    assert drawn.hues < 0.01 < shown.hues
    assert drawn.strokes > 0.01


def test_ink_is_dark_and_a_wall_is_no_even_ground() -> None:
    black = np.zeros((80, 80, 3), np.uint8)
    assert look_of(black).ink == 1
    assert look_of(black).uneven == 0
    assert look_of(blobs(200)).uneven > 5
    assert look_of(blobs(200)).edges > look_of(black).edges
