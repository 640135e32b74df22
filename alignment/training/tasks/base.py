"""What a task is made of, and what it is given to work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from alignment.backbones.base import Backbone, Tower
from alignment.backbones.chinese_clip import ChineseClip
from alignment.data import Sample
from alignment.retrieval.metrics import Recalls, retrieval_recalls
from alignment.settings import FinetuneSettings
from alignment.training.encoding import PictureFeatures, encode_pictures, encode_tokens
from alignment.training.gradient_cache import Outputs, View
from alignment.training.presets import Plan
from alignment.training.relations import Relations, relate


@dataclass(frozen=True, slots=True)
class Pairs:
    """A split, ready for a model."""

    samples: Sequence[Sample]
    tokens: Tensor
    """int64 [N, L], on the CPU."""
    relations: Relations
    """On the CPU."""
    translations: Sequence[str | None]
    """Of each sample's text, None where there is none; empty for a task that does not read them."""

    @classmethod
    def read(
        cls, samples: Sequence[Sample], backbone: Backbone, translations: Sequence[str | None] = ()
    ) -> Pairs:
        """The samples with their texts as `backbone` reads them."""
        tokens = backbone.tokenize([sample.text for sample in samples])
        return cls(samples, tokens, relate(samples, tokens), translations)


@dataclass(frozen=True, slots=True)
class Training:
    """All a task needs to know."""

    backbone: ChineseClip
    train: Pairs
    val: Pairs
    version_dir: Path
    settings: FinetuneSettings
    plan: Plan
    features: PictureFeatures
    device: torch.device
    autocast: Callable[[], AbstractContextManager[object]]
    """The precision in which towers compute."""


class Objective(Protocol):
    """What a stage makes small."""

    needs_pixels: bool
    """Whether batches come with their pictures."""

    def views(self, pairs: Tensor, pixels: Tensor | None) -> dict[str, View]:
        """How these pairs (numbers of the training split, int64 [b], this process's share) are encoded."""

    def loss(self, outputs: Outputs, pairs: Tensor) -> dict[str, Tensor]:
        """The parts of the loss, by name, for what was encoded of these pairs (the whole batch)."""

    def recalls(self) -> Recalls | None:
        """How the model does on validation; None where nothing can be asked."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage. `objective` is built when its turn comes: it may look at what the stages before learnt."""

    name: str
    backbone: ChineseClip
    """The model that is trained; `logit_scale` always is."""
    locked: tuple[Tower, ...]
    epochs: int
    objective: Callable[[], Objective]


class ValidationGallery:
    """The whole validation split as a gallery of distinct pictures and distinct texts."""

    def __init__(self, training: Training) -> None:
        self._training = training
        relations = training.val.relations
        self._pictures = [training.val.samples[n] for n in relations.first_pair_of_images().tolist()]
        self._tokens = training.val.tokens[relations.first_pair_of_texts()]
        self._pairs = torch.unique(torch.stack([relations.images, relations.texts], dim=1), dim=0)

    def recalls(self, backbone: Backbone, image_features: Tensor | None = None) -> Recalls:
        """Both directions; `image_features` of the pictures where they are known already."""
        with self._training.autocast():
            if image_features is None:
                workers = self._training.settings.workers
                image_features = encode_pictures(backbone, self._pictures, workers=workers)
            texts = encode_tokens(backbone, self._tokens)
        return retrieval_recalls(image_features, texts, self._pairs.to(texts.device))

    def kept_features(self, backbone: Backbone) -> Tensor:
        """The pictures' features, from the cache where they are in it."""
        return picture_features(self._training, backbone, self._pictures)


def picture_features(training: Training, backbone: Backbone, samples: Sequence[Sample]) -> Tensor:
    """Features of the samples' pictures through the training's cache."""
    with training.autocast():
        return training.features.of(backbone, samples, workers=training.settings.workers)
