"""The sizes of a Chinese-CLIP model: written down for the released ones, read off the weights for others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

# Width of an attention head where the weights cannot tell: all released models but ViT-H-14 have it.
_HEAD_WIDTH = 64
_HEAD_WIDTH_H14 = 80
_WIDTH_H14 = 1280
# A residual network has four stages, and a grid of a 32nd of the picture's side.
_STAGES = 4
_RESNET_FACTOR = 32


@dataclass(frozen=True, slots=True)
class Struct:
    """Sizes in Chinese-CLIP's terms. `vision_layers` is a number for a ViT, four numbers for a ResNet."""

    embed_dim: int
    image_resolution: int
    vision_layers: int | tuple[int, ...]
    vision_width: int
    vision_patch_size: int | None
    text_hidden_size: int
    text_intermediate_size: int
    text_num_attention_heads: int
    text_num_hidden_layers: int
    vision_head_width: int = _HEAD_WIDTH
    vocab_size: int = 21128
    text_max_position_embeddings: int = 512
    text_type_vocab_size: int = 2

    @property
    def is_vit(self) -> bool:
        """Whether pictures are read in patches, not by a residual network."""
        return self.vision_patch_size is not None

    def clip_arguments(self) -> dict[str, Any]:
        """What `cn_clip.clip.model.CLIP` wants to be built with."""
        return {
            **asdict(self),
            "text_attention_probs_dropout_prob": 0.1,
            "text_hidden_act": "gelu",
            "text_hidden_dropout_prob": 0.1,
            "text_initializer_range": 0.02,
        }


def struct_of(weights: Mapping[str, Tensor]) -> Struct:
    """The sizes of the model that `weights` (Chinese-CLIP's names, no prefix) belong to.

    Raises KeyError with the name of a weight that is missing.
    """
    words = weights["bert.embeddings.word_embeddings.weight"]
    width = words.shape[1]
    return Struct(
        embed_dim=weights["text_projection"].shape[1],
        **_vision(weights),
        text_hidden_size=width,
        text_intermediate_size=weights["bert.encoder.layer.0.intermediate.dense.weight"].shape[0],
        text_num_attention_heads=max(1, width // _HEAD_WIDTH),
        text_num_hidden_layers=_count(weights, "bert.encoder.layer."),
        vocab_size=words.shape[0],
        text_max_position_embeddings=weights["bert.embeddings.position_embeddings.weight"].shape[0],
        text_type_vocab_size=weights["bert.embeddings.token_type_embeddings.weight"].shape[0],
    )


def _vision(weights: Mapping[str, Tensor]) -> dict[str, Any]:
    if "visual.attnpool.positional_embedding" in weights:
        grid = _side(weights["visual.attnpool.positional_embedding"])
        return {
            "image_resolution": grid * _RESNET_FACTOR,
            "vision_layers": tuple(
                _count(weights, f"visual.layer{stage}.") for stage in range(1, _STAGES + 1)
            ),
            "vision_width": weights["visual.conv3.weight"].shape[0],
            "vision_patch_size": None,
        }
    patches = weights["visual.conv1.weight"]
    width, patch = patches.shape[0], patches.shape[-1]
    return {
        "image_resolution": _side(weights["visual.positional_embedding"]) * patch,
        "vision_layers": _count(weights, "visual.transformer.resblocks."),
        "vision_width": width,
        "vision_patch_size": patch,
        "vision_head_width": _HEAD_WIDTH_H14 if width == _WIDTH_H14 else _HEAD_WIDTH,
    }


def _side(positions: Tensor) -> int:
    """The side of the square grid of places, the first place being the whole picture's."""
    return math.isqrt(positions.shape[0] - 1)


def _count(weights: Mapping[str, Tensor], prefix: str) -> int:
    return len({name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)})


_ROBERTA = {"text_hidden_size": 768, "text_intermediate_size": 3072, "text_num_attention_heads": 12}
_BASE = {**_ROBERTA, "text_num_hidden_layers": 12}
_LARGE = {
    "text_hidden_size": 1024,
    "text_intermediate_size": 4096,
    "text_num_attention_heads": 16,
    "text_num_hidden_layers": 24,
}

RELEASED: dict[str, Struct] = {
    "ViT-B-16": Struct(512, 224, 12, 768, 16, **_BASE),
    "ViT-L-14": Struct(768, 224, 24, 1024, 14, **_BASE),
    "ViT-L-14-336": Struct(768, 336, 24, 1024, 14, **_BASE),
    "ViT-H-14": Struct(1024, 224, 32, 1280, 14, **_LARGE, vision_head_width=80),
    "RN50": Struct(1024, 224, (3, 4, 6, 3), 64, None, **_ROBERTA, text_num_hidden_layers=3),
}
"""The published models by name."""

TINY = Struct(
    embed_dim=128,
    image_resolution=64,
    vision_layers=4,
    vision_width=128,
    vision_patch_size=16,
    text_hidden_size=128,
    text_intermediate_size=512,
    text_num_attention_heads=2,
    text_num_hidden_layers=2,
)
"""Small enough to learn from nothing on a processor; most of it is the table of words. Two blocks for
texts learnt as much in two thirds of the time of four; patches of half the side as much in the same
time, at costlier steps."""
