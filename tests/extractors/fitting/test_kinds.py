"""The model of kinds is fitted on labelled figures, and judged on families left out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from extractors.fitting.kinds import KindExample, family_table, fit_kinds, left_out, prior, stored
from extractors.pairing.kinds import FEATURES
from extractors.records import Kind


def examples(family: str) -> list[KindExample]:
    """Patterns that repeat and murals that do not, of one family."""
    told: list[tuple[Kind, float]] = [("pattern", 0.9), ("mural", 0.2)] * 6
    return [KindExample(family, kind, {"repeat": value}, {"repeat": value}) for kind, value in told]


def test_what_labels_show_is_learned() -> None:
    model = fit_kinds([*examples("a"), *examples("b")])
    assert model.best({"repeat": 0.95}) == "pattern"
    assert model.best({"repeat": 0.1}) == "mural"


def test_words_speak_for_their_kind_before_labels_do() -> None:
    wordless = KindExample("a", "chart", {"repeat": 0.5}, {"repeat": 0.5})
    model = fit_kinds([*examples("a"), wordless])
    assert model.best({"repeat": 0.5}) != "chart"
    assert model.best({"repeat": 0.5, "head chartlike": 1.0, "title chartlike": 1.0, "drawn": 0.9}) == "chart"


def test_a_strong_pull_leaves_the_prior() -> None:
    weights = fit_kinds(examples("a"), pull=1e6).weights
    assert np.abs(weights - prior())[:, :-1].max() < 0.01


def test_each_family_is_judged_by_the_others() -> None:
    odd = [KindExample("odd", "textile", {"repeat": 0.9}, {"repeat": 0.9})]
    outcomes = left_out([*examples("a"), *examples("b"), *odd])
    assert outcomes["odd"] == [("textile", "pattern")]
    assert all(kind == said for kind, said in outcomes["a"])
    table = family_table(outcomes)
    assert "| odd | 1 | 0.000 | 1 textile for pattern |" in table
    assert "| all | 25 | 0.960 |" in table


def test_one_family_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="at least two families"):
        left_out(examples("a"))


def test_the_same_labels_give_the_same_file() -> None:
    told = [*examples("a"), *examples("b")]
    written = stored(fit_kinds(told))
    assert written == stored(fit_kinds(told))
    assert json.loads(written)["features"] == list(FEATURES)


def test_a_folder_without_labels_is_said_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "extractors.fitting.kinds", "--truth", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr
