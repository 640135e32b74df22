"""What every model of pictures and texts offers, whatever files it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from PIL import Image
from torch import Tensor, nn

Tower = Literal["image", "text"]


class Backbone(Protocol):
    """An image tower and a text tower with one joint space of `dim` dimensions.

    Pixels are float32 [B, 3, S, S], normalised; tokens int64 [B, L] with zeros after the text's end. Features
    are not normalised. Inputs are moved to the module's device, outputs stay there.
    """

    name: str
    dim: int
    image_size: int
    """S, in pixels."""
    module: nn.Module
    """Everything trainable, `logit_scale` included."""

    @property
    def context_length(self) -> int:
        """L: tokens of a text, its two marks included."""

    @property
    def logit_scale(self) -> nn.Parameter:
        """The logarithm of 1/temperature, a scalar."""

    @property
    def digest(self) -> str:
        """sha256 over the weights and all else that changes features: sizes, vocabulary, picture fit."""

    def preprocess(self, image: Image.Image) -> Tensor:
        """A picture as pixels: float32 [3, S, S]."""

    def tokenize(self, texts: Sequence[str]) -> Tensor:
        """Texts, normalised, as tokens: int64 [B, L]."""

    def encode_images(self, pixels: Tensor, *, mask_ratio: float = 0.0) -> Tensor:
        """Features [B, dim]; the share `mask_ratio` of the patches is left out (FLIP, arXiv 2212.00794)."""

    def encode_texts(self, tokens: Tensor) -> Tensor:
        """Features [B, dim]."""

    def encode_words(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Each token in the joint space [B, L, dim], and a bool mask [B, L]: a token, a mark, no padding."""

    def image_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The image tower's parameters by name; `logit_scale` is not among them."""

    def text_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The text tower's parameters by name; `logit_scale` is not among them."""

    def checkpoint_gradients(self, enabled: bool) -> None:
        """Keep few activations and compute them again in the backward pass: less memory, more time."""

    def train(self, mode: bool = True) -> None:
        """Training or evaluation mode; a tower of which nothing is trained stays in evaluation mode."""


def lock_tower(backbone: Backbone, tower: Tower, locked: bool = True) -> None:
    """Take one tower out of training, or back in.

    A locked tower keeps every bit: its parameters take no gradient, and `Backbone.train` leaves its dropout
    and its running means alone. Weights under a low-rank adapter stay locked when the tower is unlocked.
    """
    parameters = backbone.image_parameters() if tower == "image" else backbone.text_parameters()
    for name, parameter in parameters:
        parameter.requires_grad_(not locked and not name.endswith(ADAPTED_WEIGHT))


ADAPTED_WEIGHT = ".original"
"""How torch ends the name of a weight that a parametrisation builds upon (see `alignment.backbones.lora`)."""
