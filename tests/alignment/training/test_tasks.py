from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from alignment.data import load_split
from alignment.errors import UsageError
from alignment.settings import Cl2cmSettings, FinetuneSettings
from alignment.training.losses.contrast import symmetric_contrast
from alignment.training.seed_run import prepare
from alignment.training.state import StateFolder
from alignment.training.tasks import TASKS
from alignment.training.tasks.base import Training
from alignment.training.tasks.sources import read_sources
from alignment.training.trainer import Trainer

Weights = dict[str, Tensor]


@pytest.fixture
def training_of(version_dir: Path, mini_folder: Path, tmp_path: Path) -> Any:
    def training(**given: Any) -> Training:
        settings = {"epochs": 2, "batch_size": 8, "workers": 0, "backbone": str(mini_folder), "device": "cpu"}
        return prepare(version_dir, FinetuneSettings(**(settings | given)), 0, tmp_path / "features")

    return training


def weights_of(training: Training) -> Weights:
    return {name: weight.clone() for name, weight in training.backbone.module.state_dict().items()}


def run(training: Training, folder: Path) -> tuple[Weights, Weights, list[dict[str, Any]]]:
    """Weights before and after, and the records."""
    before = weights_of(training)
    stages = TASKS[training.settings.task](training)
    trainer = Trainer(
        training, stages, StateFolder(folder), seed=0, progress=lambda *_: None, listen=lambda _: None
    )
    records = trainer.run()
    return before, weights_of(training), records


def changed(before: Weights, after: Weights, prefix: str) -> set[bool]:
    return {
        not torch.equal(before[name], after[name])
        for name in before
        if name.startswith(prefix) and before[name].is_floating_point()
    }


def keep_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without validation a stage ends with its last weights, so that what was trained shows."""
    monkeypatch.setattr("alignment.training.tasks.base.ValidationGallery.recalls", lambda *_: None)


@pytest.mark.parametrize("task", ["full", "lit", "two-stage", "cl2cm"])
def test_each_task_trains_what_it_says(
    task: str, training_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_last(monkeypatch)
    before, after, records = run(training_of(task=task), tmp_path)
    assert changed(before, after, "bert.encoder") == {True}
    assert changed(before, after, "logit_scale") == {True}
    assert changed(before, after, "visual.") == ({False} if task == "lit" else {True})
    stages = list(dict.fromkeys(record["stage"] for record in records))
    assert (
        stages
        == {
            "full": ["both"],
            "lit": ["text"],
            "two-stage": ["text", "both"],
            "cl2cm": ["teacher", "student"],
        }[task]
    )
    assert any(record.get("loss", 0) > 0 for record in records)


def test_the_first_of_two_stages_leaves_the_image_tower_alone(
    training_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_last(monkeypatch)
    before, _, _ = run(training_of(task="two-stage"), tmp_path)
    first = torch.load(tmp_path / "stage-0.pt", weights_only=True)
    assert changed(before, first, "visual.") == {False}
    assert changed(before, first, "bert.encoder") == {True}


def test_locked_pictures_are_read_once(training_of: Any, tmp_path: Path) -> None:
    """Once its features are kept, lit trains without a single picture."""
    training = training_of(task="lit")
    _, first, _ = run(training, tmp_path / "a")
    hidden = []
    for split in ("train", "val"):
        for sample in load_split(training.version_dir, split):  # type: ignore[arg-type]
            sample.image_path.rename(sample.image_path.with_suffix(".hidden"))
            hidden.append(sample.image_path)
    try:
        _, second, _ = run(training_of(task="lit"), tmp_path / "b")
    finally:
        for path in hidden:
            path.with_suffix(".hidden").rename(path)
    assert changed(first, second, "") == {False}


def test_lit_with_all_negatives_is_its_formula(training_of: Any) -> None:
    training = training_of(task="lit")
    objective = TASKS["lit"](training)[0].objective()
    pairs = torch.tensor([5, 0, 9])
    backbone = training.backbone
    with torch.no_grad():
        texts = backbone.encode_texts(training.train.tokens[pairs])
        pictures = torch.stack([backbone.preprocess(sample.image()) for sample in training.train.samples])
        images = backbone.encode_images(pictures)
        found = objective.loss({"texts": (texts,)}, pairs)["contrast"]
        rel = training.train.relations
        logits = (
            backbone.logit_scale.exp()
            * torch.nn.functional.normalize(texts)
            @ (torch.nn.functional.normalize(images).T)
        )
        total = 0.0
        for row, pair in enumerate(pairs.tolist()):
            owned = {int(rel.images[p]) for p in range(len(rel)) if rel.texts[p] == rel.texts[pair]}
            akin = {int(rel.images[p]) for p in range(len(rel)) if rel.groups[p] == rel.groups[pair]} - owned
            first = {int(rel.images[p]): p for p in reversed(range(len(rel)))}
            seen = [p for image, p in first.items() if image not in akin]
            norm = torch.logsumexp(logits[row, seen], 0)
            total += sum(float(norm - logits[row, first[image]]) for image in owned) / len(owned) / len(pairs)
        positive, akin_mask = rel.within(pairs)
        back = symmetric_contrast(images[pairs], texts, backbone.logit_scale.exp(), positive, akin_mask)
        forth_in_batch = objective_in_batch(logits[:, pairs], positive, akin_mask)
    assert found.item() == pytest.approx((total + 2 * back.item() - forth_in_batch) / 2, rel=1e-4)


def objective_in_batch(logits: Tensor, positive: Tensor, akin: Tensor) -> float:
    from alignment.training.losses.contrast import multi_positive_contrast

    return float(multi_positive_contrast(logits, positive, akin))


def last_parts(training: Training) -> dict[str, Tensor]:
    """The parts of the last stage's loss on eight pairs."""
    objective = TASKS[training.settings.task](training)[-1].objective()
    training.backbone.train(False)
    pairs = torch.arange(8)
    pixels = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    views = objective.views(pairs, pixels)
    return objective.loss({name: view.encode(view.inputs) for name, view in views.items()}, pairs)


