"""What refinement adds to a version: a column, a line of the card, and nothing that depends on the asking."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dataset_cards.files import file_sha256
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.splits import SPLITS
from dataset_cards.verify import manifest_text, read_manifest
from dataset_cards.version import BookEntry, nothing_new, publish_version
from extractors.records import Refinement, Refusal
from tests.dataset_cards.shelf import make_book, with_pairs

SETTINGS = DatasetSettings()
RAW, BETTER = "缠枝莲纹 ,织金", "缠枝莲纹，织金"


@pytest.fixture
def book(tmp_path: Path) -> BookEntry:
    return make_book(tmp_path / "objects", "丝绸纹样")


def refined(book: BookEntry) -> BookEntry:
    """The book with its first description refined."""
    return with_pairs(book, description=BETTER, description_source="refined", description_raw=RAW)


def rows(version: Path) -> list[dict[str, object]]:
    return list(iter_rows(version))


def test_the_raw_text_is_published_beside_the_refined_one(book: BookEntry, tmp_path: Path) -> None:
    version = publish_version([refined(book)], tmp_path / "demo", SETTINGS).path
    found = [(row["description"], row["description_raw"], row["description_source"]) for row in rows(version)]
    assert (BETTER, RAW, "refined") in found
    assert sum(raw is not None for _, raw, _ in found) == 1
    assert "1 对的文字由语言模型改正过" in (version / "README.md").read_text("utf-8")


def test_a_card_without_refined_texts_does_not_speak_of_a_model(book: BookEntry, tmp_path: Path) -> None:
    version = publish_version([book], tmp_path / "demo", SETTINGS).path
    assert "改正过错字" not in (version / "README.md").read_text("utf-8")


def test_how_texts_were_asked_for_makes_no_version(book: BookEntry, tmp_path: Path) -> None:
    asked = replace(
        book.result,
        refined=Refinement(asked=9, cached=0, changed=0, unchanged=8, failed={"timeout": 1}),
        refusals=(Refusal("p1", RAW, "别的", "rewritten"),),
    )
    publish_version([book], tmp_path / "demo", SETTINGS)
    assert nothing_new([replace(book, result=asked)], tmp_path / "demo", SETTINGS)


def test_a_version_from_before_the_column_and_shards_is_built_upon(book: BookEntry, tmp_path: Path) -> None:
    old = publish_version([book], tmp_path / "demo", SETTINGS).path
    manifest = read_manifest(old)
    for split in SPLITS:
        shard, name = f"data/{split}-00000-of-00001.parquet", f"data/{split}.parquet"
        pq.write_table(pq.read_table(old / shard).drop_columns(["description_raw"]), old / name)
        (old / shard).unlink()
        del manifest["files"][shard]
        manifest["files"][name] = {"sha256": file_sha256(old / name), "bytes": (old / name).stat().st_size}
    (old / "manifest.json").chmod(0o644)
    (old / "manifest.json").write_text(manifest_text(manifest), "utf-8")
    (tmp_path / "demo" / "CURRENT").write_text("v0001\n", "utf-8")  # as it was then, without a digest
    assert {row["description_raw"] for row in iter_rows(old)} == {None}
    new = publish_version([refined(book)], tmp_path / "demo", SETTINGS)
    assert (new.version, new.added, new.removed, new.changed) == ("v0002", 0, 0, 1)
