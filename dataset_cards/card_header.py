"""The YAML block at the head of a card: what the Hugging Face Hub and `datasets.load_dataset` read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataset_cards.assembly import Assembly
from dataset_cards.measures import Measures
from dataset_cards.reading import data_files
from dataset_cards.schema import column_features
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS

# The Hub's size classes: the first bound above the number of pairs names the class.
_SIZE_CLASSES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST_CLASS = "1M<n<10M"
# Creative Commons URIs whose identifiers the Hub knows in every version.
_HUB_LICENCE = re.compile(r"https://creativecommons\.org/licenses/([a-z-]+)/4\.0/")
_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def card_header(assembly: Assembly, measures: Measures, settings: DatasetSettings, folder: Path) -> str:
    """The block without its "---" lines; the data files below `folder` must have been written."""
    from huggingface_hub import DatasetCardData  # takes a moment to import; only publishing needs it

    counts = assembly.split_counts()
    held = [split for split in SPLITS if counts[split]]
    bilingual = bool(measures.with_english)
    reviewed = any(name != "unreviewed" for name, _ in measures.reviews)
    data = DatasetCardData(
        language=["zh", "en"] if bilingual else ["zh"],
        **_licence(assembly),
        annotations_creators=["machine-generated", *(["expert-generated"] if reviewed else [])],
        language_creators=["found", *(["machine-generated"] if measures.refined else [])],
        multilinguality="multilingual" if bilingual else "monolingual",
        size_categories=[_size_class(len(assembly.pairs))],
        source_datasets=["original"],
        task_categories=["image-to-text", "text-to-image", "zero-shot-image-classification"],
        task_ids=["image-captioning"],
        pretty_name=settings.pretty_name,
        tags=["cultural-heritage", "chinese", "image-text-retrieval", "art", "textile", "mural", "tuwen"],
        configs=[
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": f"data/{split}-*.parquet"} for split in held],
            }
        ],
        dataset_info=_dataset_info(folder, held),
    )
    return str(data.to_yaml())


def _licence(assembly: Assembly) -> dict[str, Any]:
    """The licence of all books where they share one that the Hub knows; else that each has its own."""
    rights = {entry.facts.rights if entry.facts else None for entry in assembly.books}
    only = rights.pop() if len(rights) == 1 else None
    if only == _CC0:
        return {"license": "cc0-1.0"}
    if only and (match := _HUB_LICENCE.fullmatch(only)):
        return {"license": f"cc-{match[1]}-4.0"}
    return {"license": "other", "license_name": "per-book"}


def _dataset_info(folder: Path, held: list[str]) -> dict[str, Any]:
    """Features and sizes in bytes: `datasets` checks the numbers of rows against what it reads."""
    splits, on_disk = [], 0
    for split in held:
        files = data_files(folder, split)
        tables = [pq.read_metadata(path) for path in files]
        size = sum(t.row_group(n).total_byte_size for t in tables for n in range(t.num_row_groups))
        on_disk += sum(path.stat().st_size for path in files)
        splits.append({"name": split, "num_bytes": size, "num_examples": sum(t.num_rows for t in tables)})
    return {
        "features": [yaml_feature(name, spec) for name, spec in column_features().items()],
        "splits": splits,
        "download_size": on_disk,
        "dataset_size": sum(row["num_bytes"] for row in splits),
    }


def yaml_feature(name: str, spec: dict[str, Any]) -> dict[str, str]:
    """A feature of `column_features` as a card writes it."""
    if spec["_type"] == "Image":
        return {"name": name, "dtype": "image"}
    if spec["_type"] == "Sequence":
        return {"name": name, "sequence": spec["feature"]["dtype"]}
    return {"name": name, "dtype": spec["dtype"]}


def _size_class(count: int) -> str:
    return next((name for bound, name in _SIZE_CLASSES if count < bound), _LARGEST_CLASS)
