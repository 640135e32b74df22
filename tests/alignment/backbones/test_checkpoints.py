from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from alignment.backbones.checkpoints import load_weights, save_checkpoint
from alignment.errors import ModelFileError

WEIGHTS = {
    "visual.proj": torch.randn(4, 3, generator=torch.Generator().manual_seed(0)),
    "logit_scale": torch.ones([]),
}


def _as_trained(**more: Any) -> dict[str, Any]:
    state = OrderedDict(("module." + name, weight) for name, weight in WEIGHTS.items())
    return {"epoch": 3, "step": 99, "name": "finetune", "state_dict": state, **more}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, WEIGHTS, {"epoch": 2, "name": "silk", "slots": ["缂"]})
    weights, said = load_weights(path)
    assert said == {"epoch": 2, "name": "silk", "slots": ["缂"]}
    assert {name: weight.tolist() for name, weight in weights.items()} == {
        name: weight.tolist() for name, weight in WEIGHTS.items()
    }
    assert sorted(os.listdir(tmp_path)) == ["checkpoint.pt"]


@pytest.mark.parametrize("archive", [True, False])
def test_numpy_numbers_in_the_optimizer_are_let_in_and_dropped(tmp_path: Path, archive: bool) -> None:
    group = {"lr": np.float64(5e-5), "step": np.int64(7), "betas": (np.float32(0.9), 0.98)}
    path = tmp_path / "epoch3.pt"
    torch.save(
        _as_trained(optimizer={"param_groups": [group], "state": {}}),
        path,
        _use_new_zipfile_serialization=archive,
    )
    weights, said = load_weights(path)
    assert set(weights) == set(WEIGHTS)
    assert said == {"epoch": 3, "step": 99, "name": "finetune"}


def test_numpy_numbers_under_their_old_name_are_let_in(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    torch.save(_as_trained(optimizer={"lr": np.float64(5e-5)}), path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    assert b"numpy._core.multiarray" in data
    path.write_bytes(data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    assert set(load_weights(path)[0]) == set(WEIGHTS)


def test_half_precision_becomes_single_and_the_unused_pooler_goes(tmp_path: Path) -> None:
    path = tmp_path / "half.pt"
    halves = {
        "module.visual.proj": WEIGHTS["visual.proj"].half(),
        "module.bert.pooler.dense.bias": torch.ones(2),
    }
    torch.save({"state_dict": halves}, path)
    weights, _ = load_weights(path)
    assert set(weights) == {"visual.proj"}
    assert weights["visual.proj"].dtype == torch.float32


def test_weights_do_not_hang_on_the_file(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, WEIGHTS, {})
    weights, _ = load_weights(path)
    path.write_bytes(b"")
    assert torch.equal(weights["visual.proj"], WEIGHTS["visual.proj"])


class _Harm:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("harm-was-done",)


def test_a_file_that_would_run_something_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save(_as_trained(optimizer=_Harm()), "evil.pt")
    with pytest.raises(ModelFileError, match=r"evil\.pt: is no checkpoint of weights only"):
        load_weights(Path("evil.pt"))
    assert not Path("harm-was-done").exists()


@pytest.mark.parametrize("kept", [0, 1, 2, 100, 0.5, -1])
@pytest.mark.parametrize("archive", [True, False])
def test_a_file_cut_short_says_so(tmp_path: Path, kept: float, archive: bool) -> None:
    path = tmp_path / "cut.pt"
    torch.save(_as_trained(), path, _use_new_zipfile_serialization=archive)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept) if isinstance(kept, float) else kept])
    with pytest.raises(ModelFileError, match=r"cut\.pt: is (damaged|no checkpoint)"):
        load_weights(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "holds no table of weights"),
        ({"state_dict": [1]}, "no state_dict of weights"),
        ({"state_dict": {"a": "text"}}, "no state_dict of weights"),
        ({"text_model.embeddings.word_embeddings.weight": torch.ones(2)}, "give the folder it lies in"),
    ],
)
def test_another_content_is_named(tmp_path: Path, content: object, message: str) -> None:
    path = tmp_path / "other.pt"
    torch.save(content, path)
    with pytest.raises(ModelFileError, match=message):
        load_weights(path)


def test_files_that_are_no_checkpoint_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such file"):
        load_weights(tmp_path / "none.pt")
    tensors = tmp_path / "model.safetensors"
    tensors.write_bytes(b"x")
    with pytest.raises(ModelFileError, match="give the folder"):
        load_weights(tensors)
    picture = tmp_path / "picture.pt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(ModelFileError, match=r"picture\.pt"):
        load_weights(picture)
