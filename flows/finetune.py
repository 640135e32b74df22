"""Fine-tuning as a Prefect flow: one training at a time in a workspace, and one on a machine's GPUs."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alignment.training.finetune import Finetuned
from alignment.training.finetune import finetune as train_model
from alignment.training.presets import choose_device
from flows.lock import workspace_lock
from flows.models import MODELS, find_model
from flows.prefect_guest import guest_flow, guest_task, leave_artifact
from flows.progress import page_progress, say
from flows.settings import Settings


@guest_task("train", lambda _root, _version_dir, name, *_: f"train {name}")
def train(root: Path, version_dir: Path, name: str, settings: Settings, resume: bool) -> Finetuned:
    """All seeds of one model."""
    backbone = find_model(root, settings.finetune.backbone)
    return train_model(
        version_dir,
        root / MODELS,
        name,
        settings.finetune.model_copy(update={"backbone": backbone}),
        root / "features",
        resume=resume,
        progress=lambda stage, done, total: page_progress(name, stage, "steps")(done, total),
        say=say,
    )


@guest_flow(
    "finetune", lambda root, version_dir, name, *_: f"finetune {root.name} {version_dir.name}: {name}"
)
def finetune(root: Path, version_dir: Path, name: str, settings: Settings, resume: bool = True) -> Finetuned:
    """Train `name` on a published version into models/`name` of the workspace at `root`.

    Leaves an artifact with the table and the curves. The caller holds the lock of models/. Raises BusyError
    while another model is at work on the GPU, UsageError and ModelFileError as
    `alignment.training.finetune.finetune` does.
    """
    on_gpu = choose_device(settings.finetune.device).type == "cuda"
    with gpu_lock() if on_gpu else nullcontext():
        found = train(root, version_dir, name, settings, resume)
    leave_artifact(_artifact(found), key=_artifact_key(name), description=f"Training of {name}")
    return found


@contextmanager
def gpu_lock() -> Iterator[None]:
    """Hold this machine's GPUs, for this user; raises BusyError naming the process that holds them."""
    folder = Path(tempfile.gettempdir()) / f"tuwen-gpu-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with workspace_lock(folder, "training on the GPU"):
        yield


def _artifact(found: Finetuned) -> str:
    """The table, and the curves inside the text: Prefect's page shows no files."""
    picture = base64.b64encode((found.path / "curves.png").read_bytes()).decode("ascii")
    table = "\n".join(f"    {line}" for line in found.lines())
    return f"# {found.path.name}\n\n{table}\n\n![curves](data:image/png;base64,{picture})\n"


def _artifact_key(name: str) -> str:
    """Prefect's keys hold lower-case letters, digits and dashes."""
    return "finetune-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
