"""Books of a few small pages, a picture and its caption on each: just enough to go through a build."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pymupdf
from PIL import Image

from flows.settings import Settings, load_settings

PATTERNS = ("联珠对鸟纹", "宝相花纹", "海东青逐兔纹", "缠枝莲纹", "方格兽面纹", "团窠双狮纹")


def draw_book(path: Path, *, pages: int = 2, seed: int = 1) -> Path:
    """A born-digital book of `pages` pages, the same bytes for the same arguments."""
    chance = random.Random(seed)
    document = pymupdf.open()
    for number in range(1, pages + 1):
        page = document.new_page(width=300, height=420)
        page.insert_image((50, 50, 250, 250), stream=_picture(chance))
        caption = f"图{number} {chance.choice(PATTERNS)}第{seed}之{number}"
        page.insert_text((70, 275), caption, fontname="china-s", fontsize=11)
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(path, no_new_id=True)
    return path


def encrypt_book(path: Path) -> Path:
    """The book at `path`, with a password."""
    document = pymupdf.open(stream=path.read_bytes())
    document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="secret")
    return path


def quick_settings(*overrides: str) -> Settings:
    """Settings for books with a good text layer: no OCR engine is loaded."""
    given = ("extract.ocr.engine=off", "dataset.name=tiny", *overrides)
    return load_settings(overrides=given, environ={})


def _picture(chance: random.Random) -> bytes:
    """A PNG of random blocks: unlike any other one, and not blank."""
    small = Image.new("RGB", (8, 8))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(64)])
    stream = io.BytesIO()
    small.resize((120, 120), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()
