"""A tiny network trained for seconds: it learns, it resumes to the same weights, it is exported."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extractors.errors import UsageError
from extractors.figures.finder import FigureFinder
from extractors.figures.finder_input import SINGLE
from extractors.fitting.finder import batches, training
from extractors.fitting.finder.export import export
from extractors.fitting.finder.losses import finder_loss
from extractors.fitting.finder.network import FinderNetwork
from extractors.fitting.finder.pages import training_page
from extractors.fitting.finder.training import CHECKPOINT, GENTLE_RATE, LEARNING_RATE, Plan, Run

torch = pytest.importorskip("torch")
TINY = (4, 4, 8, 8, 8)


@pytest.fixture(autouse=True)
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SINGLES", 1), ("SPREADS", 1), ("BLOCK", 2)):
        monkeypatch.setattr(batches, name, value)
    torch.set_num_threads(1)


def plan(steps: int = 6, decay: int = 2, seed: int = 3) -> Plan:
    return Plan(seed, steps, decay, TINY)


def weights(run: Run) -> list[np.ndarray]:
    return [value.numpy() for value in run.averaged.values()]


def test_an_interrupted_run_gives_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    whole = Run(tmp_path / "whole", plan())
    whole.train()
    Run(tmp_path / "parts", plan(steps=50)).train(until=3)
    parts = Run(tmp_path / "parts", plan())
    assert parts.progress.step == 3
    parts.train()
    assert parts.progress.pages == whole.progress.pages == 6
    assert all(map(np.array_equal, weights(parts), weights(whole)))


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    runs = [Run(tmp_path / str(seed), plan(seed=seed)) for seed in (3, 4)]
    for run in runs:
        run.train(until=1)
    assert not all(map(np.array_equal, *map(weights, runs)))


@pytest.mark.parametrize("other", [plan(seed=4), plan(steps=4), plan(steps=6, decay=5)])
def test_a_run_is_not_continued_by_a_plan_that_would_have_begun_otherwise(
    tmp_path: Path, other: Plan
) -> None:
    Run(tmp_path, plan()).train(until=4)
    with pytest.raises(UsageError, match=r"checkpoint\.pt: was trained by another plan"):
        Run(tmp_path, other)


def test_the_learning_rate_falls_to_nothing_at_the_end() -> None:
    rates = [plan(steps=1000, decay=200).rate(step) for step in (0, 500, 799, 900, 999)]
    assert rates[0] < rates[1] == rates[2] > rates[3] > rates[4] > 0
    assert rates[4] < 0.01 * rates[1]


def test_an_exported_model_goes_on_gently_with_labelled_pages() -> None:
    long, own, series = (
        replace(plan(steps=1000, decay=200), begin_with=first, labelled=pages)
        for first, pages in (("a", ""), ("", "b"), ("a", "b"))
    )
    assert long.rate(500) == own.rate(500) == LEARNING_RATE
    assert series.rate(500) == GENTLE_RATE < LEARNING_RATE / 2
    assert series.rate(999) < 0.01 * GENTLE_RATE


def test_the_loss_falls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "WARMUP", 5)
    run = Run(tmp_path, plan(steps=100, decay=1))
    batch = batches.PageStream(3).batch(0)
    arrays = [torch.from_numpy(part) for part in (batch.boxes, batch.hits, batch.maps)]

    def loss() -> float:
        with torch.no_grad():
            return float(finder_loss(run.network(torch.from_numpy(batch.pages).float()), *arrays)[0])

    before = loss()
    run.train(until=60)
    assert loss() < 0.95 * before


def test_the_exported_model_answers_as_the_network_does(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    run = Run(tmp_path, plan())
    run.train(until=2)
    model = tmp_path / "finder.onnx"
    assert "finder.onnx" in export(tmp_path, model)
    made = json.loads((tmp_path / "finder.json").read_text())
    assert made["model"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert (made["steps"], made["pages"], made["plan"]["seed"]) == (2, 2, 3)
    network = FinderNetwork(TINY)
    network.load_state_dict(run.averaged)
    page = np.random.default_rng(1).integers(0, 255, (1, 3, *SINGLE)).astype(np.float32)
    with torch.no_grad():
        score, distance, maps = network.eval()(torch.from_numpy(page))
    wanted = torch.sigmoid(score).numpy(), distance.numpy(), torch.sigmoid(maps).numpy()
    for got, exact in zip(FigureFinder(model).answers(page), wanted, strict=True):
        assert np.allclose(got, exact, rtol=2e-3, atol=2e-3)  # weights are stored as float16


def test_there_is_nothing_to_export_before_training(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="train first"):
        export(tmp_path, tmp_path / "finder.onnx")
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_run_with_labelled_pages_is_continued_with_the_same_pages_alone(tmp_path: Path) -> None:
    pages = [training_page(np.random.default_rng(seed), spread=False) for seed in (1, 2)]
    whole = Run(tmp_path / "whole", plan(), labelled=pages)
    whole.train()
    Run(tmp_path / "parts", plan(), labelled=pages).train(until=3)
    parts = Run(tmp_path / "parts", plan(), labelled=pages)
    parts.train()
    assert all(map(np.array_equal, weights(parts), weights(whole)))
    with pytest.raises(UsageError, match="another plan"):
        Run(tmp_path / "parts", plan(), labelled=pages[:1])
