"""The same numbers as Chinese-CLIP's own scripts, where their definitions agree: no ties, hit@k."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from alignment.retrieval.evaluation import evaluate
from alignment.retrieval.gallery import Gallery, GalleryImage, GalleryText
from alignment.scorers.base import DotScores
from tests.alignment.retrieval.official import made_features, official_recalls


def gallery(images: int, texts: int, pairs: torch.Tensor) -> Gallery:
    return Gallery(
        "made",
        tuple(GalleryImage(str(n), lambda: (), "", "", "") for n in range(images)),
        tuple(GalleryText(str(n), str(n), "", "", "") for n in range(texts)),
        pairs,
        torch.arange(images),
        torch.arange(texts),
    )


def test_recalls_equal_the_official_ones(tmp_path: Path) -> None:
    images, texts, pairs = made_features(60, 90, 16, 1)
    found = evaluate(DotScores(images, texts), gallery(60, 90, pairs), chunk=17)
    official = official_recalls(tmp_path, images, texts, pairs)
    assert 0.05 < official["text_to_image"][1] < 0.95
    for direction in ("text_to_image", "image_to_text"):
        ours = {k: found[direction].mean(k) for k in (1, 5, 10)}  # type: ignore[index]
        assert ours == pytest.approx(official[direction])


def test_half_precision_changes_little_and_its_ties_are_shared_out() -> None:
    images, texts, pairs = made_features(300, 300, 16, 2)
    one = gallery(300, 300, pairs)
    whole = evaluate(DotScores(images, texts), one).mr6
    half = evaluate(DotScores(images.half(), texts.half()), one)
    assert half.mr6 == pytest.approx(whole, abs=0.01)
    turned = replace(one, pairs=torch.tensor(sorted((299 - i, t) for i, t in pairs.tolist())))
    flipped = evaluate(DotScores(images.half().flip(0), texts.half()), turned)
    assert flipped.text_to_image.mr3 == pytest.approx(half.text_to_image.mr3, abs=1e-9)
