from __future__ import annotations

from typing import Any

import pytest

from alignment.benchmark.report.tables import decimal, latex, lines_of, markdown, notes_of, signed


def rung(name: str, below: str, gain: tuple[float, float, float] | None, **given: Any) -> dict[str, Any]:
    measures = [f"{d} hit@{k}" for d in ("text_to_image", "image_to_text") for k in (1, 5, 10)] + ["MR6"]
    interval = {"value": 0.4567, "low": 0.4, "high": 0.5}
    gains = {}
    if gain:
        gains = {below: {"MR6": dict(zip(("value", "low", "high"), gain, strict=True)) | {"p": 0.01}}}
    return {
        "name": name,
        "below": below,
        "transductive": False,
        "intervals": dict.fromkeys(measures, interval),
        "gains": gains,
        "holm": 0.0004 if gain else None,
        "directions": {key: {"k_beyond_gallery": [20]} for key in ("text_to_image", "image_to_text")},
        **given,
    }


@pytest.fixture
def result() -> dict[str, Any]:
    return {
        "subject": {"dataset": "silk_100% v0001", "split": "test"},
        "gallery": {"images": 12, "texts": 11},
        "notes": [],
        "rungs": [
            rung("fine-tuned", "", None),
            rung("dual softmax", "fine-tuned", (0.1, 0.05, 0.15), transductive=True),
            rung("laclip", "fine-tuned", (0.012, -0.004, 0.03)),
            rung("a|b_c\\~", "laclip", (-0.012, -0.02, -0.001)),
        ],
    }


def test_transductive_rungs_come_last_and_are_marked(result: dict[str, Any]) -> None:
    assert [line.name for line in lines_of(result)] == ["fine-tuned", "laclip", "a|b_c\\~", "dual softmax"]
    assert "| dual softmax † |" in markdown(result)
    assert "† transductive" in markdown(result)


def test_only_gains_beyond_luck_are_bold(result: dict[str, Any]) -> None:
    text = markdown(result)
    assert "| +1.2 [−0.4, +3.0] |" in text
    assert "| **−1.2 [−2.0, −0.1]** |" in text
    assert "< .001" in text


def test_every_row_has_as_many_cells_as_the_head(result: dict[str, Any]) -> None:
    rows = [row.replace("\\|", "") for row in markdown(result).splitlines() if row.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert len(rows) == 2 + len(result["rungs"])


def test_latex_escapes_what_means_something_there(result: dict[str, Any]) -> None:
    text = latex(result)
    assert "a|b\\_c\\textbackslash{}\\textasciitilde{} &" in text
    assert "+1.2" in text
    assert "$-$1.2" in text
    assert text.count("\\begin{") == text.count("\\end{") == 1
    body = [row for row in text.splitlines() if row.endswith("\\\\") and "multicolumn" not in row]
    assert {row.replace("\\&", "").count("&") for row in body} == {9}
    assert [row for row in body if "textbf" in row] == body[3:]  # zero is outside: as in Markdown
    assert body[2].endswith(" & $<$ .001 \\\\")


def test_a_gallery_smaller_than_k_is_said(result: dict[str, Any]) -> None:
    assert "R@20" in notes_of(result)[0]
    assert signed(0.0) == "+0.0"
    assert [decimal(value, 1) for value in (-0.26, -0.04, 0.26)] == ["−0.3", "0.0", "0.3"]
