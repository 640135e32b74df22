"""From galleries and models to a result with its page; what is there already is not done again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from alignment.backbones.base import Backbone
from alignment.benchmark.banks import Report, make_banks, make_query_bank
from alignment.benchmark.data import BenchmarkData
from alignment.benchmark.ladder import ModelBanks, Step, climb, steps
from alignment.benchmark.own_scorers import load_scorers, source_digests
from alignment.benchmark.report.findings import examine
from alignment.benchmark.report.page import write_report
from alignment.benchmark.results import Subject, read_result, result_json, save_result
from alignment.benchmark.settings import BenchmarkSettings
from alignment.laclip.crops import CropSettings
from alignment.retrieval.gallery import Gallery
from alignment.scorers.base import Banks, Validation, needed_splits
from alignment.scorers.vectors import Laclip
from dataset_cards.code_digest import code_digest
from dataset_cards.sums import write_sums

BENCHMARKS, FEATURES = "benchmarks", "features"
"""Folders of a workspace."""
_SPLIT_WORDS = {"train": "training", "validation": "validation"}


@dataclass(frozen=True)
class Benchmark:
    """A result, and where it lies."""

    state: Literal["measured", "there-already"]
    folder: Path
    """Holds result.json, index.html, table.md, table.tex, charts/ and pictures/."""
    result: dict[str, Any]


def run_benchmark(
    data: BenchmarkData,
    models: Mapping[str, Backbone],
    root: Path,
    settings: BenchmarkSettings,
    *,
    report: Report = lambda _what, _done, _total: None,
) -> Benchmark:
    """Climb the ladder and keep the result below `root`/benchmarks, features below `root`/features.

    `models` are the ladder's parts in their order, "zero-shot" and "fine-tuned" or one of them; the last one
    carries the scorers. Where the dataset has no validation (or no training) split, the rungs that need it
    are left out and the result says so. Raises what reading pictures raises, and UsageError for a scorer
    that cannot be had.
    """
    carrier = list(models.values())[-1]
    crops = settings.crops_on(next(carrier.module.parameters()).device.type)
    own = load_scorers(settings.scorers)
    subject = Subject(
        dataset=data.name,
        dataset_digest=data.digest,
        split=data.split,
        gallery_digest=data.test.digest,
        program=code_digest(__name__),
        models={part: backbone.digest for part, backbone in models.items()},
        settings={**settings.recipe(crops), "scorers": source_digests(own)},
    )
    folder = root / BENCHMARKS / subject.key
    if (folder / "result.json").is_file():
        return Benchmark("there-already", folder, read_result(folder))
    every = [_as_set(step, settings) for step in steps(list(models), own)]
    ladder, left_out = possible_steps(every, data)
    banks = {
        part: _banks(backbone, data, root / FEATURES, crops if backbone is carrier else None, report)
        for part, backbone in models.items()
    }
    rungs = climb(
        ladder,
        banks,
        data.test,
        seed=settings.seed,
        resamples=settings.resamples,
        report=lambda name: report(f"scoring {name}", 0, 1),
    )
    result = result_json(subject, data.test, rungs) | {
        "notes": [*data.notes, *left_out],
        "external": data.external,
        "names": {part: backbone.name for part, backbone in models.items()},
    }
    findings = examine(rungs, banks, data.test, crops, settings.weighting)
    folder.mkdir(parents=True, exist_ok=True)
    write_report(folder, result, findings, data.test)
    write_sums(folder)
    save_result(root / BENCHMARKS, result)  # last: a folder without it is not finished
    return Benchmark("measured", folder, result)


def possible_steps(every: Sequence[Step], data: BenchmarkData) -> tuple[list[Step], list[str]]:
    """The steps this dataset has splits for, each on the nearest one below; and what to say of the rest."""
    there = {"train": data.train, "validation": data.validation}
    missing = {name for name, gallery in there.items() if gallery is None}
    kept: list[Step] = []
    stands_on = {"": ""}
    for step in every:
        below = stands_on[step.below]
        if missing.intersection(needed_splits(step.scorer)):
            stands_on[step.scorer.name] = below
        else:
            stands_on[step.scorer.name] = step.scorer.name
            kept.append(replace(step, below=below))
    left_out = [step.scorer.name for step in every if stands_on[step.scorer.name] != step.scorer.name]
    if not left_out:
        return kept, []
    names = [word for split, word in _SPLIT_WORDS.items() if split in missing]
    return kept, [
        f"There is no {' and no '.join(names)} split to choose on, and the test split chooses nothing. "
        f"Left out: {', '.join(left_out)}."
    ]


def _as_set(step: Step, settings: BenchmarkSettings) -> Step:
    if not isinstance(step.scorer, Laclip):
        return step
    weights = replace(step.scorer, weighting=settings.weighting, include_global=settings.include_global)
    return replace(step, scorer=weights)


def _banks(
    backbone: Backbone, data: BenchmarkData, root: Path, crops: CropSettings | None, report: Report
) -> ModelBanks:
    """The features of one model. Without `crops` it carries no scorers: its test split alone is needed."""

    def banks(gallery: Gallery | None, cut: CropSettings | None) -> Banks:
        return make_banks(backbone, gallery, root, cut, report=report) if gallery else _nothing(backbone.dim)

    train = _nothing(backbone.dim)
    if crops and data.train:
        train = make_query_bank(backbone, data.train, root, crops, report=report)
    return ModelBanks(
        train,
        Validation(banks(data.validation if crops else None, crops), data.validation or _EMPTY),
        banks(data.test, crops),
    )


def _nothing(dim: int) -> Banks:
    """The features of a split that is not there; the rungs that would need them are left out."""
    return Banks(torch.zeros(0, dim), torch.zeros(0, dim))


_NUMBERS = torch.zeros(0, dtype=torch.long)
_EMPTY = Gallery("nothing", (), (), _NUMBERS.reshape(0, 2), _NUMBERS, _NUMBERS)
