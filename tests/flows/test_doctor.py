from __future__ import annotations

import os
from pathlib import Path

import pytest

from alignment.backbones.released import weights_file
from extractors.settings import ExtractSettings
from flows.doctor import examine
from flows.settings import Settings


def test_weights_that_lie_ready_and_a_layout_model_that_does_not_load_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # OCR models stay where they are unpacked already.
    monkeypatch.setenv("TUWEN_CACHE", os.environ.get("TUWEN_CACHE", str(Path.home() / ".cache" / "tuwen")))
    monkeypatch.setenv("HOME", str(tmp_path))
    file = weights_file("ViT-H-14")
    file.parent.mkdir(parents=True)
    file.touch()
    settings = Settings(
        extract=ExtractSettings(layout_model_dir=tmp_path / "model", finder_model=tmp_path / "finder.onnx")
    )
    findings = {one.name: one for one in examine(tmp_path, settings)}
    assert findings["Chinese-CLIP"].ok
    assert findings["Chinese-CLIP"].detail.endswith("weights in ~/.cache/clip: ViT-H-14")
    assert not findings["layout model"].ok
    assert "extract.layout_model_dir" in findings["layout model"].detail
    assert not findings["finder"].ok
    assert "extract.finder_model" in findings["finder"].detail


def test_the_weights_are_looked_for_where_the_settings_say(tmp_path: Path) -> None:
    weights_file("RN50", tmp_path).touch()
    settings = Settings()
    settings = settings.model_copy(
        update={"finetune": settings.finetune.model_copy(update={"weights_dir": tmp_path})}
    )
    (finding,) = (one for one in examine(tmp_path, settings) if one.name == "Chinese-CLIP")
    assert finding.detail.endswith(f"weights in {tmp_path}: RN50")