def test_without_a_and_b_cl2cm_is_plain_contrast(training_of: Any) -> None:
    bare = Cl2cmSettings(source_weight=0, distillation_weight=0)
    parts = last_parts(training_of(task="cl2cm", cl2cm=bare, context_length=64))
    assert set(parts) == {"contrast"}
    assert torch.equal(parts["contrast"], last_parts(training_of(task="full", context_length=64))["contrast"])
    whole = last_parts(training_of(task="cl2cm", context_length=64))
    assert set(whole) == {"contrast", "source contrast", "distillation"}
    assert torch.equal(parts["contrast"], whole["contrast"])


def test_a_and_b_weigh_their_parts(training_of: Any) -> None:
    one = last_parts(training_of(task="cl2cm"))
    more = Cl2cmSettings(source_weight=1.0, distillation_weight=2.0)
    other = last_parts(training_of(task="cl2cm", cl2cm=more))
    assert other["source contrast"].item() == pytest.approx(2 * one["source contrast"].item())
    assert other["distillation"].item() == pytest.approx(4 * one["distillation"].item())


def test_the_student_leaves_the_teacher_alone(training_of: Any, tmp_path: Path) -> None:
    training = training_of(task="cl2cm")
    teacher, student = TASKS["cl2cm"](training)
    before = {name: weight.clone() for name, weight in teacher.backbone.module.state_dict().items()}
    trainer = Trainer(
        training,
        [student],
        StateFolder(tmp_path),
        seed=0,
        progress=lambda *_: None,
        listen=lambda _: None,
    )
    trainer.run()
    assert changed(before, teacher.backbone.module.state_dict(), "") == {False}
    assert all(parameter.grad is None for parameter in teacher.backbone.module.parameters())


