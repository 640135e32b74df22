from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dataset_cards.assembly import BookEntry, assemble
from dataset_cards.crop_measures import measure_crops, measure_picture
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.statistics import (
    BLANK_TONES,
    BLURRED,
    EXTREME_ASPECT,
    TEXT_SHARE,
    TINY_SIDE,
    compute_statistics,
)
from tests.dataset_cards.shelf import make_book


def ornament(width: int = 300, height: int = 300) -> Image.Image:
    image = Image.new("RGB", (width, height), (190, 150, 100))
    draw = ImageDraw.Draw(image)
    for x in range(0, width, 30):
        for y in range(0, height, 30):
            draw.ellipse((x + 3, y + 3, x + 27, y + 27), outline=(60, 30, 20), width=3)
            draw.regular_polygon((x + 15, y + 15, 8), 5, fill=(160, 40, 30))
    return image


def printed() -> Image.Image:
    """A page of text without a font: little crosses and boxes in lines, black on white."""
    image = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(image)
    for line in range(20, 280, 24):
        for x in range(20, 270, 16):
            draw.rectangle((x, line, x + 10, line + 12), outline="black", width=2)
            draw.line((x, line + 6, x + 10, line + 6), fill="black", width=2)
    return image


def drawing() -> Image.Image:
    image = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(image)
    for inset in range(20, 140, 14):
        draw.ellipse((inset, inset, 300 - inset, 300 - inset), outline="black", width=2)
    draw.line((20, 150, 280, 150), fill="black", width=2)
    return image


def paper() -> Image.Image:
    """Blank, with the grain and the shadow of a scan."""
    chance = np.random.default_rng(3)
    shade = np.linspace(244, 236, 300)[:, None, None] + chance.normal(0, 1.5, (300, 300, 1))
    return Image.fromarray(np.broadcast_to(shade.clip(0, 255).astype(np.uint8), (300, 300, 3)).copy())


def measured(image: Image.Image) -> tuple[float, float, float]:
    return measure_picture(np.asarray(image)[:, :, ::-1].copy())


def test_a_softened_picture_is_less_sharp_and_found() -> None:
    sharp, soft = ornament(), ornament().filter(ImageFilter.GaussianBlur(5))
    assert measured(soft)[0] < BLURRED < measured(sharp)[0]


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    grey = cv2.cvtColor(np.asarray(ornament())[:, :, ::-1].copy(), cv2.COLOR_BGR2GRAY).astype(float)
    laplacian = (
        np.roll(grey, 1, 0) + np.roll(grey, -1, 0) + np.roll(grey, 1, 1) + np.roll(grey, -1, 1) - 4 * grey
    )
    inner = laplacian[1:-1, 1:-1]
    assert measured(ornament())[0] == pytest.approx(inner.var(), rel=0.05)


def test_only_paper_is_blank() -> None:
    assert measured(paper())[1] < BLANK_TONES
    assert all(measured(image)[1] >= BLANK_TONES for image in (ornament(), printed(), drawing()))


def test_only_text_is_like_text() -> None:
    assert measured(printed())[2] >= TEXT_SHARE
    assert all(measured(image)[2] < TEXT_SHARE for image in (ornament(), drawing(), paper()))


def test_chinese_text_is_like_text_across_and_down() -> None:
    font = ImageFont.truetype(io.BytesIO(pymupdf.Font("china-s").buffer), 20)
    text = "联珠团窠对鸟纹锦唐代丝绸之路沿线出土织物"
    across, down = Image.new("RGB", (420, 300), "white"), Image.new("RGB", (300, 420), "white")
    for line in range(8):
        ImageDraw.Draw(across).text((10, 10 + 34 * line), text, "black", font)
        for place, char in enumerate(text):
            ImageDraw.Draw(down).text((10 + 34 * line, 6 + 20 * place), char, "black", font)
    assert measured(across)[2] >= TEXT_SHARE
    assert measured(down)[2] >= TEXT_SHARE


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 2)])
def test_any_size_can_be_measured(size: tuple[int, int]) -> None:
    assert all(np.isfinite(measured(Image.new("RGB", size, "red"))))


