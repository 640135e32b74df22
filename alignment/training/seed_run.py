"""One seed's run from files to files, in one process or in several that share its batches."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException, start_processes

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.opening import open_backbone
from alignment.data import Sample, Split, load_split
from alignment.errors import KilledProcessError, NotFiniteError, TuwenError, UsageError
from alignment.settings import FinetuneSettings
from alignment.text.reading import choose_context_length
from alignment.training.encoding import PictureFeatures
from alignment.training.interpolation import sweep
from alignment.training.presets import choose_device, plan_for
from alignment.training.processes import rank_and_count, wait_for_all
from alignment.training.state import StateFolder, put_weights, read_tensors, write_tensors
from alignment.training.tasks import TASKS
from alignment.training.tasks.base import Pairs, Training, ValidationGallery
from alignment.training.tasks.sources import read_sources
from alignment.training.trainer import Progress, Record, Trainer, open_accelerator, recalls_as_json
from dataset_cards.files import replace_text

MODEL = "model.pt"
RESULT = "result.json"
LOOPBACK = "lo"
"""The loopback interface of Linux."""


@dataclass(frozen=True, slots=True)
class SeedRun:
    """What is to be run, in plain values: it goes to other processes."""

    version_dir: Path
    folder: Path
    """Where state, weights and result of this seed lie."""
    features_dir: Path
    settings: FinetuneSettings
    seed: int


def prepare(version_dir: Path, settings: FinetuneSettings, seed: int, features_dir: Path) -> Training:
    """The backbone and the data, on the device. Raises UsageError for a version too small to learn from."""
    train, val = load_split(version_dir, "train"), load_split(version_dir, "val")
    splits: tuple[tuple[Split, list[Sample]], ...] = (("train", train), ("val", val))
    for name, samples in splits:
        if len(samples) < 2:
            raise UsageError(
                f"{version_dir}: the {name} split has {len(samples)} pairs; training needs two at least. Add "
                "books, or change dataset.ratios"
            )
    device = _device(settings)
    backbone = open_backbone(
        settings.backbone, weights_dir=settings.weights_dir, fit=settings.image_fit, seed=seed
    )
    texts = [sample.text for sample in train]
    translations, val_translations = (
        _translations(version_dir, split, samples, settings) for split, samples in splits
    )
    plan = plan_for(settings, pairs=len(train), module=backbone.module, device=device)
    longest = backbone.struct.text_max_position_embeddings
    read = texts + [text for text in translations if text]
    wanted = plan.context_length or choose_context_length(read, backbone.tokenizer)
    backbone.read_longer(wanted if plan.context_length else min(wanted, longest))
    if settings.learn_characters:
        backbone.learn_characters(texts, settings.slot_start)
    rank, _ = rank_and_count()
    place = torch.device(device.type, rank) if device.type == "cuda" else device
    backbone.module.to(place)
    return Training(
        backbone=backbone,
        train=Pairs.read(train, backbone, translations),
        val=Pairs.read(val, backbone, val_translations),
        version_dir=version_dir,
        settings=settings,
        plan=plan,
        features=PictureFeatures(features_dir, plan.precision),
        device=place,
        autocast=_Precision(place.type, plan.precision),
    )


def _device(settings: FinetuneSettings) -> torch.device:
    """Where to compute. Raises UsageError for GPUs that are not there."""
    device = choose_device(settings.device)
    if settings.device == "cuda" and device.type != "cuda":
        raise UsageError("finetune.device is cuda, but torch finds no GPU here; leave it at auto or set cpu")
    if device.type == "cuda" and (settings.processes or 1) > torch.cuda.device_count():
        raise UsageError(
            f"finetune.processes is {settings.processes}, but torch finds {torch.cuda.device_count()} GPUs; "
            "each process needs its own"
        )
    return device


def _translations(
    version_dir: Path, split: Split, samples: list[Sample], settings: FinetuneSettings
) -> list[str | None]:
    """Of each sample's text, for the task that reads them; else none."""
    if settings.task != "cl2cm":
        return []
    return read_sources(version_dir, split, samples, settings.cl2cm.source)


def run_seed(run: SeedRun, progress: Progress, listen: Callable[[Record], None]) -> dict[str, Any]:
    """Train, or go on, in as many processes as the settings say; returns and keeps the result."""
    result = run.folder / RESULT
    if not result.is_file():
        run.folder.mkdir(parents=True, exist_ok=True)
        count = run.settings.processes or _gpus(run.settings)
        if count > 1:
            _run_processes(run, count, progress, listen)
        else:
            _run_here(run, progress, listen)
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def load_result(backbone: ChineseClip, run: SeedRun) -> None:
    """Put the weights a finished run ended with into its backbone."""
    put_weights(backbone.module, read_tensors(run.folder / MODEL))


class _Precision:
    """A context in which towers compute in this precision; picklable, unlike a closure."""

    def __init__(self, device: str, precision: str) -> None:
        self._device, self._precision = device, precision

    def __call__(self) -> AbstractContextManager[object]:
        dtype = torch.float16 if self._precision == "fp16" else torch.bfloat16
        return torch.autocast(self._device, dtype=dtype, enabled=self._precision != "fp32")


