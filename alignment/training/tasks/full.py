"""full: both towers learn, by contrast."""

from __future__ import annotations

from torch import Tensor

from alignment.backbones.base import Backbone
from alignment.retrieval.metrics import Recalls
from alignment.training.gradient_cache import Outputs, View
from alignment.training.losses.contrast import CONTRASTS, symmetric_contrast
from alignment.training.tasks.base import StagePlan, Training, ValidationGallery


class BothTowers:
    """Contrast within the batch between pictures and texts; equal captions and pictures are positives."""

    needs_pixels = True

    def __init__(self, training: Training, backbone: Backbone) -> None:
        self.backbone = backbone
        self.tokens = training.train.tokens
        self.relations = training.train.relations.to(training.device)
        self._contrast = CONTRASTS[training.settings.contrast]
        self._mask_ratio = training.settings.mask_ratio
        self._gallery = ValidationGallery(training)

    def views(self, pairs: Tensor, pixels: Tensor | None) -> dict[str, View]:
        """Pictures and texts."""
        assert pixels is not None
        return {
            "images": View(pixels, self._encode_images),
            "texts": View(self.tokens[pairs.cpu()], self.encode_texts),
        }

    def loss(self, outputs: Outputs, pairs: Tensor) -> dict[str, Tensor]:
        """Multi-positive contrast."""
        return {"contrast": self.contrast(outputs["images"][0], outputs["texts"][0], pairs)}

    def contrast(self, images: Tensor, texts: Tensor, pairs: Tensor) -> Tensor:
        """`symmetric_contrast` of the features of these pairs."""
        return symmetric_contrast(
            images,
            texts,
            self.backbone.logit_scale.exp(),
            *self.relations.within(pairs),
            contrast=self._contrast,
        )

    def recalls(self) -> Recalls | None:
        """Over the whole validation gallery."""
        return self._gallery.recalls(self.backbone)

    def encode_texts(self, tokens: Tensor) -> tuple[Tensor]:
        """One tensor of features."""
        return (self.backbone.encode_texts(tokens),)

    def _encode_images(self, pixels: Tensor) -> tuple[Tensor]:
        return (self.backbone.encode_images(pixels, mask_ratio=self._mask_ratio),)


def full(training: Training) -> list[StagePlan]:
    """One stage with both towers."""
    backbone = training.backbone
    return [StagePlan("both", backbone, (), training.plan.epochs, lambda: BothTowers(training, backbone))]
