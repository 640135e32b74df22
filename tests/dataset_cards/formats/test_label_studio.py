from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image

from dataset_cards.export import export_version
from dataset_cards.files import read_json_lines
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


def test_a_task_is_a_page_in_the_order_of_the_books(version_dir: Path, tasks: list[dict[str, Any]]) -> None:
    pages = [(task["data"]["book_sha256"], task["data"]["page"]) for task in tasks]
    pairs = Counter((row["book_sha256"], row["page"]) for row in iter_rows(version_dir))
    assert Counter(pages) == dict.fromkeys(pairs, 1)
    order = [row["sha256"] for row in read_json_lines(version_dir / "books.jsonl")]
    assert pages == sorted(pages, key=lambda page: (order.index(page[0]), page[1]))
    assert [len(results(task, "rectanglelabels")) for task in tasks] == [pairs[page] for page in pages]


def test_boxes_are_percent_of_the_picture_and_hold_their_texts(
    version_dir: Path, tasks: list[dict[str, Any]]
) -> None:
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    seen = set()
    for task in tasks:
        texts = {result["id"]: result for result in results(task, "textarea")}
        for result in results(task, "rectanglelabels"):
            row, value = rows[result["id"]], result["value"]
            left, top = value["x"] / 100 * PAGE[0], value["y"] / 100 * PAGE[1]
            right, bottom = left + value["width"] / 100 * PAGE[0], top + value["height"] / 100 * PAGE[1]
            assert [left, top, right, bottom] == pytest.approx(row["bbox"], abs=0.01)
            assert value["rectanglelabels"] == [row["kind"]]
            assert texts[result["id"]]["value"]["text"] == [row["description"]]
            assert (result["original_width"], result["original_height"]) == (420, 595)
            seen.add(result["id"])
    assert seen == set(rows)


def test_pictures_lie_where_local_storage_serves_them(exports: Path, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        address = urlsplit(task["data"]["image"])
        (name,) = parse_qs(address.query)["d"]
        assert address.path == "/data/local-files/"
        with Image.open(exports / "label-studio" / name) as picture:
            assert picture.size == (420, 595)


def test_the_interface_has_the_controls_that_the_predictions_fill(
    exports: Path, tasks: list[dict[str, Any]]
) -> None:
    view = ElementTree.parse(exports / "label-studio" / "config.xml").getroot()
    controls = {element.get("name"): element for element in view.iter() if element.get("toName")}
    labels = {label.get("value") for label in controls["kind"]}
    for task in tasks:
        for result in task["predictions"][0]["result"]:
            control = controls[result["from_name"]]
            assert control.tag.lower() == result["type"]
            assert control.get("toName") == result["to_name"] == "image"
        assert {
            result["value"]["rectanglelabels"][0] for result in results(task, "rectanglelabels")
        } <= labels
        assert 0 <= task["predictions"][0]["score"] <= 1


def test_a_pair_on_a_page_without_preview_is_listed(tmp_path: Path) -> None:
    book = make_book(tmp_path / "objects", "小书", 6)
    del book.result.previews[2]
    version_dir = publish_version([book], tmp_path / "demo", DatasetSettings()).path
    (done,) = export_version(version_dir, ["label-studio"], tmp_path / "out")
    assert [task["data"]["page"] for task in read_tasks(done.path)] == [1]
    lost = {row["pair_id"] for row in iter_rows(version_dir) if row["page"] == 2}
    assert {row["pair_id"] for row in read_json_lines(done.path / "left_out.jsonl")} == lost
