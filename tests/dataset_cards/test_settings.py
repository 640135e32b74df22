from __future__ import annotations

import pytest
from pydantic import ValidationError

from dataset_cards.settings import DatasetSettings, SplitRatios


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "纹样"])
def test_a_name_that_cannot_be_a_folder_everywhere_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        DatasetSettings(name=name)


def test_unknown_keys_are_errors() -> None:
    with pytest.raises(ValidationError):
        DatasetSettings.model_validate({"nmae": "x"})


def test_ratios_need_a_part() -> None:
    with pytest.raises(ValidationError, match="above 0"):
        SplitRatios(train=0, val=0, test=0)
