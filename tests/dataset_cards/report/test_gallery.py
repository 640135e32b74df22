from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.browser import Shown, browse, needs_browser
from tests.dataset_cards.conftest import HOSTILE
from tests.dataset_cards.shelf import make_book, with_pairs


def read_data(version_dir: Path) -> dict[str, Any]:
    text = (version_dir / "report" / "data.js").read_text("utf-8")
    return dict(json.loads(text.removeprefix("window.TUWEN = ").rstrip().removesuffix(";")))


def open_gallery(version_dir: Path, address: str, profile: Path) -> Shown:
    return browse(version_dir / "report" / "index.html", profile, address)


def test_every_picture_the_gallery_names_is_there(version_dir: Path) -> None:
    data, report = read_data(version_dir), version_dir / "report"
    items = (*data["pairs"], *data["unmatched"])
    pictures = [item[name] for item in items for name in ("img", "thumb") if item[name]]
    pages = [page[0] for book in data["books"] for page in book["pages"].values()]
    assert len(data["pairs"]) == 90
    assert all((report / name).is_file() for name in (*pictures, *pages))


def test_every_pair_has_its_page_with_a_size_in_points(version_dir: Path) -> None:
    data = read_data(version_dir)
    for pair in data["pairs"]:
        path, width, height = data["books"][pair["book"]]["pages"][str(pair["page"])]
        assert (width, height) == (420, 595)
        assert Image.open(version_dir / "report" / path).size == (420, 595)
        assert 0 <= pair["box"][0] < pair["box"][2] <= width


def test_nothing_is_loaded_from_elsewhere(version_dir: Path) -> None:
    for path in (version_dir / "report").glob("*.*"):
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|fetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML", text), (
            path.name
        )


def test_the_name_of_the_dataset_is_escaped(hostile_version_dir: Path) -> None:
    source = (hostile_version_dir / "report" / "index.html").read_text("utf-8")
    assert HOSTILE not in source
    assert HOSTILE in Shown(source).text


@needs_browser
def test_the_browser_shows_pairs_and_filters_them(version_dir: Path, tmp_path: Path) -> None:
    everything = open_gallery(version_dir, "", tmp_path)
    assert len(everything.classes("card")) >= 60
    assert "共 90 项" in everything.text
    murals = open_gallery(version_dir, "kind=mural&split=train", tmp_path)
    pairs = [p for p in read_data(version_dir)["pairs"] if (p["kind"], p["split"]) == ("mural", "train")]
    assert len(murals.classes("card")) == len(pairs) > 0
    assert f"90 项中的 {len(pairs)} 项" in murals.text


@needs_browser
@pytest.mark.parametrize("query", ["图版九九", "图版　九九", "图版 九九", "FIGURE FOUND", "ｆｉｇｕｒｅ"])
def test_search_minds_neither_width_nor_case_nor_spaces(
    version_dir: Path, tmp_path: Path, query: str
) -> None:
    page = open_gallery(version_dir, f"view=unmatched&type=caption&query={quote(query)}", tmp_path)
    assert len(page.classes("card")) == 3


@needs_browser
def test_the_viewer_draws_both_boxes_in_points(version_dir: Path, tmp_path: Path) -> None:
    pair = read_data(version_dir)["pairs"][0]
    page = open_gallery(version_dir, f"open={pair['id']}", tmp_path)
    (figure,) = page.classes("figure")
    assert [float(figure[name] or 0) for name in ("x", "y")] == pair["box"][:2]
    assert any(attrs.get("x") == "60" for attrs in page.classes("caption"))
    assert any(attrs.get("viewbox") == "0 0 420 595" for _, attrs in page.tags)


@needs_browser
def test_a_caption_on_the_facing_page_brings_both_pages(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path / "objects", "小书", 6), caption_page=2)
    published = publish_version([book], tmp_path / "demo", DatasetSettings())
    page = open_gallery(published.path, f"open={book.result.pairs[0].pair_id}", tmp_path / "profile")
    leaves = [
        attrs["src"] for tag, attrs in page.tags if tag == "img" and "pages/" in (attrs.get("src") or "")
    ]
    assert [Path(leaf or "").name for leaf in leaves] == ["0001.jpg", "0002.jpg"]
    assert len(page.classes("figure")) == 1


@needs_browser
def test_the_browser_lists_what_was_left_over(version_dir: Path, tmp_path: Path) -> None:
    leftovers = open_gallery(version_dir, "view=unmatched&type=caption", tmp_path)
    assert len(leftovers.classes("card")) == 3
    assert "没有找到对应的图" in leftovers.text
    failures = open_gallery(version_dir, "view=failures", tmp_path)
    assert failures.text.count("调高 page_seconds") == 3


@needs_browser
def test_captions_stay_text_whatever_they_say(hostile_version_dir: Path, tmp_path: Path) -> None:
    pair = next(p for p in read_data(hostile_version_dir)["pairs"] if "onerror" in p["title"])
    page = open_gallery(hostile_version_dir, f"open={pair['id']}", tmp_path)
    assert f"description {HOSTILE}" in page.text
    assert not any("onerror" in attrs for _, attrs in page.tags)
    assert sum(tag == "script" for tag, _ in page.tags) == 8


@pytest.fixture
def parted_version_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three books, each too large to share a part with another."""
    monkeypatch.setattr("dataset_cards.report.gallery.PART_ITEMS", 40)
    books = [make_book(tmp_path / "objects", title, 30) for title in ("丙书", "乙书", "甲书")]
    return publish_version(books, tmp_path / "demo", DatasetSettings()).path


def test_a_large_dataset_is_shown_in_parts_of_whole_books(parted_version_dir: Path) -> None:
    data = read_data(parted_version_dir)
    assert "pairs" not in data
    assert [(part["first"], part["pairs"]) for part in data["parts"]] == [
        ("丙书", 30),
        ("乙书", 30),
        ("甲书", 30),
    ]
    found = []
    for part in data["parts"]:
        text = (parted_version_dir / "report" / part["file"]).read_text("utf-8")
        content = json.loads(text.removeprefix("Object.assign(window.TUWEN, ").rstrip().removesuffix(");"))
        assert {pair["book"] for pair in content["pairs"]} == {0}
        found += [pair["id"] for pair in content["pairs"]]
    assert sorted(found) == sorted(row["pair_id"] for row in iter_rows(parted_version_dir))


@needs_browser
def test_the_browser_loads_the_part_in_the_address(parted_version_dir: Path, tmp_path: Path) -> None:
    page = open_gallery(parted_version_dir, "part=2", tmp_path / "profile")
    assert len(page.classes("card")) == 30
    assert "第 2／3 部分 · 1 本书" in page.text
    assert "乙书 · 1 页" in page.text
    assert "甲书 · 1 页" not in page.text
    beyond = open_gallery(parted_version_dir, "part=9", tmp_path / "profile")
    assert "第 3／3 部分" in beyond.text
