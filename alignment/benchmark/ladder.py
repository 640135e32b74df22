"""The ladder: each scorer on the one below, each step with its gain and how far that could be luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from alignment.errors import NotFiniteError, UsageError
from alignment.retrieval.bootstrap import (
    RESAMPLES,
    Bootstrap,
    Difference,
    Interval,
    difference,
    holm,
    interval,
    mean_of,
)
from alignment.retrieval.evaluation import Evaluation, evaluate
from alignment.retrieval.gallery import Gallery
from alignment.scorers.base import Banks, Fitted, Parameters, Scorer, Validation
from alignment.scorers.clauses import ClauseScorer
from alignment.scorers.dual_softmax import DualSoftmax
from alignment.scorers.hubs import Csls, Nnn, QbNorm
from alignment.scorers.max_similarity import MaxSimilarity
from alignment.scorers.vectors import Fusion, Laclip, Plain, VectorScores

ZERO_SHOT, FINE_TUNED, LACLIP = "zero-shot", "fine-tuned", "laclip"


@dataclass(frozen=True)
class Step:
    """A scorer, and the rung it stands on and is compared with ("" for the first)."""

    scorer: Scorer
    below: str
    model: str
    """Whose features it uses: zero-shot or fine-tuned."""


@dataclass(frozen=True)
class ModelBanks:
    """The features of one model for the three splits."""

    train: Banks
    validation: Validation
    test: Banks


@dataclass(frozen=True)
class Rung:
    """One scorer's result on the test gallery."""

    name: str
    below: str
    model: str
    transductive: bool
    explanation: str
    """The scorer's docstring: its formula and where it comes from."""
    parameters: Parameters
    fitted: Fitted
    evaluation: Evaluation
    intervals: Mapping[str, Interval]
    """Of every headline measure (see `Evaluation.parts`)."""
    gains: Mapping[str, Mapping[str, Difference]]
    """Rung compared with -> measure -> this rung less that one."""
    holm: float | None
    """P of the MR6 gain over the rung below, corrected for all steps of the ladder."""


def steps(models: Sequence[str], extra: Sequence[Scorer] = ()) -> list[Step]:
    """The standard ladder for these models (the last one carries the scorers), then users' own scorers.

    Raises UsageError for a scorer of a user's that has a rung's name.
    """
    carrier = models[-1]
    found = [
        Step(Plain(name=name), below, name) for below, name in zip(("", *models[:-1]), models, strict=True)
    ]
    climbing: list[Scorer] = [
        Laclip(),
        Laclip(name="+ renormalize", renormalize=True),
        Fusion(),
        ClauseScorer(),
        Nnn(),
        MaxSimilarity(),
    ]
    for scorer in climbing:
        found.append(Step(scorer, found[-1].scorer.name, carrier))
    beside: list[Scorer] = [Csls(), QbNorm(), DualSoftmax()]
    found += [Step(scorer, ClauseScorer.name, carrier) for scorer in beside]
    taken = {step.scorer.name for step in found}
    for scorer in extra:
        if scorer.name in taken:
            raise UsageError(
                f"benchmark.scorers: {scorer.name!r} is a rung of the ladder; rename your scorer"
            )
    return found + [Step(scorer, carrier, carrier) for scorer in extra]


def climb(
    ladder: Sequence[Step],
    banks: Mapping[str, ModelBanks],
    gallery: Gallery,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    report: Callable[[str], None] = lambda _name: None,
) -> list[Rung]:
    """Fit each step on training and validation, score the test `gallery`, and compare.

    `banks` holds the features of each model that the steps name. Every rung is compared with the one below,
    with the plain scores of its model and with LACLIP. Raises NotFiniteError for NaN, KeyError for a rung
    below that does not come first.
    """
    fitted: dict[str, Fitted] = {"": VectorScores()}
    measured: dict[str, Evaluation] = {}
    for step in ladder:
        report(step.scorer.name)
        own = banks[step.model]
        try:
            made = step.scorer.fit(own.train, own.validation, fitted[step.below])
            measured[step.scorer.name] = evaluate(made.scores(own.test), gallery)
        except NotFiniteError as error:
            raise NotFiniteError(
                f"scorer {step.scorer.name!r}: {error}; fix its source, or leave it out of benchmark.scorers"
            ) from error
        fitted[step.scorer.name] = made
    clusters = next(iter(measured.values())).clusters
    bootstrap = Bootstrap(clusters, seed=seed, resamples=resamples)
    drawn = {name: bootstrap.means(evaluation.parts) for name, evaluation in measured.items()}
    gains: dict[str, dict[str, dict[str, Difference]]] = {}
    for step in ladder:
        name = step.scorer.name
        others = [o for o in dict.fromkeys((step.below, step.model, LACLIP)) if o in measured and o != name]
        gains[name] = {
            other: {
                measure: difference(
                    mean_of(parts),
                    mean_of(measured[other].parts[measure]),
                    drawn[name][measure],
                    drawn[other][measure],
                )
                for measure, parts in measured[name].parts.items()
            }
            for other in others
        }
    return [
        Rung(
            name=step.scorer.name,
            below=step.below,
            model=step.model,
            transductive=step.scorer.transductive,
            explanation=type(step.scorer).__doc__ or "",
            parameters=fitted[step.scorer.name].parameters,
            fitted=fitted[step.scorer.name],
            evaluation=measured[step.scorer.name],
            intervals={
                measure: interval(mean_of(parts), drawn[step.scorer.name][measure])
                for measure, parts in measured[step.scorer.name].parts.items()
            },
            gains=gains[step.scorer.name],
            holm=corrected.get(step.scorer.name),
        )
        for corrected in [_corrected(ladder, gains)]
        for step in ladder
    ]


def _corrected(
    ladder: Sequence[Step], gains: Mapping[str, Mapping[str, Mapping[str, Difference]]]
) -> dict[str, float]:
    """Holm over the MR6 gains of all steps that stand on another."""
    asked = [step for step in ladder if step.below]
    p = [gains[step.scorer.name][step.below]["MR6"].p for step in asked]
    return {step.scorer.name: value for step, value in zip(asked, holm(p), strict=True)}
