from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alignment.benchmark.ladder import FINE_TUNED, ModelBanks, climb, steps
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
        subject = Subject(name, "d" * 64, "test", digest, {FINE_TUNED: "m" * 64}, settings)
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


def test_other_settings_are_another_section(results: list[dict[str, Any]]) -> None:
    other = {**results[0], "subject": {**results[0]["subject"], "settings": {"crops": {"count": 6}}}}
    assert len(sections([results[0], other])) == 2


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
