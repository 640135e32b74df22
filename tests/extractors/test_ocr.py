"""Both engines on Chinese drawn here: horizontal, vertical, mixed, small, degraded; and what goes wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz.distance import Levenshtein

from extractors.errors import MissingDependencyError, UsageError
from extractors.ocr import OcrEngine, OcrLine, engine_digest, open_engine
from extractors.ocr.base import Image as Pixels
from extractors.ocr.repair import repair
from extractors.settings import OcrSettings

DPI = 200
SIMPLIFIED = (
    "莫高窟第二五七窟西壁中层绘九色鹿王本生",
    "窠内一飞鸟，羽毛丰满，短尾，口衔一枝叶；",
    "缂丝莲塘荷花图轴，以通经断纬之法织成。",
)
TRADITIONAL = (
    "聯珠對鳥紋錦，新疆吐魯番阿斯塔那一三八號墓出土，現藏新疆維吾爾自治區博物館。",
    "全圖以長卷式連環畫的形式展開，情節從兩端向中央推進，設色清雅，暈色自然。",
    "莫高窟第二五七窟",
)
BILINGUAL = (
    "图1-2 联珠纹锦 Silk with pearl roundels",
    "Plate 12. Bodhisattva, Mogao Cave 57",
    "长52.0 cm，宽23.5 cm",
)
FONT = pymupdf.Font("china-s").buffer


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("TUWEN_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module", params=["paddle", "rapid"])
def engine(request: pytest.FixtureRequest, cache: Path) -> OcrEngine:
    opened = open_engine(OcrSettings(engine=request.param), threads=2)
    assert opened is not None
    return opened


def pixels(points: float) -> int:
    return round(points * DPI / 72)


def across(lines: tuple[str, ...], size: float = 10.5) -> Image.Image:
    """Horizontal lines on white paper."""
    font = ImageFont.truetype(io.BytesIO(FONT), pixels(size))
    wide = max(font.getlength(line) for line in lines)
    paper = Image.new("RGB", (round(wide) + 120, 120 + len(lines) * pixels(size * 1.8)), "white")
    for i, line in enumerate(lines):
        ImageDraw.Draw(paper).text((60, 60 + i * pixels(size * 1.8)), line, font=font, fill="black")
    return paper


def down(columns: tuple[str, ...], size: float = 11) -> Image.Image:
    """Columns from right to left; commas and stops in the upper right of their cell, as printed."""
    cell = pixels(size)
    font = ImageFont.truetype(io.BytesIO(FONT), cell)
    high = max(len(column) for column in columns)
    paper = Image.new("RGB", (120 + round(len(columns) * cell * 1.7), 120 + high * cell), "white")
    for i, column in enumerate(columns):
        for j, character in enumerate(column):
            shift = cell // 2 if character in "，。、；" else 0
            at = (paper.width - 60 - cell - round(i * cell * 1.7) + shift, 60 + j * cell - shift)
            ImageDraw.Draw(paper).text(at, character, font=font, fill="black")
    return paper


def scanned(page: Image.Image) -> Image.Image:
    """The page on yellow paper: skewed by a degree, blurred, unevenly lit, with grain."""
    page = page.rotate(1.0, resample=Image.Resampling.BICUBIC, fillcolor="white").filter(
        ImageFilter.GaussianBlur(0.8)
    )
    white = np.asarray(page, dtype=np.float32) / 255
    paper, ink = np.array([0.93, 0.87, 0.72]), np.array([0.2, 0.17, 0.15])
    toned = (ink + (paper - ink) * white) * np.linspace(1.0, 0.88, page.width)[None, :, None]
    grain = np.random.default_rng(7).normal(0, 0.05, white.shape)
    return Image.fromarray((np.clip(toned + grain, 0, 1) * 255).astype(np.uint8))


def read(engine: OcrEngine, page: Image.Image) -> list[OcrLine]:
    image: Pixels = np.asarray(page)
    return engine.read(image)


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace())


def error_rate(truth: tuple[str, ...], lines: list[OcrLine]) -> float:
    """Character error rate over all lines in the order given, punctuation included."""
    wanted, found = bare("".join(truth)), bare("".join(line.text for line in lines))
    return Levenshtein.distance(wanted, found) / len(wanted)


@pytest.mark.parametrize("size", [7.5, 10.5, 16])
def test_horizontal_lines_are_read_in_order(engine: OcrEngine, size: float) -> None:
    lines = read(engine, across(SIMPLIFIED, size))
    assert len(lines) == 3
    assert not any(line.vertical for line in lines)
    assert error_rate(SIMPLIFIED, lines) <= 0.02


def test_chinese_and_english_on_one_line(engine: OcrEngine) -> None:
    assert error_rate(BILINGUAL, read(engine, across(BILINGUAL))) <= 0.03


def test_columns_are_read_right_to_left_with_their_punctuation(engine: OcrEngine) -> None:
    lines = read(engine, down(TRADITIONAL))
    assert len(lines) == 3
    assert all(line.vertical for line in lines)
    assert error_rate(TRADITIONAL, lines) <= 0.06


@pytest.mark.parametrize("size", [9, 16])
def test_columns_of_other_sizes(engine: OcrEngine, size: float) -> None:
    lines = read(engine, down(TRADITIONAL, size))
    assert all(line.vertical for line in lines)
    assert error_rate(TRADITIONAL, lines) <= 0.08


def test_scans(engine: OcrEngine) -> None:
    assert error_rate(SIMPLIFIED, read(engine, scanned(across(SIMPLIFIED)))) <= 0.03
    assert error_rate(TRADITIONAL, read(engine, scanned(down(TRADITIONAL)))) <= 0.08


def test_lone_numbers_under_pictures_are_seen(engine: OcrEngine) -> None:
    page = Image.new("RGB", (900, 1200), "white")
    font = ImageFont.truetype(io.BytesIO(FONT), pixels(9))
    labels = {"12": (220, 300), "7": (680, 300), "图版二〇": (220, 800), "3": (680, 800)}
    for label, (x, y) in labels.items():
        ImageDraw.Draw(page).ellipse((x - 150, y - 250, x + 150, y - 40), fill=(150, 90, 60))
        ImageDraw.Draw(page).text((x, y), label, font=font, fill="black", anchor="mt")
    assert [line.text for line in read(engine, scanned(page))] == list(labels)


def test_texture_is_no_text(engine: OcrEngine) -> None:
    grain = np.random.default_rng(3).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    lines = read(engine, Image.fromarray(grain).resize((800, 800), Image.Resampling.BICUBIC))
    assert [line.text for line in lines if line.confidence >= 0.9] == []


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("图版二O", "图版二〇"),
        ("一九0○年", "一九〇〇年"),
        ("图-〇〇", "图一〇〇"),
        ("图三-五", "图三-五"),
        ("图3-10", "图3-10"),
        ("第三OK", "第三OK"),
        ("M10:2", "M10:2"),
    ],
)
def test_numerals_are_repaired_only_where_their_neighbours_decide(seen: str, meant: str) -> None:
    assert repair(seen) == meant


def test_boxes_are_pixels_of_the_image(engine: OcrEngine) -> None:
    (line,) = read(engine, across(SIMPLIFIED[:1]))
    wide = across(SIMPLIFIED[:1]).width
    assert line.bbox == pytest.approx((60, 62, wide - 60, 60 + pixels(10.5)), abs=12)
    assert 0.9 < line.confidence <= 1.0


def test_reading_twice_gives_the_same(engine: OcrEngine) -> None:
    page = across(BILINGUAL)
    assert read(engine, page) == read(engine, page)


def test_blank_paper_has_no_lines(engine: OcrEngine) -> None:
    assert read(engine, Image.new("RGB", (400, 300), "white")) == []
    assert read(engine, Image.new("RGB", (5, 3), "white")) == []


def test_threads_do_not_change_what_is_read(engine: OcrEngine) -> None:
    settings = OcrSettings.model_validate({"engine": engine.name})
    single = open_engine(settings, threads=1)
    assert single is not None
    page = scanned(across(SIMPLIFIED[:1]))
    assert read(single, page) == read(engine, page)
    assert single.digest == engine.digest == engine_digest(settings)


def test_off_reads_nothing_and_auto_is_paddle(cache: Path) -> None:
    assert open_engine(OcrSettings(engine="off")) is None
    assert engine_digest(OcrSettings(engine="off")) == "off"
    assert engine_digest(OcrSettings()) == engine_digest(OcrSettings(engine="paddle"))


def test_the_digest_follows_engine_and_models(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recognition"
    folder.mkdir()
    (folder / "inference.onnx").write_bytes(b"one network")
    (folder / "inference.yml").write_text("Global:\n  model_name: PP-OCRv6_small_rec\n")
    own = OcrSettings(engine="paddle", recognition_model_dir=folder)
    first = engine_digest(own)
    (folder / "weights.data").write_bytes(b"which a network may name")
    second = engine_digest(own)
    (folder / "inference.onnx").write_bytes(b"another network")
    digests = {
        first,
        second,
        engine_digest(own),
        *(engine_digest(OcrSettings(engine=e)) for e in ("paddle", "rapid")),
    }
    assert len(digests) == 5


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    settings = OcrSettings(engine="paddle", detection_model_dir=tmp_path)
    for ask in (open_engine, engine_digest):
        with pytest.raises(MissingDependencyError) as caught:
            ask(settings)
        assert str(tmp_path) in str(caught.value)
        assert "inference.onnx and inference.yml" in str(caught.value)


def test_model_folders_are_for_paddle(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="RapidOCR"):
        open_engine(OcrSettings(engine="rapid", recognition_model_dir=tmp_path))


def test_a_damaged_copy_in_the_cache_is_made_again(cache: Path) -> None:
    settings = OcrSettings(engine="paddle")
    assert open_engine(settings) is not None
    (network,) = cache.glob("models/*det*/inference.onnx")
    whole = network.read_bytes()
    network.write_bytes(whole[:1000])
    assert open_engine(settings) is not None
    assert network.read_bytes() == whole


def test_nothing_is_printed(cache: Path) -> None:
    code = (
        "import numpy as np; from extractors.ocr import open_engine; "
        "from extractors.settings import OcrSettings; "
        "open_engine(OcrSettings(engine='paddle')).read(np.full((64, 64, 3), 255, np.uint8))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ.copy(), check=True
    )
    assert done.stdout == ""


def test_the_digest_is_cheap(cache: Path) -> None:
    code = (
        "import sys; from extractors.ocr import engine_digest; from extractors.settings import OcrSettings; "
        "engine_digest(OcrSettings()); "
        "print([m for m in ('paddleocr', 'rapidocr', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
