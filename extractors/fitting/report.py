"""Cross-validation: costs fitted on some books, tried on those left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from extractors.fitting.examples import Example
from extractors.fitting.learn import NAMES, PULLS, Outcome, fit, margin_loss, outcome
from extractors.pairing.confidence import NAMES as CONFIDENCE_NAMES
from extractors.pairing.confidence import Weights
from extractors.pairing.costs import PairingCosts


@dataclass(frozen=True, slots=True)
class Fold:
    """What was left out, and how the present costs and those fitted on the rest do on it."""

    name: str
    present: Outcome
    fitted: Outcome
    present_loss: float
    fitted_loss: float
    """Mean hinge loss a page: tells costs apart that have the same figures right."""


@dataclass(frozen=True, slots=True)
class Validation:
    """The folds under one strength of the pull towards the present costs."""

    pull: float
    folds: tuple[Fold, ...]

    @property
    def score(self) -> tuple[int, float]:
        """The greater the better: figures right in what was left out, then the mean loss of the folds."""
        return _score([(fold.fitted, fold.fitted_loss) for fold in self.folds])

    @property
    def present(self) -> tuple[int, float]:
        """The same of the present costs."""
        return _score([(fold.present, fold.present_loss) for fold in self.folds])


def _score(folds: Sequence[tuple[Outcome, float]]) -> tuple[int, float]:
    losses = [loss for _, loss in folds if not isnan(loss)]
    return sum(sum(outcome.right) for outcome, _ in folds), -sum(losses) / max(1, len(losses))


def cross_validate(examples: Sequence[Example], present: PairingCosts) -> list[Validation]:
    """One validation for each of `PULLS`, best first, with one fold for each `Example.fold` in their order.

    Raises ValueError with fewer than two folds.
    """
    names = sorted({example.fold for example in examples})
    if len(names) < 2:
        raise ValueError("nothing to hold out: label pages of at least two books or layouts")
    found = [
        Validation(pull, tuple(_fold(name, examples, present, pull) for name in names)) for pull in PULLS
    ]
    return sorted(found, key=lambda validation: validation.score, reverse=True)


def _fold(name: str, examples: Sequence[Example], present: PairingCosts, pull: float) -> Fold:
    held = [example for example in examples if example.fold == name]
    costs = fit([example for example in examples if example.fold != name], present, pull)
    return Fold(
        name,
        outcome(held, present),
        outcome(held, costs),
        margin_loss(held, present),
        margin_loss(held, costs),
    )


def verdict(best: Validation) -> str:
    """Whether the fitted costs are worth taking over, in a sentence."""
    count = sum(len(fold.present.right) for fold in best.folds)
    told = f"of {count} left out, the present costs have {best.present[0]} right, fitted ones {best.score[0]}"
    if best.score > best.present:
        return f"{told}: take these lines over into tuwen.toml"
    return f"{told}: keep the present ones"


def pull_table(validations: Sequence[Validation]) -> str:
    """What each strength of the pull came to, as Markdown."""
    lines = ["| pull | right in what was left out | mean loss |", "|---|---|---|"]
    for pull, (right, loss) in ((v.pull, v.score) for v in validations):
        lines.append(f"| {pull:g} | {right} | {-loss:.3f} |")
    return "\n".join(lines)


def fold_table(folds: Sequence[Fold]) -> str:
    """The folds as Markdown."""
    lines = [
        "| left out | figures | right, present | right, fitted on the rest | loss, present | loss, fitted |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.name} | {len(f.present.right)} | {f.present.accuracy:.3f} | {f.fitted.accuracy:.3f} "
        f"| {f.present_loss:.3f} | {f.fitted_loss:.3f} |"
        for f in folds
    ]
    count = sum(len(f.present.right) for f in folds)
    present, fitted = (sum(sum(o.right) for o in side) / count for side in _sides(folds))
    return "\n".join([*lines, f"| all | {count} | {present:.3f} | {fitted:.3f} | | |"])


def _sides(folds: Sequence[Fold]) -> tuple[list[Outcome], list[Outcome]]:
    return [f.present for f in folds], [f.fitted for f in folds]


def cost_table(present: PairingCosts, fitted: PairingCosts) -> str:
    """The costs side by side as Markdown."""
    rows = [f"| {name} | {getattr(present, name):.2f} | {getattr(fitted, name):.2f} |" for name in NAMES]
    return "\n".join(["| cost | present | fitted on all |", "|---|---|---|", *rows])


def weight_table(present: Weights, fitted: Weights) -> str:
    """The weights of confidence side by side as Markdown."""
    values = ((name, getattr(present, name), getattr(fitted, name)) for name in CONFIDENCE_NAMES)
    rows = [f"| {name} | {one:.2f} | {two:.2f} |" for name, one, two in values]
    return "\n".join(["| weight | present | fitted on all |", "|---|---|---|", *rows])


def reliability_table(confidences: Sequence[float], right: Sequence[bool]) -> str:
    """Confidence in tenths beside the share that is right, as Markdown."""
    bins: dict[int, list[bool]] = {}
    for confidence, ok in zip(confidences, right, strict=True):
        bins.setdefault(min(9, int(10 * confidence)), []).append(ok)
    rows = [
        f"| .{tenth} to {'1.' if tenth == 9 else f'.{tenth + 1}'} | {len(oks)} | {sum(oks) / len(oks):.3f} |"
        for tenth, oks in sorted(bins.items())
    ]
    return "\n".join(["| confidence | pairs | right |", "|---|---|---|", *rows])
