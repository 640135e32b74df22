from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alignment.benchmark.ladder import FINE_TUNED, ModelBanks, Step, climb, steps
from alignment.benchmark.results import (
    RESULT_FORMAT,
    Subject,
    all_results,
    history,
    other_results,
    read_result,
    result_json,
    save_result,
)
from alignment.scorers.dual_softmax import DualSoftmax
from dataset_cards.errors import DamagedWorkspaceError
from tests.alignment.scorers.made import gallery, make_banks, make_validation

SUBJECT = Subject(
    "made v0001", "d" * 64, "test", "g" * 64, "p" * 64, {FINE_TUNED: "m" * 64}, {"crops": {"count": 5}}
)


@pytest.fixture(scope="module")
def result() -> dict[str, object]:
    banks = ModelBanks(make_banks(40, 1), make_validation(30), make_banks(30, 3))
    rungs = climb(
        [*steps([FINE_TUNED])[:5], Step(DualSoftmax(), "+ clauses", FINE_TUNED)],
        {FINE_TUNED: banks},
        gallery(30),
        resamples=20,
    )
    return result_json(SUBJECT, gallery(30), rungs)


def test_a_result_is_read_as_it_was_written(result: dict[str, object], tmp_path: Path) -> None:
    folder = save_result(tmp_path, result)
    assert folder.name == SUBJECT.key
    assert read_result(folder)["rungs"][0]["MR6"] == result["rungs"][0]["MR6"]  # type: ignore[index]
    first = (folder / "result.json").read_bytes()
    assert (save_result(tmp_path, result) / "result.json").read_bytes() == first


def test_the_key_follows_everything_that_decides_the_numbers() -> None:
    others = [
        replace(SUBJECT, dataset_digest="e" * 64),
        replace(SUBJECT, split="fresh"),
        replace(SUBJECT, gallery_digest="h" * 64),
        replace(SUBJECT, program="q" * 64),
        replace(SUBJECT, models={FINE_TUNED: "n" * 64}),
        replace(SUBJECT, settings={"crops": {"count": 6}}),
    ]
    assert len({SUBJECT.key, *(other.key for other in others)}) == 7


def test_the_result_holds_sizes_both_directions_and_what_was_chosen(result: dict[str, object]) -> None:
    rung = result["rungs"][2]  # type: ignore[index]
    assert result["gallery"]["images"] == 30  # type: ignore[index]
    assert rung["directions"]["text_to_image"]["gallery"] == 30
    assert set(rung["directions"]["image_to_text"]["measures"]) >= {"hit@1", "hit@20", "MRR", "mAP@R", "MR3"}
    assert rung["intervals"]["MR6"]["low"] <= rung["MR6"] <= rung["intervals"]["MR6"]["high"]
    assert rung["parameters"]["weighting"] == "softmax"
    assert "arXiv" in rung["explanation"]


def test_history_says_when_galleries_differ(result: dict[str, object], tmp_path: Path) -> None:
    for version, digest in (("v0001", "a"), ("v0002", "b"), ("v0003", "b")):
        subject = replace(SUBJECT, dataset=f"made {version}", gallery_digest=digest)
        again = {
            **result,
            "key": subject.key,
            "subject": {**result["subject"], "dataset": f"made {version}"},  # type: ignore[dict-item]
            "gallery": {**result["gallery"], "digest": digest},  # type: ignore[dict-item]
        }
        save_result(tmp_path, again)
    moves = history(all_results(tmp_path), "test")["laclip"]
    assert [(move.dataset, move.like_before) for move in moves] == [
        ("made v0001", None),
        ("made v0002", False),
        ("made v0003", True),
    ]
    assert history(all_results(tmp_path), "fresh") == {}
    assert [name for name in history(all_results(tmp_path), "test") if "†" in name] == ["dual softmax †"]


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "result.json").write_text("{", "utf-8")
    with pytest.raises(DamagedWorkspaceError, match="delete it and run again"):
        all_results(tmp_path)


def test_a_result_of_another_format_is_set_aside_and_stops_nothing(
    result: dict[str, object], tmp_path: Path
) -> None:
    save_result(tmp_path, result)
    old = save_result(tmp_path, {**result, "key": "old", "format": RESULT_FORMAT - 1})
    assert [found["key"] for found in all_results(tmp_path)] == [SUBJECT.key]
    assert other_results(tmp_path) == ["old"]
    with pytest.raises(DamagedWorkspaceError, match="another format"):
        read_result(old)
