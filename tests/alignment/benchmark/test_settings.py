from __future__ import annotations

import pytest
from pydantic import ValidationError

from alignment.benchmark.settings import BenchmarkSettings


def test_a_gpu_gets_more_crops_unless_their_number_is_set() -> None:
    settings = BenchmarkSettings()
    assert settings.crops_on("cpu").count == 16
    assert settings.crops_on("cuda").count == 60
    chosen = BenchmarkSettings.model_validate({"crops": {"count": 16, "shape": "aspect"}})
    assert chosen.crops_on("cuda").count == 16
    assert BenchmarkSettings.model_validate({"crops": {"shape": "aspect"}}).crops_on("cuda").shape == "aspect"


def test_the_recipe_names_what_decides_the_numbers_and_nothing_else() -> None:
    settings = BenchmarkSettings()
    recipe = settings.recipe(settings.crops)
    for change in ({"weighting": "cosine"}, {"include_global": True}, {"strict": True}, {"seed": 1}):
        other = BenchmarkSettings.model_validate(change)
        assert other.recipe(other.crops) != recipe
    same = BenchmarkSettings(device="cpu", after_build=True)
    assert same.recipe(same.crops) == recipe


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        BenchmarkSettings.model_validate({"crop": 3})
