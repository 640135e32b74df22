from __future__ import annotations

import pytest
from torch import Tensor

from alignment.benchmark.ladder import FINE_TUNED, ZERO_SHOT, ModelBanks, Rung, Step, climb, steps
from alignment.errors import NotFiniteError, UsageError
from alignment.retrieval.evaluation import evaluate
from alignment.scorers.base import Banks, Fitted, Validation
from alignment.scorers.vectors import Plain, VectorScores
from tests.alignment.scorers.made import gallery, make_banks, make_validation

COUNT = 120


def model(noise: float, hub: float = 1.5) -> ModelBanks:
    return ModelBanks(
        make_banks(150, 31, noise=noise, hub=hub),
        make_validation(80, noise=noise, hub=hub),
        make_banks(COUNT, 61, noise=noise, hub=hub),
    )


@pytest.fixture(scope="module")
def rungs() -> dict[str, Rung]:
    banks = {ZERO_SHOT: model(2.0), FINE_TUNED: model(1.0)}
    found = climb(steps([ZERO_SHOT, FINE_TUNED]), banks, gallery(COUNT), resamples=500)
    return {rung.name: rung for rung in found}


def test_the_rungs_stand_in_the_published_order(rungs: dict[str, Rung]) -> None:
    assert list(rungs) == [
        "zero-shot",
        "fine-tuned",
        "laclip",
        "+ renormalize",
        "+ fusion",
        "+ clauses",
        "+ NNN",
        "+ MaxSim",
        "CSLS",
        "QB-Norm",
        "dual softmax",
    ]
    assert [name for name, rung in rungs.items() if rung.transductive] == ["dual softmax"]
    assert rungs["CSLS"].below == rungs["QB-Norm"].below == "+ clauses"


def test_gains_are_differences_of_the_values_and_lie_in_their_intervals(rungs: dict[str, Rung]) -> None:
    for rung in rungs.values():
        for other, measures in rung.gains.items():
            for measure, gain in measures.items():
                values = rung.intervals[measure].value - rungs[other].intervals[measure].value
                assert gain.value == pytest.approx(values, abs=1e-12)
                assert gain.low <= gain.value <= gain.high
                assert 0 < gain.p <= 1


def test_every_rung_is_compared_with_the_one_below_with_plain_and_with_laclip(rungs: dict[str, Rung]) -> None:
    assert set(rungs["+ NNN"].gains) == {"+ clauses", "fine-tuned", "laclip"}
    assert set(rungs["fine-tuned"].gains) == {"zero-shot", "laclip"}
    assert rungs["zero-shot"].holm is None
    for name, rung in rungs.items():
        if rung.below:
            assert rung.holm is not None
            assert rung.holm >= rung.gains[rung.below]["MR6"].p, name


def test_the_better_model_is_better_beyond_luck(rungs: dict[str, Rung]) -> None:
    gain = rungs["fine-tuned"].gains["zero-shot"]["MR6"]
    assert gain.low > 0
    assert gain.p < 0.01


def test_the_test_split_chooses_nothing() -> None:
    """Other test features leave every chosen parameter as it was."""
    chosen = []
    for seed in (61, 71):
        own = model(1.0)
        banks = ModelBanks(own.train, own.validation, make_banks(COUNT, seed, noise=0.2))
        found = climb(steps([FINE_TUNED]), {FINE_TUNED: banks}, gallery(COUNT), resamples=10)
        chosen.append([dict(rung.parameters) for rung in found])
    assert chosen[0] == chosen[1]


def test_without_a_fine_tuned_model_the_ladder_stands_on_zero_shot() -> None:
    found = steps([ZERO_SHOT])
    assert {step.model for step in found} == {ZERO_SHOT}
    assert [step.below for step in found[:3]] == ["", ZERO_SHOT, "laclip"]


def test_a_scorer_of_ones_own_joins() -> None:
    found = climb(
        steps([ZERO_SHOT], [Plain(name="mine")]), {ZERO_SHOT: model(1.0)}, gallery(COUNT), resamples=10
    )
    assert found[-1].name == "mine"
    plain = evaluate(VectorScores().scores(model(1.0).test), gallery(COUNT))
    assert found[-1].evaluation.mr6 == plain.mr6
    assert found[-1].gains[ZERO_SHOT]["MR6"].value == 0


def test_a_rung_below_must_come_first() -> None:
    with pytest.raises(KeyError):
        climb([Step(Plain(), "later", ZERO_SHOT)], {ZERO_SHOT: model(1.0)}, gallery(COUNT))


def test_a_scorer_with_the_name_of_a_rung_is_refused() -> None:
    with pytest.raises(UsageError, match="'laclip' is a rung of the ladder; rename"):
        steps([FINE_TUNED], [Plain(name="laclip")])


class _Diverging:
    """Texts of no number."""

    name = "diverging"
    transductive = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        class Vectors(VectorScores):
            def texts(self, banks: Banks) -> Tensor:
                return banks.texts / 0

        return Vectors()


def test_scores_that_are_no_numbers_are_an_error_that_names_the_scorer() -> None:
    with pytest.raises(NotFiniteError, match=r"'diverging': the scores of query 0 hold NaN; fix"):
        climb(steps([ZERO_SHOT], [_Diverging()]), {ZERO_SHOT: model(1.0)}, gallery(COUNT), resamples=10)
