"""tuwen finetune: a model trained on a published version."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractors.errors import UsageError
from flows.commands.options import JsonOption, SetOption, WorkspaceOption, print_json, workspace_settings
from flows.output import print_lines

if TYPE_CHECKING:
    from alignment.training.finetune import Finetuned

_NAME = re.compile(r"[\w][\w.-]*")


def finetune(
    task: Annotated[
        str | None, typer.Option("--task", help="full, lit, two-stage or cl2cm; else finetune.task.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="vNNNN", help="A version; else the current one.")
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            help="tiny, a released model such as ViT-B-16, a checkpoint or a model's folder; else "
            "finetune.backbone.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Folder below models/; else made of the three above.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="Runs with different seeds; the best is kept.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume/--no-resume", help="Go on with an unfinished run, or begin anew."),
    ] = True,
    workspace: WorkspaceOption = Path(),
    overrides: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fine-tune Chinese-CLIP on a published version.

    The model goes to models/<name>/: weights for cn_clip and transformers, settings, metrics, curves and a
    model card. A run that was stopped goes on where it was; docs/finetuning.md tells tasks and settings.

    \b
    Examples:
      tuwen finetune --task lit --backbone ViT-B-16 -w ~/heritage
      tuwen finetune --task full --version v0003 --backbone models/lit-ViT-B-16-v0003 --seeds 3 -w ~/heritage
      tuwen finetune --task two-stage --set finetune.preset=ce_clip_paper --backbone clip_cn_vit-b-16.pt
    """
    from dataset_cards.export import find_version
    from flows.interrupt import run_interruptible
    from flows.lock import workspace_lock
    from flows.models import MODELS, model_name
    from flows.outcomes import dataset_dir
    from flows.prefect_server import prefect_api
    from flows.progress import display
    from flows.workspace import Workspace

    given = {"task": task, "backbone": backbone, "seeds": seeds}
    # Quoted as TOML would have it: a folder may be called 2024.
    chosen = [f"finetune.{key}={json.dumps(value)}" for key, value in given.items() if value is not None]
    settings = workspace_settings(workspace, [*(overrides or []), *chosen])
    home = Workspace.open_published(workspace)
    root = home.root
    version_dir = find_version(dataset_dir(home, settings.dataset), version)
    name = name or model_name(settings, version_dir)
    if not _NAME.fullmatch(name):
        raise UsageError(f"--name {name!r}: use letters, digits, dots, dashes and underscores")

    def work() -> Finetuned:
        models = root / MODELS
        models.mkdir(exist_ok=True)
        with display(), workspace_lock(models, "training"), prefect_api(models):
            from flows.finetune import finetune as flow

            return flow(root, version_dir, name, settings, resume)

    found = run_interruptible(work)
    if as_json:
        print_json(asdict(found))
        return
    done = "trained" if found.state == "trained" else "nothing new: it is there already,"
    print_lines(f"{name}: {done} {found.path}", *found.lines())
