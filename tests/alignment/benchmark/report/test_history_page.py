from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alignment.benchmark.ladder import FINE_TUNED, ZERO_SHOT, ModelBanks, climb, steps
from alignment.benchmark.report.history_page import sections, write_history
from alignment.benchmark.results import Subject, result_json, save_result
from tests.alignment.scorers.made import gallery, make_banks, make_validation


@pytest.fixture(scope="module")
def results() -> list[dict[str, Any]]:
    """One model on three versions, the last two with one gallery; and an external dataset."""
    banks = ModelBanks(make_banks(40, 1), make_validation(30), make_banks(30, 3))
    rungs = climb(steps([FINE_TUNED])[:3], {FINE_TUNED: banks}, gallery(30), resamples=10)
    settings = {"crops": {"count": 5, "source": "random", "shape": "square"}, "strict": False}
    found = []
    for name, digest in (
        ("silk v0010", "b"),
        ("silk v0002", "a"),
        ("silk v0009", "b"),
        ("<b>COCO-CN", "c"),
    ):
        subject = Subject(name, "d" * 64, "test", digest, "p" * 64, {FINE_TUNED: "m" * 64}, settings)
        result = result_json(subject, gallery(30), rungs)
        found.append({**result, "gallery": {**result["gallery"], "digest": digest}})
    return found


def test_versions_stand_in_their_order_and_unlike_galleries_are_told(results: list[dict[str, Any]]) -> None:
    found = {section.dataset: section for section in sections(results)}
    silk = found["silk"]
    assert [column["subject"]["dataset"] for column in silk.columns] == [
        "silk v0002",
        "silk v0009",
        "silk v0010",
    ]
    assert silk.unlike == [False, True, False]
    assert silk.chart.startswith("data:image/png;base64,")
    assert found["<b>COCO-CN"].chart == ""


def test_other_settings_are_another_section_with_another_name(results: list[dict[str, Any]]) -> None:
    usual = results[0]["subject"]["settings"]
    others = [
        {**usual, "weighting": "cosine"},
        {**usual, "crops": {**usual["crops"], "most": 0.8}},
        {**usual, "scorers": {"half": "a" * 64}},
    ]
    made = [
        {**results[0], "subject": {**results[0]["subject"], "settings": settings}}
        for settings in (usual, *others)
    ]
    names = {section.settings.removesuffix(" · program pppppppp") for section in sections(made)}
    crops = "5 random crops, square"
    assert names == {
        crops,
        f"{crops} · weighting cosine",
        f"{crops} · most 0.8",
        f"{crops} · with half aaaaaaaa",
    }


def test_a_scorer_is_followed_from_model_to_model(results: list[dict[str, Any]]) -> None:
    """Every version has a model of its own: rows by model would hold one number each."""
    first, second = results[2], results[0]
    later = {
        **second,
        "subject": {**second["subject"], "models": {FINE_TUNED: "n" * 64, ZERO_SHOT: "z" * 64}},
        "names": {FINE_TUNED: "full-tiny-v0010", ZERO_SHOT: "tiny"},
    }
    (section,) = sections([later, first])
    assert section.models == ["fine-tuned mmmmmmmm", "full-tiny-v0010 nnnnnnnn"]
    assert [move.like_before for move in section.moves["laclip"].values()] == [None, True]


def test_results_of_another_program_are_named_and_not_shown(
    results: list[dict[str, Any]], tmp_path: Path
) -> None:
    save_result(tmp_path, {**results[0], "key": "old", "format": 1})
    page = write_history(tmp_path).read_text("utf-8")
    assert "another version of tuwen" in page
    assert 'href="old/index.html"' in page
    assert "No result yet" in page


def test_the_page_refuses_to_compare_without_saying_so(results: list[dict[str, Any]], tmp_path: Path) -> None:
    for result in results:
        save_result(tmp_path, result)
    page = write_history(tmp_path).read_text("utf-8")
    assert "The galleries differ where the double line stands" in page
    assert page.count("another gallery") == 1
    assert page.count("same gallery") == 1
    assert "&lt;b&gt;COCO-CN" in page
    assert "<b>COCO-CN" not in page
    for result in results:
        assert f'href="{result["key"]}/index.html"' in page


def test_nothing_measured_is_said(tmp_path: Path) -> None:
    assert "No result yet" in write_history(tmp_path).read_text("utf-8")


def test_results_of_other_code_are_another_section(results: list[dict[str, Any]]) -> None:
    subject = {**results[0]["subject"], "program": "q" * 64}
    names = {section.settings for section in sections([results[0], {**results[0], "subject": subject}])}
    assert {name.rpartition(" · ")[2] for name in names} == {"program pppppppp", "program qqqqqqqq"}
