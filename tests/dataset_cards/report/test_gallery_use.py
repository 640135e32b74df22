"""The gallery in a browser that is driven: search, motifs, zoom, alternative texts, taking the list along."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.browser import CHROMIUM
from tests.dataset_cards.shelf import make_book, with_pairs

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version of two books with large crops; the first pair of each names one motif in another script."""
    root = tmp_path_factory.mktemp("published")
    old = with_pairs(
        make_book(root / "objects", "繁體書", 6, png_side=640), title="寶相花紋錦", caption="圖 3 寶相花紋錦"
    )
    new = with_pairs(
        make_book(root / "objects", "简体书", 6, png_side=640),
        title="宝相花纹锦",
        caption="图３宝相花纹锦",
        review="accepted",
        rule="same-page+part",
    )
    return publish_version([old, new], root / "demo", DatasetSettings(pretty_name="试")).path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Any, published: Path) -> Iterator[Any]:
    """The gallery, open; a fault of its scripts fails the test."""
    shown = browser.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.goto((published / "report" / "index.html").as_uri())
    yield shown
    shown.close()
    assert not faults


def search(page: Any, words: str, count: int) -> None:
    page.fill("#query", words)
    page.wait_for_function(f"document.querySelectorAll('.card').length === {count}")


@pytest.mark.parametrize("words", ["宝相花", "寶相花", "宝 相花", "图3", "图 3", "圖　３", "图 3 寶相花纹"])
def test_search_finds_both_scripts_and_any_width(page: Any, words: str) -> None:
    search(page, words, 2)
    assert set(page.locator(".card h3").all_text_contents()) == {"寶相花紋錦", "宝相花纹锦"}


def test_a_motif_leads_to_all_its_pairs(page: Any, published: Path) -> None:
    motifs = json.loads((published / "statistics.json").read_text("utf-8"))["motifs"]
    counted = {motif["name"]: motif["pairs"] for motif in motifs if motif["pairs"]}
    page.goto((published / "report" / "statistics.html").as_uri())
    links = {link.text_content(): link.get_attribute("href") for link in page.locator("td.name a").all()}
    assert links.keys() == counted.keys()
    for name, link in links.items():
        page.goto(f"{(published / 'report').as_uri()}/{link}")
        page.reload()
        assert page.locator(".card").count() == counted[name]


def test_lists_show_small_pictures_and_every_picture_has_words(page: Any, published: Path) -> None:
    pictures = [(i.get_attribute("src"), i.get_attribute("alt")) for i in page.locator(".card img").all()]
    assert len(pictures) == 12
    assert all(source.startswith("thumbs/") and alt for source, alt in pictures)
    assert all((published / "report" / source).stat().st_size < 60_000 for source, _ in pictures)
    page.locator(".card").first.click()
    assert all(i.get_attribute("alt") for i in page.locator("dialog img").all())


def test_the_picture_can_be_looked_at_closely(page: Any) -> None:
    page.locator(".card").first.click()
    page.keyboard.press("p")
    page.wait_for_selector("dialog img.whole")
    before = page.locator("dialog img.whole").bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("+")
    after = page.locator("dialog img.whole").bounding_box()
    assert after["width"] == pytest.approx(before["width"] * 1.25**2, rel=0.01)
    page.keyboard.press("0")
    assert page.locator("dialog img.whole").bounding_box() == before
    page.keyboard.press("ArrowRight")
    assert page.locator("dialog img.whole").count() == 1


def test_the_filtered_list_is_saved_and_copied(page: Any, published: Path) -> None:
    rows = {row["pair_id"]: row for row in iter_rows(published)}
    search(page, "宝相花", 2)
    saved = {}
    for name in ("csv", "jsonl"):
        with page.expect_download() as download:
            page.click(f"#{name}")
        assert download.value.suggested_filename == f"试-v0001-pairs.{name}"
        saved[name] = Path(download.value.path()).read_text("utf-8")
    assert saved["csv"].startswith("\ufeff")
    table = list(csv.DictReader(io.StringIO(saved["csv"].removeprefix("\ufeff"), newline="")))
    lines = [json.loads(line) for line in saved["jsonl"].splitlines()]
    assert [line["pair_id"] for line in lines] == [line["pair_id"] for line in table]
    for line, cells in zip(lines, table, strict=True):
        row = rows[line["pair_id"]]
        for column in ("title", "caption", "description", "medium", "subject", "kind", "review"):
            assert line[column] == cells[column] == row[column]
        assert (published / line["image"]).is_file()
    page.click("#copy")
    page.wait_for_function("document.querySelector('#taken').textContent.includes('2')")


def test_a_text_that_a_spreadsheet_would_run_is_quoted(page: Any) -> None:
    assert page.evaluate("asCsv([{ a: '=1+1', b: 'x,\"y\"' }])") == '\ufeffa,b\r\n\'=1+1,"x,""y"""\r\n'


def test_media_and_subjects_filter(page: Any, published: Path) -> None:
    rows = list(iter_rows(published))
    subject = rows[0]["subject"]
    count = sum(row["subject"] == subject for row in rows)
    page.locator("#subjects button", has_text=subject).click()
    assert page.locator(".card").count() == count
    page.select_option("#medium", rows[0]["medium"])
    assert page.locator(".card").count() <= count


def test_the_state_of_review_is_shown_and_filters(page: Any) -> None:
    options = page.locator("#review option").all_text_contents()
    assert options == ["全部 All（12）", "未审 unreviewed（11）", "已采纳 accepted（1）"]
    page.select_option("#review", "accepted")
    assert page.locator(".card .seen").all_text_contents() == ["✓ 已采纳"]
    assert page.locator(".card").count() == 1
    page.locator(".card").click()
    facts = page.locator("dialog dl").text_content()
    assert "审定 Review已采纳 accepted" in facts
    assert "规则 Rule同页图题 + 图题中的一段 same-page+part" in facts
    page.keyboard.press("Escape")
    page.select_option("#review", "unreviewed")
    assert page.locator(".card .seen").count() == 0
    page.reload()
    assert page.locator(".card").count() == 11


def test_reasons_of_what_was_left_over_are_chinese(page: Any) -> None:
    page.locator("#tabs [data-view=unmatched]").click()
    assert "没有找到对应的图" in page.locator("#grid").text_content()
    assert page.locator("#reason option").all_text_contents()[1:] != []
    search(page, "没有找到对应的图", 2)
