"""tuwen finetune from the command line."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from alignment.backbones.opening import open_backbone, random_backbone
from alignment.backbones.saving import save_backbone
from alignment.backbones.struct import Struct
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from extractors.errors import BUSY, DAMAGED_WORKSPACE, OK, USAGE, BusyError, UsageError
from flows.cli import main
from flows.finetune import gpu_lock
from flows.lock import workspace_lock
from flows.models import TrainedModel, first_model, trained_model
from tests.dataset_cards.shelf import make_book
from tests.flows.command import tuwen

MINI = Struct(16, 32, 2, 32, 16, 32, 64, 2, 2, vision_head_width=16, text_max_position_embeddings=64)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("heritage")
    book = make_book(root / "made", "丝绸纹样", 48)
    publish_version([book], root / "datasets" / "tuwen", DatasetSettings())
    save_backbone(random_backbone("mini", MINI), root / "mini")
    return root


def test_from_a_version_to_a_model(workspace: Path) -> None:
    options = ["--task", "lit", "--name", "纹样", "--backbone", "mini", "--json"]
    command = [sys.executable, "-m", "flows", "finetune", "-w", str(workspace), *options]
    done = subprocess.run(
        [*command, "--set", "finetune.epochs=2"], capture_output=True, text=True, check=False
    )
    assert done.returncode == OK, done.stderr
    assert "2 epochs at most; if it is stopped, the same command goes on" in done.stderr
    found = json.loads(done.stdout)
    path = workspace / "models" / "纹样"
    assert (found["state"], found["path"], found["metrics"]["task"]) == ("trained", str(path), "lit")
    assert "tokens unknown" in done.stderr
    assert open_backbone(str(path)).dim == 16
    made = trained_model(path)
    assert made is not None
    assert first_model(workspace, made) == str(workspace / "mini")
    with sqlite3.connect(workspace / "models" / ".prefect" / "prefect.db") as database:
        ((table,),) = database.execute("select data from artifact")
    assert "data:image/png;base64," in table
    assert "text to image" in table


def test_what_a_model_began_with_is_found_after_a_workspace_was_moved(tmp_path: Path) -> None:
    save_backbone(random_backbone("mini", MINI), tmp_path / "models" / "first")
    made = TrainedModel(tmp_path / "models" / "second", "tuwen", "v0001", "elsewhere/models/first")
    assert first_model(tmp_path, made) == str(tmp_path / "models" / "first")
    with pytest.raises(UsageError, match="there is no model 'elsewhere/models/other'"):
        first_model(tmp_path, replace(made, backbone="elsewhere/models/other"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--task", "half"), "finetune.task"),
        (("--version", "v0009"), "has no version 'v0009'; it has v0001"),
        (("--name", "../away"), "--name '../away'"),
        (("--set", "finetune.epoch=3"), "did you mean finetune.epochs?"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, str],
    words: str,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["tuwen", "finetune", "-w", str(workspace), *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == USAGE
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", [("finetune",), ("benchmark",), ("search", "飞天")])
def test_a_folder_that_is_no_workspace_is_told_from_one_without_a_version(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen(*command, "-w", tmp_path) == USAGE
    assert "is no workspace: it has no folder books/" in capsys.readouterr().err
    (tmp_path / "books").mkdir()
    assert tuwen(*command, "-w", tmp_path) == DAMAGED_WORKSPACE
    assert "nothing was published here yet" in capsys.readouterr().err


def test_a_second_training_is_turned_away_before_it_starts_a_server(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "datasets").symlink_to(workspace / "datasets")
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(sys, "argv", ["tuwen", "finetune", "-w", str(tmp_path), "--backbone", "tiny"])
    with workspace_lock(tmp_path / "models", "training"), pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == BUSY
    assert "another training is running (process" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_one_training_at_a_time_on_the_gpu() -> None:
    with gpu_lock(), pytest.raises(BusyError, match="another training on the GPU is running"), gpu_lock():
        pass
