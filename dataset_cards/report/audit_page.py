"""The page on which a person marks the pairs of a sample right or wrong: one file, no server, no network."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dataset_cards.audit import Sample
from dataset_cards.files import replace_text
from dataset_cards.pages import PageView, read_pages
from dataset_cards.reading import iter_rows
from dataset_cards.reasons import Row
from dataset_cards.report.design import base_style
from dataset_cards.report.thumbnails import crop_file, thumbnail

# Pixels of the longer side: a crop is judged by its detail, a page by the place of things on it.
CROP, PAGE = 720, 900
_COLUMNS = (
    "pair_id",
    "split",
    "book_sha256",
    "book_title",
    "page",
    "bbox",
    "number",
    "title",
    "caption",
    "caption_page",
    "caption_bbox",
    "description",
    "description_en",
)


def write_audit_page(sample: Sample, version_dir: Path, path: Path) -> None:
    """Write the page for `sample` to `path`; each pair with its picture, its page and its text.

    Nothing on the page tells how sure the program was: that would sway the judgement.
    """
    views = read_pages(version_dir)
    items = {
        row["pair_id"]: _item(row, version_dir, views)
        for row in iter_rows(version_dir, columns=_COLUMNS)
        if row["pair_id"] in sample.pairs
    }
    data = {
        "head": {
            "tuwen_audit": 1,
            "dataset": sample.dataset,
            "version": sample.version,
            "digest": sample.digest,
            "size": sample.size,
            "seed": sample.seed,
        },
        "pairs": [items[pair_id] for pair_id in sample.pairs],
    }
    # "<" never stands in the data: no text of a book can end the script that holds it.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    source = files(__package__)
    page = Environment(autoescape=True).from_string(source.joinpath("audit.html.j2").read_text("utf-8"))
    html = page.render(
        sample=sample,
        style=base_style() + source.joinpath("audit.css").read_text("utf-8"),
        script=source.joinpath("audit.js").read_text("utf-8"),
        data=text,
    )
    replace_text(path, html + "\n")


def _item(row: Row, version_dir: Path, views: dict[tuple[str, int], PageView]) -> dict[str, Any]:
    pages = [(row["page"], [("figure", row["bbox"])])]
    if row["caption_bbox"]:
        if row["caption_page"] in (None, row["page"]):
            pages[0][1].append(("caption", row["caption_bbox"]))
        else:
            pages.append((row["caption_page"], [("caption", row["caption_bbox"])]))
    sheets = [
        _sheet(version_dir, views.get((row["book_sha256"], page)), page, boxes) for page, boxes in pages
    ]
    return {
        "id": row["pair_id"],
        "crop": thumbnail(crop_file(version_dir, row), CROP),
        "sheets": sorted(sheets, key=lambda sheet: int(sheet["page"])),
        "book": row["book_title"],
        "title": row["title"] or row["number"],
        "caption": row["caption"],
        "text": row["description"],
        "en": row["description_en"] or "",
    }


def _sheet(
    version_dir: Path, view: PageView | None, page: int, boxes: list[tuple[str, list[float]]]
) -> dict[str, Any]:
    """A page with what is framed on it; boxes in shares of the page, so that its size does not matter."""
    sized = view is not None and view.width > 0 and view.height > 0
    return {
        "page": page,
        "src": thumbnail(version_dir / view.preview, PAGE) if view else "",
        "boxes": [[name, *_shares(box, view)] for name, box in boxes] if sized and view else [],
    }


def _shares(box: list[float], view: PageView) -> list[float]:
    """(left, top, width, height) of a box in points, as shares of its page."""
    left, top, right, bottom = box
    return [
        round(number, 4)
        for number in (
            left / view.width,
            top / view.height,
            (right - left) / view.width,
            (bottom - top) / view.height,
        )
    ]
