"""Rows that papers print, to stand beside ours. Their galleries are not ours: a scale, no contest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

CN_CLIP = "Yang et al., Chinese CLIP, arXiv 2211.01335"
LACLIP = "CulTi and LACLIP, arXiv 2505.10921"
CE_CLIP = "CE-CLIP"
CRA = "CRA / CMVIT, 2023"

TEXT_TO_IMAGE, IMAGE_TO_TEXT = "text_to_image", "image_to_text"
_SIX = tuple(f"{direction} hit@{k}" for direction in (TEXT_TO_IMAGE, IMAGE_TO_TEXT) for k in (1, 5, 10))


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One printed row; `values` are percentages by the measure's name, as in `Evaluation.parts`."""

    model: str
    source: str
    values: Mapping[str, float]
    zero_shot: bool = False


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """The rows of one dataset."""

    dataset: str
    gallery: str
    """What was searched, as far as it is known."""
    rows: tuple[PublishedRow, ...] = field(default=())

    @property
    def measures(self) -> list[str]:
        """The columns: every measure that some row has, in a fixed order."""
        order = [*_SIX, f"{TEXT_TO_IMAGE} hit@20", f"{TEXT_TO_IMAGE} MR3", f"{IMAGE_TO_TEXT} MR3", "MR6"]
        return [name for name in order if any(name in row.values for row in self.rows)]


def _culti(model: str, *values: float) -> PublishedRow:
    return PublishedRow(model, LACLIP, dict(zip((*_SIX, "MR6"), values, strict=True)))


def _recall(
    model: str, source: str, zero_shot: float, tuned: float, back: tuple[float, float] | None = None
) -> tuple[PublishedRow, PublishedRow]:
    """R@1 before and after fine-tuning, text to image and, where printed, `back`."""
    rows = []
    for place, (name, value) in enumerate((("zero-shot", zero_shot), ("fine-tuned", tuned))):
        values = {f"{TEXT_TO_IMAGE} hit@1": value}
        if back:
            values[f"{IMAGE_TO_TEXT} hit@1"] = back[place]
        rows.append(PublishedRow(f"{model}, {name}", source, values, zero_shot=place == 0))
    return rows[0], rows[1]


CULTI = PublishedTable(
    "CulTi",
    "its test split of about 1,145 pairs",
    (
        _culti("R2D2 ViT-L", 20.0, 42.2, 56.0, 19.7, 44.2, 55.3, 39.6),
        _culti("CN-CLIP RN50", 7.9, 24.1, 32.6, 7.2, 21.4, 31.8, 20.8),
        _culti("CN-CLIP ViT-B", 19.7, 43.9, 54.8, 17.4, 40.9, 53.0, 38.3),
        _culti("CN-CLIP ViT-L", 22.9, 49.6, 62.2, 21.9, 46.2, 59.3, 43.7),
        _culti("CN-CLIP ViT-H", 27.2, 53.2, 64.5, 24.5, 50.4, 64.0, 47.3),
        _culti("LACLIP ViT-H", 28.1, 56.6, 66.2, 23.6, 49.9, 62.9, 47.9),
    ),
)
MUGE = PublishedTable(
    "MUGE",
    "its own split, text to image",
    (
        *_recall("CN-CLIP ViT-B", CN_CLIP, 52.1, 58.4),
        *_recall("CN-CLIP ViT-L", CN_CLIP, 56.3, 63.3),
        *_recall("CN-CLIP ViT-H", CN_CLIP, 63.0, 68.9),
        *_recall("R2D2", CN_CLIP, 49.5, 60.1),
        *_recall("Wukong", CN_CLIP, 42.7, 52.7),
    ),
)
FLICKR30K_CN = PublishedTable(
    "Flickr30K-CN",
    "its test split",
    (
        *_recall("CN-CLIP ViT-B", CN_CLIP, 62.7, 79.1, (74.6, 93.5)),
        *_recall("CN-CLIP ViT-L", CN_CLIP, 68.0, 82.7, (80.2, 96.1)),
        *_recall("CN-CLIP ViT-H", CN_CLIP, 71.2, 83.8, (81.6, 95.3)),
    ),
)
COCO_CN = PublishedTable(
    "COCO-CN",
    "its test split of 1,053 pictures",
    (
        *_recall("CN-CLIP ViT-B", CN_CLIP, 62.2, 77.0, (57.0, 77.4)),
        *_recall("CN-CLIP ViT-L", CN_CLIP, 64.0, 78.9, (60.4, 80.2)),
        *_recall("CN-CLIP ViT-H", CN_CLIP, 69.2, 81.5, (63.0, 83.5)),
    ),
)
AP_ID = PublishedTable(
    "AP-ID",
    "its test split of 1,000 pairs",
    (
        PublishedRow("before CE-CLIP", CE_CLIP, {f"{TEXT_TO_IMAGE} MR3": 88.9, f"{IMAGE_TO_TEXT} MR3": 89.7}),
        PublishedRow("CE-CLIP", CE_CLIP, {f"{TEXT_TO_IMAGE} MR3": 92.6, f"{IMAGE_TO_TEXT} MR3": 91.5}),
    ),
)
ARCHITECTURE = PublishedTable(
    "CRA",
    "its pictures of architecture",
    (
        PublishedRow("not tuned", CRA, {f"{TEXT_TO_IMAGE} hit@20": 44.92}, zero_shot=True),
        PublishedRow("text tower tuned", CRA, {f"{TEXT_TO_IMAGE} hit@20": 74.61}),
    ),
)
_BY_NAME = {
    "culti": CULTI,
    "muge": MUGE,
    "flickr30kcn": FLICKR30K_CN,
    "cococn": COCO_CN,
    "apid": AP_ID,
    "cra": ARCHITECTURE,
}


def published_table(dataset: str, *, external: bool) -> PublishedTable | None:
    """What papers print: CulTi's table for a version of ours, an external dataset's own by its name."""
    if not external:
        return CULTI
    plain = re.sub(r"[^a-z0-9]", "", re.sub(r"\(.*\)", "", dataset.lower()))
    return _BY_NAME.get(plain)
