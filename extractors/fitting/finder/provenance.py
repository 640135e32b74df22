"""Digests that say what a model was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractors.durable import file_sha256
from extractors.errors import UsageError
from extractors.figures import finder_input

_NOT_DECIDING = {"__init__", "__main__", "contact_sheet", "export", "provenance", "thresholds"}


def model_digest(model: Path) -> str:
    """sha256 of an ONNX file. Raises UsageError where it cannot be read."""
    try:
        return file_sha256(model)
    except OSError as error:
        raise UsageError(f"{model}: cannot be read ({error.strerror}); name an exported .onnx file") from None


def source_digest() -> str:
    """sha256 of the sources that decide the weights: what is drawn, the network, its training."""
    folder = Path(__file__).parent
    sources = [path for path in sorted(folder.glob("*.py")) if path.stem not in _NOT_DECIDING]
    digest = hashlib.sha256()
    for path in [*sources, Path(finder_input.__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
