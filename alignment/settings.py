"""Settings of training: what a person may set under [finetune] in tuwen.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

TaskName = Literal["full", "lit", "two-stage", "cl2cm"]
Share = Annotated[float, Field(ge=0, le=1)]


class Cl2cmSettings(BaseModel):
    """What the task `cl2cm` learns from translations. a, b, τ are ours: no public source states them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = "description_en"
    """Where the translations are: a column of the version, or a .jsonl file of {"pair_id", "text"}."""
    teacher_epochs: int | None = Field(default=None, ge=1)
    """Of the first stage; none: as many as the second has."""
    source_weight: float = Field(default=0.5, ge=0)
    """a: weight of the contrast between pictures and translations."""
    distillation_weight: float = Field(default=0.5, ge=0)
    """b: weight of the teacher's relations."""
    temperature: float = Field(default=0.07, gt=0)
    """τ of the softmax over relations."""
    word_weight: float = Field(default=0.1, ge=0)
    """Weight of the transport between words in the first stage."""


class FinetuneSettings(BaseModel):
    """How a model is fine-tuned. What is None is chosen by `preset` for the data and the device."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: TaskName = "full"
    backbone: str = "ViT-B-16"
    """A released model's name, a checkpoint, a folder of ours or of Hugging Face, or `tiny`."""
    weights_dir: Path | None = None
    """Where released weights lie; none: ~/.cache/clip."""
    preset: Literal["auto", "ce_clip_paper"] = "auto"

    image_fit: Literal["squash", "pad", "crop"] | None = None
    """How a picture becomes a square; none: as the backbone was trained."""
    context_length: int | None = Field(default=None, ge=3, le=512)
    """Tokens of a text; none: as many as 99 % of the training texts need, 52 at least."""
    learn_characters: bool = True
    """Whether characters unknown to the vocabulary take its free slots."""
    slot_start: Literal["radical", "context"] = "radical"
    """What such a character begins with: the mean of its radical's others, or of its company in the texts."""
    augment: bool = True
    """Whether pictures are cut anew in every epoch."""
    crop_scale: tuple[float, float] = (0.5, 1.0)
    """Range of a cut's share of its picture."""

    contrast: Literal["softmax", "sigmoid"] = "softmax"
    """Whether a positive is told from the other pictures at once, or each pair judged for itself (SigLIP)."""
    epochs: int | None = Field(default=None, ge=1)
    batch_size: int | None = Field(default=None, ge=2)
    """Over all processes."""
    lr: float | None = Field(default=None, gt=0)
    """Highest learning rate, of the text tower."""
    image_lr_ratio: float | None = Field(default=None, ge=0)
    """The image tower's learning rate over the text tower's."""
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    """Factor on the learning rate from each block to the one below it."""
    weight_decay: float | None = Field(default=None, ge=0)
    warmup_steps: int | None = Field(default=None, ge=0)
    clip: float = Field(default=1.0, gt=0)
    """Largest norm of the gradient."""
    mask_ratio: float = Field(default=0.0, ge=0, lt=1)
    """Share of a picture's patches left out in training (FLIP)."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """Decay of a running mean of the weights, which is validated and kept in their place; 0: none."""
    lora_rank: int = Field(default=0, ge=0)
    """Train low-rank adapters of this rank in place of the matrices; 0: the matrices."""
    patience: int | None = Field(default=None, ge=0)
    """Validations without a gain after which a stage ends; 0: never early."""
    validate_every: int | None = Field(default=None, ge=1)
    """Epochs from one validation to the next."""
    wise_ft: tuple[Share, ...] = (0.25, 0.5, 0.75)
    """Shares of the tuned weights, beside all of them, that are tried on validation; empty: none."""

    seed: int = Field(default=0, ge=0)
    seeds: int = Field(default=1, ge=1, le=20)
    """How many runs, with seeds from `seed` on; the best on validation becomes the model."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    processes: int | None = Field(default=None, ge=1)
    """Processes that share a batch; none: one for each GPU."""
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    """auto: bf16 where the GPU computes in it, else fp16; fp32 on a CPU."""
    chunk: int | None = Field(default=None, ge=0)
    """Rows encoded at once: gradients of larger batches are cached, exactly; 0: the batch whole."""
    gradient_checkpointing: bool = False
    """Keep few activations and compute them again: less memory, more time."""
    workers: int = Field(default=2, ge=0, le=64)
    """Threads that prepare pictures; never changes the result."""
    thumbnail_mb: int = Field(default=2000, ge=0)
    """Memory for shrunken training pictures, in MiB."""
    save_steps: int = Field(default=200, ge=1)
    """Steps from one saved state to the next; one is saved after every epoch too."""
    tensorboard: bool = False
    """Write TensorBoard files beside the curves (`pip install 'tuwen[tensorboard]'`)."""

    cl2cm: Cl2cmSettings = Cl2cmSettings()

    @field_validator("crop_scale")
    @classmethod
    def _rises(cls, scale: tuple[float, float]) -> tuple[float, float]:
        if not 0 < scale[0] <= scale[1] <= 1:
            raise ValueError("give two rising shares above 0, 1 at most")
        return scale
