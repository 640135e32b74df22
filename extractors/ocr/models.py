"""Where the networks come from: the user's folders, or the ONNX files that RapidOCR's wheel carries.

PaddleOCR wants a folder holding inference.onnx and inference.yml. For the files of the wheel such
folders are made once, in the cache; the description written beside each network says what it was
trained to be fed and how its output is read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractors.durable import file_sha256, make_folder, rename_folder
from extractors.errors import MissingDependencyError

NETWORK = "inference.onnx"
DESCRIPTION = "inference.yml"

WHEEL_FILES = {"detection": "PP-OCRv6_det_small.onnx", "recognition": "PP-OCRv6_rec_small.onnx"}

# The mean and deviation of ImageNet, by which the detector's input is normalised.
WHEEL_MEAN = [0.485, 0.456, 0.406]
WHEEL_DEVIATION = [0.229, 0.224, 0.225]

# What the two networks were trained with. PaddleOCR's own defaults where the networks ask for none.
WHEEL_DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "detection": {
        "Global": {"model_name": "PP-OCRv6_small_det"},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
                {"DetResizeForTest": None},
                {
                    "NormalizeImage": {
                        "mean": WHEEL_MEAN,
                        "std": WHEEL_DEVIATION,
                        "scale": "1./255.",
                        "order": "hwc",
                    }
                },
                {"ToCHWImage": None},
            ]
        },
        "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6, "unclip_ratio": 1.5},
    },
    "recognition": {
        "Global": {"model_name": "PP-OCRv6_small_rec"},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode"},
    },
}


def cache_folder() -> Path:
    """TUWEN_CACHE, else tuwen/ in the user's cache folder (XDG_CACHE_HOME or ~/.cache)."""
    if own := os.environ.get("TUWEN_CACHE"):
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "tuwen"


def wheel_file(part: str) -> Path:
    """The network of RapidOCR's wheel for `part` (detection or recognition), found without importing it.

    Raises MissingDependencyError when RapidOCR is not installed or its wheel holds another model.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingDependencyError(
            "No OCR models: rapidocr, whose wheel carries them, is not installed. Run `pip install "
            "rapidocr`, or set extract.ocr.detection_model_dir and extract.ocr.recognition_model_dir."
        )
    path = Path(spec.submodule_search_locations[0]) / "models" / WHEEL_FILES[part]
    if not path.is_file():
        raise MissingDependencyError(
            f"No OCR model at {path}. Install the version of rapidocr that this project names (pip install "
            f"'rapidocr>=3.10,<3.11'), or set extract.ocr.{part}_model_dir."
        )
    return path


def check_folder(folder: Path, setting: str) -> Path:
    """`folder`, the value of `setting`, when it holds what PaddleOCR needs.

    Raises MissingDependencyError that names what is missing.
    """
    missing = [name for name in (NETWORK, DESCRIPTION) if not (folder / name).is_file()]
    if missing:
        raise MissingDependencyError(
            f"{setting} = {folder}: {' and '.join(missing)} not found. The folder must hold {NETWORK} and "
            f"{DESCRIPTION} of one PaddleOCR model of that kind, in ONNX form."
        )
    return folder


def model_name(folder: Path) -> str:
    """Global.model_name of the folder's description (PaddleOCR insists that the two agree).

    Read with a pattern: the description of a recogniser lists 18,000 characters and parses slowly.
    """
    found = re.search(r'"?model_name"?:\s*"?([\w.-]+)', (folder / DESCRIPTION).read_text(encoding="utf-8"))
    if not found:
        raise MissingDependencyError(
            f"{folder / DESCRIPTION}: no Global.model_name in it; take the file of the model."
        )
    return found[1]


def wheel_folder(part: str) -> Path:
    """A folder PaddleOCR can open, made of the wheel's network on first use and kept in the cache.

    Written aside and renamed, so that processes starting together all find a whole folder.
    Raises MissingDependencyError when there is no network or the cache cannot be written.
    """
    source = wheel_file(part)
    folder = cache_folder() / "models" / f"{source.stem}-{wheel_digest(part)[:12]}"
    try:
        if _is_copy(folder, source):
            return folder
        make_folder(folder.parent)
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            made = Path(aside) / "model"
            made.mkdir()
            shutil.copyfile(source, made / NETWORK)
            text = json.dumps(
                _description(part, source), ensure_ascii=False
            )  # JSON is YAML, and parses faster
            (made / DESCRIPTION).write_text(text, encoding="utf-8")
            _put(made, folder, source)
    except OSError as error:
        raise MissingDependencyError(
            f"The OCR models cannot be unpacked into {folder}: {error}. "
            "Name a folder that can be written in the environment variable TUWEN_CACHE."
        ) from error
    return folder


def wheel_digest(part: str) -> str:
    """Hash over the wheel's network and our description of it."""
    text = json.dumps(WHEEL_DESCRIPTIONS[part], sort_keys=True)
    return hashlib.sha256((file_digest(wheel_file(part)) + text).encode()).hexdigest()


def folder_digest(folder: Path) -> str:
    """Hash over all files of a model folder: a network may have its weights in others.

    Where the folder lies does not count.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (f"{path.relative_to(folder).as_posix()} {file_digest(path)}\n" for path in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file, remembered while its size and time stand."""
    stat = path.stat()
    return _digest_of(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=32)
def _digest_of(path: Path, _size: int, _mtime_ns: int) -> str:
    return file_sha256(path)


def _description(part: str, source: Path) -> dict[str, Any]:
    description = json.loads(json.dumps(WHEEL_DESCRIPTIONS[part]))
    if part == "recognition":
        description["PostProcess"]["character_dict"] = _characters(source)
    return dict(description)


def _characters(network: Path) -> list[str]:
    """The characters a recogniser knows, which the wheel keeps in the network's metadata."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
    return str(session.get_modelmeta().custom_metadata_map["character"]).split("\n")


def _is_copy(folder: Path, source: Path) -> bool:
    """Whether `folder` holds both files, the network byte for byte."""
    network = folder / NETWORK
    return (
        (folder / DESCRIPTION).is_file() and network.is_file() and file_digest(network) == file_digest(source)
    )


def _put(made: Path, folder: Path, source: Path) -> None:
    """Rename `made` to `folder`; whole when another process was quicker, replaced when damaged."""
    try:
        rename_folder(made, folder)
    except OSError:
        if _is_copy(folder, source):
            return
        shutil.rmtree(folder)
        rename_folder(made, folder)
