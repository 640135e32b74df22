"""A model's folder: what is in it, and what happens when it is there already."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from alignment.backbones.opening import open_backbone
from alignment.data import load_split
from alignment.errors import DamagedWorkspaceError, MissingDependencyError, UsageError
from alignment.settings import FinetuneSettings
from alignment.training.finetune import Finetuned, finetune
from dataset_cards.verify import read_manifest


@pytest.fixture(scope="module")
def tune(version_dir: Path, mini_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("workspace")

    def run(name: str, resume: bool = True, **given: Any) -> Finetuned:
        values = {"task": "lit", "epochs": 2, "batch_size": 12, "seeds": 2, "device": "cpu"}
        settings = FinetuneSettings(**{"backbone": str(mini_folder), **values, **given})
        return finetune(version_dir, root / "models", name, settings, root / "features", resume=resume)

    return run


@pytest.fixture(scope="module")
def tuned(tune: Any) -> Finetuned:
    found: Finetuned = tune("first")
    return found


def test_the_folder_holds_all_that_was_promised(tuned: Finetuned, version_dir: Path) -> None:
    names = {path.name for path in tuned.path.iterdir()}
    assert names == {
        "checkpoint.pt",
        "huggingface",
        "settings.json",
        "version.json",
        "vocabulary.json",
        "metrics.jsonl",
        "metrics.json",
        "curves.png",
        "README.md",
        "SHA256SUMS",
    }
    assert not list(tuned.path.parent.glob(".*"))  # the working folder is gone
    version = json.loads((tuned.path / "version.json").read_text(encoding="utf-8"))
    manifest = read_manifest(version_dir)
    assert (version["version"], version["digest"]) == ("v0001", manifest["digest"])
    metrics = json.loads((tuned.path / "metrics.json").read_text(encoding="utf-8"))
    best = max(metrics["seeds"], key=lambda result: result["after"]["mean_recall"])
    assert metrics["chosen_seed"] == best["seed"]
    rows = (tuned.path / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(row)["seed"] for row in rows} == {0, 1}
    with Image.open(tuned.path / "curves.png") as curves:
        assert curves.size == (1350, 480)


def test_both_forms_of_the_weights_open_and_agree(tuned: Finetuned) -> None:
    ours, theirs = open_backbone(str(tuned.path)), open_backbone(str(tuned.path / "huggingface"))
    tokens = ours.tokenize(["缠枝莲花，花瓣层叠。"])
    with torch.no_grad():
        assert torch.allclose(ours.encode_texts(tokens), theirs.encode_texts(tokens), atol=1e-5)


def test_the_card_and_the_table_tell_the_numbers(tuned: Finetuned) -> None:
    card = (tuned.path / "README.md").read_text(encoding="utf-8")
    value = f"{100 * tuned.metrics['seeds'][0]['after']['mean_recall']:.1f}"
    assert f"| {value} |" in card
    assert "v0001" in card
    assert "{{" not in card
    lines = "\n".join(tuned.lines())
    assert value in lines
    assert "over 2 seeds" in lines


def test_a_training_that_found_nothing_says_so(tune: Any) -> None:
    stuck = tune("stuck", seeds=1, epochs=1, lr=1e-12)
    words = "alidation found nothing better than the start"
    assert words in "\n".join(stuck.lines())
    assert words in (stuck.path / "README.md").read_text(encoding="utf-8")


def test_a_model_that_is_there_is_left_alone(tuned: Finetuned, tune: Any) -> None:
    before = (tuned.path / "checkpoint.pt").stat().st_mtime_ns
    again = tune("first", workers=1)  # workers change no result
    assert again.state == "nothing-new"
    assert again.lines() == tuned.lines()
    assert (tuned.path / "checkpoint.pt").stat().st_mtime_ns == before
    with pytest.raises(UsageError, match="made with other settings"):
        tune("first", epochs=3)


def test_a_run_killed_when_all_was_done_leaves_nothing_behind(tuned: Finetuned, tune: Any) -> None:
    work = tuned.path.parent / ".first"
    work.mkdir()
    shutil.copy(tuned.path / "settings.json", work)
    assert tune("first").state == "nothing-new"
    assert not work.exists()


def test_a_damaged_model_folder_is_named(tuned: Finetuned, tune: Any) -> None:
    copy = tuned.path.with_name("damaged")
    shutil.copytree(tuned.path, copy)
    (copy / "metrics.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedWorkspaceError, match=r"damaged/metrics\.json cannot be read.*move"):
        tune("damaged")
    (copy / "settings.json").unlink()
    with pytest.raises(DamagedWorkspaceError, match=r"damaged/settings\.json cannot be read.*move"):
        tune("damaged")


def test_other_translations_make_another_model(tune: Any, version_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "translations.jsonl"
    samples = load_split(version_dir, "train")
    rows = [{"pair_id": sample.pair_id, "text": "scrolling lotus stems " * 20} for sample in samples]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    given = {"task": "cl2cm", "epochs": 1, "seeds": 1, "cl2cm": {"source": str(file)}}
    found = tune("translated", **given)
    # Translations are longer than the texts: they count where the context is chosen, and are reported.
    assert found.settings["backbone"]["context_length"] == 64
    assert "; translations: " in found.settings["reading"]
    assert f"{len(samples)} of {len(samples)} texts cut at 64 tokens" in found.settings["reading"]
    assert tune("translated", **given).state == "nothing-new"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows[1:]), encoding="utf-8")
    with pytest.raises(UsageError, match="made with other settings"):
        tune("translated", **given)


def test_an_unfinished_run_is_not_mixed_with_another(tuned: Finetuned, tune: Any) -> None:
    work = tuned.path.parent / ".second"
    work.mkdir()
    (work / "settings.json").write_text('{"fingerprint": "other"}', encoding="utf-8")
    with pytest.raises(UsageError, match="--no-resume"):
        tune("second", seeds=1, epochs=1)
    assert tune("second", resume=False, seeds=1, epochs=1).state == "trained"


def test_models_are_numbered_in_the_order_they_were_finished(tuned: Finetuned, tune: Any) -> None:
    before = [json.loads(path.read_text("utf-8")) for path in tuned.path.parent.glob("*/settings.json")]
    later = tune("later", seeds=1, epochs=1)
    number = json.loads((later.path / "settings.json").read_text("utf-8"))["number"]
    assert number == 1 + max(about["number"] for about in before)


def test_equal_runs_give_equal_files(tuned: Finetuned, tune: Any) -> None:
    other = tune("third", workers=0)
    for name in ("metrics.json", "metrics.jsonl", "curves.png"):
        assert (other.path / name).read_bytes() == (tuned.path / name).read_bytes(), name
    one, two = (torch.load(path / "checkpoint.pt") for path in (tuned.path, other.path))
    assert all(torch.equal(weight, two["state_dict"][name]) for name, weight in one["state_dict"].items())


def test_tensorboard_files_or_a_word_on_how_to_get_them(tune: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tune("board", seeds=1, epochs=1, tensorboard=True)
    assert list((found.path / "tensorboard" / "seed-0").glob("events*"))
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    with pytest.raises(MissingDependencyError, match=r"tuwen\[tensorboard\]"):
        tune("boardless", seeds=1, epochs=1, tensorboard=True)
