"""A synthetic shelf: extracted books with real PNG crops and page previews, drawn from a seed."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from dataset_cards.assembly import BookEntry
from extractors.crops import phash
from extractors.geometry import Box
from extractors.records import BookResult, Kind, PageFailure, Pair, Unmatched

PAGE = (420.0, 595.0)
KINDS: tuple[Kind, ...] = ("pattern", "textile", "cropped", "mural", "drawing", "photo")
MOTIFS = ("联珠对鸟", "宝相花", "缠枝莲", "海东青逐兔", "云龙", "团窠鹿", "葡萄立凤", "柿蒂窠")
TEXTS = (
    "窠内一飞鸟，羽毛丰满，短尾，口衔一枝叶。",
    "以联珠圈为骨架，圈内对鸟立于花台之上，颈系绶带，圈外饰十样花。此类纹样盛行于隋唐，多见于丝绸之路沿线出土的织锦。",
    "缠枝莲花，花瓣层叠，枝蔓回转。",
    "龙身盘曲，四周流云，爪下有火焰宝珠，藏中国丝绸博物馆。",
)


def make_book(
    folder: Path, title: str, count: int = 12, pages: int | None = None, png_side: int = 48
) -> BookEntry:
    """A book of `count` pairs in groups of up to three, one entry a page, with files below `folder`."""
    sha = hashlib.sha256(title.encode()).hexdigest()
    root = folder / sha[:8]
    (root / "images").mkdir(parents=True, exist_ok=True)
    (root / "pages").mkdir(exist_ok=True)
    pairs: list[Pair] = []
    for number in range(count):
        entry, place = divmod(number, 3)
        pairs.append(_pair(root, title, sha, entry, place, number, png_side))
    last = pairs[-1].page if pairs else 1
    figure = f"images/{_png(root / 'images', f'{title} lost', png_side)[0]}"
    unmatched = (
        Unmatched("figure", last, (40, 420, 180, 560), "", "no text found for it", figure),
        Unmatched("caption", 1, (60, 565, 300, 578), "图版九九 佚图", "no figure found for this caption"),
    )
    numbers = sorted({pair.page for pair in pairs} | {1, last})
    for page in numbers:
        _preview(root / "pages" / f"{page:04d}.jpg", [pair for pair in pairs if pair.page == page], page)
    return BookEntry(
        BookResult(
            sha256=sha,
            title=title,
            page_count=pages or last + 1,
            pairs=tuple(pairs),
            unmatched=unmatched,
            failures=(PageFailure(last + 1, "read", "timeout", "超过 120 秒；调高 page_seconds 后重试。"),),
            dropped={"page-number": last},
            text_sources={"text_layer": last, "ocr": 1},
            previews={page: f"pages/{page:04d}.jpg" for page in numbers},
            page_sizes=dict.fromkeys(numbers, PAGE),
        ),
        f"{title}.pdf",
        lambda name: root / name,
    )


def with_pairs(entry: BookEntry, **changes: object) -> BookEntry:
    """The same book with fields of its first pair changed."""
    first, *rest = entry.result.pairs
    return replace(entry, result=replace(entry.result, pairs=(replace(first, **changes), *rest)))  # type: ignore[arg-type]


def _pair(root: Path, title: str, sha: str, entry: int, place: int, number: int, side: int) -> Pair:
    page = entry + 1
    boxes: tuple[Box, ...] = ((60, 70, 360, 330), (60, 350, 180, 450), (220, 350, 360, 450))
    name, digest, width, height = _png(root / "images", f"{title} {number}", side, wide=place == 0)
    motif = MOTIFS[(number * 5 + len(title)) % len(MOTIFS)]
    caption = f"{entry + 1} {motif}纹" + ("锦袍" if place == 1 else "")
    text_source = "ocr" if number % 4 == 3 else "text_layer"
    return Pair(
        pair_id=hashlib.sha256(f"{sha} {number}".encode()).hexdigest()[:20],
        book_sha256=sha,
        book_title=title,
        page=page,
        page_label=str(page),
        bbox=boxes[place],
        figure_id=f"p{page}-f{place}",
        group=f"entry-{entry}",
        image=f"images/{name}",
        width=width,
        height=height,
        image_sha256=digest,
        image_phash=phash((root / "images" / name).read_bytes()),
        kind=KINDS[place if number % 7 else (number // 3) % 3 + 3],
        number=str(entry + 1),
        title=f"{motif}纹",
        caption=caption,
        caption_page=page,
        caption_bbox=(60, 470, 300, 486),
        description=f"{TEXTS[number % len(TEXTS)]}（{title}之{number}）" if number % 5 else caption,
        description_source="entry" if number % 5 else "caption",
        description_en="A bird in a pearl roundel, holding a sprig." if number % 6 == 0 else None,
        text_source=text_source,
        text_confidence=1.0 if text_source == "text_layer" else 0.93,
        rule="entry-order",
        confidence=round(1 - (number * 37 % 100) / 140, 3),
        parent=f"p{page}-f0" if place == 2 else None,
    )


def _png(folder: Path, seed: str, side: int, wide: bool = False) -> tuple[str, str, int, int]:
    """Draw a small ornament; its file name, sha256, width and height in pixels."""
    key = hashlib.sha256(seed.encode()).digest()
    width, height = (side * 3 // 2, side) if wide else (side, side * (3 + key[4] % 3) // 3)
    image = Image.new("RGB", (width, height), (150 + key[0] % 80, 110 + key[1] % 80, 70 + key[2] % 90))
    draw = ImageDraw.Draw(image)
    step = max(8, side // (2 + key[3] % 4))
    for x in range(0, width, step):
        for y in range(0, height, step):
            draw.ellipse((x + 2, y + 2, x + step - 2, y + step - 2), outline=(240, 225, 190), width=2)
            draw.regular_polygon((x + step / 2, y + step / 2, step / 4), 4 + key[5] % 4, fill=tuple(key[6:9]))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    (folder / digest).write_bytes(buffer.getvalue())
    return digest, digest, width, height


def _preview(path: Path, pairs: list[Pair], page: int) -> None:
    image = Image.new("RGB", (int(PAGE[0]), int(PAGE[1])), (250, 247, 240))
    draw = ImageDraw.Draw(image)
    for pair in pairs:
        draw.rectangle(pair.bbox, fill=(190, 160, 120))
    draw.rectangle((60, 470, 300, 486), fill=(90, 80, 70))
    for line in range(5):
        draw.rectangle((60, 500 + line * 14, 360, 505 + line * 14), fill=(200, 195, 185))
    draw.text((205, 575), str(page), fill=(60, 60, 60))
    image.save(path, "JPEG", quality=80)
