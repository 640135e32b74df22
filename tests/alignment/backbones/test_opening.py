from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from alignment.backbones.checkpoints import save_checkpoint
from alignment.backbones.chinese_clip import build_module
from alignment.backbones.opening import open_backbone
from alignment.backbones.released import found_weights, weights_file
from alignment.backbones.struct import RELEASED, Struct, struct_of
from alignment.errors import MissingDependencyError, ModelFileError, UsageError
from tests.alignment.backbones.small import RESNET, VIT, small_resnet, small_vit


@pytest.mark.parametrize("struct", [VIT, RESNET])
def test_sizes_are_read_off_the_weights(struct: Struct) -> None:
    with torch.device("meta"):
        weights = build_module(struct).state_dict()
    assert struct_of(weights) == struct


@pytest.mark.parametrize("name", sorted(RELEASED))
def test_the_released_models_are_those_of_cn_clip(name: str) -> None:
    import json

    from cn_clip.clip import utils

    vision, text = utils._MODEL_INFO[name]["struct"].split("@")
    folder = Path(utils.__file__).parent / "model_configs"
    theirs = {
        **json.loads((folder / f"{vision}.json").read_text()),
        **json.loads((folder / f"{text}.json").read_text()),
    }
    if isinstance(theirs["vision_layers"], str):
        theirs["vision_layers"] = tuple(json.loads(theirs["vision_layers"]))
    ours = RELEASED[name].clip_arguments()
    assert {key: ours[key] for key in theirs} == theirs
    assert weights_file(name).name == utils._MODELS[name][1]
    with torch.device("meta"):
        assert struct_of(build_module(RELEASED[name]).state_dict()) == RELEASED[name]


def test_a_bare_checkpoint_of_cn_clip_opens(tmp_path: Path) -> None:
    path = tmp_path / "epoch_latest.pt"
    for backbone in (small_vit(), small_resnet()):
        save_checkpoint(path, backbone.module.state_dict(), {"epoch": 1, "step": 2, "name": "x"})
        opened = open_backbone(str(path))
        assert opened.struct == backbone.struct
        assert opened.name == "epoch_latest"
        assert (opened.fit, opened.context_length, opened.tokenizer.slots) == ("squash", 52, ())
        assert not opened.module.training


def test_settings_replace_what_was_saved(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.pt", small_vit().module.state_dict(), {})
    opened = open_backbone(str(tmp_path / "a.pt"), fit="crop", context_length=100)
    assert (opened.fit, opened.context_length) == ("crop", 100)


def test_missing_weights_without_a_network_say_which_file_goes_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(MissingDependencyError) as caught:
        open_backbone("ViT-B-16", weights_dir=tmp_path)
    message = str(caught.value)
    assert caught.value.exit_code == 5
    assert "clip_cn_vit-b-16.pt" in message
    assert f"put it into {tmp_path}" in message
    assert found_weights(tmp_path) == []


def test_a_network_that_is_down_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import huggingface_hub.constants

    # Other tests keep the Hub out of reach by the environment.
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    nobody_listens = "http://127.0.0.1:9/{repo_id}/{revision}/{filename}"
    monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", nobody_listens)
    with caplog.at_level("WARNING"), pytest.raises(MissingDependencyError, match=r"\(ConnectError\)"):
        open_backbone("ViT-B-16", weights_dir=tmp_path)
    assert "Retrying" not in caplog.text


def test_another_model_in_the_place_of_a_released_one_is_refused(tmp_path: Path) -> None:
    save_checkpoint(weights_file("RN50", tmp_path), small_resnet().module.state_dict(), {})
    assert found_weights(tmp_path) == ["RN50"]
    with pytest.raises(ModelFileError, match=r"clip_cn_rn50\.pt: is not RN50"):
        open_backbone("RN50", weights_dir=tmp_path)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    weights = small_vit().module.state_dict()
    del weights["visual.ln_pre.bias"]
    weights["bert.encoder.layer.1.output.dense.bias"] = torch.ones(3)
    weights["other"] = torch.ones(1)
    save_checkpoint(path, weights, {})
    with pytest.raises(ModelFileError) as caught:
        open_backbone(str(path))
    for part in ("visual.ln_pre.bias is missing", "other is unknown", "output.dense.bias is [3], not [64]"):
        assert part in str(caught.value)
    del weights["text_projection"]
    save_checkpoint(path, weights, {})
    with pytest.raises(ModelFileError, match="'text_projection' is missing"):
        open_backbone(str(path))


@pytest.mark.parametrize(
    "said",
    [
        {"struct": {"embed_dim": 3}},
        {"struct": 5},
        {"struct": asdict(VIT) | {"embed_dim": "wide"}},
        {"struct": asdict(VIT) | {"vision_head_width": 0}},
        {"struct": asdict(VIT) | {"vision_head_width": 7}},
        {"image_fit": "stretch"},
        {"context_length": "long"},
        {"context_length": 600},
        {"slots": 5},
        {"slots": ["丝"]},
    ],
)
def test_a_checkpoint_that_says_nonsense_about_itself_is_refused(
    tmp_path: Path, said: dict[str, object]
) -> None:
    path = tmp_path / "a.pt"
    save_checkpoint(path, small_vit().module.state_dict(), said)
    with pytest.raises(ModelFileError, match=r"a\.pt"):
        open_backbone(str(path))


def test_wide_heads_are_known_by_what_the_checkpoint_says(tmp_path: Path) -> None:
    narrow = replace(VIT, vision_head_width=16, text_num_attention_heads=4)
    path = tmp_path / "a.pt"
    save_checkpoint(path, build_module(narrow).state_dict(), {"struct": asdict(narrow)})
    assert open_backbone(str(path)).struct == narrow


def test_a_name_that_is_none_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no model 'ViT-B16': give tiny, ViT-B-16"):
        open_backbone("ViT-B16")
    with pytest.raises(ModelFileError, match=r"neither checkpoint\.pt nor"):
        open_backbone(str(tmp_path))
