"""Training that begins with an exported model answers as the file does, and says what it began with."""

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
from extractors.fitting.finder import batches
from extractors.fitting.finder.export import export
from extractors.fitting.finder.network import FinderNetwork
from extractors.fitting.finder.training import Plan, Run

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
PLAN = Plan(3, 6, 2, (4, 4, 8, 8, 8))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported network whose norms have numbers of their own, as trained ones have."""
    folder = tmp_path_factory.mktemp("exported")
    run = Run(folder, PLAN)
    random = np.random.default_rng(1)
    for name, value in run.averaged.items():
        if name.endswith(("running_mean", "running_var")) or "norm_" in name:
            value.copy_(torch.from_numpy(random.uniform(0.5, 2, value.shape)))
    run.save()
    export(folder, folder / "finder.onnx")
    return folder / "finder.onnx"


@pytest.fixture(autouse=True)
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SINGLES", 1), ("SPREADS", 1), ("BLOCK", 2)):
        monkeypatch.setattr(batches, name, value)
    torch.set_num_threads(1)


def page() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (1, 3, *SINGLE)).astype(np.float32)


def answers(network: FinderNetwork, pages: np.ndarray) -> list[np.ndarray]:
    with torch.no_grad():
        score, distance, maps = network(torch.from_numpy(pages))
    return [torch.sigmoid(score).numpy(), distance.numpy(), torch.sigmoid(maps).numpy()]


def test_the_network_answers_as_the_file_does(exported: Path, tmp_path: Path) -> None:
    run = Run(tmp_path, PLAN, exported)
    wanted = FigureFinder(exported).answers(page())
    for got, exact in zip(answers(run.network.eval(), page()), wanted, strict=True):
        assert np.allclose(got, exact, rtol=1e-4, atol=1e-4)


def test_with_the_statistics_of_a_batch_the_answers_are_near(exported: Path, tmp_path: Path) -> None:
    run = Run(tmp_path, PLAN, exported)
    drawn = (batches.PageStream(3).batch(index).pages for index in range(4))
    pages = np.concatenate([page for page in drawn if page.shape[2:] == SINGLE]).astype(np.float32)
    exact = answers(run.network.eval(), pages)[0]
    far = answers(FinderNetwork(PLAN.widths).train(), pages)[0]
    near = answers(run.network.train(), pages)[0]
    assert np.abs(near - exact).mean() < 0.2 * np.abs(far - exact).mean()


def test_checkpoint_and_export_say_what_training_began_with(exported: Path, tmp_path: Path) -> None:
    Run(tmp_path, replace(PLAN, seed=4), exported).train(until=1)
    export(tmp_path, tmp_path / "finder.onnx")
    made = json.loads((tmp_path / "finder.json").read_text())
    assert made["plan"]["begin_with"] == hashlib.sha256(exported.read_bytes()).hexdigest()
    assert list(made["sources"]) == ["0"]
    assert Run(tmp_path, replace(PLAN, seed=4), exported).progress.step == 1
    with pytest.raises(UsageError, match="was trained by another plan"):
        Run(tmp_path, replace(PLAN, seed=4))


def test_a_file_that_holds_no_such_network_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.onnx: cannot be read"):
        Run(tmp_path, PLAN, tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model at all")
    with pytest.raises(UsageError, match=r"text\.onnx: is no ONNX file"):
        Run(tmp_path, PLAN, tmp_path / "text.onnx")
    with pytest.raises(UsageError, match="holds another network"):
        Run(tmp_path, replace(PLAN, widths=(4, 4, 8, 8, 16)), exported)
