from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from huggingface_hub import DatasetCard

from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs


def card_text(version_dir: Path) -> str:
    return (version_dir / "README.md").read_text("utf-8")


def test_the_head_is_read_by_the_hub_library(version_dir: Path) -> None:
    data = DatasetCard(card_text(version_dir)).data.to_dict()
    assert data["language"] == ["zh", "en"]
    assert (data["license"], data["pretty_name"]) == ("other", "图文 Tuwen")
    assert data["size_categories"] == ["n<1K"]
    assert "image-to-text" in data["task_categories"]
    files = data["configs"][0]["data_files"]
    assert [row["path"] for row in files] == [f"data/{split}-*.parquet" for split in ("train", "val", "test")]
    assert all(list(version_dir.glob(row["path"])) for row in files)


@pytest.mark.usefixtures("no_network")
def test_every_snippet_runs_as_printed(
    version_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.chdir(version_dir.parent)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", card_text(version_dir), re.S)
    assert len(snippets) == 4
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), {})


def test_counts_are_those_of_the_tables(version_dir: Path) -> None:
    text = card_text(version_dir)
    table = pd.read_parquet(version_dir / "data", columns=["kind", "description", "split"])
    for kind, rows in table.groupby("kind"):
        counts = [int((rows["split"] == s).sum()) for s in ("train", "val", "test")]
        assert f"| {kind} | {counts[0]} | {counts[1]} | {counts[2]} | {len(rows)} |" in text
    longer = int((table["description"].str.len() > 50).sum())
    assert f"{100 * longer / len(table):.1f}%（{longer} 对）" in text
    assert "not reviewed" in text


def test_sample_pictures_are_in_the_version(version_dir: Path) -> None:
    pictures = re.findall(r'<img src="([^"]+)"', card_text(version_dir))
    assert 3 <= len(pictures) <= 6
    assert all((version_dir / picture).is_file() for picture in pictures)


def test_no_table_row_is_torn_by_what_books_say(hostile_version_dir: Path) -> None:
    text = card_text(hostile_version_dir)
    body = text.split("---\n", 2)[2]
    assert "<script>" not in body
    assert "<img src=x" not in body
    for block in re.findall(r"(?:^\|.*\n)+", body, re.M):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}
        assert len(widths) == 1, block


def test_a_book_without_english_gives_a_chinese_card(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path, "小书", 2), description_en=None)
    published = publish_version([book], tmp_path / "demo", DatasetSettings())
    data = DatasetCard(card_text(published.path)).data.to_dict()
    assert (data["language"], data["multilinguality"]) == (["zh"], "monolingual")
