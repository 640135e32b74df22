"""Synthetic scanned pages with known figures, and the ways a scan spoils them.

A scene is drawn at `DPI` on white; `spoil` turns it into a scan. Boxes are in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from extractors.geometry import Box, union

DPI = 150
TEXT = (
    "此件绣品以白色绫为地，用散套针绣出海东青逐兔纹样，边缘钉金，针法细密，设色古雅。图案以折枝花为主，"
    "间以祥云瑞兽，左右对称排列，反映出当时织绣工艺的高度水平。墓葬为竖穴土坑木椁墓，出土陶器若干件。"
)


def mm(length: float) -> int:
    """Millimetres -> pixels of a scene."""
    return round(length * DPI / 25.4)


@cache
def font(points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(pymupdf.Font("china-s").buffer), round(points * DPI / 72))


@dataclass
class Scene:
    """A page being drawn: its picture, the figures on it, and the boxes OCR would give."""

    wide: int = mm(190)
    high: int = mm(260)
    figures: list[Box] = field(default_factory=list)
    texts: list[Box] = field(default_factory=list)
    tables: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.wide, self.high), "white")
        self.draw = ImageDraw.Draw(self.image)

    def line(self, x: int, y: int, text: str, points: float = 10.5, fill: object = (25, 25, 25)) -> None:
        self.draw.text((x, y), text, font=font(points), fill=fill)
        x0, y0, x1, y1 = self.draw.textbbox((x, y), text, font=font(points))
        self.texts.append((x0 - 3.0, y0 - 3.0, x1 + 3.0, y1 + 3.0))

    def paragraph(self, x0: int, y0: int, x1: int, lines: int, points: float = 10.5) -> int:
        size, step = points * DPI / 72, points * 1.6 * DPI / 72
        across = int((x1 - x0) / size)
        for row in range(lines):
            start = row * 17 % len(TEXT)
            text = (TEXT + TEXT + TEXT)[start : start + (across if row < lines - 1 else across // 2)]
            self.line(x0, round(y0 + row * step), text, points)
        return round(y0 + lines * step)

    def column(self, x: int, y0: int, count: int, points: float = 12, start: int = 0) -> None:
        size = points * DPI / 72
        for row in range(count):
            character = TEXT[(start + row) % len(TEXT)]
            self.draw.text((x, y0 + row * size * 1.08), character, font=font(points), fill=(25, 25, 25))
        self.texts.append((x - 2.0, y0, x + size + 2, y0 + count * size * 1.08 + 3))

    def picture(self, box: tuple[int, int, int, int], pixels: NDArray[np.uint8], truth: bool = True) -> None:
        x0, y0, x1, y1 = box
        self.image.paste(Image.fromarray(cv2.resize(pixels, (x1 - x0, y1 - y0))), (x0, y0))
        if truth:
            self.figures.append((float(x0), float(y0), float(x1), float(y1)))

    def outline(self, box: tuple[int, int, int, int], width: int = 1) -> None:
        self.draw.rectangle(box, outline=(30, 30, 30), width=width)


# ---------------------------------------------------------------- pictures


def _noise(rng: np.random.Generator, high: int, wide: int, size: float) -> NDArray[np.float64]:
    grain = rng.standard_normal((high, wide))
    soft = cv2.GaussianBlur(grain, (0, 0), size)
    return np.asarray(soft / soft.std(), dtype=np.float64)


def photo(seed: int, high: int = 300, wide: int = 300) -> NDArray[np.uint8]:
    """A scene with light falling off, an object and grain."""
    rng = np.random.default_rng(seed)
    base = (
        120
        + 35 * _noise(rng, high, wide, 40)
        + 14 * _noise(rng, high, wide, 6)
        + 5 * _noise(rng, high, wide, 1)
    )
    tint = rng.uniform(0.7, 1.1, 3)
    pixels = base[:, :, None] * tint
    centre = (wide // 2, high // 2)
    mask = np.zeros((high, wide), np.uint8)
    cv2.ellipse(mask, centre, (wide // 3, high // 3), 0, 0, 360, 255, -1)
    pixels[mask > 0] = pixels[mask > 0] * 0.6 + 30
    return np.clip(pixels, 0, 245).astype(np.uint8)


def silk(seed: int, high: int = 300, wide: int = 300, step: int = 40) -> NDArray[np.uint8]:
    """A coloured textile with a repeating pattern."""
    rng = np.random.default_rng(seed)
    ground, thread = rng.uniform(60, 190, 3), rng.uniform(90, 230, 3)
    y, x = np.mgrid[:high, :wide]
    motif = (np.sin(2 * np.pi * x / step) * np.sin(2 * np.pi * y / step) > 0.2)[:, :, None]
    weave = 6 * np.sin(2 * np.pi * y / 3)[:, :, None] + 6 * rng.standard_normal((high, wide, 1))
    return np.clip(np.where(motif, thread, ground) + weave, 0, 255).astype(np.uint8)


def pale(seed: int, high: int = 300, wide: int = 300) -> NDArray[np.uint8]:
    """An undyed textile: hardly darker than the paper, with a self-coloured pattern."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:high, :wide]
    motif = 5 * (np.sin(2 * np.pi * x / 45) * np.sin(2 * np.pi * y / 45) > 0.2)
    base = 222 + motif + 3 * np.sin(2 * np.pi * y / 3) + 3 * rng.standard_normal((high, wide))
    return np.clip(base[:, :, None] * np.array([1.0, 0.98, 0.93]), 0, 255).astype(np.uint8)


