"""README.md of a version: the dataset card, with the keys the Hugging Face Hub reads at its head."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.cleaning import clean_text, markdown_cell
from dataset_cards.files import write_text
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS

# Chinese-CLIP reads 52 tokens, two of them marks: longer texts lose their end.
CLIP_CHARACTERS = 50
SAMPLES = 6
# The Hub's size classes: the first bound above the number of pairs names the class.
_SIZE_CLASSES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST_CLASS = "1M<n<10M"


def write_card(assembly: Assembly, settings: DatasetSettings, version: str, folder: Path) -> None:
    """Write README.md below `folder`."""
    template = files(__package__).joinpath("card.md.j2").read_text("utf-8")
    # Markdown is not HTML, but it lets HTML through: what books say is escaped by the `cell` filter.
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = markdown_cell
    text = environment.from_string(template).render(
        header=_header(assembly, settings), settings=settings, version=version, **_facts(assembly)
    )
    write_text(folder / "README.md", text.rstrip() + "\n")


def _header(assembly: Assembly, settings: DatasetSettings) -> str:
    """The YAML block the Hub reads; `configs` also tells `datasets.load_dataset` what to open."""
    from huggingface_hub import DatasetCardData  # takes a moment to import; only publishing needs it

    pairs = [item.pair for item in assembly.pairs]
    counts = assembly.split_counts()
    data = DatasetCardData(
        language=["zh", "en"] if any(pair.description_en for pair in pairs) else ["zh"],
        license="other",
        license_name="per-book",
        annotations_creators=["machine-generated"],
        language_creators=["found"],
        multilinguality="multilingual" if any(pair.description_en for pair in pairs) else "monolingual",
        size_categories=[_size_class(len(pairs))],
        source_datasets=["original"],
        task_categories=["image-to-text", "text-to-image", "zero-shot-image-classification"],
        pretty_name=settings.pretty_name,
        tags=["cultural-heritage", "chinese", "image-text-retrieval", "art", "textile", "mural", "tuwen"],
        configs=[
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"data/{split}-*.parquet"} for split in SPLITS if counts[split]
                ],
            }
        ],
    )
    return str(data.to_yaml())


def _facts(assembly: Assembly) -> dict[str, Any]:
    pairs = [item.pair for item in assembly.pairs]
    lengths = sorted(len(pair.description) for pair in pairs)
    pages: Counter[str] = Counter()
    for entry in assembly.books:
        pages.update(entry.result.text_sources)
    reasons = Counter(f"{item.row.type}: {item.row.reason}" for item in assembly.unmatched)
    return {
        "books": _book_table(assembly),
        "total": len(pairs),
        "counts": assembly.split_counts(),
        "first_split": next(split for split in SPLITS if assembly.split_counts()[split]),
        "kinds": _by_split(assembly, lambda item: item.pair.kind),
        "sources": _by_split(assembly, lambda item: item.pair.description_source),
        "readings": _by_split(assembly, lambda item: item.pair.text_source),
        "refined": sum(pair.description_source == "refined" for pair in pairs),
        "pages": sorted(pages.items()),
        "page_total": sum(entry.result.page_count for entry in assembly.books),
        "failed": sum(len(entry.result.failures) for entry in assembly.books),
        "unmatched": len(assembly.unmatched),
        "reasons": reasons.most_common(),
        "with_english": sum(pair.description_en is not None for pair in pairs),
        "length": {"shortest": lengths[0], "median": lengths[len(lengths) // 2], "longest": lengths[-1]},
        "limit": CLIP_CHARACTERS,
        "over_limit": sum(length > CLIP_CHARACTERS for length in lengths),
        "distinct_texts": len({pair.description for pair in pairs}),
        "samples": _samples(assembly.pairs),
    }


def _book_table(assembly: Assembly) -> list[dict[str, Any]]:
    splits: dict[str, Counter[str]] = defaultdict(Counter)
    for item in assembly.pairs:
        splits[item.pair.book_sha256][item.split] += 1
    return [
        {
            "title": clean_text(entry.result.title) or clean_text(entry.file_name),
            "file": clean_text(entry.file_name),
            "pages": entry.result.page_count,
            "failed": len(entry.result.failures),
            "pairs": splits[entry.result.sha256],
        }
        for entry in assembly.books
    ]


def _by_split(assembly: Assembly, name: Any) -> list[tuple[str, Counter[str]]]:
    """What `name` gives for a pair -> pairs in each split; the most frequent first."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for item in assembly.pairs:
        table[name(item)][item.split] += 1
    return sorted(table.items(), key=lambda row: (-row[1].total(), row[0]))


def _samples(pairs: Iterable[PublishedPair]) -> list[PublishedPair]:
    """Some sure pairs to show, of as many books and kinds as there are."""
    best = sorted(pairs, key=lambda item: (-item.pair.confidence, item.pair.pair_id))
    chosen: list[PublishedPair] = []
    seen: set[tuple[str, str]] = set()
    for item in best:
        place = (item.pair.book_sha256, item.pair.kind)
        if place not in seen:
            seen.add(place)
            chosen.append(item)
    rest = [item for item in best if item not in chosen]
    return [*chosen, *rest][:SAMPLES]


def _size_class(count: int) -> str:
    return next((name for bound, name in _SIZE_CLASSES if count < bound), _LARGEST_CLASS)
