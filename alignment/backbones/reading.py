"""How a saved model says that it reads texts and fits pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from alignment.errors import ModelFileError, UsageError
from alignment.images import Fit
from alignment.text.tokenizer import CONTEXT_LENGTH, Tokenizer


def said_reading(path: Path, said: Mapping[str, Any], slots: Sequence[str]) -> tuple[Tokenizer, Fit]:
    """The tokenizer and the fit by the "context_length" and "image_fit" of `said`; where not said, cn_clip's.

    Raises ModelFileError, naming `path`, for what cannot be.
    """
    fit = said.get("image_fit", "squash")
    if fit not in get_args(Fit):
        raise ModelFileError(path, f"names an unknown image_fit {fit!r}")
    try:
        return Tokenizer(said.get("context_length", CONTEXT_LENGTH), slots), fit
    except (UsageError, TypeError) as error:
        raise ModelFileError(path, f"does not say how it reads texts: {error}") from error
