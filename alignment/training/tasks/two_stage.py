"""two-stage: the text tower first, the image tower being locked; then both (CE-CLIP).

A text tower that knows the domain's words sends better gradients to the image tower than one that does not.
The epochs are shared evenly between the stages.
"""

from __future__ import annotations

from alignment.training.tasks.base import StagePlan, Training
from alignment.training.tasks.full import BothTowers
from alignment.training.tasks.lit import locked_stage


def two_stage(training: Training) -> list[StagePlan]:
    """Text, then both."""
    first = max(1, training.plan.epochs // 2)
    second = max(1, training.plan.epochs - first)
    backbone = training.backbone
    return [
        locked_stage(training, first),
        StagePlan("both", backbone, (), second, lambda: BothTowers(training, backbone)),
    ]
