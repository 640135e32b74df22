"""From a published version to a model's folder: every seed's run, the best of them, and what goes with it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Literal

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.saving import save_backbone
from alignment.errors import DamagedWorkspaceError, UsageError
from alignment.settings import FinetuneSettings
from alignment.text.reading import read_texts
from alignment.training.board import open_board
from alignment.training.curves import draw_curves
from alignment.training.model_card import found_nothing, write_model_card
from alignment.training.presets import as_json
from alignment.training.seed_run import SeedRun, load_result, prepare, run_seed
from alignment.training.state import write_records
from alignment.training.tasks.base import Training
from alignment.training.tasks.sources import sources_digest
from dataset_cards.code_digest import code_digest
from dataset_cards.files import parse_json, read_json_lines, rename_folder, replace_text, sweep
from dataset_cards.sums import write_sums
from dataset_cards.verify import read_manifest

# Settings that change how a run goes about it, not what comes of it.
_INDIFFERENT = {"workers", "thumbnail_mb", "save_steps", "tensorboard", "weights_dir", "backbone"}

# What this module and all that it imports do decides the weights.
TRAINING_CODE = "alignment.training.seed_run"

Progress = Callable[[str, int, int], None]
"""Called with what is under way (seed, stage), steps done and steps in all."""


@dataclass(frozen=True, slots=True)
class Finetuned:
    """A model that was trained, or that was there already."""

    state: Literal["trained", "nothing-new"]
    path: Path
    settings: dict[str, Any]
    """What settings.json holds."""
    metrics: dict[str, Any]
    """What metrics.json holds."""

    def lines(self) -> list[str]:
        """The outcome as a table for a person: validation recall before and after, seed by seed."""
        return [*_table(self.metrics), *_summary(self.metrics)]


def finetune(
    version_dir: Path,
    models_dir: Path,
    name: str,
    settings: FinetuneSettings,
    features_dir: Path,
    *,
    resume: bool = True,
    progress: Progress = lambda _name, _done, _total: None,
    say: Callable[[str], None] = lambda _text: None,
) -> Finetuned:
    """Train `models_dir`/`name` on a published version, or go on where a run that was killed stopped.

    A model that is there, made of the same version with the same settings, is left alone. Raises UsageError
    for one made otherwise, for an unfinished run with other settings (unless `resume` is False, which begins
    anew), and for data that do not suit the task.
    """
    work = models_dir / f".{name}"
    if not resume:
        shutil.rmtree(work, ignore_errors=True)
    training = prepare(version_dir, settings, settings.seed, features_dir)
    about = _describe(version_dir, settings, training)
    say(f"training texts: {training_reading(training)}")
    if (models_dir / name).exists():
        return _there_already(models_dir / name, work, about)
    _claim(work, about)
    plan, pairs = training.plan, len(training.train.samples)
    say(
        f"training on {about['device']}: {pairs} pairs in batches of {plan.batch_size}, "
        f"{plan.epochs} epochs at most; if it is stopped, the same command goes on"
    )
    del training
    runs = [
        SeedRun(version_dir, work / f"seed-{seed}", features_dir, settings, seed)
        for seed in range(settings.seed, settings.seed + settings.seeds)
    ]
    results = []
    for run in runs:
        listen = open_board(run.folder / "tensorboard") if settings.tensorboard else _ignore
        results.append(run_seed(run, _labelled(progress, run, len(runs)), listen))
    best = max(range(len(runs)), key=lambda place: (results[place]["after"]["mean_recall"], -place))
    metrics = _metrics(settings, results, best)
    _publish(models_dir / name, work, runs, best, about, metrics)
    return Finetuned("trained", models_dir / name, about, metrics)


def training_reading(training: Training) -> str:
    """How well the tokenizer reads the training texts, and their translations, in a sentence or two."""
    tokenizer = training.backbone.tokenizer
    texts = read_texts([sample.text for sample in training.train.samples], tokenizer).summary
    translations = [text for text in training.train.translations if text]
    return f"{texts}; translations: {read_texts(translations, tokenizer).summary}" if translations else texts


def _describe(version_dir: Path, settings: FinetuneSettings, training: Training) -> dict[str, Any]:
    """What the model is made of and how: settings.json."""
    manifest = read_manifest(version_dir)
    given = settings.model_dump(mode="json")
    about: dict[str, Any] = {
        "settings": given,
        "plan": as_json(training.plan),
        "backbone": {
            "name": settings.backbone,
            "digest": training.backbone.digest,
            "context_length": training.backbone.context_length,
            "image_fit": training.backbone.fit,
            "slots": list(training.backbone.tokenizer.slots),
        },
        "dataset": {
            "name": manifest["dataset"],
            "version": manifest["version"],
            "digest": manifest["digest"],
            "splits": manifest["counts"]["splits"],
        },
        "reading": training_reading(training),
        "device": training.device.type,
    }
    decisive = {key: value for key, value in given.items() if key not in _INDIFFERENT}
    translations = sources_digest(settings.cl2cm.source) if settings.task == "cl2cm" else None
    made_by = [about["backbone"]["digest"], manifest["digest"], code_digest(TRAINING_CODE)]
    parts = [decisive, about["plan"], *made_by, translations]
    fingerprint = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return about | {"fingerprint": fingerprint}


def _there_already(path: Path, work: Path, about: Mapping[str, Any]) -> Finetuned:
    there, metrics = _read_json(path / "settings.json"), _read_json(path / "metrics.json")
    if there.get("fingerprint") != about["fingerprint"]:
        raise UsageError(
            f"{path} is a model made with other settings, of another version, or by another version of this "
            "program: move it away, or choose another name (tuwen finetune --name)"
        )
    if _is_of(work, about):  # killed when all was done but this
        shutil.rmtree(work)
    return Finetuned("nothing-new", path, there, metrics)


def _claim(work: Path, about: Mapping[str, Any]) -> None:
    """Make the folder of the unfinished run, or make sure it is this run's."""
    path = work / "settings.json"
    if path.is_file():
        if not _is_of(work, about):
            raise UsageError(
                f"{work} holds an unfinished run with other settings, or of another version of this program: "
                "finish it with those, choose another name (tuwen finetune --name), or start over "
                "(tuwen finetune --no-resume)"
            )
        sweep(work)
        return
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    _write_json(path, about)


