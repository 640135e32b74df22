"""RapidOCR: the same PP-OCR networks, carried in its wheel, without PaddleOCR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extractors.errors import MissingDependencyError
from extractors.ocr import looking, models, reading
from extractors.ocr.base import Image, OcrLine, PixelBox, Quad


class RapidEngine:
    """RapidOCR's detector and recogniser with the networks of its wheel."""

    name = "rapid"

    def __init__(self, digest: str, threads: int) -> None:
        """Load both networks. Raises MissingDependencyError when RapidOCR is not installed."""
        self.digest = digest
        self._ocr = _open(threads)

    def read(self, image: Image, pictures: Sequence[PixelBox] = (), lean: float = 0.0) -> list[OcrLine]:
        """See `OcrEngine.read`."""
        return reading.read_lines(image, pictures, lean, self.detect, self.recognise)

    def detect(self, page: Image) -> list[Quad]:
        """See `OcrEngine.detect`."""
        found = self._ocr(page, use_det=True, use_cls=False, use_rec=False).boxes
        return [] if found is None else [np.asarray(quad, dtype=np.float32) for quad in found]

    def recognise(self, crops: list[Image]) -> list[tuple[str, float]]:
        """See `OcrEngine.recognise`."""
        return reading.in_batches(crops, self._recognise_batch)

    def _recognise_batch(self, crops: list[Image]) -> list[tuple[str, float]]:
        found = self._ocr.recognize_txt(crops)
        return [(str(text), float(score)) for text, score in zip(found.txts, found.scores, strict=True)]


def _open(threads: int) -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingDependencyError(
            f"extract.ocr.engine = rapid, but RapidOCR does not import ({error}). "
            "Run `pip install 'rapidocr>=3.10,<3.11'`."
        ) from error
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            # The angle classifier takes columns for lines upside down.
            "Global.use_cls": False,
            # Pages are scaled for the detector only; the recogniser sees every pixel.
            "Global.use_preprocess_img": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "Det.limit_type": "max",
            "Det.limit_side_len": looking.DETECTION_SIDE,
            "Det.box_thresh": reading.BOX_THRESHOLD,
            "Det.unclip_ratio": reading.UNCLIP_RATIO,
            # As the network was trained; RapidOCR's own .5/.5 loses single figures.
            "Det.mean": models.WHEEL_MEAN,
            "Det.std": models.WHEEL_DEVIATION,
            # Dilation glues the columns of tightly set vertical text together.
            "Det.use_dilation": False,
            "Rec.rec_batch_num": reading.BATCH,
        }
    )
