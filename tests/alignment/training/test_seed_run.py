"""Runs that stop, go on, and are shared among processes: the same weights in the end."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.multiprocessing as multiprocessing
from torch import Tensor, nn

from alignment.backbones.checkpoints import load_weights, save_checkpoint
from alignment.backbones.opening import open_backbone
from alignment.errors import KilledProcessError, ModelFileError, NotFiniteError, UsageError
from alignment.settings import FinetuneSettings
from alignment.training.seed_run import SeedRun, prepare, run_seed
from alignment.training.state import StateFolder
from alignment.training.tasks import TASKS
from alignment.training.trainer import Trainer, open_accelerator
from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book


class _Stopped(Exception):
    pass


@pytest.fixture
def seed_run(version_dir: Path, mini_folder: Path, tmp_path: Path) -> Any:
    def make(folder: str, **given: Any) -> SeedRun:
        values = {
            "task": "two-stage",
            "epochs": 4,
            "batch_size": 12,
            "save_steps": 1,
            "lora_rank": 2,
            "lr": 5e-3,
            "wise_ft": (),
            "workers": 0,
            "patience": 0,
            "backbone": str(mini_folder),
            "device": "cpu",
        }
        settings = FinetuneSettings(**(values | given))
        return SeedRun(version_dir, tmp_path / folder, tmp_path / "features", settings, seed=3)

    return make


def finish(run: SeedRun) -> dict[str, Tensor]:
    run_seed(run, lambda *_: None, lambda _: None)
    weights: dict[str, Tensor] = torch.load(run.folder / "model.pt", weights_only=True)
    start = open_backbone(run.settings.backbone).module.state_dict()
    assert not same(weights, start)  # what follows would say nothing
    return weights


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_stopped_at_any_step_ends_with_the_same_weights(seed_run: Any) -> None:
    whole = seed_run("whole")
    expected = finish(whole)
    for number, stop in enumerate((0, 7)):
        left = [stop]

        def progress(_name: str, _done: int, _total: int, left: list[int] = left) -> None:
            if left[0] == 0:
                raise _Stopped
            left[0] -= 1

        run = seed_run(f"stopped-{number}")
        with pytest.raises(_Stopped):
            run_seed(run, progress, lambda _: None)
        assert same(finish(run), expected)
        for name in ("metrics.jsonl", "result.json"):
            assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_killed_run_ends_with_the_same_weights(seed_run: Any) -> None:
    expected = finish(seed_run("whole"))
    run = seed_run("killed")
    script = (
        "import sys, pickle, torch; torch.set_num_threads(1);"
        "from alignment.training.seed_run import run_seed;"
        "run_seed(pickle.loads(bytes.fromhex(sys.argv[1])), lambda *_: None, lambda _: None)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, pickle.dumps(run).hex()])
    state = run.folder / "state.pt"
    while not state.exists() and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (run.folder / "result.json").exists()
    assert same(finish(run), expected)


def test_workers_change_nothing(seed_run: Any) -> None:
    assert same(finish(seed_run("none", workers=0)), finish(seed_run("three", workers=3, save_steps=99)))


def test_seeds_differ(seed_run: Any) -> None:
    run = seed_run("three", wise_ft=(0.5,))
    other = replace(seed_run("four", wise_ft=(0.5,)), seed=4)
    assert not same(finish(run), finish(other))


# cl2cm with its gradients cached besides.
SHARED = ("full", "lit", "cl2cm")


def _train_without_dropout(version_dir: Path, backbone: str, folder: Path, task: str) -> dict[str, Tensor]:
    """A whole run with nothing dropped at random, which would differ from process to process."""
    settings = FinetuneSettings(
        task=task,
        backbone=backbone,
        epochs=4,
        batch_size=11,
        lr=5e-3,
        workers=0,
        device="cpu",
        patience=0,
        clip=0.5,
        chunk=3 if task == "cl2cm" else 0,
    )
    training = prepare(version_dir, settings, 0, folder / "features")
    for module in training.backbone.module.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
    state = StateFolder(folder / "state")
    Trainer(
        training, TASKS[task](training), state, seed=0, progress=lambda *_: None, listen=lambda _: None
    ).run()
    return training.backbone.module.state_dict()


def _child(rank: int, port: int, version_dir: Path, backbone: str, folder: Path) -> None:
    torch.set_num_threads(1)
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": "2",
        "LOCAL_WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    open_accelerator(torch.device("cpu"), "fp32")
    for task in SHARED:
        weights = _train_without_dropout(version_dir, backbone, folder / task, task)
        torch.save(weights, folder / f"{task}-{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_processes_train_as_one_does(version_dir: Path, mini_folder: Path, tmp_path: Path) -> None:
    """Batches of 11 in shares of 6 and 5."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    multiprocessing.spawn(_child, (port, version_dir, str(mini_folder), tmp_path), nprocs=2)
    for task in SHARED:
        alone = _train_without_dropout(version_dir, str(mini_folder), tmp_path / "alone" / task, task)
        first, second = (torch.load(tmp_path / f"{task}-{rank}.pt") for rank in range(2))
        assert same(first, second)
        assert not same(alone, open_backbone(str(mini_folder)).module.state_dict())
        for name, weight in alone.items():
            assert torch.allclose(first[name], weight, atol=2e-5), (task, name)


