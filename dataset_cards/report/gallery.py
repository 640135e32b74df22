"""report/: a page that shows every pair, every leftover and every failed page, with no server and no network.

The data lie in data.js beside it, since a page opened from the disk may load a script but not fetch a file.
The script puts all text into the page as text, never as markup: captions come from strangers' PDFs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dataset_cards.assembly import Assembly, BookEntry, PublishedPair, PublishedUnmatched
from dataset_cards.cleaning import clean_text
from dataset_cards.files import place, write_text
from dataset_cards.pages import page_views, pages_shown
from dataset_cards.settings import DatasetSettings
from extractors.geometry import Box, rounded

_ASSETS = ("gallery.css", "gallery.js", "viewer.js")


def write_gallery(assembly: Assembly, settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write report/ below `folder`: the page, its data, and the previews of the pages it can show."""
    target = folder / "report"
    source = files(__package__)
    page = Environment(autoescape=True).from_string(source.joinpath("index.html.j2").read_text("utf-8"))
    write_text(target / "index.html", page.render(dataset=settings.pretty_name, version=version) + "\n")
    for name in _ASSETS:
        write_text(target / name, source.joinpath(name).read_text("utf-8"))
    shown = pages_shown(assembly)
    for entry in assembly.books:
        for number, view in page_views(entry, shown).items():
            place(entry.resolve(entry.result.previews[number]), folder / view.preview)
    write_text(target / "data.js", _data(assembly, settings, version, shown))


def _data(assembly: Assembly, settings: DatasetSettings, version: str, shown: set[tuple[str, int]]) -> str:
    index = {entry.result.sha256: number for number, entry in enumerate(assembly.books)}
    data = {
        "dataset": settings.pretty_name,
        "version": version,
        "books": [_book(entry, shown) for entry in assembly.books],
        "pairs": [_pair(item, index) for item in assembly.pairs],
        "unmatched": [_unmatched(item, index) for item in assembly.unmatched],
    }
    return f"window.TUWEN = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _book(entry: BookEntry, shown: set[tuple[str, int]]) -> dict[str, Any]:
    result = entry.result
    return {
        "title": clean_text(result.title) or clean_text(entry.file_name),
        "file": clean_text(entry.file_name),
        "count": result.page_count,
        # A page without a size is shown without boxes.
        "pages": {
            number: [view.preview.removeprefix("report/"), view.width, view.height]
            for number, view in page_views(entry, shown).items()
        },
        "failures": [
            {"page": f.page, "stage": f.stage, "reason": f.reason, "detail": clean_text(f.detail)}
            for f in sorted(result.failures, key=lambda f: (f.page, f.stage))
        ],
    }


def _pair(item: PublishedPair, index: dict[str, int]) -> dict[str, Any]:
    pair = item.pair
    return {
        "id": pair.pair_id,
        "book": index[pair.book_sha256],
        "page": pair.page,
        "label": pair.page_label,
        "box": _numbers(pair.bbox),
        "img": f"../{item.image_file}",
        "size": [pair.width, pair.height],
        "kind": pair.kind,
        "number": pair.number,
        "title": pair.title,
        "caption": pair.caption,
        "captionPage": pair.caption_page,
        "captionBox": _numbers(pair.caption_bbox),
        "text": pair.description,
        "source": pair.description_source,
        "en": pair.description_en,
        "read": pair.text_source,
        "readConf": round(pair.text_confidence, 3),
        "rule": pair.rule,
        "conf": round(pair.confidence, 3),
        "split": item.split,
    }


def _unmatched(item: PublishedUnmatched, index: dict[str, int]) -> dict[str, Any]:
    row = item.row
    return {
        "type": row.type,
        "book": index[item.book_sha256],
        "page": row.page,
        "box": _numbers(row.bbox),
        "img": f"../{item.image_file}" if item.image_file else "",
        "text": row.text,
        "reason": row.reason,
    }


def _numbers(box: Box | None) -> list[float] | None:
    return None if box is None else list(rounded(box, 1))
