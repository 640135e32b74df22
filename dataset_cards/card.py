"""README.md of a version: the dataset card, with its charts and sample pictures beside it."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from PIL import Image

from dataset_cards.assembly import Assembly, BookEntry, PublishedPair
from dataset_cards.audit import read_audit
from dataset_cards.card_header import card_header
from dataset_cards.charts import write_charts
from dataset_cards.citation import bibtex, write_citation
from dataset_cards.cleaning import clean_text, markdown_cell
from dataset_cards.files import write_text
from dataset_cards.leaks import leak_summary
from dataset_cards.measures import Measures, measure
from dataset_cards.provenance import made_by, program_versions
from dataset_cards.rights import UNKNOWN_RIGHTS, book_columns
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS
from dataset_cards.statements import statement
from dataset_cards.vocabulary import CLIP_TOKENS

SAMPLES = 6
# Pixels a sample picture may have at most: two for each that the card's table shows.
_SAMPLE_SIZE = (360, 280)
_SAMPLE_QUALITY = 85
# Pixels of a crop that is opened to be made small; a folding plate would take gigabytes.
_LARGEST_CROP = 40_000_000
# Longer tables are for books.jsonl.
BOOKS_SHOWN = 100
MISSING_SHOWN = 60


def write_card(assembly: Assembly, settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write README.md, charts/, samples/ and CITATION.cff below `folder`, after its data files.

    The newest audit at ../audits is quoted. Raises DamagedWorkspaceError when that cannot be read,
    MissingDependencyError where Chinese-CLIP's vocabulary is not installed.
    """
    measures = measure(assembly)
    write_charts(measures, folder)
    samples = _samples(assembly.pairs)
    for item in samples:
        _write_sample(item, folder / sample_file(item))
    write_citation(settings, version, folder)
    template = files(__package__).joinpath("card.md.j2").read_text("utf-8")
    # Markdown is not HTML, but it lets HTML through: what books say is escaped by the `cell` filter.
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"cell": markdown_cell, "share": _share, "sample_file": sample_file}
    text = environment.from_string(template).render(
        header=card_header(assembly, measures, settings, folder),
        settings=settings,
        version=version,
        measures=measures,
        samples=samples,
        audit=read_audit(folder.parent),
        citation=bibtex(settings, version),
        **_facts(assembly, measures),
    )
    write_text(folder / "README.md", text.rstrip() + "\n")


def sample_file(item: PublishedPair) -> str:
    """Path of a sample's small picture inside the version."""
    return f"samples/{item.pair.pair_id}.jpg"


def _facts(assembly: Assembly, measures: Measures) -> dict[str, Any]:
    counts = assembly.split_counts()
    pages: Counter[str] = Counter()
    for entry in assembly.books:
        pages.update(entry.result.text_sources)
    books = _book_table(assembly)
    added = {line.pair_id for line in assembly.reviewed if line.state == "added"}
    return {
        "books": books[:BOOKS_SHOWN],
        "book_total": len(books),
        "without_rights": sum(book["rights"] == UNKNOWN_RIGHTS for book in books),
        "total": len(assembly.pairs),
        "counts": counts,
        "first_split": next(split for split in SPLITS if counts[split]),
        "pages": sorted(pages.items()),
        "page_total": sum(entry.result.page_count for entry in assembly.books),
        "failed": sum(len(entry.result.failures) for entry in assembly.books),
        "unmatched": len(assembly.unmatched),
        "reasons": Counter(
            f"{item.row.type}: {item.row.reason}" for item in assembly.unmatched
        ).most_common(),
        "characters": _five_numbers(measures.characters),
        "tokens": _five_numbers(measures.tokens),
        "limit": CLIP_TOKENS,
        "missing": [(_visible(char), count) for char, count in _by_count(measures.unknown)[:MISSING_SHOWN]],
        "reviews": Counter(item.pair.review for item in assembly.pairs),
        "added": sum(item.pair.pair_id in added for item in assembly.pairs),
        "links": _by_count(Counter(link.why for link in assembly.links)),
        "dropped": _by_count(Counter(item.reason for item in assembly.dropped)),
        "leaks": leak_summary(assembly.leaks),
        "packages": program_versions(),
        "made_by": made_by(assembly.books),
    }


def _book_table(assembly: Assembly) -> list[dict[str, Any]]:
    splits: dict[str, Counter[str]] = defaultdict(Counter)
    for item in assembly.pairs:
        splits[item.pair.book_sha256][item.split] += 1
    return [_book_line(entry, splits[entry.result.sha256]) for entry in assembly.books]


def _book_line(entry: BookEntry, pairs: Counter[str]) -> dict[str, Any]:
    facts = book_columns(entry.facts)
    title = str(facts["title"] or clean_text(entry.result.title) or clean_text(entry.file_name))
    rights = str(facts["rights"])
    return {
        **facts,
        "title": title,
        "printed": ", ".join(str(facts[name]) for name in ("author", "publisher", "year") if facts[name]),
        "pages": entry.result.page_count,
        "failed": len(entry.result.failures),
        "pairs": pairs,
        "statement": None if rights == UNKNOWN_RIGHTS else statement(rights),
    }


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _five_numbers(values: Any) -> list[int]:
    """Smallest, lower quartile, median, upper quartile and largest of whole numbers."""
    return [int(n) for n in np.quantile(values, (0, 0.25, 0.5, 0.75, 1), method="nearest")]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _visible(char: str) -> str:
    """`char`, or its number where it shows nothing by itself."""
    alone = char.isprintable() and unicodedata.category(char)[0] not in "MCZ"
    return char if alone else f"U+{ord(char):04X}"


def _samples(pairs: Iterable[PublishedPair]) -> list[PublishedPair]:
    """Some sure pairs to show, of as many books and kinds as there are."""
    small = (item for item in pairs if item.pair.width * item.pair.height <= _LARGEST_CROP)
    best = sorted(small, key=lambda item: (-item.pair.confidence, item.pair.pair_id))
    chosen: list[PublishedPair] = []
    seen: set[tuple[str, str]] = set()
    for item in best:
        place = (item.pair.book_sha256, item.pair.kind)
        if place not in seen:
            seen.add(place)
            chosen.append(item)
    shown = {item.pair.pair_id for item in chosen}
    rest = [item for item in best if item.pair.pair_id not in shown]
    return [*chosen, *rest][:SAMPLES]


def _write_sample(item: PublishedPair, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with Image.open(item.source) as crop:
        picture = crop.convert("RGBA" if crop.has_transparency_data else "RGB")
    picture.thumbnail(_SAMPLE_SIZE, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    ground.save(path, "JPEG", quality=_SAMPLE_QUALITY)
