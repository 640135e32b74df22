from __future__ import annotations

from pathlib import Path

import pytest

from alignment.benchmark.own_scorers import load_scorers, source_digests
from alignment.errors import UsageError

MINE = """
from alignment.scorers.vectors import VectorScores

class Mine:
    name = "mine"
    transductive = False
    def fit(self, train, validation, below):
        return VectorScores()

class Again(Mine):
    pass

class Needy(Mine):
    def __init__(self, depth):
        self.depth = depth

class Odd(Mine):
    needs = ("test",)

class Wrong:
    name = "wrong"
"""


@pytest.fixture(autouse=True)
def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scorers_of_a_test.py").write_text(MINE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_scorer_is_found_by_module_and_class() -> None:
    (scorer,) = load_scorers(["scorers_of_a_test:Mine"])
    assert scorer.name == "mine"
    assert len(source_digests([scorer])["mine"]) == 64


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["scorers_of_a_test.Mine"], "package.module:Class"),
        (["no_such_module:Mine"], "no module no_such_module.*PYTHONPATH"),
        (["scorers_of_a_test:Other"], "has no Other"),
        (["scorers_of_a_test:Needy"], "is not made by Needy"),
        (["scorers_of_a_test:Wrong"], "lacks transductive, fit"),
        (["scorers_of_a_test:Odd"], r"needs = \('test',\); it may hold \('train', 'validation'\)"),
        (["scorers_of_a_test:Mine", "scorers_of_a_test:Again"], "two scorers are called 'mine'"),
    ],
)
def test_what_cannot_be_had_is_said(names: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_scorers(names)
