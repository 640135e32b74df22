from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
import yaml
from huggingface_hub import DatasetCard
from PIL import Image

from dataset_cards.audit import draw_sample, store_audit
from dataset_cards.files import read_json_lines
from dataset_cards.rights import BookFacts
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from dataset_cards.vocabulary import open_vocabulary
from tests.dataset_cards.shelf import make_book, with_pairs

# What the Hub accepts, as the documentation of huggingface_hub.DatasetCardData and of dataset cards lists it.
# `DatasetCard.validate` asks the Hub itself, so it cannot be called here.
ALLOWED = {
    "annotations_creators": {
        "found",
        "crowdsourced",
        "expert-generated",
        "machine-generated",
        "no-annotation",
        "other",
    },
    "language_creators": {"found", "crowdsourced", "expert-generated", "machine-generated", "other"},
    "source_datasets": {"original", "extended"},
    "task_categories": {
        "image-to-text",
        "text-to-image",
        "zero-shot-image-classification",
        "image-classification",
    },
    "task_ids": {"image-captioning"},
    "size_categories": {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M"},
}


def card_text(version_dir: Path) -> str:
    return (version_dir / "README.md").read_text("utf-8")


def test_the_head_is_read_by_the_hub_library(version_dir: Path) -> None:
    data = DatasetCard(card_text(version_dir)).data.to_dict()
    assert data["language"] == ["zh", "en"]
    assert (data["license"], data["pretty_name"]) == ("other", "图文 Tuwen")
    assert data["size_categories"] == ["n<1K"]
    for key, values in ALLOWED.items():
        assert data[key], key
        assert set(data[key]) <= values, key
    assert data["multilinguality"] in {"monolingual", "multilingual", "translation", "other"}
    files = data["configs"][0]["data_files"]
    assert [row["path"] for row in files] == [f"data/{split}-*.parquet" for split in ("train", "val", "test")]
    assert all(list(version_dir.glob(row["path"])) for row in files)


@pytest.mark.usefixtures("no_network")
def test_features_and_sizes_at_the_head_are_those_that_are_read(version_dir: Path, tmp_path: Path) -> None:
    import datasets

    info = DatasetCard(card_text(version_dir)).data.to_dict()["dataset_info"]
    loaded = datasets.load_dataset(str(version_dir), cache_dir=str(tmp_path), verification_mode="all_checks")
    named = datasets.Features._from_yaml_list(info["features"])
    for split in info["splits"]:
        assert len(loaded[split["name"]]) == split["num_examples"]
        assert loaded[split["name"]].features == named
    assert info["download_size"] == sum(path.stat().st_size for path in version_dir.glob("data/*.parquet"))


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
    vocabulary = open_vocabulary()
    longer = sum(vocabulary.measure(description)[0] > 50 for description in table["description"])
    assert longer
    assert f"{100 * longer / len(table):.1f}%（{longer} 对）" in text
    links = Counter(row["why"] for row in read_json_lines(version_dir / "links.jsonl"))
    assert all(f"| {why} | {count} |" in text for why, count in links.items())
    assert "未抽样核查 no audit sample" in text
    assert "More Information Needed" not in text


def test_pictures_are_small_and_in_the_version(version_dir: Path) -> None:
    pictures = re.findall(r'<img src="([^"]+)"', card_text(version_dir))
    samples = [name for name in pictures if name.startswith("samples/")]
    assert len(samples) == 6
    assert {name for name in pictures if name.startswith("charts/")} == {
        f"charts/{name}.png" for name in ("counts", "lengths", "sizes", "confidence")
    }
    for name in pictures:
        assert (version_dir / name).stat().st_size < 100_000
        with Image.open(version_dir / name) as image:
            assert max(image.size) <= 960


def test_a_huge_crop_is_not_opened_for_a_sample(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path, "小书", 3), width=20_000, height=20_000, confidence=1.0)
    path = publish_version([book], tmp_path / "demo", DatasetSettings()).path
    huge = book.result.pairs[0].pair_id
    assert len(list((path / "samples").iterdir())) == 2
    assert not (path / "samples" / f"{huge}.jpg").exists()


def test_missing_characters_are_listed_with_their_counts(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path, "小书", 5), description="缂丝“螭龙”缂毛|*\ue000")
    text = card_text(publish_version([book], tmp_path / "demo", DatasetSettings()).path)
    (line,) = (line for line in text.splitlines() if line.startswith("缺字"))
    assert "缂 2 · “ 1 · ” 1 · 螭 1 · U+E000 1" in line
    assert "涉及 1 对（20.0%）" in text
    plain = card_text(
        publish_version([make_book(tmp_path, "大书", 5)], tmp_path / "plain", DatasetSettings()).path
    )
    assert "没有 `[UNK]`" in plain


def test_rights_of_every_book_are_told(tmp_path: Path) -> None:
    books = [make_book(tmp_path, title, 3) for title in ("丝绸纹样", "敦煌壁画")]
    facts = BookFacts(
        file="a.pdf",
        title="中国|丝绸",
        author="赵某",
        publisher="某社",
        year=2012,
        isbn="9787301044247",
        rights="http://rightsstatements.org/vocab/InC/1.0/",
        licence="函〔2025〕3 号",
    )
    path = publish_version(
        [replace(books[0], facts=facts), books[1]], tmp_path / "demo", DatasetSettings()
    ).path
    text = card_text(path)
    assert (
        "| 中国\\|丝绸 | 赵某, 某社, 2012 | 978-7301044247 | "
        "[受版权保护 In Copyright](http://rightsstatements.org/vocab/InC/1.0/) | 函〔2025〕3 号 |"
    ) in text
    assert "| 敦煌壁画 |  |  | **不明 unknown** |  |" in text
    assert "2 种书中有 1 种权利不明" in text
    assert DatasetCard(text).data.to_dict()["license_name"] == "per-book"


@pytest.mark.parametrize(
    ("rights", "licence"),
    [
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "cc-by-nc-sa-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("https://creativecommons.org/licenses/by/3.0/cn/", "other"),
    ],
)
def test_a_licence_that_all_books_share_is_the_datasets(tmp_path: Path, rights: str, licence: str) -> None:
    book = replace(make_book(tmp_path, "小书", 3), facts=BookFacts(file="a.pdf", rights=rights))
    path = publish_version([book], tmp_path / "demo", DatasetSettings()).path
    assert DatasetCard(card_text(path)).data.to_dict()["license"] == licence


def test_an_audit_is_quoted_with_its_interval(tmp_path: Path) -> None:
    folder, books = tmp_path / "demo", [make_book(tmp_path, "丝绸纹样", 30)]
    first = publish_version(books, folder, DatasetSettings())
    sample = draw_sample(first.path, 20)
    decisions = {pair_id: "wrong" if n < 2 else "right" for n, pair_id in enumerate(sample.pairs)}
    file = {
        "tuwen_audit": 1,
        "dataset": sample.dataset,
        "version": sample.version,
        "digest": sample.digest,
        "size": sample.size,
        "seed": sample.seed,
        "decisions": decisions,
    }
    (tmp_path / "audit.json").write_text(json.dumps(file), "utf-8")
    result, _ = store_audit(tmp_path / "audit.json", folder)
    second = publish_version([*books, make_book(tmp_path, "敦煌壁画", 3)], folder, DatasetSettings())
    text = card_text(second.path)
    low, high = result.interval()
    assert result.precision is not None
    assert f"准确率为 **{100 * result.precision:.1f}%**（95% 区间 {100 * low:.1f}–{100 * high:.1f}%）" in text
    assert "人工核查了 v0001 版的分层样本（20 对）" in text
    assert "no audit sample" not in text.lower()


def test_the_citation_names_who_when_and_where(tmp_path: Path) -> None:
    settings = DatasetSettings(
        name="silk",
        authors=("某实验室", "A. {Smith}"),
        released=date(2026, 10, 1),
        url="https://example.org/silk",
    )
    path = publish_version([make_book(tmp_path, "小书", 3)], tmp_path / "demo", settings).path
    (entry,) = re.findall(r"```bibtex\n(.*?)```", card_text(path), re.S)
    assert entry.startswith("@misc{silk-v0001,")
    assert "author = {{某实验室} and {A. Smith}}" in entry
    assert "year = {2026}" in entry
    assert entry.count("{") == entry.count("}")
    cff = yaml.safe_load((path / "CITATION.cff").read_text("utf-8"))
    assert (cff["cff-version"], cff["date-released"]) == ("1.2.0", date(2026, 10, 1))
    assert [author["name"] for author in cff["authors"]] == ["某实验室", "A. {Smith}"]


def test_without_an_author_there_is_no_citation_file(version_dir: Path) -> None:
    assert not (version_dir / "CITATION.cff").exists()
    assert "author = " not in card_text(version_dir)


def test_method_names_programs_and_stages(tmp_path: Path) -> None:
    books = [
        replace(make_book(tmp_path, title, 3), made_by={"program pairs": number, "ocr": "abc"})
        for title, number in (("丝绸纹样", "2"), ("敦煌壁画", "3"))
    ]
    text = card_text(publish_version(books, tmp_path / "demo", DatasetSettings()).path)
    assert f"tuwen {version('tuwen')} · pymupdf" in text
    assert "| program pairs | 2 / 3 |" in text
    assert "| ocr | abc |" in text


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
