"""What a person changed in Label Studio, read back as corrections."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.errors import UsageError
from dataset_cards.export import export_version
from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import Correction
from dataset_cards.review.label_studio import read_annotations
from tests.dataset_cards.shelf import PAGE

Result = dict[str, Any]


@pytest.fixture(scope="module")
def task(version_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The first task of an export: a page with three figures and their caption."""
    (done,) = export_version(version_dir, ["label-studio"], tmp_path_factory.mktemp("export"))
    tasks: list[dict[str, Any]] = json.loads((done.path / "tasks.json").read_text("utf-8"))
    return next(t for t in tasks if len(figures(t["predictions"][0]["result"])) == 3)


def figures(results: list[Result]) -> list[Result]:
    """The rectangles of figures."""
    boxes = [result for result in results if result["type"] == "rectanglelabels"]
    return [box for box in boxes if box["value"]["rectanglelabels"] != ["caption"]]


def annotated(
    task: dict[str, Any], folder: Path, change: Callable[[list[Result]], list[Result]], **about: Any
) -> Path:
    """The file that Label Studio exports when a person took the prediction and changed it."""
    results = change(json.loads(json.dumps(task["predictions"][0]["result"])))
    annotation = {
        "id": 7,
        "completed_by": {"id": 1, "email": "li@museum.example"},
        "result": results,
        "was_cancelled": False,
        "created_at": "2026-11-30T12:00:00.5Z",
        "updated_at": "2026-11-30T20:01:00.250000+08:00",
    }
    file = folder / "project.json"
    tasks = [{"id": 3, "data": task["data"], "annotations": [annotation | about]}]
    file.write_text(json.dumps(tasks), "utf-8")
    return file


def by_action(found: list[Correction]) -> dict[str, list[Correction]]:
    actions: dict[str, list[Correction]] = {}
    for correction in found:
        actions.setdefault(correction.action, []).append(correction)
    return actions


def test_a_page_that_was_left_as_it_is_is_accepted_and_done(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    file = annotated(task, tmp_path, lambda results: results)
    found = by_action(read_annotations(file, version_dir.parent))
    assert {action: len(made) for action, made in found.items()} == {"accept": 3, "page_done": 1}
    done = found["page_done"][0]
    assert (done.who, done.when) == ("li@museum.example", "2026-11-30T12:01:00.250000Z")
    assert (done.book, done.page) == (task["data"]["book_sha256"], task["data"]["page"])
    assert done.reading == task["data"]["digest"]
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    assert all(list(made.bbox or ()) == rows[made.pair_id or ""]["bbox"] for made in found["accept"])


def test_what_was_changed_becomes_a_correction(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    first, second, third = (box["id"] for box in figures(task["predictions"][0]["result"]))

    def change(results: list[Result]) -> list[Result]:
        kept = [r for r in results if third not in (r.get("id"), r.get("from_id"))]
        for result in kept:
            if result.get("id") == first and result["from_name"] == "label":
                result["value"]["width"] /= 2
            elif result.get("id") == second and result["from_name"] == "title":
                result["value"]["text"] = ["新题"]
            elif result.get("id") == second and result["from_name"] == "label":
                result["value"]["rectanglelabels"] = ["drawing"]
        shared = {"to_name": "image", "original_width": 420, "original_height": 595, "image_rotation": 0}
        box = {"x": 10, "y": 80, "width": 20, "height": 10, "rotation": 0}
        text = {"x": 40, "y": 80, "width": 20, "height": 2, "rotation": 0}

        def region(name: str, at: dict[str, float], label: str, area: str, said: str) -> list[Result]:
            about = {**shared, "id": name}
            marked = {**at, "rectanglelabels": [label]}
            return [
                {**about, "from_name": "label", "type": "rectanglelabels", "value": marked},
                {**about, "from_name": area, "type": "textarea", "value": {**at, "text": [said]}},
            ]

        figure = region("aB3x", box, "mural", "title", "飞天")
        caption = region("c9", text, "caption", "text", "图7 飞天")
        link = {"type": "relation", "from_id": "aB3x", "to_id": "c9", "direction": "right"}
        return [*kept, *figure, *caption, link]

    found = by_action(read_annotations(annotated(task, tmp_path, change), version_dir.parent))
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    (box,), (edit,), (removed,), (add,), (link,) = (
        found[name] for name in ("box", "edit", "remove", "add", "relink")
    )
    x0, y0, x1, y1 = rows[first]["bbox"]
    assert (box.pair_id, box.data.bbox) == (first, pytest.approx((x0, y0, (x0 + x1) / 2, y1), abs=0.02))  # type: ignore[union-attr]
    assert (edit.pair_id, edit.data.changes()) == (second, {"title": "新题", "kind": "drawing"})  # type: ignore[union-attr]
    assert removed.pair_id == third
    place = (0.1 * PAGE[0], 0.8 * PAGE[1], 0.3 * PAGE[0], 0.9 * PAGE[1])
    assert (add.bbox, add.pair_id, add.data.title) == (pytest.approx(place), None, "飞天")  # type: ignore[union-attr]
    assert (link.bbox, link.data.caption.text) == (add.bbox, "图7 飞天")  # type: ignore[union-attr]
    assert {made.pair_id for made in found["accept"]} == {first, second}


def test_a_file_read_twice_gives_the_same_corrections(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    file = annotated(task, tmp_path, lambda results: results)
    assert read_annotations(file, version_dir.parent) == read_annotations(file, version_dir.parent)


def test_what_a_person_gave_up_counts_for_nothing(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    file = annotated(task, tmp_path, lambda results: results, was_cancelled=True)
    assert read_annotations(file, version_dir.parent) == []


@pytest.mark.parametrize("text", ["no JSON", "{}", "[{}]", '[{"data": {}, "annotations": []}]'])
def test_a_file_that_is_no_export_of_label_studio_is_refused(
    version_dir: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(UsageError, match=r"file\.json"):
        read_annotations(tmp_path / "file.json", version_dir.parent)


def test_annotations_of_another_version_are_refused(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    other = {**task, "data": {**task["data"], "digest": "0" * 64}}
    with pytest.raises(UsageError, match="is not in"):
        read_annotations(annotated(other, tmp_path, lambda results: results), version_dir.parent)


def test_label_studio_itself_accepts_the_annotations_that_are_read(
    version_dir: Path, task: dict[str, Any], tmp_path: Path
) -> None:
    sdk = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    from dataset_cards.formats.label_studio import config

    file = annotated(task, tmp_path, lambda results: results)
    (made,) = json.loads(file.read_text("utf-8"))
    assert sdk.LabelInterface(config()).validate_annotation(made["annotations"][0])
