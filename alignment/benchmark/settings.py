"""Settings of benchmarks: what a person may set under [benchmark] in tuwen.toml."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from alignment.laclip.crops import CropSettings

# K where a person set none (assumption, as WCA): a crop costs a forward pass, so fewer without a GPU.
GPU_CROPS = 60


class BenchmarkSettings(BaseModel):
    """How models are benchmarked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crops: CropSettings = CropSettings()
    """How pictures are cut for LACLIP."""
    weighting: Literal["softmax", "cosine"] = "softmax"
    """LACLIP's weights: softmax of e^4 · cosine, or the cosine itself."""
    include_global: bool = False
    """Whether the whole picture counts among LACLIP's crops."""
    scorers: tuple[str, ...] = ()
    """Scorers of your own, as "package.module:Class"; see docs/benchmark.md."""
    strict: bool = False
    """Count only the pair itself as right, even where another has the same picture or text."""
    resamples: int = Field(default=10_000, ge=100)
    """Draws of the paired bootstrap."""
    seed: int = Field(default=0, ge=0)
    """Of the bootstrap."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    after_build: bool = False
    """Benchmark the newest model whenever `tuwen watch` or `tuwen serve` has published a version."""

    def crops_on(self, device: str) -> CropSettings:
        """The crops; their number, where none was set, is that of the `device`."""
        if "count" in self.crops.model_fields_set or device == "cpu":
            return self.crops
        return self.crops.model_copy(update={"count": GPU_CROPS})

    def recipe(self, crops: CropSettings) -> dict[str, Any]:
        """What decides the numbers beside data and models, as plain values."""
        return {
            "crops": crops.recipe(),
            "weighting": self.weighting,
            "include_global": self.include_global,
            "strict": self.strict,
            "resamples": self.resamples,
            "seed": self.seed,
        }
