"""Settings of a published dataset: what a person may set under [dataset] in tuwen.toml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SplitRatios(BaseModel):
    """How many parts of the pairs each split is to hold; 7:1:2 is CulTi's division."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    train: int = Field(default=7, ge=0)
    val: int = Field(default=1, ge=0)
    test: int = Field(default=2, ge=0)

    @model_validator(mode="after")
    def _has_parts(self) -> Self:
        if self.train + self.val + self.test == 0:
            raise ValueError("at least one of train, val and test must be above 0")
        return self


class DuplicateSettings(BaseModel):
    """What counts as a duplicate, and whether a pair that is one is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drop: Literal["none", "same", "near"] = "none"
    """same: pairs with the very picture and text of another; near: also those nearly the same in both."""
    picture_bits: int = Field(default=14, ge=0, le=16)
    """Bits by which two perceptual hashes may differ for their pictures to be compared."""
    picture_likeness: float = Field(default=0.92, gt=0.0, le=1.0)
    """Likeness (`duplicates.likeness`) from which two pictures are prints of one."""
    turned: bool = False
    """Whether mirrored and turned prints count as well; eight times the look-ups."""
    text_ratio: float = Field(default=0.95, gt=0.5, le=1.0)
    """RapidFuzz ratio from which two texts are nearly the same."""
    text_length: int = Field(default=12, ge=1)
    """Shorter texts are the same only when they are equal, in characters without spaces and punctuation."""


class DatasetSettings(BaseModel):
    """Everything a dataset version depends on besides its books."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="tuwen", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Folder of the dataset below datasets/, and its name in citations."""
    pretty_name: str = Field(default="图文 Tuwen", min_length=1)
    """Name a reader sees at the top of the card."""
    authors: tuple[str, ...] = ()
    """Who made the dataset, for citations: people or an institution."""
    released: date | None = None
    """Day of release, for citations: no clock is read, so that a rebuild gives the same bytes."""
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Where the dataset will be found, for citations."""
    ratios: SplitRatios = SplitRatios()
    duplicates: DuplicateSettings = DuplicateSettings()
    motifs: tuple[str, ...] = ()
    """Lines added to the motifs that statistics count: all written forms of one, separated by spaces."""
    motif_file: Path | None = None
    """A file of such lines, with "## headings"; beside tuwen.toml where the path is not absolute."""
