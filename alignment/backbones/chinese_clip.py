"""Chinese-CLIP's own network as a backbone: every model of ours is one, whatever file it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from alignment.backbones.struct import Struct
from alignment.errors import UsageError
from alignment.images import Fit, to_pixels
from alignment.text.slots import SlotStart, choose_slots, slot_embeddings
from alignment.text.tokenizer import Tokenizer
from alignment.torchvision_operators import declare_missing_operators

# Texts are cut to the longest of a batch, rounded up to this many tokens: few shapes, little padding.
_LENGTH_BLOCK = 8


def build_module(struct: Struct) -> Any:
    """`cn_clip.clip.model.CLIP` of these sizes, its weights drawn from torch's generator."""
    declare_missing_operators()
    from cn_clip.clip.model import CLIP

    return CLIP(**struct.clip_arguments())


class ChineseClip:
    """A `Backbone` over `cn_clip.clip.model.CLIP`. Fields as the protocol says; `struct` are its sizes."""

    def __init__(
        self, name: str, struct: Struct, module: Any, tokenizer: Tokenizer, fit: Fit = "squash"
    ) -> None:
        self.name = name
        self.struct = struct
        self.dim = struct.embed_dim
        self.image_size = struct.image_resolution
        self.fit: Fit = fit
        self.tokenizer = tokenizer
        self.module: nn.Module = module.eval()

    @property
    def context_length(self) -> int:
        """Tokens of a text, its two marks included."""
        return self.tokenizer.context_length

    @property
    def logit_scale(self) -> nn.Parameter:
        """The logarithm of 1/temperature, a scalar."""
        return self._clip.logit_scale  # type: ignore[no-any-return]

    @property
    def digest(self) -> str:
        """sha256 over weights, sizes, context length, slots and fit; the same for the same features."""
        settings = (self.struct, self.context_length, self.tokenizer.slots, self.fit)
        digest = hashlib.sha256(repr(settings).encode())
        for name, weight in sorted(self.module.state_dict().items()):
            digest.update(name.encode())
            digest.update(weight.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def preprocess(self, image: Image.Image) -> Tensor:
        """A picture as pixels: float32 [3, S, S]."""
        return to_pixels(image, self.image_size, self.fit)

    def tokenize(self, texts: Sequence[str]) -> Tensor:
        """Texts, normalised, as tokens: int64 [B, L]."""
        return self.tokenizer(texts)

    def encode_images(self, pixels: Tensor, *, mask_ratio: float = 0.0) -> Tensor:
        """Features [B, dim]. Raises UsageError when a residual network is to leave patches out."""
        if mask_ratio and not self.struct.is_vit:
            raise UsageError(f"mask_ratio needs a ViT: {self.name} reads pictures with a residual network")
        features: Tensor = self._clip.encode_image(pixels.to(self._device), mask_ratio)
        return features

    def encode_texts(self, tokens: Tensor) -> Tensor:
        """Features [B, dim]: what the text's first mark has become."""
        return self._word_states(tokens)[:, 0] @ self._clip.text_projection  # type: ignore[no-any-return]

    def encode_words(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Each token in the joint space [B, L, dim], zeros in the padding, and the bool mask [B, L]."""
        words = self._word_states(tokens) @ self._clip.text_projection
        padding = tokens.shape[1] - words.shape[1]
        mask = tokens.ne(0).to(self._device)
        return nn.functional.pad(words, (0, 0, 0, padding)) * mask.unsqueeze(-1), mask

    def image_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The image tower's parameters by name."""
        return self._parameters(of_images=True)

    def text_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The text tower's parameters by name, its projection included."""
        return self._parameters(of_images=False)

    def checkpoint_gradients(self, enabled: bool) -> None:
        """Keep one activation a block; of a residual network the text tower only (its running means)."""
        # Chinese-CLIP's own switch uses the form that drops the gradient of what follows a locked part.
        blocks = [*self._clip.bert.encoder.layer]
        if self.struct.is_vit:
            blocks += [*self._clip.visual.transformer.resblocks]
        for block in blocks:
            vars(block).pop("forward", None)
            if enabled:
                block.forward = partial(checkpoint, block.forward, use_reentrant=False)

    def train(self, mode: bool = True) -> None:
        """Training or evaluation mode; a tower of which nothing is trained stays in evaluation mode."""
        self.module.train(mode)
        for tower in (self._clip.visual, self._clip.bert):
            if not any(parameter.requires_grad for parameter in tower.parameters()):
                tower.eval()

    def read_longer(self, context_length: int) -> None:
        """Read texts up to `context_length` tokens. Raises UsageError beyond the tower's positions."""
        longest = self.struct.text_max_position_embeddings
        if context_length > longest:
            raise UsageError(f"context_length is {context_length}; {self.name} has {longest} positions")
        self.tokenizer = Tokenizer(context_length, self.tokenizer.slots)

    def learn_characters(self, texts: Sequence[str], start: SlotStart = "radical") -> tuple[str, ...]:
        """Give free slots to the unknown characters of `texts` (the training split's); those added.

        Their embeddings begin as `alignment.text.slots` says; no shape changes.
        """
        known = self.tokenizer.slots
        slots = choose_slots(texts, self.tokenizer)
        added = slots[len(known) :]
        if added:
            with torch.no_grad():
                words = self._clip.bert.embeddings.word_embeddings.weight
                words[len(known) + 1 : len(slots) + 1] = slot_embeddings(
                    words, self.tokenizer, added, texts, start
                )
            self.tokenizer = Tokenizer(self.context_length, slots)
        return added

    @property
    def _clip(self) -> Any:
        return self.module

    @property
    def _device(self) -> torch.device:
        return self.logit_scale.device

    def _word_states(self, tokens: Tensor) -> Tensor:
        """The text tower's last states [B, L', width], L' the longest text of the batch."""
        longest = int(tokens.ne(0).sum(dim=1).max()) if len(tokens) else 1
        length = min(-(-longest // _LENGTH_BLOCK) * _LENGTH_BLOCK, tokens.shape[1])
        tokens = tokens[:, :length].to(self._device)
        states: Tensor = self._clip.bert(tokens, attention_mask=tokens.ne(0))[0]
        return states

    def _parameters(self, of_images: bool) -> Iterator[tuple[str, nn.Parameter]]:
        for name, parameter in self.module.named_parameters():
            if parameter is not self.logit_scale and name.startswith("visual.") == of_images:
                yield name, parameter


def check_weights(weights: Mapping[str, Tensor], struct: Struct) -> list[str]:
    """What keeps `weights` from being a model of these sizes: names missing, unknown, of other shapes."""
    try:
        with torch.device("meta"):
            wanted = build_module(struct).state_dict()
    except (TypeError, ValueError, RuntimeError, ArithmeticError, AssertionError) as error:
        return [f"no network has the sizes {struct} ({error})"]
    missing = [f"{name} is missing" for name in sorted(wanted.keys() - weights.keys())]
    unknown = [f"{name} is unknown" for name in sorted(weights.keys() - wanted.keys())]
    other = [
        f"{name} is {list(weights[name].shape)}, not {list(wanted[name].shape)}"
        for name in sorted(wanted.keys() & weights.keys())
        if weights[name].shape != wanted[name].shape
    ]
    return missing + unknown + other


def module_of_weights(weights: Mapping[str, Tensor], struct: Struct) -> Any:
    """The network with these weights (see `check_weights`), which it takes over without a copy."""
    with torch.device("meta"):
        module = build_module(struct)
    module.load_state_dict(dict(weights), assign=True)
    return module