def mural(seed: int, high: int = 300, wide: int = 300) -> NDArray[np.uint8]:
    """An ochre wall with figures and flaking."""
    rng = np.random.default_rng(seed)
    base = np.array([196, 160, 118]) + 16 * _noise(rng, high, wide, 25)[:, :, None]
    base = base + 7 * _noise(rng, high, wide, 2)[:, :, None]
    for _ in range(14):
        centre = (int(rng.integers(wide)), int(rng.integers(high)))
        axes = (int(rng.integers(8, 50)), int(rng.integers(8, 50)))
        mask = np.zeros((high, wide), np.uint8)
        cv2.ellipse(mask, centre, axes, float(rng.integers(180)), 0, 360, 255, -1)
        base[mask > 0] = 0.5 * base[mask > 0] + 0.5 * rng.uniform(30, 200, 3)
    return np.clip(base, 0, 255).astype(np.uint8)


def rubbing(seed: int, high: int = 300, wide: int = 300) -> NDArray[np.uint8]:
    """Black ground with white lines and mottling."""
    rng = np.random.default_rng(seed)
    base = 38 + 14 * _noise(rng, high, wide, 3)
    pixels = np.repeat(np.clip(base, 0, 120)[:, :, None], 3, axis=2).astype(np.uint8)
    for _ in range(25):
        points = rng.integers(0, [wide, high], (4, 2)).astype(np.int32)
        cv2.polylines(pixels, [points], False, (215, 215, 215), 2, cv2.LINE_AA)
    return pixels


def landscape(seed: int, high: int = 300, wide: int = 400) -> NDArray[np.uint8]:
    """A photograph whose upper third is a sky nearly as bright as paper."""
    pixels = photo(seed, high, wide).astype(np.float64)
    fade = np.clip((np.arange(high) - high * 0.3) / (high * 0.15), 0, 1)[:, None, None]
    return np.clip(pixels * fade + np.array([226, 232, 238]) * (1 - fade), 0, 255).astype(np.uint8)


def vessel(scene: Scene, x0: int, y0: int, x1: int, y1: int) -> None:
    """A pottery drawing: half section, half profile, scale bar and labels."""
    ink, middle = (20, 20, 20), (x0 + x1) // 2
    t = np.linspace(0, 1, 40)
    shape = 0.55 + 0.45 * np.sin(t * 2.6)
    bottom = y1 - mm(9)
    right = [
        (middle + float(s) * (x1 - middle), y0 + float(u) * (bottom - y0))
        for s, u in zip(shape, t, strict=True)
    ]
    left = [(2 * middle - x, y) for x, y in right]
    scene.draw.line(right, fill=ink, width=2)
    scene.draw.line(left, fill=ink, width=2)
    scene.draw.line([(x + mm(2), y) for x, y in left], fill=ink, width=1)
    scene.draw.line([left[0], right[0]], fill=ink, width=2)
    scene.draw.line([left[-1], right[-1]], fill=ink, width=2)
    scene.draw.line([(middle, y0), (middle, bottom)], fill=ink, width=1)
    for k in range(6, 34, 5):
        scene.draw.line([(middle, right[k][1]), right[k]], fill=ink, width=1)
    scene.draw.line([(middle - mm(12), y1 - mm(2)), (middle + mm(12), y1 - mm(2))], fill=ink, width=2)
    scene.line(middle - mm(8), y1 - mm(7), "0    4厘米", 7)
    widest = max(x for x, _ in right)
    scene.figures.append((2 * middle - widest, float(y0), float(widest), float(y1 - mm(2) + 1)))


