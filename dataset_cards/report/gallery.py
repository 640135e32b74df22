"""report/: a page that shows every pair, every leftover and every failed page, with no server and no network.

The data lie in data.js beside it, since a page opened from the disk may load a script but not fetch a file.
In a large dataset data.js names several such files, of which the page shows one at a time.
The script puts all text into the page as text, never as markup: captions come from strangers' PDFs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dataset_cards.assembly import Assembly, BookEntry, PublishedPair, PublishedUnmatched
from dataset_cards.cleaning import clean_text
from dataset_cards.files import place, write_text
from dataset_cards.motifs import MotifList, motif_list
from dataset_cards.names import SCRIPT, names_script
from dataset_cards.pages import page_views, pages_shown
from dataset_cards.report.design import BASE
from dataset_cards.report.folding import fold_table
from dataset_cards.report.thumbnails import THUMB_SIDE, thumb_of, thumb_path
from dataset_cards.settings import DatasetSettings
from extractors.geometry import Box, rounded

_ASSETS = (
    BASE,
    "gallery.css",
    *(f"{name}.js" for name in ("parts", "fold", "zoom", "viewer", "taking", "gallery")),
)
# Pairs and leftovers in one file of data: some 11 MB, which a browser reads, filters and searches at once.
PART_ITEMS = 20_000


def write_gallery(assembly: Assembly, settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write report/ below `folder`: the page, its data, and the previews of the pages it can show."""
    target = folder / "report"
    source = files(__package__)
    page = Environment(autoescape=True).from_string(source.joinpath("index.html.j2").read_text("utf-8"))
    write_text(target / "index.html", page.render(dataset=settings.pretty_name, version=version) + "\n")
    for name in _ASSETS:
        write_text(target / name, source.joinpath(name).read_text("utf-8"))
    write_text(target / SCRIPT, names_script())
    shown = pages_shown(assembly)
    for entry in assembly.books:
        for number, view in page_views(entry, shown).items():
            place(entry.resolve(entry.result.previews[number]), folder / view.preview)
    small = {
        item.image_file
        for item in assembly.unmatched
        if item.source is not None and thumb_of(item.source, folder / _small(item.image_file))
    }
    _write_data(assembly, settings, version, _Shown(shown, small, motif_list(settings.motifs)), target)


@dataclass(frozen=True)
class _Shown:
    """What the data of a part are made with."""

    pages: set[tuple[str, int]]
    """(book, page) of the pages that have a preview."""
    small: set[str]
    """Crops of figures without text that have a small copy."""
    motifs: MotifList


@dataclass(frozen=True)
class _Part:
    """Some books in a row with all that belongs to them: what a browser loads at a time."""

    books: list[BookEntry]
    pairs: list[PublishedPair]
    unmatched: list[PublishedUnmatched]

    def __len__(self) -> int:
        return len(self.pairs) + len(self.unmatched)


def _parts(assembly: Assembly) -> list[_Part]:
    """The books in order, a new part where the next book would overfill one."""
    shares = {entry.result.sha256: _Part([entry], [], []) for entry in assembly.books}
    for pair in assembly.pairs:
        shares[pair.pair.book_sha256].pairs.append(pair)
    for leftover in assembly.unmatched:
        shares[leftover.book_sha256].unmatched.append(leftover)
    parts = [_Part([], [], [])]
    for share in shares.values():
        if parts[-1].books and len(parts[-1]) + len(share) > PART_ITEMS:
            parts.append(_Part([], [], []))
        parts[-1].books.extend(share.books)
        parts[-1].pairs.extend(share.pairs)
        parts[-1].unmatched.extend(share.unmatched)
    return parts


def part_of_books(assembly: Assembly) -> dict[str, int]:
    """sha256 of each book -> number of the part of the gallery that shows it, from 1."""
    return {
        entry.result.sha256: number
        for number, part in enumerate(_parts(assembly), start=1)
        for entry in part.books
    }


def _write_data(
    assembly: Assembly, settings: DatasetSettings, version: str, shown: _Shown, folder: Path
) -> None:
    """data.js, which holds everything or, where that is too much for a browser, names the files of parts."""
    parts = _parts(assembly)
    head = {"dataset": settings.pretty_name, "version": version}
    if len(parts) == 1:
        write_text(
            folder / "data.js",
            f"window.TUWEN = {_json(head | {'parts': []} | _content(parts[0], shown))};\n",
        )
        return
    names = [f"data-{number:03d}.js" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        write_text(folder / name, f"Object.assign(window.TUWEN, {_json(_content(part, shown))});\n")
    listed = [
        {
            "file": name,
            "first": _title(part.books[0]),
            "last": _title(part.books[-1]),
            "books": len(part.books),
            "pairs": len(part.pairs),
        }
        for name, part in zip(names, parts, strict=True)
    ]
    write_text(folder / "data.js", f"window.TUWEN = {_json(head | {'parts': listed})};\n")


def _content(part: _Part, shown: _Shown) -> dict[str, Any]:
    index = {entry.result.sha256: number for number, entry in enumerate(part.books)}
    return {
        "books": [_book(entry, shown.pages) for entry in part.books],
        "pairs": [_pair(item, index, shown.motifs) for item in part.pairs],
        "unmatched": [_unmatched(item, index, shown.small) for item in part.unmatched],
        "fold": fold_table(_searched(part)),
    }


def _searched(part: _Part) -> Iterator[str]:
    """The texts that are searched."""
    for pair in (item.pair for item in part.pairs):
        yield from (pair.title, pair.caption, pair.description, pair.number)
    yield from (item.row.text for item in part.unmatched)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _title(entry: BookEntry) -> str:
    return clean_text(entry.result.title) or clean_text(entry.file_name)


def _book(entry: BookEntry, shown: set[tuple[str, int]]) -> dict[str, Any]:
    result = entry.result
    return {
        "title": _title(entry),
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


def _pair(item: PublishedPair, index: dict[str, int], motifs: MotifList) -> dict[str, Any]:
    pair = item.pair
    return {
        "id": pair.pair_id,
        "book": index[pair.book_sha256],
        "page": pair.page,
        "label": pair.page_label,
        "box": _numbers(pair.bbox),
        "img": f"../{item.image_file}",
        "thumb": _thumb(pair.image_sha256) if max(pair.width, pair.height) > THUMB_SIDE else "",
        "motifs": sorted(motifs.in_pair(pair)),
        "size": [pair.width, pair.height],
        "kind": pair.kind,
        "medium": pair.medium,
        "subject": pair.subject,
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
        "review": pair.review,
        "conf": round(pair.confidence, 3),
        "split": item.split,
    }


def _unmatched(item: PublishedUnmatched, index: dict[str, int], small: set[str]) -> dict[str, Any]:
    row = item.row
    return {
        "type": row.type,
        "book": index[item.book_sha256],
        "page": row.page,
        "box": _numbers(row.bbox),
        "img": f"../{item.image_file}" if item.image_file else "",
        "thumb": _small(item.image_file).removeprefix("report/") if item.image_file in small else "",
        "text": row.text,
        "reason": row.reason,
    }


def _small(image_file: str) -> str:
    """Path inside the version of the small copy of a crop without text."""
    return f"report/thumbs/unmatched/{Path(image_file).stem}.jpg"


def _thumb(image_sha256: str) -> str:
    """Path of a small picture, from report/."""
    return thumb_path(image_sha256).removeprefix("report/")


def _numbers(box: Box | None) -> list[float] | None:
    return None if box is None else list(rounded(box, 1))
