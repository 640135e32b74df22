"""Benchmarks as a Prefect flow: the ladder of scorers on a split, with its table and chart as an artifact."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from alignment.backbones.base import Backbone
from alignment.backbones.opening import open_backbone
from alignment.benchmark.data import BenchmarkData, TestSplit, external_data, trained_pairs, version_data
from alignment.benchmark.ladder import FINE_TUNED, ZERO_SHOT
from alignment.benchmark.report.history_page import write_history
from alignment.benchmark.run import BENCHMARKS, Benchmark, run_benchmark
from alignment.errors import MissingDependencyError, UsageError
from alignment.training.presets import choose_device
from flows.finetune import gpu_lock
from flows.models import UNTRAINED, TrainedModel, find_model, first_model, newest_model, trained_model
from flows.prefect_guest import guest_flow, guest_task, leave_artifact
from flows.progress import page_progress, say
from flows.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    version_dir: Path | None
    """A published version; None for an external dataset."""
    split: str = "test"
    folder: Path | None = None
    """An external dataset."""
    language: str | None = None
    model: str | None = None
    """None: the newest model of the workspace."""
    zero_shot: str | None = None
    """None: what the model began with, where it can be had."""

    @property
    def source(self) -> str:
        """Name of the version or of the external dataset."""
        folder = self.version_dir or self.folder
        return folder.name if folder else ""


@guest_task("measure", lambda _root, request, _settings: f"measure on {request.split}")
def measure(root: Path, request: Request, settings: Settings) -> Benchmark:
    """Open data and models, climb the ladder, write result and page."""
    chosen = choose_models(root, request, settings.dataset.name)
    data = _data(root, request, chosen, settings)
    return run_benchmark(
        data,
        _open(chosen, settings),
        root,
        settings.benchmark,
        report=lambda what, done, total: page_progress(what, "benchmark", "done")(done, total),
    )


@guest_flow(
    "benchmark", lambda root, request, _settings: f"benchmark {root.name} {request.source}: {request.split}"
)
def benchmark(root: Path, request: Request, settings: Settings) -> Benchmark:
    """Benchmark one split in the workspace at `root`; the caller holds the lock of its benchmarks/.

    Leaves an artifact with the table and the ladder, and writes history.html anew. Raises BusyError while
    another model is at work on the GPU, and what `run_benchmark` and opening data and models raise.
    """
    on_gpu = choose_device(settings.benchmark.device).type == "cuda"
    with gpu_lock() if on_gpu else nullcontext():
        found = measure(root, request, settings)
    write_history(root / BENCHMARKS)
    subject = found.result["subject"]
    leave_artifact(
        _artifact(found),
        key=_artifact_key(f"{subject['dataset']} {subject['split']}"),
        description=f"Benchmark of {subject['dataset']}, {subject['split']}",
    )
    return found


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to open as which part of the ladder."""

    fine_tuned: str | None
    zero_shot: str | None
    guessed: bool = False
    """Whether `zero_shot` is what the model says it began with, and may be missing here."""


def choose_models(root: Path, request: Request, dataset: str) -> Chosen:
    """The models a request means; one of the two parts is enough.

    A model that no workspace trained (tiny, ViT-B-16, …) is zero-shot when it is the only one. Raises
    UsageError for a name that is no model, or when none is named and none was trained on `dataset`.
    """
    zero_shot = find_model(root, request.zero_shot) if request.zero_shot else None
    if request.model is None:
        made: TrainedModel | None = newest_model(root, dataset)
        spec = str(made.path) if made else ""
    else:
        spec = find_model(root, request.model)
        made = trained_model(Path(spec))
    if zero_shot is not None:
        return Chosen(spec, zero_shot)
    if made is None:
        return Chosen(None, spec) if spec in UNTRAINED else Chosen(spec, None)
    try:
        return Chosen(spec, first_model(root, made), guessed=True)
    except UsageError as error:
        say(f"no zero-shot rung: {made.path.name} began with {made.backbone}: {error}")
        return Chosen(spec, None)


def seen_by(root: Path, models: Iterable[str]) -> set[str]:
    """The pair_ids that these models were trained on, as far as the versions are still there."""
    seen: set[str] = set()
    for spec in models:
        made = trained_model(Path(spec))
        version_dir = root / "datasets" / made.dataset / made.version if made else None
        if version_dir is not None and version_dir.is_dir():
            seen |= trained_pairs(version_dir)
    return seen


def _open(chosen: Chosen, settings: Settings) -> dict[str, Backbone]:
    device = str(choose_device(settings.benchmark.device))
    models: dict[str, Backbone] = {}
    for part, spec in ((ZERO_SHOT, chosen.zero_shot), (FINE_TUNED, chosen.fine_tuned)):
        if spec is None:
            continue
        try:
            models[part] = open_backbone(spec, device=device, weights_dir=settings.finetune.weights_dir)
        except MissingDependencyError as error:
            if part == FINE_TUNED or not chosen.guessed:
                raise
            say(f"no zero-shot rung: {error}")
    if len({backbone.digest for backbone in models.values()}) < len(models):
        if not chosen.guessed:
            raise UsageError(f"{chosen.zero_shot} and {chosen.fine_tuned} are one model; name another")
        say(f"no zero-shot rung: {chosen.fine_tuned} is what it began with; training found nothing better")
        del models[ZERO_SHOT]
    return models


def _data(root: Path, request: Request, chosen: Chosen, settings: Settings) -> BenchmarkData:
    strict = settings.benchmark.strict
    if request.folder is not None:
        return external_data(request.folder, request.split, language=request.language, strict=strict)
    if request.split not in ("test", "fresh") or request.version_dir is None:
        raise UsageError(f"--split {request.split!r}: a version is asked in its split test or fresh")
    split: TestSplit = "fresh" if request.split == "fresh" else "test"
    seen = seen_by(root, filter(None, (chosen.zero_shot, chosen.fine_tuned))) if split == "fresh" else set()
    return version_data(request.version_dir, split, strict=strict, seen=seen)


def _artifact(found: Benchmark) -> str:
    """The table, and the ladder inside the text: Prefect's page shows no files."""
    table = (found.folder / "table.md").read_text(encoding="utf-8")
    picture = base64.b64encode((found.folder / "charts" / "ladder.png").read_bytes()).decode("ascii")
    return f"{table}\n![ladder](data:image/png;base64,{picture})\n\n`{found.folder / 'index.html'}`\n"


def _artifact_key(name: str) -> str:
    """Prefect's keys hold lower-case letters, digits and dashes."""
    return "benchmark-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