def plan(scene: Scene, x0: int, y0: int, x1: int, y1: int) -> None:
    """A tomb plan: irregular outlines, small numbered finds, a north arrow."""
    rng = np.random.default_rng(x0 + y0)
    ink = (20, 20, 20)
    wide, high = x1 - x0, y1 - y0
    turn = np.linspace(0, 2 * np.pi, 60)
    for shrink in (0.0, 0.12):
        wave = 1 - shrink + 0.02 * np.sin(7 * turn)
        xs = (x0 + x1) / 2 + np.clip(1.25 * np.cos(turn), -1, 1) * wave * wide / 2.05
        ys = (y0 + y1) / 2 + np.clip(1.25 * np.sin(turn), -1, 1) * wave * high / 2.05
        scene.draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=ink, width=2)
        if shrink == 0.0:
            scene.figures.append((xs.min(), ys.min(), xs.max(), ys.max()))
    for number in range(1, 9):
        x = int(x0 + wide * rng.uniform(0.2, 0.75))
        y = int(y0 + high * rng.uniform(0.2, 0.75))
        radius = int(rng.integers(mm(1.5), mm(4)))
        scene.draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink)
        scene.line(x - 5, y - 8, str(number), 7)


# ---------------------------------------------------------------- pages


def catalogue() -> Scene:
    """A silk-catalogue entry: pattern, two small pictures, labelled paragraphs."""
    s = Scene()
    s.line(mm(20), mm(15), "10 海东青逐兔纹", 16)
    s.picture((mm(20), mm(28), mm(120), mm(128)), silk(1, 600, 600, 75))
    s.picture((mm(20), mm(134), mm(60), mm(174)), photo(2))
    s.picture((mm(66), mm(134), mm(120), mm(174)), photo(3, 300, 400))
    s.line(mm(20), mm(178), "10海东青逐兔纹妆金胸背", 9)
    s.paragraph(mm(126), mm(30), mm(172), 18)
    s.paragraph(mm(20), mm(190), mm(172), 9)
    s.line(mm(92), mm(248), "— 37 —", 9)
    return s


def grid() -> Scene:
    """A plate of nine photographs with 2 to 3 mm gutters and a caption line."""
    s = Scene()
    for row in range(3):
        for col in range(3):
            x, y = mm(20) + col * mm(50.5), mm(25) + row * mm(62)
            pixels = photo(10 + row * 3 + col) if (row + col) % 2 else mural(10 + row * 3 + col)
            s.picture((x, y, x + mm(48), y + mm(59.5)), pixels)
    s.line(mm(40), mm(216), "图版拾贰 墓葬出土器物 1、2.陶罐 3.陶壶 4—9.铜镜", 10)
    return s


def pale_textile() -> Scene:
    """A pale textile and a pale detail on white paper."""
    s = Scene()
    s.picture((mm(25), mm(25), mm(165), mm(135)), pale(5, 600, 760))
    s.line(mm(30), mm(139), "图12 素纱单衣（局部）", 10)
    s.picture((mm(25), mm(150), mm(75), mm(190)), pale(6))
    s.paragraph(mm(82), mm(150), mm(165), 10)
    s.paragraph(mm(25), mm(200), mm(165), 7)
    return s


