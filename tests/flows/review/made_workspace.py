"""A workspace with one drawn book and a version that was read with known errors: without extraction."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, replace
from pathlib import Path

import pymupdf
from PIL import Image

from dataset_cards.assembly import BookEntry
from dataset_cards.review.corrections import read
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from extractors.crops import phash
from extractors.geometry import Box
from extractors.records import BookResult, PageFailure, Pair, Unmatched
from extractors.settings import ExtractSettings
from flows.review_crops import review_cutter
from flows.workspace import Workspace

PAGE = (420.0, 595.0)
FIGURES: tuple[Box, Box] = ((60, 60, 360, 260), (60, 320, 360, 520))
CAPTIONS: tuple[Box, Box] = ((60, 266, 300, 284), (60, 526, 300, 544))
MOTIFS = ("联珠对鸟", "宝相花", "缠枝莲", "海东青逐兔", "云龙", "团窠鹿", "葡萄立凤", "柿蒂窠")


@dataclass(frozen=True)
class Truth:
    """What is printed of one figure, and what reading it went wrong with."""

    page: int
    box: Box
    caption_box: Box
    text: str
    error: str
    """"", title, swapped, box, figure (without text) or caption (without its figure)."""


def make_workspace(root: Path, pages: int, errors: dict[int, str] | None = None) -> list[Truth]:
    """Make a workspace at `root` with v0001 of dataset `tuwen`; `errors` by the number of the figure, from 0.

    What is wrong was read with low confidence; "swapped" gives a figure the text of the one beside it.
    """
    path = root / "books" / "图录.pdf"
    truths = made_truths(pages, errors or {})
    _draw(path, truths, pages)
    read_again(root, truths, jitter=0.0)
    return truths


def made_truths(pages: int, errors: dict[int, str]) -> list[Truth]:
    """What is printed in the made book."""
    return [
        Truth(
            page + 1,
            FIGURES[side],
            CAPTIONS[side],
            f"图{2 * page + side + 1} {MOTIFS[(2 * page + side) % len(MOTIFS)]}纹第{2 * page + side + 1}号",
            errors.get(2 * page + side, ""),
        )
        for page in range(pages)
        for side in range(2)
    ]


def read_again(root: Path, truths: list[Truth], *, jitter: float) -> Path:
    """Publish a reading with the same errors, boxes off by up to `jitter` points, and what was decided."""
    workspace = Workspace(root)
    (book,) = workspace.shelf().books
    entry = _entry(root, book.sha256, truths, jitter)
    entry = replace(entry, cut=review_cutter(workspace, book, ExtractSettings()))
    decided = read(workspace.corrections).lines
    return publish_version([entry], workspace.datasets / "tuwen", DatasetSettings(), None, decided).path


def _draw(path: Path, truths: list[Truth], pages: int) -> None:
    document = pymupdf.open()
    for _ in range(pages + 1):  # the last one counts as failed
        document.new_page(width=PAGE[0], height=PAGE[1])
    for number, truth in enumerate(truths):
        page = document[truth.page - 1]
        page.insert_image(truth.box, stream=_picture(number))
        page.insert_text((truth.caption_box[0] + 2, truth.caption_box[3] - 4), truth.text, fontname="china-s")
    path.parent.mkdir(parents=True)
    document.save(path, no_new_id=True)


def _picture(number: int) -> bytes:
    chance = random.Random(number)
    small = Image.new("RGB", (9, 6))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(54)])
    stream = io.BytesIO()
    small.resize((300, 200), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()


def _entry(root: Path, sha256: str, truths: list[Truth], jitter: float) -> BookEntry:
    pairs, unmatched = [], []
    pages, chance = truths[-1].page, random.Random(jitter)
    folder = root / "made"
    folder.mkdir(exist_ok=True)
    with pymupdf.open(root / "books" / "图录.pdf") as document:
        for page in document:
            page.get_pixmap(dpi=80).save(folder / f"{page.number + 1}.jpg")
    for number, printed in enumerate(truths):
        truth = replace(printed, box=_shaken(printed.box, jitter, chance))
        (folder / f"{number}.png").write_bytes(_picture(number))
        beside = truths[number - 1 if number % 2 else number + 1]
        text = beside.text if truth.error == "swapped" else truth.text
        if truth.error == "figure":
            row = Unmatched("figure", truth.page, truth.box, "", "no text found for it", f"{number}.png")
            unmatched.append(row)
        if truth.error in ("figure", "caption"):
            unmatched.append(
                Unmatched("caption", truth.page, truth.caption_box, text, "no figure found for this caption")
            )
            continue
        pair = _pair(sha256, number, truth, text)
        if truth.error == "title":
            pair = replace(pair, title=pair.title[:-1])
        elif truth.error == "box":
            x0, y0, x1, y1 = truth.box
            pair = replace(pair, bbox=(x0 + 40, y0 + 30, x1, y1))
        elif truth.error == "swapped":
            pair = replace(pair, caption_bbox=beside.caption_box)
        pairs.append(pair)
    result = BookResult(
        sha256=sha256,
        title="图录",
        page_count=pages + 1,
        pairs=tuple(pairs),
        unmatched=tuple(unmatched),
        failures=(PageFailure(pages + 1, "read", "timeout", "超过 120 秒；调高 page_seconds 后重试。"),),
        text_sources={"text_layer": pages},
        previews={page: f"{page}.jpg" for page in range(1, pages + 2)},
        page_sizes=dict.fromkeys(range(1, pages + 2), PAGE),
    )
    return BookEntry(result, "图录.pdf", lambda name: folder / name)


def _shaken(box: Box, jitter: float, chance: random.Random) -> Box:
    x0, y0, x1, y1 = (round(edge + chance.uniform(-jitter, jitter), 2) for edge in box)
    return x0, y0, x1, y1


def _pair(sha256: str, number: int, truth: Truth, text: str) -> Pair:
    picture = _picture(number)
    label, _, title = text.partition(" ")
    return Pair(
        pair_id=hashlib.sha256(f"{sha256} {number}".encode()).hexdigest()[:20],
        book_sha256=sha256,
        book_title="图录",
        page=truth.page,
        page_label=str(truth.page),
        bbox=truth.box,
        figure_id=f"f{number}",
        group=f"g{number}",
        image=f"{number}.png",
        width=300,
        height=200,
        image_sha256=hashlib.sha256(picture).hexdigest(),
        image_phash=phash(picture),
        kind="pattern",
        number=label,
        title=title,
        caption=text,
        caption_page=truth.page,
        caption_bbox=truth.caption_box,
        description=text,
        description_source="caption",
        description_en=None,
        text_source="text_layer",
        text_confidence=1.0,
        rule="same-page+line",
        confidence=0.3 + number / 1000 if truth.error else 0.95,
    )
