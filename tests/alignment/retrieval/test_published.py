from __future__ import annotations

from statistics import mean

import pytest

from alignment.retrieval.published import CULTI, published_table


def test_the_printed_means_are_those_of_the_printed_six() -> None:
    for row in CULTI.rows:
        six = [value for name, value in row.values.items() if name != "MR6"]
        assert row.values["MR6"] == pytest.approx(mean(six), abs=0.11), row.model


@pytest.mark.parametrize("name", ["COCO-CN", "coco_cn", "Flickr30k-CN", "MUGE", "AP-ID", "COCO-CN (zh)"])
def test_a_dataset_is_known_by_its_folder_however_it_is_written(name: str) -> None:
    table = published_table(name, external=True)
    assert table is not None
    assert all(set(row.values) <= set(table.measures) for row in table.rows)


def test_a_version_stands_beside_culti_and_an_unknown_dataset_beside_nothing() -> None:
    assert published_table("tuwen v0001", external=False) is CULTI
    assert published_table("my own", external=True) is None
