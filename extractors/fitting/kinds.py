"""Fit the model of what kind of picture a figure is, and report how it does on families left out.

    python -m extractors.fitting.kinds --truth LABELS [--truth MORE] [--ocr off] [--out kinds.json]

LABELS holds <book>.pdf with <book>.truth.jsonl, as docs/evaluating.md says. Prints a table of the families,
each judged by a model fitted on the others, and which kinds were taken for others; `--out` writes the weights
fitted on all, for extractors/pairing/kinds.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from extractors.book import open_sandbox, read_book
from extractors.book_pairs import pair_ids, picture_jobs, take_all, with_entry_roles
from extractors.errors import UsageError
from extractors.evaluation.labels import labelled_books, read_labels
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.rows import LabelError
from extractors.evaluation.scoring import SAME_FIGURE, match
from extractors.grammar.words import SubjectKind, words_added
from extractors.look import Look
from extractors.pairing.drafts import Draft
from extractors.pairing.kinds import FEATURES, ROLES, BookFigures, KindModel, features_of
from extractors.pairing.solve import solve_book
from extractors.records import Kind
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings, OcrSettings

KINDS: tuple[Kind, ...] = get_args(Kind)
PULL = 0.01
"""How strongly weights are held to 0: chosen by the share right in families left out."""
BARE_WEIGHT = 0.5
"""What a figure counts once more without its words: where its caption is missed, its look should tell."""
PRIOR: dict[SubjectKind, Kind] = {
    "garment": "textile",
    "cloth": "textile",
    "motif": "pattern",
    "wall": "mural",
    "linework": "drawing",
    "mapped": "drawing",
    "rubbed": "other",
    "chartlike": "chart",
    "view": "photo",
    "vessel": "photo",
    "statue": "photo",
}
"""The kind that words of a subject speak for where labels do not say."""
PRIOR_PLACES = {"head": 2.0, "title": 1.0, "caption": 0.5}
"""How much they do so in each place."""
DIGITS = 3
"""Decimals of a weight as stored."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KindExample:
    """One labelled figure: its features, as extraction measured them, and its kind."""

    family: str
    kind: Kind
    features: dict[str, float]
    bare: dict[str, float]
    """The features of `look_alone`."""


def read_examples(folders: Sequence[Path], settings: ExtractSettings) -> list[KindExample]:
    """The labelled figures of all books in `folders` that extraction finds and no entry gives a role.

    Raises UsageError where there is none, LabelError for labels that cannot be read, and what `read_book`
    raises.
    """
    found: list[KindExample] = []
    with open_sandbox(settings) as sandbox:
        for folder, name in [(each, name) for each in folders for name in labelled_books(each)]:
            print(f"reading {folder.name}/{name}", file=sys.stderr)
            found += examples_of(folder, name, settings, sandbox)
    if not found:
        raise UsageError(f"no labelled figure was found in {', '.join(map(str, folders))}")
    return found


def examples_of(folder: Path, name: str, settings: ExtractSettings, sandbox: Sandbox) -> list[KindExample]:
    """The examples of one labelled book."""
    labels = read_labels(folder, name)
    content = read_book(folder / f"{name}.pdf", settings, sandbox=sandbox)
    with words_added(settings.words.by_kind()), tempfile.TemporaryDirectory() as crops:
        solved = solve_book(content)
        names = pair_ids(content.sha256, solved.drafts)
        jobs = picture_jobs(solved, names, folder / f"{name}.pdf", Path(crops), settings)
        pictures, _, _ = take_all(jobs, Path(crops), sandbox, None)
        looks = [pictures[each].look if each in pictures else None for each in names]
        drafts = with_entry_roles(solved, looks)
        book = BookFigures.of(drafts)
        shown = match(labels.figures, [Prediction(d.page, d.bbox) for d in drafts], SAME_FIGURE)
        return [
            KindExample(
                labels.family,
                kind,
                features_of(drafts[j], looks[j], book),
                look_alone(drafts[j], looks[j], book),
            )
            for i, j in shown.items()
            if (kind := _kind(labels.figures[i].kind)) is not None and drafts[j].role not in ROLES
        ]


def _kind(labelled: str) -> Kind | None:
    return next((kind for kind in KINDS if kind == labelled), None)


def look_alone(draft: Draft, look: Look | None, book: BookFigures) -> dict[str, float]:
    """The features of a figure without its words, and without how the PDF holds it: a scan has neither."""
    found = features_of(Draft(draft.page, draft.region), look, BookFigures({}, book.usual_area))
    return {name: value for name, value in found.items() if not name.startswith("source")}


