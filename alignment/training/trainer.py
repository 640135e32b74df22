"""One run: a task's stages in turn, each until its epochs are over or validation stands still."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from alignment.backbones.base import lock_tower
from alignment.backbones.lora import add_adapters, merge_adapters
from alignment.errors import NotFiniteError, UsageError
from alignment.images import Augmentation
from alignment.retrieval.metrics import Recalls
from alignment.training.batches import BatchSampler
from alignment.training.encoding import PictureReader
from alignment.training.gradient_cache import Outputs, View, backward, hash_seed
from alignment.training.optimisation import (
    build_optimizer,
    keep_scale_low,
    learning_rates,
    schedule,
    set_learning_rates,
    trained,
)
from alignment.training.presets import WARMUP_SHARE
from alignment.training.processes import average_gradients, gather, own_share, rank_and_count
from alignment.training.running_mean import RunningMean
from alignment.training.state import (
    Position,
    StateFolder,
    put_weights,
    read_tensors,
    trained_weights,
    write_tensors,
)
from alignment.training.tasks.base import Objective, StagePlan, Training

# Steps from one record of the loss to the next.
RECORD_STEPS = 10

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, steps done and steps in all."""
Record = Mapping[str, Any]


def open_accelerator(device: torch.device, precision: str) -> Accelerator:
    """Accelerate for this process, in this precision, whatever one was opened before."""
    AcceleratorState._reset_state()
    mixed = "no" if precision == "fp32" else precision
    return Accelerator(cpu=device.type == "cpu", mixed_precision=mixed)


class Trainer:
    """Trains the stages of a task and keeps the run's state in a folder."""

    def __init__(
        self,
        training: Training,
        stages: Sequence[StagePlan],
        state: StateFolder,
        *,
        seed: int,
        progress: Progress,
        listen: Callable[[Record], None],
    ) -> None:
        """`listen` is told every record of the loss and of validation, once."""
        self._training, self._stages, self._state, self._seed = training, stages, state, seed
        self._progress, self._listen = progress, listen
        self._plan, self._settings = training.plan, training.settings
        self._position = Position()

    def run(self) -> list[dict[str, Any]]:
        """Train what is left of the run; returns its records, those of before it was taken up included."""
        self._position, rest = self._state.read()
        for number, stage in enumerate(self._stages):
            finished = self._state.finished_stage(number)
            if number < self._position.stage:
                put_weights(stage.backbone.module, read_tensors(finished))
                continue
            _StageRun(self, stage, rest).run()
            rest = {}
            if _is_main():
                write_tensors(finished, stage.backbone.module.state_dict())
            before = self._position
            self._position = Position(
                stage=number + 1, steps_before=before.steps_before + before.step, records=before.records
            )
            if _is_main():
                self._state.save(self._position)
        return self._position.records


