"""Reading text in page pictures, by PaddleOCR or RapidOCR behind one interface."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from typing import Literal

from extractors.code_digest import code_digest
from extractors.errors import UsageError
from extractors.ocr import models
from extractors.ocr.base import OcrEngine, OcrLine
from extractors.settings import OcrSettings

__all__ = ["OcrEngine", "OcrLine", "engine_digest", "open_engine"]


def open_engine(settings: OcrSettings, threads: int = 0) -> OcrEngine | None:
    """The engine the settings ask for, its networks loaded; None when OCR is off.

    `threads` bounds the processor threads of one engine (0: one a core); it never changes what is read.
    Raises MissingDependencyError when a package or a model is missing.
    """
    engine = _chosen(settings)
    if engine == "off":
        return None
    digest = engine_digest(settings)
    if engine == "paddle":
        from extractors.ocr.paddle import PaddleEngine

        return PaddleEngine(settings, digest, threads)
    from extractors.ocr.rapid import RapidEngine

    return RapidEngine(digest, threads)


def engine_digest(settings: OcrSettings) -> str:
    """Hash over everything the reading depends on: engine, code, package versions, models.

    Cheap: imports no engine and loads no network. "off" when OCR is off. Raises as `open_engine` does.
    """
    engine = _chosen(settings)
    if engine == "off":
        return "off"
    parts = {
        "engine": engine,
        "detection": _model_digest(settings, "detection"),
        "recognition": _model_digest(settings, "recognition"),
        "code": code_digest(__name__),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _chosen(settings: OcrSettings) -> Literal["paddle", "rapid", "off"]:
    engine = settings.engine
    if engine == "auto":
        engine = "paddle" if importlib.util.find_spec("paddleocr") else "rapid"
    if engine == "rapid" and (settings.detection_model_dir or settings.recognition_model_dir):
        raise UsageError(
            "extract.ocr.detection_model_dir and recognition_model_dir are for PaddleOCR, but RapidOCR "
            "would read: unset them, or install paddleocr and set extract.ocr.engine to paddle."
        )
    return engine


def _model_digest(settings: OcrSettings, part: str) -> str:
    folder = settings.detection_model_dir if part == "detection" else settings.recognition_model_dir
    if folder is None:
        return models.wheel_digest(part)
    return models.folder_digest(models.check_folder(folder, f"extract.ocr.{part}_model_dir"))
