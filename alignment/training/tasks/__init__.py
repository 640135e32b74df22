"""The tasks of fine-tuning: each a list of stages, a stage being a model, a loss and what is trainable."""

from __future__ import annotations

from collections.abc import Callable

from alignment.settings import TaskName
from alignment.training.tasks.base import StagePlan, Training
from alignment.training.tasks.cl2cm import cl2cm
from alignment.training.tasks.full import full
from alignment.training.tasks.lit import lit
from alignment.training.tasks.two_stage import two_stage

TASKS: dict[TaskName, Callable[[Training], list[StagePlan]]] = {
    "full": full,
    "lit": lit,
    "two-stage": two_stage,
    "cl2cm": cl2cm,
}
