"""Label Studio's tasks and annotations as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from dataset_cards.review.corrections import read
from extractors.errors import OK, USAGE
from flows.workspace import Workspace
from tests.flows.command import tuwen


def test_a_version_goes_out_is_annotated_and_comes_back_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("-w", root, "--set", "dataset.name=tiny")
    assert tuwen("export", "--format", "label-studio", *options) == OK
    folder = root / "exports" / "v0001" / "label-studio"
    tasks = json.loads((folder / "tasks.json").read_text("utf-8"))
    with Image.open(folder / tasks[0]["data"]["image"].partition("?d=")[2]) as picture:
        assert max(picture.size) == 2000  # drawn from the book, not the version's preview
    for number, task in enumerate(tasks):
        task["annotations"] = [
            {
                "id": number,
                "completed_by": 1,
                "created_at": "2026-11-30T12:00:00Z",
                "result": task["predictions"][0]["result"],
            }
        ]
    file = root / "project.json"
    file.write_text(json.dumps(tasks), "utf-8")
    capsys.readouterr()
    assert tuwen("review", "--import", file, *options) == OK
    assert "8 decisions on 4 pages added" in capsys.readouterr().out
    actions = [correction.action for correction in read(Workspace(root).corrections).lines]
    assert sorted(actions) == ["accept"] * 4 + ["page_done"] * 4
    assert tuwen("review", "--import", file, *options) == OK
    assert "0 decisions on 4 pages added, 8 known already" in capsys.readouterr().out


def test_import_and_labels_exclude_each_other(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuwen("review", "-w", root, "--import", root / "a", "--labels", root / "b") == USAGE
    assert "not both" in capsys.readouterr().err
