"""Weights from a file that may come from anywhere, read as data and never run; and written whole or not."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from alignment.errors import ModelFileError
from dataset_cards.files import replacing

_PREFIX = "module."
# Chinese-CLIP was published with it, and does not use it.
_UNUSED = "bert.pooler."
_HUGGING_FACE = "text_model."
UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)
"""What torch's readers, old and new, were seen to raise over files with bytes changed or cut off."""
_REMEDY = "copy or download it again"


def load_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The weights of a Chinese-CLIP checkpoint by name, float32, and what else it says (epoch, step, name …).

    A training checkpoint's optimizer is not kept, and its numpy numbers are the only objects let in.
    Raises ModelFileError for a file that is missing, cut short, or holds something else.
    """
    checkpoint = _read(path)
    if not isinstance(checkpoint, dict):
        raise ModelFileError(path, "is no Chinese-CLIP checkpoint: it holds no table of weights")
    weights = checkpoint.get("state_dict", checkpoint)
    if not isinstance(weights, Mapping) or not all(isinstance(one, Tensor) for one in weights.values()):
        raise ModelFileError(path, "is no Chinese-CLIP checkpoint: it has no state_dict of weights")
    named = {name.removeprefix(_PREFIX): weight for name, weight in weights.items()}
    if any(name.startswith(_HUGGING_FACE) for name in named):
        raise ModelFileError(path, "holds a Hugging Face model: give the folder it lies in, with config.json")
    kept = {
        name: weight.to(torch.float32, copy=True) if weight.is_floating_point() else weight.clone()
        for name, weight in named.items()
        if _UNUSED not in name
    }
    said = {
        key: value
        for key, value in checkpoint.items()
        if key not in ("state_dict", "optimizer") and not isinstance(value, Tensor)
    }
    return kept, said


def save_checkpoint(path: Path, weights: Mapping[str, Tensor], said: Mapping[str, Any]) -> None:
    """Write what `cn_clip.clip.load_from_name` reads: {**said, "state_dict"}, names under "module."."""
    state = {_PREFIX + name: weight.detach().cpu().clone() for name, weight in weights.items()}
    with replacing(path) as file:
        torch.save({**said, "state_dict": state}, file)


def _read(path: Path) -> Any:
    if not path.is_file():
        raise ModelFileError(path, "there is no such file")
    if path.suffix == ".safetensors":
        raise ModelFileError(path, "holds a Hugging Face model: give the folder it lies in, with config.json")
    try:
        with torch.serialization.safe_globals(_harmless()):
            # Mapped, not read: an optimizer's two numbers a weight stay on the disk.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=_is_archive(path))
    except pickle.UnpicklingError as error:
        reason = str(error).splitlines()[0]
        raise ModelFileError(path, f"is no checkpoint of weights only ({reason})") from error
    except UNREADABLE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelFileError(path, f"is damaged, cut short or no checkpoint ({reason}); {_REMEDY}") from error


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _harmless() -> list[Any]:
    """What the optimizer state of Chinese-CLIP's training holds: numpy numbers, under old and new names."""
    import _codecs

    import numpy as np

    scalar = np.float64(0).__reduce__()[0]
    kinds = sorted({type(np.dtype(kind)) for kind in "efdbhilqBHILQ?"}, key=lambda kind: kind.__name__)
    return [
        scalar,
        (scalar, "numpy.core.multiarray.scalar"),
        (scalar, "numpy._core.multiarray.scalar"),
        np.dtype,
        *kinds,
        _codecs.encode,
    ]
