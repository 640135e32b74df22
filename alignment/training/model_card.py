"""README.md of a model: what it is, what it was made of, how well it does, how to load it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.struct import RELEASED


def found_nothing(result: Mapping[str, Any]) -> bool:
    """Whether a seed's training brought no gain on validation; the start is among what is chosen from."""
    return bool(result["after"]["mean_recall"] <= result["before"]["mean_recall"])


def write_model_card(
    path: Path, name: str, backbone: ChineseClip, about: Mapping[str, Any], metrics: Mapping[str, Any]
) -> None:
    """Write the card. `about` is what settings.json holds, `metrics` what metrics.json holds."""
    environment = Environment(
        loader=PackageLoader("alignment.training", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    kept = next(result for result in metrics["seeds"] if result["seed"] == metrics["chosen_seed"])
    struct = next((known for known, sizes in RELEASED.items() if sizes == backbone.struct), None)
    text = environment.get_template("model_card.md.j2").render(
        name=name,
        about=about,
        metrics=metrics,
        kept=kept,
        struct=struct,
        found_nothing=found_nothing(kept),
        is_vit=backbone.struct.is_vit,
        image_size=backbone.image_size,
        dim=backbone.dim,
    )
    path.write_text(text, encoding="utf-8", newline="\n")
