"""The rows of books.jsonl and unmatched.jsonl."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dataset_cards.assembly import Assembly, BookEntry, PublishedUnmatched
from dataset_cards.cleaning import clean_text
from dataset_cards.rights import book_columns


def unmatched_row(item: PublishedUnmatched) -> dict[str, Any]:
    """A line of unmatched.jsonl; the box in points."""
    row = item.row
    return {
        "type": row.type,
        "book_sha256": item.book_sha256,
        "book_title": item.book_title,
        "page": row.page,
        "bbox": list(row.bbox),
        "text": row.text,
        "reason": row.reason,
        "image": item.image_file,
    }


def book_rows(assembly: Assembly) -> Iterator[dict[str, Any]]:
    """The lines of books.jsonl: what each book gave, and what in it could not be read."""
    splits: dict[str, Counter[str]] = defaultdict(Counter)
    for item in assembly.pairs:
        splits[item.pair.book_sha256][item.split] += 1
    unmatched = Counter(item.book_sha256 for item in assembly.unmatched)
    for entry in assembly.books:
        sha256 = entry.result.sha256
        yield _book_row(entry, splits[sha256], unmatched[sha256])


def _book_row(entry: BookEntry, splits: Counter[str], unmatched: int) -> dict[str, Any]:
    result = entry.result
    facts = book_columns(entry.facts)
    return {
        **facts,
        "title": facts["title"] or clean_text(result.title),
        "file_name": clean_text(entry.file_name),
        "sha256": result.sha256,
        "pages": result.page_count,
        "pairs": splits.total(),
        "splits": {split: splits[split] for split in sorted(splits)},
        "unmatched": unmatched,
        "text_sources": dict(sorted(result.text_sources.items())),
        "dropped": dict(sorted(result.dropped.items())),
        "made_by": dict(sorted(entry.made_by.items())),
        "failures": [
            {"page": f.page, "stage": f.stage, "reason": f.reason, "detail": clean_text(f.detail)}
            for f in sorted(result.failures, key=lambda f: (f.page, f.stage))
        ],
    }
