from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from dataset_cards.audit import Sample, draw_sample, store_audit
from dataset_cards.reading import iter_rows
from dataset_cards.report.audit_page import write_audit_page
from tests.dataset_cards.browser import Shown, browse, needs_browser
from tests.dataset_cards.conftest import HOSTILE

SIZE = 40


@pytest.fixture(scope="module")
def sample(version_dir: Path) -> Sample:
    return draw_sample(version_dir, SIZE)


@pytest.fixture(scope="module")
def page(version_dir: Path, sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audit") / "page.html"
    write_audit_page(sample, version_dir, path)
    return path


def data_of(path: Path) -> dict[str, Any]:
    source = path.read_text("utf-8")
    return dict(json.loads(source.split('type="application/json">')[1].split("</script>")[0]))


def with_keys(page: Path, keys: list[str], folder: Path, after: str = "") -> Path:
    """The page with a hand at the keyboard: each key is pressed as soon as the page is there."""
    presses = f"""
      for (const key of {json.dumps(keys)}) {{
        document.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true, cancelable: true }}));
      }}
      {after}
    """
    path = folder / "page.html"
    path.write_text(page.read_text("utf-8").replace("</body>", f"<script>{presses}</script></body>"), "utf-8")
    return path


def saved(shown: Shown) -> dict[str, Any]:
    href = shown.by_id("save")["href"] or ""
    return dict(json.loads(unquote(href.split(",", 1)[1])))


def test_the_page_stands_alone_and_holds_the_sample(page: Path, sample: Sample) -> None:
    source = page.read_text("utf-8")
    assert not re.search(
        r"https?://|fetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML|src=\"(?!data:)", source
    )
    data = data_of(page)
    assert [pair["id"] for pair in data["pairs"]] == list(sample.pairs)
    assert data["head"]["digest"] == sample.digest
    assert all(pair["crop"].startswith("data:image/jpeg") for pair in data["pairs"])
    assert all(sheet["src"].startswith("data:") for pair in data["pairs"] for sheet in pair["sheets"])


def test_it_does_not_say_how_sure_the_program_was(page: Path) -> None:
    names = {name for pair in data_of(page)["pairs"] for name in pair}
    assert names == {"id", "crop", "sheets", "book", "title", "caption", "text", "en"}


def test_boxes_are_shares_of_the_page(page: Path, version_dir: Path) -> None:
    pair = data_of(page)["pairs"][0]
    row = next(row for row in iter_rows(version_dir) if row["pair_id"] == pair["id"])
    (sheet,) = pair["sheets"]
    name, left, top, width, height = sheet["boxes"][0]
    x0, y0, x1, y1 = row["bbox"]
    assert name == "figure"
    assert [left, top, width, height] == pytest.approx(
        [x0 / 420, y0 / 595, (x1 - x0) / 420, (y1 - y0) / 595], abs=1e-4
    )


def test_the_same_sample_gives_the_same_bytes(version_dir: Path, page: Path, tmp_path: Path) -> None:
    write_audit_page(draw_sample(version_dir, SIZE), version_dir, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


@needs_browser
def test_a_new_page_explains_itself_and_keys_wait(page: Path, sample: Sample, tmp_path: Path) -> None:
    shown = browse(with_keys(page, ["a", "x"], tmp_path), tmp_path / "profile")
    assert "open" in shown.by_id("help")
    assert saved(shown)["decisions"] == {}
    assert shown.by_id("pair")["data-id"] == next(iter(sample.pairs))
    assert len(shown.classes("figure")) == 1


@needs_browser
def test_keys_decide_undo_and_nothing_is_lost(page: Path, sample: Sample, tmp_path: Path) -> None:
    ids = list(sample.pairs)
    keys = ["?", "a", "x", " ", "A", "Backspace", "x", "q"]
    # Reloaded once by itself: what was decided must still be there.
    reload = "if (!sessionStorage.again) { sessionStorage.again = 1; location.reload(); }"
    path = with_keys(page, [], tmp_path, f"if (!sessionStorage.again) {{ press(); }} {reload}")
    text = path.read_text("utf-8").replace(
        "for (const key of [])",
        f"const press = () => {json.dumps(keys)}.forEach((key) => document.dispatchEvent("
        'new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));\nfor (const key of [])',
    )
    path.write_text(text, "utf-8")
    shown = browse(path, tmp_path / "profile")
    decided = dict(zip(ids, ["right", "wrong", "skip", "wrong"], strict=False))
    assert saved(shown)["decisions"] == decided
    assert shown.by_id("pair")["data-id"] == ids[4]
    assert "open" not in shown.by_id("help")
    assert f"4 / {SIZE}" in shown.text


@needs_browser
def test_the_file_it_saves_is_read(version_dir: Path, page: Path, sample: Sample, tmp_path: Path) -> None:
    keys = ["?", *(["a"] * (SIZE - 3)), "x", "x", " "]
    shown = browse(with_keys(page, keys, tmp_path), tmp_path / "profile")
    assert "hidden" in shown.by_id("pair")
    assert "hidden" not in shown.by_id("end")
    assert f"对 right {SIZE - 3} · 错 wrong 2 · 跳过 skipped 1" in shown.text
    (tmp_path / "audit.json").write_text(json.dumps(saved(shown)), "utf-8")
    dataset = tmp_path / "demo"
    dataset.mkdir()
    (dataset / "v0001").symlink_to(version_dir)
    result, _ = store_audit(tmp_path / "audit.json", dataset)
    assert (result.right, result.wrong) == (SIZE - 3, 2)


@needs_browser
def test_texts_stay_text_whatever_they_say(hostile_version_dir: Path, tmp_path: Path) -> None:
    sample = draw_sample(hostile_version_dir, 3)
    write_audit_page(sample, hostile_version_dir, tmp_path / "page.html")
    number = next(
        n for n, p in enumerate(data_of(tmp_path / "page.html")["pairs"]) if "onerror" in p["title"]
    )
    shown = browse(
        with_keys(tmp_path / "page.html", ["?", *(["a"] * number)], tmp_path), tmp_path / "profile"
    )
    assert f"description {HOSTILE}" in shown.text
    assert not any("onerror" in attrs for _, attrs in shown.tags)
