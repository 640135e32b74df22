"""Reviewed pages as labels: what is truly on them, in the files that docs/evaluating.md describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dataset_cards.assembly import BookEntry, Gathered
from dataset_cards.files import json_line, replace_text, write_json_lines
from extractors.evaluation.labels import META, NEGATIVES, TRUTH
from extractors.records import Pair

NO_FIGURE = "no figure"
"""Kind of a place where a person saw no figure."""


def write_labels(gathered: Gathered, names: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the label files of every book with pages that are done; returns the files of figures.

    `names` are those of the books by sha256. Files of the same names are replaced.
    """
    written = []
    for entry in gathered.books:
        sha256 = entry.result.sha256
        if pages := gathered.done.get(sha256):
            truth = folder / f"{names[sha256]}{TRUTH}"
            write_json_lines(truth, _figures(gathered, sha256, pages))
            write_json_lines(folder / f"{names[sha256]}{NEGATIVES}", _negatives(gathered, sha256, pages))
            replace_text(folder / f"{names[sha256]}{META}", json_line(_meta(entry, sorted(pages))))
            written.append(truth)
    return written


def _meta(entry: BookEntry, pages: list[int]) -> dict[str, Any]:
    sources = entry.result.text_sources
    scan = 2 * sources.get("ocr", 0) > sum(sources.values())
    return {"labelled_pages": pages, "layout": "", "family": entry.result.title, "scan": scan}


def _figures(gathered: Gathered, sha256: str, pages: frozenset[int]) -> Iterator[dict[str, Any]]:
    for pair, _ in gathered.inherited.pairs:
        if pair.book_sha256 == sha256 and pair.page in pages:
            yield _figure(pair)
    # Figures whose text is not known: a person left them without, or said that theirs is wrong.
    for item in gathered.unmatched:
        if item.book_sha256 == sha256 and item.row.page in pages and item.row.type == "figure":
            yield {"page": item.row.page, "bbox": list(item.row.bbox), "optional": True}
    for line in gathered.reviewed:
        if line.book_sha256 == sha256 and line.page in pages and line.state == "rejected":
            yield {"page": line.page, "bbox": list(line.bbox), "optional": True}


def _figure(pair: Pair) -> dict[str, Any]:
    told = pair.caption != pair.description and pair.description_page is not None
    return {
        "fid": pair.pair_id,
        "page": pair.page,
        "bbox": list(pair.bbox),
        "kind": pair.kind,
        "medium": pair.medium,
        "subject": pair.subject,
        "caption": pair.caption,
        "title": pair.title,
        "number": pair.number,
        "group": pair.group,
        "description": pair.description,
        **({"description_page": pair.description_page} if told else {}),
    }


def _negatives(gathered: Gathered, sha256: str, pages: frozenset[int]) -> Iterator[dict[str, Any]]:
    for line in gathered.reviewed:
        if line.book_sha256 == sha256 and line.page in pages and line.state == "removed":
            yield {"page": line.page, "bbox": list(line.bbox), "kind": NO_FIGURE}
