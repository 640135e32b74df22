"""Settings of extraction: what a person may set under [extract] in tuwen.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

OcrChoice = Literal["auto", "paddle", "rapid", "off"]


class OcrSettings(BaseModel):
    """Which engine reads scanned pages, and from where its models come."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: OcrChoice = "auto"
    """auto: PaddleOCR where it imports, else RapidOCR; off: pages without a good text layer stay silent."""
    dpi: int = Field(default=200, ge=72, le=600)
    detection_model_dir: Path | None = None
    """PaddleOCR detection model folder (inference.onnx with inference.yml)."""
    recognition_model_dir: Path | None = None
    """PaddleOCR recognition model folder."""


class Limits(BaseModel):
    """What one book may cost before it is stopped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page_seconds: float = Field(default=300.0, gt=0)
    """Processor seconds for one page, OCR included, all threads together; a page over it counts as failed."""
    page_wall_seconds: float = Field(default=3600.0, gt=0)
    """Seconds after which a page that does not end is given up, however little processor time it had."""
    memory_mb: int = Field(default=6000, ge=256)
    """Growth of resident memory allowed to a worker process, in MiB, above what it holds when started."""
    max_pages: int = Field(default=5000, ge=1)
    max_pixels: int = Field(default=200_000_000, ge=1_000_000)
    """Largest image decoded or page rendered, in pixels."""


class WordSettings(BaseModel):
    """Words of labels, fields and subjects, by kind, besides those of grammar/words.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: tuple[str, ...] = ()
    plate: tuple[str, ...] = ()
    photo: tuple[str, ...] = ()
    drawing: tuple[str, ...] = ()
    map: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()
    crop: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    technique: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    provenance: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    garment: tuple[str, ...] = ()
    cloth: tuple[str, ...] = ()
    motif: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    wall: tuple[str, ...] = ()
    painting: tuple[str, ...] = ()
    linework: tuple[str, ...] = ()
    chartlike: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()
    rubbed: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    vessel: tuple[str, ...] = ()
    statue: tuple[str, ...] = ()

    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """Kind -> added words, as `grammar.words.words_added` takes them."""
        return {kind: getattr(self, kind) for kind in type(self).model_fields}


class RefineSettings(BaseModel):
    """Whether, and by whom, the slips of a description are corrected (`extractors.refine`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = False
    base_url: str = ""
    """Of an OpenAI-compatible service, up to and with /v1."""
    model: str = ""
    """Name of the model, as the service knows it."""
    api_key_env: str = "TUWEN_REFINE_API_KEY"
    """Environment variable that holds the key; no key is sent when it is not set."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds one answer may take."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a text is asked for again when the service is busy, broken or silent."""
    concurrency: int = Field(default=4, ge=1, le=64)
    """Texts asked for at once."""
    max_distance: float = Field(default=0.15, ge=0, le=1)
    """Largest share of a text's characters that may differ, spaces aside: a page read so badly that more
    needs correction is to be read again, not guessed at."""
    cache_dir: Path | None = None
    """Folder the answers are kept in; none: in the workspace, or beside the output of `tuwen extract`."""


class ExtractSettings(BaseModel):
    """Everything extraction depends on; its hash is part of a stage's cache key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ocr: OcrSettings = OcrSettings()
    limits: Limits = Limits()
    words: WordSettings = WordSettings()
    subjects: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_-]*$")], tuple[str, ...]] = {}
    """Words that name what a figure shows, besides those of grammar/shown.toml, by subject; a new name makes
    a new subject."""
    refine: RefineSettings = RefineSettings()
    costs: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    """Costs of pairing fitted on books of one's own (`python -m extractors.fitting`), by name; the shipped
    ones for the rest."""
    finder_model: Path | None = None
    """Figure finder trained on pages of one's own (`python -m extractors.fitting.finder`), asked about scans
    in place of the shipped one."""
    layout_model_dir: Path | None = None
    """PaddleOCR layout detection model folder (inference.onnx with inference.yml), asked about scans beside
    the finder; none: the finder alone."""
    workers: int = Field(default=1, ge=1, le=64)
    """Page worker processes for one book. Never changes the result."""
    crop_dpi: int = Field(default=300, ge=150, le=1200)
    """Lowest resolution of a rendered crop, in dots per inch."""
    preview_dpi: int = Field(default=80, ge=36, le=200)
    """Resolution of the page previews the gallery shows."""