def report() -> Scene:
    """A two-column excavation report: a vessel, a plan, a table, column rule."""
    s = Scene()
    s.line(mm(20), mm(10), "考古学报 2004年第3期", 9)
    s.draw.line((mm(20), mm(15), mm(170), mm(15)), fill=(20, 20, 20), width=2)
    s.draw.line((mm(95), mm(20), mm(95), mm(245)), fill=(20, 20, 20), width=1)
    y = s.paragraph(mm(20), mm(20), mm(91), 12, 9)
    vessel(s, mm(28), y + mm(4), mm(82), y + mm(64))
    s.line(mm(35), y + mm(68), "图三 陶罐（M5:12）", 8)
    s.paragraph(mm(20), y + mm(78), mm(91), 15, 9)
    plan(s, mm(102), mm(22), mm(168), mm(95))
    s.line(mm(112), mm(99), "图四 M5平、剖面图", 8)
    y = s.paragraph(mm(99), mm(107), mm(170), 10, 9) + mm(4)
    table(s, mm(100), y, 5, 4, mm(17), mm(7))
    s.paragraph(mm(99), y + mm(42), mm(170), 9, 9)
    return s


def table(s: Scene, x0: int, y0: int, rows: int, columns: int, wide: int, high: int) -> None:
    for row in range(rows + 1):
        s.draw.line((x0, y0 + row * high, x0 + columns * wide, y0 + row * high), fill=(20, 20, 20))
    for col in range(columns + 1):
        s.draw.line((x0 + col * wide, y0, x0 + col * wide, y0 + rows * high), fill=(20, 20, 20))
    for row in range(rows):
        for col in range(columns):
            s.line(
                x0 + col * wide + mm(2), y0 + row * high + mm(1.5), TEXT[(row * 7 + col * 3) % 60 :][:3], 8
            )
    s.tables.append((float(x0), float(y0), float(x0 + columns * wide), float(y0 + rows * high)))


def full_bleed() -> Scene:
    """A mural that fills the page to its edges."""
    s = Scene()
    s.picture((0, 0, s.wide, s.high), mural(21, 900, 660))
    return s


def framed_vertical() -> Scene:
    """A vertical page in a printed frame, with column rules and no figure."""
    s = Scene()
    s.outline((mm(18), mm(25), mm(172), mm(235)), 3)
    s.outline((mm(20), mm(27), mm(170), mm(233)), 1)
    for col in range(10):
        x = mm(20) + col * mm(15)
        if col:
            s.draw.line((x, mm(27), x, mm(233)), fill=(30, 30, 30), width=1)
        s.column(x + mm(4), mm(32), 34, 15, col * 5)
    return s


def vertical_figure() -> Scene:
    """A vertical page with a rubbing and a small red seal over text."""
    s = Scene()
    s.picture((mm(20), mm(30), mm(95), mm(130)), rubbing(31))
    for col in range(6):
        s.column(mm(102) + col * mm(10), mm(30), 38, 12, col * 7)
    for col in range(7):
        s.column(mm(22) + col * mm(10), mm(145), 18, 12, col * 11)
    x, y = mm(140), mm(215)
    s.draw.rectangle((x, y, x + mm(20), y + mm(20)), outline=(190, 30, 30), width=8)
    s.draw.text((x + mm(2), y + mm(2)), "文\n物", font=font(22), fill=(190, 30, 30))
    return s


def text_only() -> Scene:
    s = Scene()
    s.line(mm(60), mm(20), "第三章 丝织品", 22)
    y = s.paragraph(mm(20), mm(40), mm(170), 24)
    s.draw.line((mm(20), y + mm(4), mm(60), y + mm(4)), fill=(20, 20, 20), width=1)
    s.paragraph(mm(20), y + mm(7), mm(170), 5, 8)
    s.line(mm(93), mm(248), "128", 9)
    return s


def plates() -> Scene:
    """A landscape with a bright sky, and a full-width rubbing, with captions."""
    s = Scene()
    s.picture((mm(20), mm(20), mm(170), mm(115)), landscape(41, 500, 800))
    s.line(mm(60), mm(118), "图版一 莫高窟外景", 10)
    s.picture((mm(45), mm(132), mm(145), mm(232)), rubbing(42))
    s.line(mm(60), mm(236), "图版二 画像石拓片", 10)
    return s


def drawings_plate() -> Scene:
    """A plate of four vessels under one caption: one figure."""
    s = Scene()
    for row in range(2):
        for col in range(2):
            x, y = mm(25) + col * mm(80), mm(25) + row * mm(95)
            vessel(s, x, y, x + mm(58), y + mm(75))
    s.figures = [union(s.figures)]
    s.line(mm(40), mm(220), "图五 出土陶器 1.罐 2.壶 3.鼎 4.盒", 10)
    return s