def test_the_settings_start_several_processes(seed_run: Any) -> None:
    told: list[tuple[str, int, int]] = []
    run = seed_run("shared", task="lit", processes=2, lora_rank=0)
    records: list[Any] = []
    result = run_seed(run, lambda *values: told.append(values), records.append)
    assert result["after"]["mean_recall"] >= result["before"]["mean_recall"]
    assert told[-1][1] == told[-1][2] > 0
    assert any("validation" in record for record in records)


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        (SplitRatios(train=0), "the train split has 0 pairs"),
        (SplitRatios(val=0), "the val split has 0 pairs"),
    ],
)
def test_a_version_without_pairs_to_learn_or_to_choose_by_says_so(
    ratios: SplitRatios, words: str, seed_run: Any, tmp_path: Path
) -> None:
    book = make_book(tmp_path / "objects", "小书", 9)
    path = publish_version([book], tmp_path / "small", DatasetSettings(ratios=ratios)).path
    run = seed_run("small")
    with pytest.raises(UsageError, match=words + ".*dataset.ratios"):
        prepare(path, run.settings, 0, run.features_dir)


@pytest.mark.parametrize("task", ["full", "lit", "cl2cm"])
def test_every_task_goes_on_where_it_stopped(task: str, seed_run: Any) -> None:
    given = {"task": task, "epochs": 2, "lora_rank": 0, "batch_size": 16, "wise_ft": (0.5,), "ema": 0.5}
    expected = finish(seed_run("whole", **given))
    # In the first epoch, at its end, and, for cl2cm, at the beginning of the student's stage.
    for stop in (1, 4, 5):
        left = [stop]

        def progress(name: str, _done: int, _total: int, left: list[int] = left) -> None:
            if name == "encode pictures":
                return
            if left[0] == 0:
                raise _Stopped
            left[0] -= 1

        run = seed_run(f"stopped-{stop}", **given)
        with pytest.raises(_Stopped):
            run_seed(run, progress, lambda _: None)
        assert same(finish(run), expected), stop


@pytest.mark.parametrize("content", [b"", b"no state", b"PK\x03\x04 cut"])
def test_a_damaged_state_says_how_to_begin_anew(content: bytes, seed_run: Any) -> None:
    run = seed_run("damaged")
    run.folder.mkdir()
    (run.folder / "state.pt").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"state\.pt: the state .* --no-resume"):
        run_seed(run, lambda *_: None, lambda _: None)


def test_weights_that_are_no_numbers_are_said_to_be_none(seed_run: Any, mini_folder: Path) -> None:
    weights, said = load_weights(mini_folder / "checkpoint.pt")
    weights["text_projection"].fill_(torch.nan)
    folder = seed_run("x").folder.with_name("nan")
    folder.mkdir()
    save_checkpoint(folder / "checkpoint.pt", weights, said)
    for task in ("full", "lit"):
        with pytest.raises(NotFiniteError, match="nan: its features are no numbers"):
            run_seed(
                seed_run(task, task=task, backbone=str(folder), learn_characters=False),
                lambda *_: None,
                lambda _: None,
            )


def test_what_goes_wrong_in_a_process_is_said_as_it_is_in_one(seed_run: Any) -> None:
    run = seed_run("diverging", processes=2, lora_rank=0, lr=1e30, warmup_steps=0, task="full")
    with pytest.raises(UsageError, match=r"training diverged: after \d+ steps"):
        run_seed(run, lambda *_: None, lambda _: None)


def test_a_process_that_the_system_killed_is_told_with_a_remedy_and_the_run_goes_on(seed_run: Any) -> None:
    run = seed_run("killed", task="lit", processes=2, lora_rank=0, epochs=30)
    killed: list[int] = []

    def progress(_name: str, _done: int, _total: int) -> None:
        if not killed:
            rank = multiprocessing.active_children()[0]
            rank.kill()
            killed.append(rank.pid)

    with pytest.raises(
        KilledProcessError, match=r"SIGKILL.*memory.*finetune\.processes.*the same command goes on"
    ):
        run_seed(run, progress, lambda _: None)
    assert killed
    assert run_seed(run, lambda *_: None, lambda _: None)["steps"] > 0


def test_more_processes_than_gpus_are_refused(
    seed_run: Any, version_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    run = seed_run("gpus", device="cuda", processes=2)
    with pytest.raises(UsageError, match=r"finetune\.processes is 2, but torch finds 1 GPUs"):
        prepare(version_dir, run.settings, 0, run.features_dir)


def test_a_gpu_that_is_not_there_is_said_to_be_missing(
    seed_run: Any, version_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    run = seed_run("gpu", device="cuda")
    with pytest.raises(UsageError, match="torch finds no GPU"):
        prepare(version_dir, run.settings, 0, run.features_dir)
