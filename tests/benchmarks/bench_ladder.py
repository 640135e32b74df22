"""The ladder on motif pictures of unseen combinations: tiny models, several galleries, pooled intervals.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_ladder.py --folder DIR [--models 3] [--galleries 5]
        [--pairs 2400] [--epochs 40] [--draw 1] [--cuts '{"shape": "aspect"}' '{"source": "pyramid"}' ...]

Draws a version to learn from and further ones that are all test, trains `models` tiny models (about five
minutes of one processor each), and climbs the ladder with each way to cut pictures. Parameters are chosen on
the validation split of the version the models learnt from. DIR is kept: versions, models and features in it
are not made again. Another --draw is another set to learn from, other galleries and other models: in another
folder it tells whether what was found in one draw holds.

A number is the mean over all queries of all galleries and models; its interval is the paired bootstrap over
pictures, where a picture drawn is drawn for all models. So intervals tell what other pictures would give, and
not what other models would: for that there are the columns "models", in how many of them the gain is above 0.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from alignment.backbones.opening import open_backbone
from alignment.benchmark.banks import make_banks, make_query_bank
from alignment.benchmark.ladder import FINE_TUNED, LACLIP, Step, steps
from alignment.data import load_split
from alignment.laclip.crops import CropSettings
from alignment.retrieval.bootstrap import Bootstrap, Sums, difference, mean_of
from alignment.retrieval.evaluation import DIRECTIONS, Evaluation, evaluate
from alignment.retrieval.gallery import Gallery, gallery_of
from alignment.scorers.base import Banks, Fitted, Validation
from alignment.scorers.clauses import ClauseScorer
from alignment.scorers.hubs import Nnn
from alignment.scorers.vectors import VectorScores
from alignment.settings import FinetuneSettings
from alignment.training.finetune import finetune
from flows.motif_set import make_motif_version

# Seeds of the galleries are this far from that of the set to learn from, so that draws share none.
OTHERS_FROM = 10
OTHER_PAIRS = 400
RESAMPLES = 5000
MEASURES = ("MR3", "hit@1")

Pool = Mapping[str, Sequence[Sums]]


@dataclass(frozen=True)
class Ground:
    """What every model is measured on."""

    version: Path
    train: Gallery
    validation: Gallery
    tests: tuple[Gallery, ...]


def make_ground(folder: Path, pairs: int, galleries: int, draw: int) -> Ground:
    """The version to learn from, and galleries without a scene of it."""
    version = _version(folder, pairs, draw)
    train, val, test = (load_split(version, split) for split in ("train", "val", "test"))
    known = {sample.text_en for sample in (*train, *val, *test)}
    tests = [gallery_of(test, "test")]
    for seed in range(draw + OTHERS_FROM, draw + OTHERS_FROM + galleries - 1):
        other = _version(folder / f"other-{seed}", OTHER_PAIRS, seed)
        samples = [s for split in ("train", "val", "test") for s in load_split(other, split)]  # type: ignore[arg-type]
        tests.append(gallery_of([s for s in samples if s.text_en not in known], f"other {seed}"))
    return Ground(version, gallery_of(train, "train"), gallery_of(val, "val"), tuple(tests))


@dataclass(frozen=True)
class UncutBank:
    """NNN with a bank of uncut training pictures: not offered, kept here to show what it costs."""

    name: str = "NNN, uncut bank"
    transductive: bool = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return Nnn().fit(replace(train, crops=None), validation, below)


def measure_model(
    ground: Ground, folder: Path, seed: int, epochs: int, cuts: Sequence[CropSettings]
) -> dict[tuple[str, str], list[Evaluation]]:
    """(cut, rung) -> the evaluation on each gallery; trains the model where it is not there."""
    settings = FinetuneSettings(
        backbone="tiny",
        crop_scale=(0.25, 1.0),
        epochs=epochs,
        patience=0,
        validate_every=5,
        wise_ft=(),
        workers=1,
        seed=seed,
        device="cpu",
    )
    model = finetune(ground.version, folder / "models", f"seed{seed}", settings, folder / "features").path
    backbone, root = open_backbone(str(model)), folder / "features"
    found: dict[tuple[str, str], list[Evaluation]] = {}
    ladder = [*steps([FINE_TUNED]), Step(UncutBank(), ClauseScorer.name, FINE_TUNED)]
    ladder += [Step(Nnn(name="plain + NNN"), FINE_TUNED, FINE_TUNED)]
    for cut in cuts:
        train = make_query_bank(backbone, ground.train, root, cut)
        val = make_banks(backbone, ground.validation, root, cut)
        fitted = fit(ladder, train, Validation(val, ground.validation))
        for gallery in ground.tests:
            banks = make_banks(backbone, gallery, root, cut)
            for name, scorer in fitted.items():
                found.setdefault((_name(cut), name), []).append(evaluate(scorer.scores(banks), gallery))
        chosen = {name: dict(scorer.parameters) for name, scorer in fitted.items() if scorer.parameters}
        print(f"model {seed}, {_name(cut)}: {json.dumps(chosen)}", flush=True)
    return found


def fit(ladder: Sequence[Step], train: Banks, validation: Validation) -> dict[str, Fitted]:
    """Every rung with its parameters, by name."""
    fitted: dict[str, Fitted] = {"": VectorScores()}
    for step in ladder:
        fitted[step.scorer.name] = step.scorer.fit(train, validation, fitted[step.below])
    del fitted[""]
    return fitted


def pooled(models: Sequence[Sequence[Evaluation]]) -> Pool:
    """The measures over all galleries, one after the other, and all models, cluster by cluster."""
    found: dict[str, list[Sums]] = {}
    for measure, parts in models[0][0].parts.items():
        for part in range(len(parts)):
            sums = [[evaluation.parts[measure][part] for evaluation in galleries] for galleries in models]
            total = sum(np.concatenate([one.total for one in galleries]) for galleries in sums)
            count = sum(np.concatenate([one.count for one in galleries]) for galleries in sums)
            found.setdefault(measure, []).append(Sums(np.asarray(total), np.asarray(count)))
    return found


def print_tables(found: Sequence[Mapping[tuple[str, str], list[Evaluation]]]) -> None:
    """A Markdown table for each measure; `found` has one entry for each model."""
    pools = {key: pooled([model[key] for model in found]) for key in found[0]}
    clusters = sum(evaluation.clusters for evaluation in next(iter(found[0].values())))
    first_cut = next(iter(pools))[0]
    drawn = {key: Bootstrap(clusters, resamples=RESAMPLES).means(pool) for key, pool in pools.items()}
    for measure in MEASURES:
        print(f"\n{measure}, points\n")
        head = ["cut", "rung"]
        for direction in DIRECTIONS:
            head += [direction.replace("_", " "), "less plain", "models", "less laclip", "models"]
        print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for key, pool in pools.items():
            cells = list(key)
            for direction in DIRECTIONS:
                name = f"{direction} {measure}"
                value = mean_of(pool[name])
                cells.append(f"{100 * value:.1f}")
                for other in ((key[0], FINE_TUNED), (first_cut, LACLIP)):
                    theirs = mean_of(pools[other][name])
                    gain = difference(value, theirs, drawn[key][name], drawn[other][name])
                    above = sum(_value(m[key], name) > _value(m[other], name) for m in found)
                    cells.append(f"{100 * gain.value:+.1f} [{100 * gain.low:+.1f}, {100 * gain.high:+.1f}]")
                    cells.append(f"{above}/{len(found)}")
            print(f"| {' | '.join(cells)} |")


def _value(galleries: Sequence[Evaluation], name: str) -> float:
    return mean_of(pooled([galleries])[name])


def _version(folder: Path, pairs: int, seed: int) -> Path:
    there = folder / "datasets" / "motifs" / "v0001"
    return there if (there / "manifest.json").is_file() else make_motif_version(folder, pairs, seed)


def _name(cut: CropSettings) -> str:
    given = cut.model_dump(exclude_defaults=True)
    return " ".join(f"{key} {value}" for key, value in given.items()) or "as published"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--galleries", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=2400)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--draw", type=int, default=1, help="the seed everything is drawn from")
    parser.add_argument("--cuts", nargs="+", default=["{}"], help="crop settings as JSON; {} as published")
    given = parser.parse_args()
    torch.set_num_threads(1)
    ground = make_ground(given.folder, given.pairs, given.galleries, given.draw)
    print(", ".join(f"{g.name}: {len(g.images)} pictures" for g in ground.tests), flush=True)
    cuts = [CropSettings.model_validate_json(text) for text in given.cuts]
    (given.folder / "models").mkdir(exist_ok=True)
    seeds = range(given.draw, given.draw + given.models)
    print_tables([measure_model(ground, given.folder, seed, given.epochs, cuts) for seed in seeds])


if __name__ == "__main__":
    main()