def with_crops(entry: BookEntry, *images: Image.Image) -> BookEntry:
    """The book with its first crops replaced."""
    pairs = list(entry.result.pairs)
    for number, image in enumerate(images):
        name = f"images/special-{number}"
        image.save(entry.resolve(name), "PNG")
        pairs[number] = replace(
            pairs[number], image=name, width=image.width, height=image.height, image_sha256=f"{number:064d}"
        )
    return replace(entry, result=replace(entry.result, pairs=tuple(pairs)))


@pytest.fixture
def book(tmp_path: Path) -> BookEntry:
    return make_book(tmp_path, "丝绸纹样", 12, png_side=120)


def test_outliers_are_found_each_for_its_reason(book: BookEntry, tmp_path: Path) -> None:
    odd = with_crops(
        book,
        ornament(40, 200),
        paper(),
        ornament().filter(ImageFilter.GaussianBlur(5)),
        ornament(700, 100),
        printed(),
    )
    assembly = assemble([odd], DatasetSettings())
    outliers = {
        found.name: found for found in compute_statistics(assembly, DatasetSettings(), tmp_path).outliers
    }
    ids = [pair.pair_id for pair in odd.result.pairs]
    assert {name: [pair_id for pair_id, _ in found.listed] for name, found in outliers.items()} == {
        "tiny": [ids[0]],
        "blank": [ids[1]],
        "blurred": [ids[2]],
        "aspect": [ids[3]],
        "text": [ids[4]],
    }
    assert outliers["tiny"].listed[0][1] == 40 < TINY_SIDE
    assert outliers["aspect"].listed[0][1] == 7 > EXTREME_ASPECT


def test_every_pair_is_in_one_class_of_each_distribution(book: BookEntry, tmp_path: Path) -> None:
    assembly = assemble([book], DatasetSettings())
    statistics = compute_statistics(assembly, DatasetSettings(), tmp_path)
    for distribution in statistics.distributions:
        assert sum(count for _, count in distribution.classes) == statistics.pairs == 12
        assert len({label for label, _ in distribution.classes}) == len(distribution.classes)
    sides = dict(next(d for d in statistics.distributions if d.name == "longer_side").classes)
    assert list(sides)[:2] == ["<64", "64–127"]
    assert list(sides)[-1] == "≥4096"


def test_equal_pictures_are_measured_alike_and_damage_is_named(book: BookEntry, tmp_path: Path) -> None:
    same = with_crops(book, ornament())
    first = same.result.pairs[0]
    twin = replace(same.result.pairs[1], image=first.image, image_sha256=first.image_sha256)
    pairs = (first, twin, *same.result.pairs[2:])
    assembly = assemble([replace(same, result=replace(same.result, pairs=pairs))], DatasetSettings())
    measures = measure_crops(assembly.pairs, tmp_path)
    places = [n for n, item in enumerate(assembly.pairs) if item.pair.image_sha256 == first.image_sha256]
    assert len(set(measures.sharpness[places].tolist())) == 1
    same.resolve(first.image).write_bytes(b"no picture")
    with pytest.raises(DamagedWorkspaceError, match=r"丝绸纹样, page 1.*cannot be decoded"):
        measure_crops(assembly.pairs, tmp_path)


def test_the_version_holds_its_statistics(version_dir: Path) -> None:
    held: dict[str, Any] = json.loads((version_dir / "statistics.json").read_text("utf-8"))
    rows = list(iter_rows(version_dir))
    assert held["pairs"] == len(rows)
    dragons: Callable[[dict[str, Any]], bool] = lambda row: "龙" in row["title"] + row["description"]  # noqa: E731
    motif = next(motif for motif in held["motifs"] if motif["name"] == "龙")
    assert motif["pairs"] == sum(map(dragons, rows)) > 0
    assert dragons(next(row for row in rows if row["pair_id"] == motif["example"]))
