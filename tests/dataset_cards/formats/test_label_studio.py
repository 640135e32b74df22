from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image

from dataset_cards.export import export_version
from dataset_cards.files import read_json_lines
from dataset_cards.formats.label_studio import config
from dataset_cards.reading import iter_rows
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import PAGE, make_book


def read_tasks(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "tasks.json").read_text("utf-8")))


def results(task: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    (prediction,) = task["predictions"]
    return [result for result in prediction["result"] if result["type"] == kind]


@pytest.fixture
def tasks(exports: Path) -> list[dict[str, Any]]:
    return read_tasks(exports / "label-studio")


def texts(task: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Of each region, its texts by text area."""
    found: dict[str, dict[str, str]] = {}
    for result in results(task, "textarea"):
        (text,) = result["value"]["text"]
        found.setdefault(result["id"], {})[result["from_name"]] = text
    return found


def test_a_task_is_a_page_in_the_order_of_the_books(version_dir: Path, tasks: list[dict[str, Any]]) -> None:
    pages = [(task["data"]["book_sha256"], task["data"]["page"]) for task in tasks]
    shown = {(row["book_sha256"], row["page"]) for row in iter_rows(version_dir)}
    shown |= {(row["book_sha256"], row["page"]) for row in read_json_lines(version_dir / "unmatched.jsonl")}
    assert Counter(pages) == dict.fromkeys(shown, 1)
    order = [row["sha256"] for row in read_json_lines(version_dir / "books.jsonl")]
    assert pages == sorted(pages, key=lambda page: (order.index(page[0]), page[1]))


def test_figures_captions_and_what_was_left_over_are_regions_with_their_texts(
    version_dir: Path, tasks: list[dict[str, Any]]
) -> None:
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    left = read_json_lines(version_dir / "unmatched.jsonl")
    labels: Counter[str] = Counter()
    for task in tasks:
        told = texts(task)
        for result in results(task, "rectanglelabels"):
            (label,), value = result["value"]["rectanglelabels"], result["value"]
            labels[label] += 1
            if result["id"] not in rows:
                continue
            row = rows[result["id"]]
            x0, y0 = value["x"] / 100 * PAGE[0], value["y"] / 100 * PAGE[1]
            x1, y1 = x0 + value["width"] / 100 * PAGE[0], y0 + value["height"] / 100 * PAGE[1]
            assert [x0, y0, x1, y1] == pytest.approx(row["bbox"], abs=0.01)
            assert label == row["kind"]
            assert told[result["id"]] == {name: row[name] for name in ("title", "number", "description")}
            assert (result["original_width"], result["original_height"]) == (420, 595)
        for link in results(task, "relation"):
            assert told[link["to_id"]]["text"] == rows[link["from_id"]]["caption"]
    # Figures of one entry share its caption, which is one region.
    captions = {(row["book_sha256"], row["caption_page"], row["caption"]) for row in rows.values()}
    kinds = Counter(row["kind"] for row in rows.values()) + Counter(
        {"caption": len(captions), **Counter("caption" if r["type"] == "caption" else "other" for r in left)}
    )
    kinds["caption"] = len(captions) + sum(row["type"] == "caption" for row in left)
    assert labels == kinds


def test_pictures_lie_where_local_storage_serves_them(exports: Path, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        address = urlsplit(task["data"]["image"])
        (name,) = parse_qs(address.query)["d"]
        assert address.path == "/data/local-files/"
        with Image.open(exports / "label-studio" / name) as picture:
            assert picture.size == (420, 595)


def test_pages_are_shown_by_finer_pictures_where_there_are_some(version_dir: Path, tmp_path: Path) -> None:
    fine = tmp_path / "fine.jpg"
    Image.new("RGB", (840, 1190)).save(fine)
    (done,) = export_version(version_dir, ["label-studio"], tmp_path, picture=lambda *_: fine)
    task = read_tasks(done.path)[0]
    assert results(task, "rectanglelabels")[0]["original_width"] == 840
    with Image.open(done.path / task["data"]["image"].partition("?d=")[2]) as picture:
        assert picture.size == (840, 1190)


def test_the_interface_has_the_controls_that_the_predictions_fill(
    exports: Path, tasks: list[dict[str, Any]]
) -> None:
    view = ElementTree.parse(exports / "label-studio" / "config.xml").getroot()
    controls = {element.get("name"): element for element in view.iter() if element.get("toName")}
    labels = {label.get("value") for label in controls["label"]}
    for task in tasks:
        for result in chain(results(task, "rectanglelabels"), results(task, "textarea")):
            control = controls[result["from_name"]]
            assert control.tag.lower() == result["type"]
            assert control.get("toName") == result["to_name"] == "image"
        marked = {result["value"]["rectanglelabels"][0] for result in results(task, "rectanglelabels")}
        assert marked <= labels
        assert 0 <= task["predictions"][0]["score"] <= 1


def test_label_studio_itself_accepts_the_interface_and_the_predictions(tasks: list[dict[str, Any]]) -> None:
    sdk = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    interface = sdk.LabelInterface(config())
    interface.validate()
    for task in tasks:
        assert interface.validate_prediction(task["predictions"][0], return_errors=True) == []


def test_a_pair_on_a_page_without_preview_is_listed(tmp_path: Path) -> None:
    book = make_book(tmp_path / "objects", "小书", 6)
    del book.result.previews[2]
    version_dir = publish_version([book], tmp_path / "demo", DatasetSettings()).path
    (done,) = export_version(version_dir, ["label-studio"], tmp_path / "out")
    assert [task["data"]["page"] for task in read_tasks(done.path)] == [1]
    lost = {row["pair_id"] for row in iter_rows(version_dir) if row["page"] == 2}
    assert {row["pair_id"] for row in read_json_lines(done.path / "left_out.jsonl")} == lost
