"""cl2cm: relations between texts and their translations, distilled into those with pictures.

After CL2CM (AAAI 2024, arXiv 2312.08984). First a text network learns to bring a text and its translation
together, as sentences (contrast) and word by word (optimal transport, which bears with a translation's
noise). Then it is asked how the texts of a batch relate to the translations, and the image–text model learns
to relate pictures to texts likewise:

    L = ITC(v, t) + a · ITC(v, s) + b · KL(P_teacher ‖ P_student)

with v pictures, t texts, s translations. The teacher begins as a copy of the model's own text tower, whose
vocabulary holds Latin letters too.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.errors import UsageError
from alignment.retrieval.metrics import Recalls, retrieval_recalls
from alignment.training.encoding import encode_tokens
from alignment.training.gradient_cache import Outputs, View
from alignment.training.losses.contrast import symmetric_contrast
from alignment.training.losses.distillation import cross_lingual_distillation
from alignment.training.losses.transport import transport_cost
from alignment.training.tasks.base import Pairs, StagePlan, Training
from alignment.training.tasks.full import BothTowers


@dataclass(frozen=True, slots=True)
class Sources:
    """The translations of a split."""

    tokens: Tensor
    """int64 [N, L]; of a text without a translation those of the empty text."""
    known: Tensor
    """Which texts have one: bool [N]."""

    @classmethod
    def read(cls, pairs: Pairs, backbone: Backbone) -> Sources:
        """Translations as `backbone` reads them."""
        tokens = backbone.tokenize([text or "" for text in pairs.translations])
        return cls(tokens, torch.tensor([text is not None for text in pairs.translations], dtype=torch.bool))


class TranslationPairs:
    """The teacher's task: a text and its translation belong together, and so do their words."""

    needs_pixels = False

    def __init__(self, training: Training, teacher: Backbone, train: Sources, val: Sources) -> None:
        self.backbone = teacher
        self._training = training
        self._sources, self._val = train, val
        self._known = train.known.to(training.device)
        self._tokens = training.train.tokens
        self._relations = training.train.relations.to(training.device)
        self._word_weight = training.settings.cl2cm.word_weight

    def views(self, pairs: Tensor, pixels: Tensor | None) -> dict[str, View]:
        """Texts and translations, word by word; the first word stands for the sentence."""
        pairs = pairs.cpu()
        return {
            "targets": View(self._tokens[pairs], self.backbone.encode_words),
            "sources": View(self._sources.tokens[pairs], self.backbone.encode_words),
        }

    def loss(self, outputs: Outputs, pairs: Tensor) -> dict[str, Tensor]:
        """Contrast of sentences, and the weighted transport of words."""
        known = self._known[pairs]
        targets, mask = (output[known] for output in outputs["targets"])
        sources, source_mask = (output[known] for output in outputs["sources"])
        positive, akin = self._relations.within(pairs[known])
        scale = self.backbone.logit_scale.exp()
        contrast = symmetric_contrast(sources[:, 0], targets[:, 0], scale, positive, akin)
        if not known.any():
            return {"contrast": contrast}
        words = transport_cost(sources, source_mask, targets, mask)
        return {"contrast": contrast, "words": self._word_weight * words}

    def recalls(self) -> Recalls | None:
        """Translations in the place of pictures; None where the validation split has no translation."""
        known = self._val.known
        if not known.any():
            return None
        with self._training.autocast():
            sources = encode_tokens(self.backbone, self._val.tokens[known])
            targets = encode_tokens(self.backbone, self._training.val.tokens[known])
        texts = self._training.val.relations.texts[known]
        same = (texts[:, None] == texts[None, :]).nonzero()
        return retrieval_recalls(sources, targets, same.to(sources.device))


class Distilled(BothTowers):
    """The student's task."""

    def __init__(self, training: Training, teacher: Backbone, sources: Sources) -> None:
        super().__init__(training, training.backbone)
        self._settings = training.settings.cl2cm
        self._sources = sources
        self._known = sources.known.to(training.device)
        with training.autocast():
            self._teacher_sources = encode_tokens(teacher, sources.tokens)
            self._teacher_targets = encode_tokens(teacher, training.train.tokens)

    def views(self, pairs: Tensor, pixels: Tensor | None) -> dict[str, View]:
        """Pictures, texts and, where they count, translations."""
        views = super().views(pairs, pixels)
        if self._settings.source_weight:
            views["sources"] = View(self._sources.tokens[pairs.cpu()], self.encode_texts)
        return views

    def loss(self, outputs: Outputs, pairs: Tensor) -> dict[str, Tensor]:
        """The three parts; pairs without a translation take part in the first alone."""
        parts = super().loss(outputs, pairs)
        known = self._known[pairs]
        if not known.any():
            return parts
        images, texts = outputs["images"][0][known], outputs["texts"][0][known]
        chosen = pairs[known]
        if weight := self._settings.source_weight:
            sources = outputs["sources"][0][known]
            parts["source contrast"] = weight * self.contrast(images, sources, chosen)
        if weight := self._settings.distillation_weight:
            parts["distillation"] = weight * cross_lingual_distillation(
                images,
                texts,
                self._teacher_sources[chosen],
                self._teacher_targets[chosen],
                self._settings.temperature,
            )
        return parts


def cl2cm(training: Training) -> list[StagePlan]:
    """Teacher, then student. Raises UsageError when no training text has a translation."""
    settings = training.settings.cl2cm
    backbone = training.backbone
    train, val = (Sources.read(pairs, backbone) for pairs in (training.train, training.val))
    if not train.known.any():
        raise UsageError(
            f"cl2cm learns from translations, and {settings.source} of {training.version_dir} holds none for "
            "the training split; name another column or a .jsonl file as finetune.cl2cm.source"
        )
    teacher = copy.deepcopy(backbone)
    epochs = training.plan.epochs
    return [
        StagePlan(
            "teacher",
            teacher,
            ("image",),
            settings.teacher_epochs or epochs,
            lambda: TranslationPairs(training, teacher, train, val),
        ),
        StagePlan("student", backbone, (), epochs, lambda: Distilled(training, teacher, train)),
    ]