def prior() -> Floats:
    """The weights before any label was seen: words speak for the kind they name, ink on paper for a drawing.

    Few labelled books print charts or maps; without this their words would say nothing.
    """
    weights = np.zeros((len(KINDS), len(FEATURES) + 1))
    for subject, kind in PRIOR.items():
        for place, weight in PRIOR_PLACES.items():
            weights[KINDS.index(kind), FEATURES.index(f"{place} {subject}")] = weight
    for feature in ("drawn", "source drawing"):
        weights[KINDS.index("drawing"), FEATURES.index(feature)] = PRIOR_PLACES["head"]
    return weights


def fit_kinds(examples: Sequence[KindExample], pull: float = PULL) -> KindModel:
    """Multinomial logistic regression with its weights held to `prior` by `pull`; families count alike.

    Deterministic. Raises ValueError without an example.
    """
    if not examples:
        raise ValueError("no labelled figure to learn from")
    sizes = Counter(example.family for example in examples)
    rows, kinds, weights = [], [], []
    for example in examples:
        for features, weight in ((example.features, 1.0), (example.bare, BARE_WEIGHT)):
            rows.append([*(features.get(name, 0.0) for name in FEATURES), 1.0])
            kinds.append(KINDS.index(example.kind))
            weights.append(weight / sizes[example.family] ** 0.5)
    x, y, w = np.array(rows), np.eye(len(KINDS))[kinds], np.array(weights)
    w /= w.sum()
    held = np.array([1.0] * len(FEATURES) + [0.0])
    origin = prior()

    def loss(flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(len(KINDS), -1)
        logits = x @ theta.T
        logits -= logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        slope = (w[:, None] * (np.exp(logs) - y)).T @ x + pull * held * (theta - origin)
        value = -float((w[:, None] * y * logs).sum()) + pull / 2 * float((held * (theta - origin) ** 2).sum())
        return value, slope.ravel()

    best = minimize(loss, origin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return KindModel(KINDS, FEATURES, best.x.reshape(len(KINDS), -1).round(DIGITS))


def left_out(examples: Sequence[KindExample], pull: float = PULL) -> dict[str, list[tuple[Kind, Kind]]]:
    """Family -> (kind, kind told by a model fitted on the other families) of each of its figures.

    Raises ValueError with fewer than two families.
    """
    families = sorted({example.family for example in examples})
    if len(families) < 2:
        raise ValueError("nothing to leave out: label books of at least two families")
    found = {}
    for family in families:
        held = [example for example in examples if example.family == family]
        model = fit_kinds([example for example in examples if example.family != family], pull)
        found[family] = list(zip((e.kind for e in held), (model.best(e.features) for e in held), strict=True))
    return found


def family_table(outcomes: dict[str, list[tuple[Kind, Kind]]]) -> str:
    """How many of each family were right, as Markdown, and what was taken for what."""
    lines = ["| family left out | figures | right | taken for others |", "|---|---|---|---|"]
    everything = [pair for pairs in outcomes.values() for pair in pairs]
    for name, pairs in [*outcomes.items(), ("all", everything)]:
        wrong = Counter(f"{kind} for {said}" for kind, said in pairs if kind != said)
        shown = ", ".join(f"{count} {what}" for what, count in wrong.most_common(6))
        share = sum(kind == said for kind, said in pairs) / len(pairs)
        lines.append(f"| {name} | {len(pairs)} | {share:.3f} | {shown} |")
    return "\n".join(lines)


def stored(model: KindModel) -> str:
    """`model` as JSON: the kinds, the features, and a row of weights for each kind."""
    table = {"kinds": model.kinds, "features": model.features, "weights": model.weights.tolist()}
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
    return f"{{\n{rows}\n}}\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m extractors.fitting.kinds",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--truth", type=Path, action="append", required=True, help="folder of labelled books")
    parser.add_argument("--ocr", choices=["auto", "paddle", "rapid", "off"], default="auto")
    parser.add_argument("--out", type=Path, help="write the weights fitted on all families")
    given = parser.parse_args()
    try:
        examples = read_examples(given.truth, ExtractSettings(ocr=OcrSettings(engine=given.ocr)))
        print(family_table(left_out(examples)))
    except (UsageError, LabelError, ValueError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from None
    if given.out is not None:
        given.out.write_text(stored(fit_kinds(examples)), encoding="utf-8")


if __name__ == "__main__":
    main()
