"""Keys of the stages of a book: digests of all that a stage depends on besides the book.

Code, settings, libraries and models are in them; where a model's folder is and the number of workers are not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from extractors.code_digest import code_digest
from extractors.pairing.costs import costs_with
from extractors.settings import ExtractSettings
from flows.opencv import opencv_version

PAGES_CODE, PAIRS_CODE = "extractors.book_pages", "extractors.book_pairs"
REFINING_CODE = "extractors.refine.refiner"
"""The modules that run the stages: what they and all that they import decide belongs to a stage's key."""
KEY_LENGTH = 16
"""Hex digits of a stage key in a file name: 64 bits, ample for the settings of one workspace."""

# Settings that never change what the first stage reads.
_NOT_IN_PAGES_KEY = {"workers", "crop_dpi", "preview_dpi", "refine", "costs", "subjects"}
# These are in the key as the digest of what they lead to: moving a model folder costs nothing, replacing a
# model costs a run.
_OCR_IN_DIGEST = ("engine", "detection_model_dir", "recognition_model_dir")


@dataclass(frozen=True, slots=True)
class StageKeys:
    """The keys of the stages under given settings, computed once a build."""

    pages: str
    pairs: str
    refined: str = ""
    """Empty where refinement is off: the pairs are then the last stage."""


def stage_keys(settings: ExtractSettings) -> StageKeys:
    """Keys of all that the stages depend on besides the book: code, libraries, settings, models.

    Raises MissingDependencyError without OpenCV, the OCR engine or the models asked for, UsageError where
    texts are to be refined by no service, or a cost is set that there is none of.
    """
    opencv_version()
    models = _model_digests(settings)
    pages = digest_of(
        {
            "code": code_digest(PAGES_CODE),
            "settings": _told(settings, _NOT_IN_PAGES_KEY),
            "engine": models["ocr"],
            "finder": models.get("finder"),
            "layout_model": models.get("layout model"),
        }
    )
    pairs = digest_of(
        {
            "code": code_digest(PAIRS_CODE),
            "pages": pages,
            "crop_dpi": settings.crop_dpi,
            "preview_dpi": settings.preview_dpi,
            "costs": asdict(costs_with(settings.costs)),
            "subjects": settings.subjects,
        }
    )
    return StageKeys(pages, pairs, _refined_key(settings) if settings.refine.enabled else "")


def _told(settings: ExtractSettings, without: set[str]) -> dict[str, Any]:
    """The settings as plain values, without those named and those that only lead to a model."""
    told = settings.model_dump(mode="json", exclude={*without, "finder_model", "layout_model_dir"})
    for name in _OCR_IN_DIGEST:
        del told["ocr"][name]
    return told


def _model_digests(settings: ExtractSettings) -> dict[str, str]:
    """Digest of each model that reads pages, by name."""
    from extractors.ocr import engine_digest

    digests = {"ocr": engine_digest(settings.ocr)}
    if settings.finder_model is not None:
        from extractors.figures.finder import finder_digest

        digests["finder"] = finder_digest(settings.finder_model)
    if settings.layout_model_dir is not None:
        from extractors.figures.layout_model import layout_model_digest

        digests["layout model"] = layout_model_digest(settings.layout_model_dir)
    return digests


def _refined_key(settings: ExtractSettings) -> str:
    """What is asked for and how it is judged; not where the service stands, nor how patient we are."""
    from extractors.refine.endpoint import service_url

    service_url(settings.refine)  # a wrong one is said now, not when all books have been read
    return digest_of(
        {
            "code": code_digest(REFINING_CODE),
            "model": settings.refine.model,
            "max_distance": settings.refine.max_distance,
        }
    )


def made_by(settings: ExtractSettings) -> dict[str, str]:
    """What the stages depend on, by name. A version records it; a later one tells by it why pairs changed.

    Raises as `stage_keys` does.
    """
    named = {
        "program pages": code_digest(PAGES_CODE)[:KEY_LENGTH],
        "program pairs": code_digest(PAIRS_CODE)[:KEY_LENGTH],
        **{name: digest[:KEY_LENGTH] for name, digest in _model_digests(settings).items()},
        **_flat(_told(settings, {"workers", "preview_dpi", "refine"}), "extract"),
    }
    if settings.refine.enabled:
        named["refinement"] = settings.refine.model
        named["program refinement"] = code_digest(REFINING_CODE)[:KEY_LENGTH]
        named["extract.refine.max_distance"] = str(settings.refine.max_distance)
    return named


def _flat(table: dict[str, Any], above: str) -> dict[str, str]:
    """{"a": {"b": 1}} as {"above.a.b": "1"}: settings as a person writes them."""
    flat: dict[str, str] = {}
    for name, value in table.items():
        inner = isinstance(value, dict)
        flat |= _flat(value, f"{above}.{name}") if inner else {f"{above}.{name}": str(value)}
    return flat


def digest_of(parts: Mapping[str, object]) -> str:
    """sha256 over plain JSON values by name."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
