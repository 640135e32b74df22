"""Proposes what a PaddleOCR layout model of the user sees on a page; off unless its folder is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.figures.proposals import ProposalPage, RegionLabel, RegionProposal
from extractors.ocr.models import check_folder, folder_digest, model_name
from extractors.ocr.paddle import import_quietly

SETTING = "extract.layout_model_dir"
PICTURE_SIDE = 1400
"""Longer side in pixels at which a page is rendered; the model shrinks it to its own size."""
LEAST_SCORE = 0.2
"""Regions of a lower score are not asked for."""
LABELS: dict[str, RegionLabel] = {
    "image": "figure",
    "figure": "figure",
    "chart": "figure",
    "table": "table",
    "figure_title": "caption",
    "figure_caption": "caption",
    "chart_title": "caption",
    "figure_table_chart_title": "caption",
}
"""Labels of the PP-DocLayout, PicoDet and CDLA models, in lower case; any other label is "other"."""


def layout_model_digest(folder: Path) -> str:
    """Hash over the files of a layout model; where the folder is does not count.

    Raises MissingDependencyError where a file is missing.
    """
    return folder_digest(check_folder(folder, SETTING))


class LayoutModelProposer:
    """A PaddleOCR layout detection model (`inference.onnx` with `inference.yml`) run on ONNX Runtime."""

    name = "layout-model"

    def __init__(self, folder: Path) -> None:
        """Load the model. Raises MissingDependencyError where PaddleOCR or a file is missing."""
        self.digest = layout_model_digest(folder)
        # One thread: the sums of several may come in another order, and answers must be the same every time.
        self._model: Any = import_quietly(f"unset {SETTING}").LayoutDetection(
            model_name=model_name(folder),
            model_dir=str(folder),
            threshold=LEAST_SCORE,
            engine="onnxruntime",
            device="cpu",
            engine_config={"intra_op_num_threads": 1},
        )

    def propose(self, page: ProposalPage) -> Sequence[RegionProposal]:
        """Regions of all labels, best first."""
        x0, y0, x1, y1 = page.bounds
        picture = page.picture(72 * PICTURE_SIDE / max(x1 - x0, y1 - y0))
        kx, ky = (x1 - x0) / picture.shape[1], (y1 - y0) / picture.shape[0]
        proposals = []
        for region in self._regions(picture):
            left, top, right, bottom = (float(edge) for edge in region["coordinate"])
            proposals.append(
                RegionProposal(
                    (left * kx, top * ky, right * kx, bottom * ky),
                    LABELS.get(str(region["label"]).lower(), "other"),
                    round(min(1.0, float(region["score"])), 4),
                    self.name,
                )
            )
        return sorted(proposals, key=lambda proposal: (-proposal.score, proposal.bbox))

    def _regions(self, picture: NDArray[np.uint8]) -> list[dict[str, Any]]:
        blue_first = np.ascontiguousarray(picture[:, :, ::-1])  # as OpenCV reads pictures
        found: list[dict[str, Any]] = self._model.predict(blue_first)[0]["boxes"]
        return found