class _StageRun:
    """One stage, from where the position says."""

    def __init__(self, trainer: Trainer, stage: StagePlan, rest: Mapping[str, Any]) -> None:
        self._trainer, self._stage = trainer, stage
        self._training, self._plan, self._settings = trainer._training, trainer._plan, trainer._settings
        self._state, self._position = trainer._state, trainer._position
        self._backbone = stage.backbone
        self._objective: Objective = stage.objective()
        self._choose_trainable()
        self._sampler = BatchSampler(
            self._training.train.relations, self._plan.batch_size, hash_seed(trainer._seed, stage.name)
        )
        self._steps = stage.epochs * self._sampler.count
        warmup = self._plan.warmup_steps
        self._warmup = math.ceil(WARMUP_SHARE * self._steps) if warmup is None else warmup
        self._accelerator = open_accelerator(self._training.device, self._plan.precision)
        self._optimizer = self._accelerator.prepare_optimizer(
            build_optimizer(
                self._backbone,
                lr=self._plan.lr,
                image_lr_ratio=self._plan.image_lr_ratio,
                weight_decay=self._plan.weight_decay,
                layer_decay=self._settings.layer_decay,
            )
        )
        self._parameters = trained(self._backbone.module.parameters())
        self._mean = RunningMean(self._backbone.module, self._settings.ema)
        self._best = trained_weights(self._backbone.module)
        self._reader = self._open_reader() if self._objective.needs_pixels else None
        if rest:
            self._take_up(rest)

    def run(self) -> None:
        """Train until the epochs are over or validation stands still; ends with the best weights."""
        position = self._position
        if position.step == 0 and position.best is None:
            self._validate()
        for _ in range(position.epoch, self._stage.epochs):
            if self._plan.patience and position.stale >= self._plan.patience:
                break
            self._train_epoch()
            position.epoch, position.batch = position.epoch + 1, 0
            if position.epoch % self._plan.validate_every == 0 or position.epoch == self._stage.epochs:
                self._validate()
            self._save()
        put_weights(self._backbone.module, self._mean.weights if position.best is None else self._best)
        self._backbone.checkpoint_gradients(False)
        merge_adapters(self._backbone.module)
        self._backbone.train(False)
        self._trainer._progress(self._stage.name, self._steps, self._steps)

    def _choose_trainable(self) -> None:
        for tower in ("image", "text"):
            lock_tower(self._backbone, tower, tower in self._stage.locked)
        if rank := self._settings.lora_rank:
            add_adapters(
                self._backbone,
                rank,
                images="image" not in self._stage.locked,
                texts="text" not in self._stage.locked,
                seed=self._trainer._seed,
            )
        self._backbone.checkpoint_gradients(self._settings.gradient_checkpointing)

    def _take_up(self, rest: Mapping[str, Any]) -> None:
        put_weights(self._backbone.module, rest["weights"])
        self._optimizer.load_state_dict(rest["optimizer"])
        if self._accelerator.scaler is not None:
            self._accelerator.scaler.load_state_dict(rest["scaler"])
        self._mean.take_up(rest["mean"])
        if self._position.best is not None:
            self._best = read_tensors(self._state.best)

    def _train_epoch(self) -> None:
        position = self._position
        left = self._sampler.batches(position.epoch)[position.batch :]
        mine = [batch[own_share(len(batch))] for batch in left]
        pixels = self._reader.batches(mine, position.epoch) if self._reader else None
        for batch in left:
            self._train_step(batch, next(pixels) if pixels else None)
            position.batch += 1
            if position.batch % self._settings.save_steps == 0 and position.batch < self._sampler.count:
                self._save()

    def _train_step(self, batch: list[int], pixels: Tensor | None) -> None:
        position = self._position
        set_learning_rates(self._optimizer, schedule(position.step, self._steps, self._warmup))
        self._set_mode()
        pairs = torch.tensor(batch, device=self._training.device)
        views = self._objective.views(pairs[own_share(len(pairs))], pixels)
        parts = backward(
            {name: View(view.inputs, self._in_precision(view.encode)) for name, view in views.items()},
            lambda outputs: self._loss(outputs, pairs),
            chunk=self._plan.chunk,
            seed=hash_seed(self._trainer._seed, self._stage.name, position.step, rank_and_count()[0]),
            send_back=self._accelerator.backward,
        )
        average_gradients(self._parameters)
        norm = self._accelerator.clip_grad_norm_(self._parameters, self._settings.clip)
        self._optimizer.step()
        self._optimizer.zero_grad()
        keep_scale_low(self._backbone.logit_scale)
        position.step += 1
        self._mean.update(position.step)
        if position.step % RECORD_STEPS == 0 or position.step == 1:
            self._record_step(parts, norm)
        self._trainer._progress(self._stage.name, position.step, self._steps)

    def _loss(self, outputs: Outputs, pairs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        whole = {
            name: tuple(gather(rows, len(pairs)) for rows in tensors) for name, tensors in outputs.items()
        }
        parts = self._objective.loss(whole, pairs)
        total = torch.stack(list(parts.values())).sum()
        return total, {name: part.detach() for name, part in parts.items()}

    def _in_precision(self, encode: Callable[[Tensor], tuple[Tensor, ...]]) -> Any:
        # Entered anew for each pass: casts made without a graph must not be met again by one with a graph.
        def encoded(rows: Tensor) -> tuple[Tensor, ...]:
            with self._training.autocast():
                return encode(rows)

        return encoded

    def _set_mode(self) -> None:
        self._backbone.train(True)
        for module in self._backbone.module.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                # Small batches would spoil the means it runs with, and rows would depend on each other.
                module.eval()

    def _record_step(self, parts: Mapping[str, Tensor], norm: Tensor | None) -> None:
        values = {name: float(part) for name, part in parts.items()}
        if not math.isfinite(sum(values.values())):
            raise self._diverged()
        self._record(
            loss=sum(values.values()),
            parts=values,
            lr=learning_rates(self._optimizer),
            gradient_norm=float(norm) if norm is not None and torch.isfinite(norm) else None,
            scale=float(self._backbone.logit_scale.detach().exp()),
        )

    def _validate(self) -> None:
        try:
            with self._mean.in_place():
                recalls = self._objective.recalls()
                weights = trained_weights(self._backbone.module)
        except NotFiniteError as error:
            raise self._diverged() from error
        if recalls is None:
            return
        position = self._position
        self._record(validation=recalls_as_json(recalls))
        if position.best is None or recalls.mean > position.best:
            position.best, position.best_step = recalls.mean, position.step
            position.best_epoch, position.stale = position.epoch, 0
            self._best = weights
            if _is_main():
                write_tensors(self._state.best, self._best)
        elif position.step > self._warmup:
            # While the rate still rises nothing has been tried yet.
            position.stale += 1

    def _diverged(self) -> UsageError:
        return UsageError(
            f"training diverged: after {self._position.step} steps of the stage {self._stage.name} the loss "
            "is no number any more; lower finetune.lr, raise finetune.warmup_steps or set "
            "finetune.precision=fp32, and begin anew (tuwen finetune --no-resume)"
        )

    def _record(self, **values: Any) -> None:
        position = self._position
        record = {
            "stage": self._stage.name,
            "epoch": position.epoch,
            "step": position.steps_before + position.step,
            **values,
        }
        position.records.append(record)
        self._trainer._listen(record)

    def _save(self) -> None:
        if not _is_main():
            return
        scaler = self._accelerator.scaler
        self._state.save(
            self._position,
            weights=trained_weights(self._backbone.module),
            mean=self._mean.weights,
            optimizer=self._optimizer.state_dict(),
            scaler=scaler.state_dict() if scaler is not None else {},
        )

    def _open_reader(self) -> PictureReader:
        settings = self._settings
        return PictureReader(
            self._backbone,
            self._training.train.samples,
            workers=settings.workers,
            augmentation=Augmentation(scale=settings.crop_scale) if self._plan.augment else None,
            thumbnail_mb=settings.thumbnail_mb,
            seed=self._trainer._seed,
        )


def recalls_as_json(recalls: Recalls) -> dict[str, Any]:
    """Recalls for a file: mean, both directions by k, gallery sizes."""
    return {
        "mean_recall": recalls.mean,
        "text_to_image": {str(k): value for k, value in recalls.text_to_image.items()},
        "image_to_text": {str(k): value for k, value in recalls.image_to_text.items()},
        "images": recalls.images,
        "texts": recalls.texts,
    }


def _is_main() -> bool:
    return rank_and_count()[0] == 0
