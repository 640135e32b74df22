"""Translations of the texts, for cross-lingual learning: from a column of the version or a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alignment.data import Sample, Split
from alignment.errors import UsageError
from dataset_cards.files import file_sha256, parse_json
from dataset_cards.reading import iter_rows
from dataset_cards.schema import TEXT_COLUMNS


def read_sources(version_dir: Path, split: Split, samples: Sequence[Sample], source: str) -> list[str | None]:
    """The translation of each sample's text, None where there is none.

    `source` is a column of the version's Parquet files, or the path of a .jsonl file with a "pair_id" and a
    "text" in each line. Raises UsageError for a column that is not there and a file that cannot be read.
    """
    found = (
        _from_file(Path(source).expanduser())
        if source.endswith(".jsonl")
        else _column(version_dir, split, source)
    )
    return [(found.get(sample.pair_id) or "").strip() or None for sample in samples]


def sources_digest(source: str) -> str | None:
    """The SHA-256 of a file of translations; None for a column, for which the version's digest answers."""
    return file_sha256(Path(source).expanduser()) if source.endswith(".jsonl") else None


def _column(version_dir: Path, split: Split, name: str) -> dict[str, str | None]:
    if name not in TEXT_COLUMNS:
        raise UsageError(
            f"finetune.cl2cm.source is {name!r}, which is neither a .jsonl file nor a column of a version "
            f"({', '.join(TEXT_COLUMNS)})"
        )
    return {row["pair_id"]: row[name] for row in iter_rows(version_dir, split, ("pair_id", name))}


def _from_file(path: Path) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    row = parse_json(line)
                    found[row["pair_id"]] = row["text"]
                except (ValueError, KeyError, TypeError):
                    raise UsageError(
                        f'{path}, line {number}: is not of the form {{"pair_id": "…", "text": "…"}}'
                    ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the translations cannot be read ({error})") from None
    return found
