"""Whether the tasks learn: tiny models from random weights on motif pictures, tested on unseen combinations.

    PYTHONPATH=. python tests/benchmarks/bench_learning.py --seeds 3 [--folder DIR]

Each line: a task and a seed, seconds of processor time on one thread, text-to-image R@1 on the test gallery
as a share and as a multiple of chance. lit starts from the image tower of that seed's full model and a text
tower that has learnt nothing. A folder given is kept, and what it holds is not trained again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path
from statistics import mean, stdev

import torch

from alignment.backbones.opening import open_backbone
from alignment.backbones.saving import save_backbone
from alignment.data import load_split
from alignment.retrieval.metrics import retrieval_recalls
from alignment.settings import Cl2cmSettings, FinetuneSettings
from alignment.training.encoding import encode_pictures, encode_tokens
from alignment.training.finetune import finetune
from alignment.training.state import put_weights
from alignment.training.tasks.base import Pairs
from flows.motif_set import make_motif_version
from tests.benchmarks.measure import print_table

PAIRS = 3000
BATCH = 64
# Enough for twenty times chance with room, little enough for ten minutes of one processor.
EPOCHS = {"full": 26, "lit": 16, "two-stage": 40, "cl2cm": 20}
TEACHER_EPOCHS = 4
TARGET = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    folder = options.folder or Path(tempfile.mkdtemp())
    version = folder / "datasets" / "motifs" / "v0001"
    if not version.is_dir():
        version = make_motif_version(folder, PAIRS, 0)
    rows = []
    for seed in range(options.seeds):
        for task in EPOCHS:
            row = _run(folder, version, task, seed)
            rows.append(row)
            print(json.dumps(row), flush=True)
    _print(rows)
    if options.folder is None:
        shutil.rmtree(folder)


def _run(folder: Path, version: Path, task: str, seed: int) -> dict[str, object]:
    settings = FinetuneSettings(
        task=task,
        backbone="tiny",
        epochs=EPOCHS[task],
        batch_size=BATCH,
        augment=False,
        validate_every=2,
        workers=0,
        seed=seed,
        device="cpu",
        cl2cm=Cl2cmSettings(teacher_epochs=TEACHER_EPOCHS),
    )
    if task == "lit":
        settings = settings.model_copy(update={"backbone": str(_trained_images(folder, seed))})
    start = time.process_time()
    model = finetune(version, folder / "models", f"{task}-{seed}", settings, folder / "features").path
    seconds = time.process_time() - start
    record = model / "seconds.txt"
    if not record.is_file():
        record.write_text(f"{seconds:.0f}")
    recall, gallery = _test_recall(model, version)
    return {
        "task": task,
        "seed": seed,
        "seconds": int(record.read_text()),
        "r1": recall,
        "chance": recall * gallery,
        "gallery": gallery,
    }


def _trained_images(folder: Path, seed: int) -> Path:
    """The full model's image tower beside a text tower drawn from another seed."""
    path = folder / f"images-{seed}"
    if not path.is_dir():
        mixed = open_backbone("tiny", seed=1000 + seed)
        full = open_backbone(str(folder / "models" / f"full-{seed}"))
        put_weights(mixed.module, dict(full.image_parameters()))
        save_backbone(mixed, path)
    return path


def _test_recall(model: Path, version: Path) -> tuple[float, int]:
    backbone = open_backbone(str(model))
    test = Pairs.read(load_split(version, "test"), backbone)
    relations = test.relations
    pictures = [test.samples[number] for number in relations.first_pair_of_images().tolist()]
    recalls = retrieval_recalls(
        encode_pictures(backbone, pictures),
        encode_tokens(backbone, test.tokens[relations.first_pair_of_texts()]),
        torch.stack([relations.images, relations.texts], dim=1),
    )
    return recalls.text_to_image[1], recalls.images


def _print(rows: list[dict[str, object]]) -> None:
    table = []
    for task in EPOCHS:
        mine = [row for row in rows if row["task"] == task]
        values = [float(str(row["r1"])) for row in mine]
        spread = f" ± {100 * stdev(values):.1f}" if len(values) > 1 else ""
        least = min(float(str(row["chance"])) for row in mine)
        seconds = max(int(str(row["seconds"])) for row in mine)
        table.append(
            (
                task,
                f"{100 * mean(values):.1f}{spread}",
                f"{mean(float(str(row['chance'])) for row in mine):.0f}",
                f"{least:.0f} {'≥' if least >= TARGET else '<'} {TARGET}",
                seconds,
            )
        )
    print_table(("task", "R@1 %", "× chance", "least", "longest s"), table)


if __name__ == "__main__":
    main()