SCENES = {
    "catalogue": catalogue,
    "grid": grid,
    "pale": pale_textile,
    "report": report,
    "bleed": full_bleed,
    "framed": framed_vertical,
    "vertical": vertical_figure,
    "text": text_only,
    "plates": plates,
    "drawings": drawings_plate,
}

# ---------------------------------------------------------------- scanning

SPOILS = (
    "clean",
    "skew+2",
    "skew-1",
    "yellow",
    "uneven",
    "noise",
    "jpeg",
    "border",
    "onebit",
    "ghost",
    "grey",
    "all",
)


@dataclass
class Scan:
    """A scene after scanning."""

    rgb: NDArray[np.uint8]
    figures: list[Box]
    texts: list[Box]
    tables: list[Box]


def scan(scene: Scene, spoil: str, seed: int = 0, dpi: float = DPI) -> Scan:
    """`scene` as a scanner would give it; `spoil` is one of SPOILS."""
    rng = np.random.default_rng(seed)
    page = np.asarray(scene.image).astype(np.float32)
    high, wide = page.shape[:2]
    angle = {"skew+2": 2.0, "skew-1": -1.0, "all": 0.8}.get(spoil, 0.0)
    if spoil in ("ghost", "all"):
        back = np.asarray(text_only().image)[:high, :wide, 1][:, ::-1].astype(np.float32)
        shade = np.zeros((high, wide), np.float32)
        shade[: back.shape[0], : back.shape[1]] = cv2.GaussianBlur(255 - back, (0, 0), 2.0)
        page = np.minimum(page, 255 - (0.22 if spoil == "ghost" else 0.12) * shade[:, :, None])
    if spoil in ("yellow", "all"):
        page = page * np.array([0.95, 0.90, 0.76], np.float32)
    if spoil in ("uneven", "all"):
        x = np.linspace(0, 1, wide, dtype=np.float32)[None, :, None]
        y = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
        page = page * (0.78 + 0.22 * np.sin(np.pi * (0.2 + 0.6 * x)) * (1 - 0.15 * y))
    boxes = [scene.figures, scene.texts, scene.tables]
    if angle:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), -angle, 1.0)
        page = cv2.warpAffine(page, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
        boxes = [[_turned(box, turn) for box in group] for group in boxes]
    if spoil in ("border", "all"):
        left, top, right, bottom = mm(9), mm(4), mm(2), mm(12)
        page = cv2.copyMakeBorder(page, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(14, 13, 15))
        page = cv2.GaussianBlur(page, (0, 0), 0.8)
        boxes = [[(b[0] + left, b[1] + top, b[2] + left, b[3] + top) for b in group] for group in boxes]
    if spoil in ("noise", "all"):
        page = page + rng.normal(0, 8, page.shape).astype(np.float32)
    if spoil == "grey":
        page = np.repeat(page.mean(axis=2, keepdims=True), 3, axis=2) * 0.93
    if spoil == "onebit":
        grey = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8)).convert("1")
        page = np.asarray(grey.convert("RGB")).astype(np.float32)
    rgb = np.clip(page, 0, 255).astype(np.uint8)
    if spoil in ("jpeg", "all"):
        coded = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 35])[1]
        rgb = cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1].copy()
    return Scan(rgb, boxes[0], _as_ocr(boxes[1], boxes[0], rng), boxes[2])


def _turned(box: Box, turn: NDArray[np.float64]) -> Box:
    corners = np.array([[x, y, 1] for x in (box[0], box[2]) for y in (box[1], box[3])]) @ turn.T
    x0, y0, x1, y1 = *corners.min(axis=0), *corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _as_ocr(texts: list[Box], figures: list[Box], rng: np.random.Generator) -> list[Box]:
    """Text boxes as OCR gives them: some missed, some off by pixels, some fancied inside pictures."""
    seen = [tuple(edge + float(rng.normal(0, 2)) for edge in box) for box in texts if rng.random() > 0.06]
    for x0, y0, x1, y1 in figures:
        for _ in range(3):
            x, y = rng.uniform(x0, max(x0 + 1, x1 - mm(14))), rng.uniform(y0, max(y0 + 1, y1 - mm(6)))
            seen.append((x, y, x + mm(rng.uniform(3, 12)), y + mm(4)))
    return seen  # type: ignore[return-value]
