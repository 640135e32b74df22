"""A backbone by what a person calls it: a released model, a file, a folder, or `tiny`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from alignment.backbones.checkpoints import load_weights
from alignment.backbones.chinese_clip import ChineseClip, build_module, check_weights, module_of_weights
from alignment.backbones.hugging_face import open_hugging_face
from alignment.backbones.reading import said_reading
from alignment.backbones.released import fetch_weights
from alignment.backbones.struct import RELEASED, TINY, Struct, struct_of
from alignment.errors import ModelFileError, UsageError
from alignment.images import Fit
from alignment.text.tokenizer import Tokenizer
from dataset_cards.sums import damaged_files

CHECKPOINT = "checkpoint.pt"
"""The weights in the folder of a model of ours."""


def open_backbone(
    spec: str,
    *,
    device: str = "cpu",
    weights_dir: Path | None = None,
    fit: Fit | None = None,
    context_length: int | None = None,
    seed: int = 0,
) -> ChineseClip:
    """The model that `spec` names, float32, in evaluation mode, on `device`.

    `spec` is a released model (ViT-B-16, ViT-L-14, ViT-L-14-336, ViT-H-14, RN50: its file is looked for in
    `weights_dir` and downloaded where there is a network), a Chinese-CLIP checkpoint, a model folder of ours,
    a ChineseCLIPModel folder of Hugging Face, or `tiny`, whose weights are drawn from `seed`. `fit` and
    `context_length` replace what the model was saved with.

    Raises UsageError for a name that is none of these, MissingDependencyError for weights that cannot be had,
    ModelFileError for a file that does not hold the model.
    """
    backbone = _open(spec, weights_dir, seed)
    if fit is not None:
        backbone.fit = fit
    if context_length is not None:
        backbone.read_longer(context_length)
    backbone.module.to(device)
    return backbone


def random_backbone(name: str, struct: Struct, seed: int = 0) -> ChineseClip:
    """A model of these sizes that has learnt nothing, its weights drawn from `seed`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = build_module(struct)
    return ChineseClip(name, struct, module, Tokenizer())


def _open(spec: str, weights_dir: Path | None, seed: int) -> ChineseClip:
    if spec == "tiny":
        return random_backbone(spec, TINY, seed)
    if spec in RELEASED:
        return _open_checkpoint(fetch_weights(spec, weights_dir), spec)
    path = Path(spec)
    if (path / CHECKPOINT).is_file():
        if damaged_files(path, {CHECKPOINT}):
            raise ModelFileError(path / CHECKPOINT, "is not what was written; restore it, or train it again")
        return _open_checkpoint(path / CHECKPOINT, path.name)
    if (path / "config.json").is_file():
        return open_hugging_face(path)
    if path.is_dir():
        raise ModelFileError(path, f"holds neither {CHECKPOINT} nor a Hugging Face model's config.json")
    if path.is_file():
        return _open_checkpoint(path, None)
    raise UsageError(
        f"no model {spec!r}: give tiny, {', '.join(RELEASED)}, a checkpoint file, or a model's folder"
    )


def _open_checkpoint(path: Path, name: str | None) -> ChineseClip:
    weights, said = load_weights(path)
    try:
        struct = _said_struct(path, said) or struct_of(weights)
    except KeyError as error:
        raise ModelFileError(path, f"is no Chinese-CLIP checkpoint: {error} is missing") from error
    if name in RELEASED and struct != RELEASED[name]:
        raise ModelFileError(path, f"is not {name}: its sizes are {struct}")
    if problems := check_weights(weights, struct):
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise ModelFileError(path, f"its weights do not fit together: {'; '.join(problems[:3])}{more}")
    tokenizer, fit = said_reading(path, said, said.get("slots", ()))
    released = next((known for known, sizes in RELEASED.items() if sizes == struct), path.stem)
    return ChineseClip(name or released, struct, module_of_weights(weights, struct), tokenizer, fit)


def _said_struct(path: Path, said: Mapping[str, Any]) -> Struct | None:
    """The sizes a checkpoint of ours carries: weights do not tell how wide an attention head is."""
    sizes = said.get("struct")
    if sizes is None:
        return None
    if not isinstance(sizes, dict) or set(sizes) != {field.name for field in fields(Struct)}:
        raise ModelFileError(path, "carries sizes that are none of a Chinese-CLIP model")
    layers = sizes["vision_layers"]
    return Struct(**{**sizes, "vision_layers": tuple(layers) if isinstance(layers, list) else layers})
