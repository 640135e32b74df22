"""PaddleOCR's detection and recognition on ONNX Runtime: the default engine."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extractors.errors import MissingDependencyError
from extractors.ocr import looking, models, reading
from extractors.ocr.base import Image, OcrLine, PixelBox, Quad
from extractors.settings import OcrSettings


class PaddleEngine:
    """PP-OCR networks run by PaddleOCR, from the folders of the settings or those of RapidOCR's wheel."""

    name = "paddle"

    def __init__(self, settings: OcrSettings, digest: str, threads: int) -> None:
        """Load both networks. Raises MissingDependencyError when a package or a model is missing."""
        detection = _folder(settings.detection_model_dir, "detection")
        recognition = _folder(settings.recognition_model_dir, "recognition")
        paddleocr = import_quietly("set extract.ocr.engine to rapid")
        common: dict[str, Any] = {
            "engine": "onnxruntime",
            "device": "cpu",
            # Without the arena, memory goes back after each page instead of growing with the largest one.
            "engine_config": {"intra_op_num_threads": threads, "enable_cpu_mem_arena": False},
        }
        self.digest = digest
        self._detector = paddleocr.TextDetection(
            model_name=models.model_name(detection),
            model_dir=str(detection),
            limit_side_len=looking.DETECTION_SIDE,
            limit_type="max",
            box_thresh=reading.BOX_THRESHOLD,
            unclip_ratio=reading.UNCLIP_RATIO,
            **common,
        )
        self._recogniser = paddleocr.TextRecognition(
            model_name=models.model_name(recognition), model_dir=str(recognition), **common
        )

    def read(self, image: Image, pictures: Sequence[PixelBox] = (), lean: float = 0.0) -> list[OcrLine]:
        """See `OcrEngine.read`."""
        return reading.read_lines(image, pictures, lean, self.detect, self.recognise)

    def detect(self, page: Image) -> list[Quad]:
        """See `OcrEngine.detect`."""
        found = self._detector.predict(page)[0]["dt_polys"]
        return [np.asarray(quad, dtype=np.float32) for quad in found]

    def recognise(self, crops: list[Image]) -> list[tuple[str, float]]:
        """See `OcrEngine.recognise`."""
        return reading.in_batches(crops, self._recognise_batch)

    def _recognise_batch(self, crops: list[Image]) -> list[tuple[str, float]]:
        found = self._recogniser.predict(crops, batch_size=len(crops))
        return [(str(line["rec_text"]), float(line["rec_score"])) for line in found]


def _folder(chosen: Path | None, part: str) -> Path:
    if chosen is None:
        return models.wheel_folder(part)
    return models.check_folder(chosen, f"extract.ocr.{part}_model_dir")


def import_quietly(otherwise: str) -> Any:
    """paddleocr, told to write its own files into our cache.

    Raises MissingDependencyError that says how to install it, or what to do `otherwise`.
    """
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(models.cache_folder() / "paddlex"))
    try:
        import paddleocr
    except ImportError as error:
        raise MissingDependencyError(
            f"PaddleOCR does not import ({error}). Run `pip install 'paddleocr>=3.7,<3.8'` or {otherwise}."
        ) from error
    # Its notes on loading models are no result of ours and no warning either.
    logging.getLogger("paddlex").setLevel(logging.ERROR)
    return paddleocr
