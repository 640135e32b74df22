"""A ViT's weights under Chinese-CLIP's names and under those of transformers' ChineseCLIPModel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

# The same weight under two names, Chinese-CLIP's first. A joined weight of queries, keys and values, and the
# two projections, which are stored the other way round, are not among them.
_NAMES = (
    ("visual.class_embedding", "vision_model.embeddings.class_embedding"),
    ("visual.conv1.", "vision_model.embeddings.patch_embedding."),
    ("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
    ("visual.ln_pre.", "vision_model.pre_layrnorm."),
    ("visual.ln_post.", "vision_model.post_layernorm."),
    ("visual.transformer.resblocks.", "vision_model.encoder.layers."),
    (".attn.out_proj.", ".self_attn.out_proj."),
    (".ln_1.", ".layer_norm1."),
    (".ln_2.", ".layer_norm2."),
    (".mlp.c_fc.", ".mlp.fc1."),
    (".mlp.c_proj.", ".mlp.fc2."),
    ("bert.", "text_model."),
)
_PROJECTIONS = {"visual.proj": "visual_projection.weight", "text_projection": "text_projection.weight"}
_JOINED = ".attn.in_proj_"
_PARTS = tuple(f".self_attn.{part}_proj." for part in "qkv")
_FIRST_PART = _PARTS[0]


def to_hugging_face(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A ViT's weights under the names of ChineseCLIPModel."""
    return dict(_renamed(weights))


def to_chinese_clip(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `to_hugging_face`, float32."""
    turned = {theirs: ours for ours, theirs in _PROJECTIONS.items()}
    named: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if name in turned:
            named[turned[name]] = weight.T
        elif _FIRST_PART in name:
            parts = [weights[name.replace(_FIRST_PART, part)] for part in _PARTS]
            named[_ours(name.replace(_FIRST_PART, _JOINED))] = torch.cat(parts)
        elif not any(part in name for part in _PARTS):
            named[_ours(name)] = weight
    return {name: weight.to(torch.float32).contiguous().clone() for name, weight in named.items()}


def _renamed(weights: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, weight in weights.items():
        if name in _PROJECTIONS:
            yield _PROJECTIONS[name], weight.T.contiguous()
        elif _JOINED in name:
            theirs = _theirs(name)
            for part, rows in zip(_PARTS, weight.chunk(3), strict=True):
                yield theirs.replace(_JOINED, part), rows.contiguous()
        else:
            yield _theirs(name), weight


def _theirs(name: str) -> str:
    for ours, theirs in _NAMES:
        name = name.replace(ours, theirs)
    return name


def _ours(name: str) -> str:
    for ours, theirs in _NAMES:
        name = name.replace(theirs, ours)
    return name