def _is_of(work: Path, about: Mapping[str, Any]) -> bool:
    """Whether the folder of an unfinished run is there and is this run's."""
    path = work / "settings.json"
    return path.is_file() and _read_json(path).get("fingerprint") == about["fingerprint"]


def _publish(
    path: Path,
    work: Path,
    runs: list[SeedRun],
    best: int,
    about: dict[str, Any],
    metrics: dict[str, Any],
) -> None:
    """Write the model's folder beside its place, then give it its name as one step."""
    folder = work / "model"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    backbone = _trained_backbone(runs[best])
    result = metrics["seeds"][best]
    save_backbone(backbone, folder, epoch=sum(result["epochs"].values()), step=result["steps"])
    records = {run.seed: read_json_lines(run.folder / "metrics.jsonl") for run in runs}
    _write_json(folder / "settings.json", about | {"number": _next_number(path.parent)})
    _write_json(folder / "version.json", about["dataset"])
    _write_json(folder / "metrics.json", metrics)
    write_records(
        folder / "metrics.jsonl", [{"seed": seed, **record} for seed in records for record in records[seed]]
    )
    draw_curves(folder / "curves.png", records)
    write_model_card(folder / "README.md", path.name, backbone, about, metrics)
    for run in runs:
        if (run.folder / "tensorboard").is_dir():
            shutil.copytree(run.folder / "tensorboard", folder / "tensorboard" / f"seed-{run.seed}")
    write_sums(folder)
    rename_folder(folder, path)
    shutil.rmtree(work)


def _next_number(models_dir: Path) -> int:
    """One more than the highest number of a model there: it tells in which order they were finished."""
    settings = (path for path in models_dir.glob("*/settings.json") if not path.parent.name.startswith("."))
    return 1 + max((int(_read_json(path).get("number", 0)) for path in settings), default=0)


def _trained_backbone(run: SeedRun) -> ChineseClip:
    backbone = prepare(run.version_dir, run.settings, run.seed, run.features_dir).backbone
    load_result(backbone, run)
    backbone.module.cpu()
    return backbone


def _metrics(settings: FinetuneSettings, results: list[dict[str, Any]], best: int) -> dict[str, Any]:
    after = [result["after"]["mean_recall"] for result in results]
    return {
        "task": settings.task,
        "split": "val",
        "chosen_seed": results[best]["seed"],
        "mean_recall": {"mean": mean(after), "deviation": stdev(after) if len(after) > 1 else None},
        "seeds": results,
    }


def _table(metrics: Mapping[str, Any]) -> list[str]:
    gallery = metrics["seeds"][0]["after"]
    head = f"validation, {gallery['texts']} texts and {gallery['images']} pictures"
    lines = [head, f"{'':14}{'text to image':>21}{'image to text':>21}{'mean':>8}"]
    lines.append(f"{'':14}" + 2 * f"{'R@1':>7}{'R@5':>7}{'R@10':>7}")
    for result in metrics["seeds"]:
        for label in ("before", "after"):
            recalls = result[label]
            values = [*recalls["text_to_image"].values(), *recalls["image_to_text"].values()]
            cells = "".join(f"{100 * value:7.1f}" for value in [*values, recalls["mean_recall"]])
            lines.append(f"seed {result['seed']:<2} {label:6}{cells[:-7]}{cells[-7:]:>8}")
    return lines


def _summary(metrics: Mapping[str, Any]) -> list[str]:
    lines = []
    if metrics["mean_recall"]["deviation"] is not None:
        values = metrics["mean_recall"]
        lines.append(
            f"mean recall {100 * values['mean']:.1f} ± {100 * values['deviation']:.1f} over "
            f"{len(metrics['seeds'])} seeds; seed {metrics['chosen_seed']} was kept"
        )
    kept = next(result for result in metrics["seeds"] if result["seed"] == metrics["chosen_seed"])
    share = kept["wise_ft"]["share"]
    epochs = ", ".join(f"{stage} {count}" for stage, count in kept["epochs"].items())
    mixed = "" if share == 1 else f"; weights {share:.0%} tuned, the rest as before (WiSE-FT)"
    lines.append(f"epochs: {epochs}; {kept['steps']} steps{mixed}")
    if found_nothing(kept):
        lines.append("validation found nothing better than the start: this model is the start, or no better")
    return lines


def _labelled(progress: Progress, run: SeedRun, count: int) -> Progress:
    seed = f"seed {run.seed} · " if count > 1 else ""
    return lambda stage, done, total: progress(f"{seed}{stage}", done, total)


def _ignore(_record: Mapping[str, Any]) -> None:
    pass


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(f"{path} cannot be read ({error}); move {path.parent} away") from error
    return found


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    replace_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
