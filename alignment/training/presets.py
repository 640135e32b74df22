"""Settings a person left open, chosen for the data, the model and the device."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from alignment.settings import FinetuneSettings

# Without the table of words. Less than this was never trained on much, and learns from nothing.
SMALL_MODEL = 20_000_000
# A step of ViT-B-16 at 32 rows keeps 3 GB of activations; large models do with fewer rows at once.
CPU_CHUNK = 32
GPU_CHUNK = 128
LARGE_MODEL = 250_000_000
LARGE_GPU_CHUNK = 32
WARMUP_SHARE = 0.1
# (pairs below, epochs, batch size): few pairs come round more often, in batches that still are many an epoch.
SIZES = ((1_000, 30, 64), (20_000, 20, 128), (200_000, 10, 256), (None, 5, 512))


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a preset decides. Fields as in `FinetuneSettings`."""

    epochs: int
    batch_size: int
    lr: float
    image_lr_ratio: float
    weight_decay: float
    warmup_steps: int | None
    """None: a tenth of the stage's steps."""
    patience: int
    validate_every: int
    context_length: int | None
    augment: bool
    all_negatives: bool
    """Whether, with the image tower locked, every training picture is a negative."""
    chunk: int
    precision: str


def plan_for(settings: FinetuneSettings, *, pairs: int, module: nn.Module, device: torch.device) -> Plan:
    """The preset's values for `pairs` training pairs, those of `settings` in their place where given."""
    chosen = _auto(pairs, module, device)
    if settings.preset == "ce_clip_paper":
        chosen |= _CE_CLIP_PAPER
    given = {name: value for name in chosen if (value := getattr(settings, name, None)) not in (None, "auto")}
    if settings.preset == "ce_clip_paper" and "augment" not in settings.model_fields_set:
        given.pop("augment", None)
    return Plan(**(chosen | given))


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan's values by name."""
    return asdict(plan)


def choose_device(wanted: str) -> torch.device:
    """The device of the setting `device`."""
    return torch.device("cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu")


# What CE-CLIP publishes; "validation every 10 epochs" of its two rules, and cn_clip's own way elsewhere: one
# learning rate, pictures uncut, negatives from the batch.
_CE_CLIP_PAPER: dict[str, Any] = {
    "epochs": 200,
    "batch_size": 128,
    "lr": 5e-5,
    "image_lr_ratio": 1.0,
    "weight_decay": 0.001,
    "warmup_steps": 100,
    "patience": 0,
    "validate_every": 10,
    "context_length": 52,
    "augment": False,
    "all_negatives": False,
}


def _auto(pairs: int, module: nn.Module, device: torch.device) -> dict[str, Any]:
    epochs, batch_size = next(
        (epochs, batch) for below, epochs, batch in SIZES if below is None or pairs < below
    )
    size = _parameters_beside_words(module)
    small = size < SMALL_MODEL
    epochs = 3 * epochs if small else epochs
    return {
        "epochs": epochs,
        "batch_size": batch_size,
        "lr": 1e-3 if small else 5e-5,
        "image_lr_ratio": 1.0 if small else 0.1,
        "weight_decay": 0.05,
        "warmup_steps": None,
        # A small validation split tells little from epoch to epoch.
        "patience": max(5, epochs // 3),
        "validate_every": 1,
        "context_length": None,
        "augment": True,
        "all_negatives": True,
        "chunk": _chunk(size, device),
        "precision": _precision(device),
    }


def _parameters_beside_words(module: nn.Module) -> int:
    return sum(
        parameter.numel() for name, parameter in module.named_parameters() if "word_embeddings" not in name
    )


def _chunk(size: int, device: torch.device) -> int:
    if size < SMALL_MODEL:
        return 0
    if device.type == "cpu":
        return CPU_CHUNK
    return GPU_CHUNK if size < LARGE_MODEL else LARGE_GPU_CHUNK


def _precision(device: torch.device) -> str:
    if device.type == "cpu":
        return "fp32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