def test_translations_come_from_a_column_or_a_file(version_dir: Path, tmp_path: Path) -> None:
    samples = load_split(version_dir, "train")
    from_column = read_sources(version_dir, "train", samples, "description_en")
    assert from_column == [sample.text_en or None for sample in samples]
    file = tmp_path / "译文.jsonl"
    file.write_text(
        json.dumps({"pair_id": samples[1].pair_id, "text": " two birds "}) + "\n", encoding="utf-8"
    )
    assert read_sources(version_dir, "train", samples, str(file))[:3] == [None, "two birds", None]
    file.write_text('{"pair_id": "x", "text": "y"}\nnonsense\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"译文\.jsonl, line 2"):
        read_sources(version_dir, "train", samples, str(file))
    with pytest.raises(UsageError, match="nor a column of a version"):
        read_sources(version_dir, "train", samples, "description_fr")


def test_cl2cm_without_translations_says_so(training_of: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(UsageError, match="holds none for the training split"):
        TASKS["cl2cm"](training_of(task="cl2cm", cl2cm=Cl2cmSettings(source=str(empty))))


@pytest.mark.parametrize(
    "options",
    [
        {"lora_rank": 2},
        {"mask_ratio": 0.5},
        {"ema": 0.9},
        {"contrast": "sigmoid"},
        {"gradient_checkpointing": True},
        {"chunk": 3},
        {"precision": "bf16"},
        {"precision": "fp16"},
        {"layer_decay": 0.5, "slot_start": "context", "image_fit": "crop"},
        {"augment": False},
        {"image_fit": "pad", "context_length": 60, "learn_characters": False},
        {"preset": "ce_clip_paper", "epochs": 2},
    ],
    ids=lambda options: "+".join(options),
)
def test_options_work(
    options: dict[str, Any], training_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_last(monkeypatch)
    before, after, _ = run(training_of(**options), tmp_path)
    assert before.keys() == after.keys()  # adapters are merged at the end
    assert True in changed(before, after, "bert.encoder")
    assert True in changed(before, after, "visual.")
    assert all(weight.isfinite().all() for weight in after.values())
    if "lora_rank" in options:
        assert changed(before, after, "visual.positional_embedding") == {False}


def test_checkpointing_changes_no_result(
    training_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_last(monkeypatch)
    _, plain, _ = run(training_of(), tmp_path / "plain")
    _, checkpointed, _ = run(training_of(gradient_checkpointing=True), tmp_path / "checkpointed")
    assert all(torch.allclose(plain[name], checkpointed[name], atol=1e-5) for name in plain)


@pytest.mark.parametrize(("warmup_steps", "epochs"), [(0, 2), (10**6, 6)])
def test_training_stops_when_validation_stands_still_after_the_warm_up_and_keeps_the_best(
    warmup_steps: int, epochs: int, training_of: Any, tmp_path: Path
) -> None:
    training = training_of(epochs=6, patience=2, lr=1e-9, warmup_steps=warmup_steps)
    before, after, records = run(training, tmp_path)
    assert max(record["epoch"] for record in records) == epochs
    assert changed(before, after, "") == {False}  # the first validation stays the best


def test_training_that_diverges_says_so(training_of: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"diverged: after \d+ steps of the stage both.*finetune\.lr"):
        run(training_of(lr=1e30, warmup_steps=0, epochs=3), tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("crop_scale", (0.8, 0.5)), ("crop_scale", (0.0, 1.0)), ("ema", 1.0), ("contrast", "hinge")],
)
def test_settings_that_make_no_sense_are_refused_before_anything_runs(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        FinetuneSettings(**{name: value})


def test_the_paper_preset_carries_its_settings(training_of: Any) -> None:
    plan = training_of(task="two-stage", preset="ce_clip_paper", epochs=None, batch_size=None).plan
    assert (plan.context_length, plan.warmup_steps, plan.batch_size, plan.lr) == (52, 100, 128, 5e-5)
    assert (plan.weight_decay, plan.epochs, plan.patience, plan.all_negatives) == (0.001, 200, 0, False)
    assert training_of(preset="ce_clip_paper", epochs=7).plan.epochs == 7
