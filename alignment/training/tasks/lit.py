"""lit: the image tower is locked, the text tower learns to meet it (LiT, CVPR 2022; CRA, CMVIT 2023).

What the image tower says never changes, so it is asked once: an epoch is text only, and every picture of the
training split stands against every text.
"""

from __future__ import annotations

from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.retrieval.metrics import Recalls
from alignment.training.gradient_cache import Outputs, View
from alignment.training.losses.contrast import CONTRASTS, unit
from alignment.training.tasks.base import StagePlan, Training, ValidationGallery, picture_features


class LockedImages:
    """Contrast of a batch of texts with all training pictures, and of its pictures with its texts."""

    needs_pixels = False

    def __init__(self, training: Training, backbone: Backbone) -> None:
        self.backbone = backbone
        train = training.train
        self._tokens = train.tokens
        self._relations = train.relations.to(training.device)
        self._contrast = CONTRASTS[training.settings.contrast]
        self._all_negatives = training.plan.all_negatives
        pictures = [train.samples[n] for n in train.relations.first_pair_of_images().tolist()]
        self._pictures = unit(picture_features(training, backbone, pictures))
        self._gallery = ValidationGallery(training)
        self._validation_pictures = self._gallery.kept_features(backbone)

    def views(self, pairs: Tensor, pixels: Tensor | None) -> dict[str, View]:
        """Texts alone."""
        return {"texts": View(self._tokens[pairs.cpu()], lambda rows: (self.backbone.encode_texts(rows),))}

    def loss(self, outputs: Outputs, pairs: Tensor) -> dict[str, Tensor]:
        """The mean of both directions."""
        scale = self.backbone.logit_scale.exp()
        logits = scale * unit(outputs["texts"][0]) @ self._pictures.T
        positive, akin = self._relations.positives(pairs), self._relations.akin(pairs)
        own = self._relations.images[pairs]
        back = self._contrast(logits[:, own].T, positive[:, own].T, akin[:, own].T)
        if not self._all_negatives:
            logits, positive, akin = logits[:, own], positive[:, own], akin[:, own]
        return {"contrast": (self._contrast(logits, positive, akin) + back) / 2}

    def recalls(self) -> Recalls | None:
        """Over the whole validation gallery, its pictures encoded once."""
        return self._gallery.recalls(self.backbone, self._validation_pictures)


def lit(training: Training) -> list[StagePlan]:
    """One stage with the text tower."""
    return [locked_stage(training, training.plan.epochs)]


def locked_stage(training: Training, epochs: int) -> StagePlan:
    """The text tower learns for `epochs`."""
    backbone = training.backbone
    return StagePlan("text", backbone, ("image",), epochs, lambda: LockedImages(training, backbone))
