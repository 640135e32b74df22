"""The whole way as one Prefect flow: the shelf's next version, a model trained on it, and its benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alignment.benchmark.data import can_ask_fresh
from alignment.benchmark.run import Benchmark
from alignment.data import load_split
from alignment.training.finetune import Finetuned
from flows.benchmark import Request, benchmark, seen_by
from flows.build_ending import build_ending
from flows.finetune import finetune
from flows.lock import workspace_lock
from flows.models import MODELS, model_name, newest_model
from flows.prefect_guest import guest_flow
from flows.progress import say
from flows.rebuild import BuildReport, build_workspace
from flows.settings import Settings


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What each part came to."""

    build: BuildReport
    model: Finetuned | None = None
    benchmarks: tuple[Benchmark, ...] = ()


@guest_flow(
    "run",
    lambda root, _settings: f"run {root.name}",
    ending=lambda report, root, _settings: build_ending(report.build, "run", root),
)
def run_chain(root: Path, settings: Settings) -> ChainReport:
    """Build, fine-tune and benchmark in the workspace at `root`; parts that are done are not done again.

    A book that failed stops nothing; without any version there is nothing to train on. The caller holds the
    lock of benchmarks/. Raises what the three parts raise.
    """
    report = build_workspace(root, settings)
    if report.path is None:
        return ChainReport(report)
    models = root / MODELS
    models.mkdir(exist_ok=True)
    with workspace_lock(models, "training"):
        made = finetune(root, report.path, model_name(settings, report.path), settings)
    return ChainReport(report, made, tuple(_benchmarks(root, settings, report.path, made.path)))


def benchmark_newest(root: Path, settings: Settings, version_dir: Path) -> list[Benchmark]:
    """Benchmark the newest model on a version just published; nothing is trained.

    The caller holds the lock of benchmarks/. Raises UsageError when there is no model yet.
    """
    return _benchmarks(root, settings, version_dir, newest_model(root, settings.dataset.name).path)


def _benchmarks(root: Path, settings: Settings, version_dir: Path, model: Path) -> list[Benchmark]:
    """The test split, and the fresh one where there are new books beside old ones."""
    splits = ["test"] if load_split(version_dir, "test") else []
    if not splits:
        say(f"{version_dir.name} has no test pairs yet: nothing to benchmark there")
    if can_ask_fresh(version_dir, seen_by(root, [str(model)])):
        splits.append("fresh")
    return [benchmark(root, Request(version_dir, split, model=str(model)), settings) for split in splits]
