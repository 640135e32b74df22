"""Whether this machine has what Tuwen needs, and in which versions."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from extractors.errors import TuwenError
from extractors.settings import OcrChoice
from flows.lock import lock_holder
from flows.opencv import opencv_version
from flows.outcomes import described
from flows.settings import Settings
from flows.workspace import Workspace

PACKAGES = (
    "tuwen",
    "pymupdf",
    "opencv-python-headless",
    "paddleocr",
    "rapidocr",
    "onnxruntime",
    "prefect",
    "datasets",
    "torch",
    "cn_clip",
    "transformers",
    "accelerate",
)
OPTIONAL_PACKAGES = ("prefect-dask",)
# A shelf of fifty books leaves about 10 GB of crops and versions.
COMFORTABLE_FREE_GB = 20
SAMPLE_TEXT = "联珠对鸟纹 ，唐代。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def examine(root: Path, settings: Settings) -> list[Finding]:
    """All findings; those not ok come with what to do."""
    opencv = _opencv()
    return [
        Finding("python", True, f"{platform.python_version()} on {os.cpu_count()} cores"),
        *_packages(),
        opencv,
        *(_ocr(settings) if opencv.ok else ()),  # both engines are built on it
        *_finder(settings),
        *_layout_model(settings),
        *_refine(settings),
        _chinese_clip(settings),
        _chinese_font(),
        _disk(root),
        _lock(root),
        *_rights(root, settings),
    ]


def _packages() -> Iterator[Finding]:
    for name in (*PACKAGES, *OPTIONAL_PACKAGES):
        try:
            yield Finding(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            optional = name in OPTIONAL_PACKAGES
            yield Finding(
                name, optional, "not installed" + (" (optional)" if optional else f": pip install {name}")
            )


def _opencv() -> Finding:
    try:
        return Finding("OpenCV", True, f"{opencv_version()} loads")
    except TuwenError as error:
        return Finding("OpenCV", False, str(error))


def _ocr(settings: Settings) -> Iterator[Finding]:
    from extractors.ocr import open_engine

    choices: tuple[OcrChoice, ...] = ("paddle", "rapid")
    for choice in choices:
        chosen = settings.extract.ocr.model_copy(update={"engine": choice})
        if choice == "rapid":
            chosen = chosen.model_copy(update={"detection_model_dir": None, "recognition_model_dir": None})
        try:
            engine = open_engine(chosen)
        except TuwenError as error:
            yield Finding(f"OCR {choice}", False, str(error))
        else:
            yield Finding(
                f"OCR {choice}", True, f"its networks load, digest {engine.digest[:12] if engine else ''}"
            )


def _finder(settings: Settings) -> Iterator[Finding]:
    """Whether the user's finder loads, where one is set."""
    model = settings.extract.finder_model
    if model is None:
        return
    from extractors.figures.finder import own_finder

    yield _loaded("finder", lambda: own_finder(model).digest)


def _layout_model(settings: Settings) -> Iterator[Finding]:
    """Whether the user's layout model loads, where one is set."""
    folder = settings.extract.layout_model_dir
    if folder is None:
        return
    from extractors.figures.layout_model import LayoutModelProposer

    yield _loaded("layout model", lambda: LayoutModelProposer(folder).digest)


def _loaded(name: str, load: Callable[[], str]) -> Finding:
    """Whether a model of the user's loads; `load` returns its digest."""
    try:
        return Finding(name, True, f"it loads, digest {load()[:12]}")
    except TuwenError as error:
        return Finding(name, False, str(error))


def _refine(settings: Settings) -> Iterator[Finding]:
    """Where texts are to be refined, whether the service answers: one short text is sent."""
    if not settings.extract.refine.enabled:
        return
    from extractors.refine.endpoint import Endpoint, EndpointError

    try:
        with Endpoint(settings.extract.refine) as endpoint:
            endpoint.ask(SAMPLE_TEXT)
            yield Finding("refine", True, f"{settings.extract.refine.model} answers at {endpoint.name}")
    except TuwenError as error:
        yield Finding("refine", False, str(error))
    except EndpointError as error:
        yield Finding("refine", False, f"no answer: {error.reason} (docs/refining.md says what it means)")


def _chinese_clip(settings: Settings) -> Finding:
    """Whether models can be built, on what they would compute, and which published weights lie ready."""
    name = "Chinese-CLIP"
    try:
        import torch

        from alignment.backbones.chinese_clip import build_module
        from alignment.backbones.released import WEIGHTS_DIR, found_weights
        from alignment.backbones.struct import TINY

        with torch.device("meta"):
            build_module(TINY)
    except ImportError as error:
        return Finding(
            name, False, f"does not load ({error}): pip install --force-reinstall torch torchvision"
        )
    place = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU, the processor computes"
    weights_dir = settings.finetune.weights_dir or WEIGHTS_DIR
    found = ", ".join(found_weights(weights_dir)) or "none (downloaded when asked for; docs/models.md)"
    return Finding(name, True, f"loads; {place}; weights in {weights_dir}: {found}")


def _chinese_font() -> Finding:
    import pymupdf

    font = pymupdf.Font("china-s")
    known = all(font.has_glyph(ord(character)) for character in "图纹織")
    return Finding(
        "Chinese font",
        known,
        font.name if known else "PyMuPDF's Chinese font lacks glyphs: reinstall pymupdf",
    )


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / 1e9
    enough = free >= COMFORTABLE_FREE_GB
    return Finding(
        "disk", enough, f"{free:.0f} GB free at {root}" + ("" if enough else "; a large shelf needs more")
    )


def _lock(root: Path) -> Finding:
    holder = lock_holder(root)
    return Finding("lock", True, "free" if holder is None else f"held by process {holder}")


def _rights(root: Path, settings: Settings) -> Iterator[Finding]:
    """Whether books.toml is understood, names books that are there, and states rights for all of them.

    Books without rights are no fault of the machine: they are told, and the finding is still ok.
    """
    workspace = Workspace(root)
    if not workspace.books.is_dir():
        return
    try:
        books = workspace.shelf().books
        told = described(workspace, books, settings.dataset)
    except TuwenError as error:
        yield Finding("rights", False, str(error))
        return
    stated = f"stated for {sum(told.has_rights(book.sha256) for book in books)} of {len(books)} books"
    yield Finding("rights", True, "; ".join([stated, *told.hints]))