def _run_here(run: SeedRun, progress: Progress, listen: Callable[[Record], None]) -> None:
    training = prepare(run.version_dir, run.settings, run.seed, run.features_dir)
    backbone = training.backbone
    before = {name: weight.detach().cpu().clone() for name, weight in backbone.module.state_dict().items()}
    stages = TASKS[run.settings.task](training)
    gallery = ValidationGallery(training)
    locked = all("image" in stage.locked for stage in stages)
    training.features.report = lambda done, total: progress("encode pictures", done, total)
    try:
        pictures = gallery.kept_features(backbone) if locked else None
        zero_shot = gallery.recalls(backbone, pictures)
    except NotFiniteError as error:
        raise NotFiniteError(
            f"{run.settings.backbone}: its features are no numbers; the training it comes from diverged, or "
            f"{training.plan.precision} is too coarse for it (finetune.precision)"
        ) from error
    trainer = Trainer(
        training,
        stages,
        StateFolder(run.folder),
        seed=run.seed,
        progress=progress,
        listen=listen,
    )
    records = trainer.run()
    share, found = sweep(
        backbone.module, before, run.settings.wise_ft, lambda: gallery.recalls(backbone, pictures)
    )
    if rank_and_count()[0]:
        return
    write_tensors(run.folder / MODEL, backbone.module.state_dict())
    result = {
        "seed": run.seed,
        "before": recalls_as_json(zero_shot),
        "after": recalls_as_json(found[share]),
        "wise_ft": {"share": share, "tried": {str(one): found[one].mean for one in sorted(found)}},
        "epochs": _epochs(records),
        "steps": max((record["step"] for record in records), default=0),
    }
    replace_text(run.folder / RESULT, json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def _epochs(records: list[dict[str, Any]]) -> dict[str, int]:
    """How many epochs each stage took."""
    epochs: dict[str, int] = {}
    for record in records:
        epochs[record["stage"]] = max(record["epoch"], epochs.get(record["stage"], 0))
    return epochs


def _gpus(settings: FinetuneSettings) -> int:
    return torch.cuda.device_count() if choose_device(settings.device).type == "cuda" else 1


def _run_processes(run: SeedRun, count: int, progress: Progress, listen: Callable[[Record], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _watch_processes(run, count, Path(folder) / "meeting", progress, listen)


def _watch_processes(
    run: SeedRun, count: int, meeting: Path, progress: Progress, listen: Callable[[Record], None]
) -> None:
    """Train in `count` processes, which find one another by the file `meeting`."""
    news = get_context("spawn").SimpleQueue()
    children = start_processes(  # type: ignore[no-untyped-call]
        _run_child, args=(run, count, meeting, news), nprocs=count, join=False, daemon=True
    )
    assert children is not None
    failures: list[TuwenError] = []
    told = {"progress": lambda values: progress(*values), "record": listen, "error": failures.append}

    def hear() -> None:
        while not news.empty():
            kind, values = news.get()
            told[kind](values)

    try:
        while not children.join(timeout=0.2):
            hear()
    except (ProcessRaisedException, ProcessExitedException):
        hear()
        if failures:
            raise failures[0] from None
        # The others only lost their connection to it, and were then ended by SIGTERM.
        signals = [-process.exitcode for process in children.processes if (process.exitcode or 0) < 0]
        killed = [number for number in signals if number != signal.SIGTERM]
        if killed:
            raise _killed(killed[0], count) from None
        raise
    hear()


def _killed(number: int, count: int) -> KilledProcessError:
    """What to say of a training process that signal `number` ended, one of `count`."""
    how = f"one of {count} training processes was killed by {signal.Signals(number).name}"
    if number == signal.SIGKILL:
        how += (
            ", most often by the system for want of memory: each process holds a whole copy of the model. "
            "Use fewer (finetune.processes), or smaller batches (finetune.batch_size)"
        )
    return KilledProcessError(f"{how}. With the same settings, the same command goes on where it stopped.")


def _run_child(rank: int, run: SeedRun, count: int, meeting: Path, news: Any) -> None:
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        # Else Gloo and NCCL look up this machine's name and listen on its address in the network.
        "GLOO_SOCKET_IFNAME": LOOPBACK,
        "NCCL_SOCKET_IFNAME": LOOPBACK,
    }
    device = choose_device(run.settings.device)
    # Meeting at a port, as Accelerate would have it, listens to the whole network and believes whoever comes.
    torch.distributed.init_process_group(
        "gloo" if device.type == "cpu" else "nccl",
        store=torch.distributed.FileStore(str(meeting), count),  # type: ignore[attr-defined]
        rank=rank,
        world_size=count,
    )
    open_accelerator(device, "fp32")
    main = rank == 0

    def tell(kind: str, values: object) -> None:
        if main:
            news.put((kind, values))

    try:
        _run_here(
            run,
            lambda name, done, total: tell("progress", (name, done, total)),
            lambda record: tell("record", dict(record)),
        )
    except TuwenError as error:
        news.put(("error", error))
        raise
    wait_for_all()
    torch.distributed.destroy_process_group()
