"""The models of a workspace: which is meant, which is the newest, and what each was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignment.backbones.opening import CHECKPOINT
from alignment.backbones.struct import RELEASED
from dataset_cards.sums import damaged_files
from extractors.errors import DamagedWorkspaceError, UsageError
from extractors.parsing import parse_json
from flows.settings import Settings

MODELS = "models"
RECORDS = ("version.json", "settings.json")
"""Files of a model that say what it was made from."""
UNTRAINED = ("tiny", *RELEASED)
"""Names of models that no workspace has trained."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A folder that `tuwen finetune` made."""

    path: Path
    dataset: str
    version: str
    """What it was trained on."""
    backbone: str
    """What it began with, as it was named then."""
    number: int = 0
    """The first model of a workspace has 1, each later one the next number; 0 where none was recorded."""


def find_model(root: Path, name: str) -> str:
    """What `open_backbone` is to be given for `name`.

    That is a path from here, a path from the workspace, a folder below its models/, or a released model's
    name. Raises UsageError for none of them.
    """
    if name in UNTRAINED:
        return name
    for path in (Path(name), root / name, root / MODELS / name):
        if path.exists():
            return str(path)
    there = sorted(model.path.name for model in trained_models(root))
    raise UsageError(
        f"there is no model {name!r}; {root / MODELS} has {', '.join(there) or 'none'}; a checkpoint's "
        f"path will do as well, and {', '.join(UNTRAINED)}"
    )


def first_model(root: Path, made: TrainedModel) -> str:
    """What `made` began with, for `open_backbone`; a model of this workspace also where the folder was moved.

    Raises UsageError when it is not to be found.
    """
    moved = root / MODELS / Path(made.backbone).name
    return str(moved) if (moved / CHECKPOINT).is_file() else find_model(root, made.backbone)


def trained_model(path: Path) -> TrainedModel | None:
    """What the folder at `path` says of itself; None when `tuwen finetune` did not make it."""
    if not (path / CHECKPOINT).is_file() or not (path / "version.json").is_file():
        return None
    for fault in damaged_files(path, RECORDS):
        raise DamagedWorkspaceError(f"{path}: {fault}; restore it, or train the model again")
    version, settings = _read(path / "version.json"), _read(path / "settings.json")
    try:
        name, number = settings["backbone"]["name"], settings.get("number", 0)
        return TrainedModel(path, version["name"], version["version"], name, number)
    except (KeyError, TypeError) as error:
        raise DamagedWorkspaceError(f"{path}: its version.json or settings.json lacks {error}") from error


def trained_models(root: Path) -> list[TrainedModel]:
    """Every model below models/, oldest version first; of one version, in the order they were finished.

    Times of folders say nothing: a copy of a workspace has others.
    """
    folders = [path for path in (root / MODELS).glob("*") if not path.name.startswith(".")]
    found = [model for path in folders if (model := trained_model(path))]
    return sorted(found, key=lambda model: (int(model.version[1:]), model.number, model.path.name))


def newest_model(root: Path, dataset: str) -> TrainedModel:
    """The last model trained on the newest version. Raises UsageError when there is none."""
    for model in reversed(trained_models(root)):
        if model.dataset == dataset:
            return model
    raise UsageError(
        f"{root / MODELS} holds no model trained on {dataset}: train one with tuwen finetune, or name "
        f"one with --model ({', '.join(UNTRAINED)}, a checkpoint, a folder)"
    )


def model_name(settings: Settings, version_dir: Path) -> str:
    """The folder of the model that these settings train on a version, where a person names none."""
    return f"{settings.finetune.task}-{Path(settings.finetune.backbone).stem}-{version_dir.name}"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(f"{path} cannot be read ({error}); train the model again") from error
    return found
