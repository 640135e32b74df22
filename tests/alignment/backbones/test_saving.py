"""What is written is read by Tuwen, by cn_clip's own code and by transformers, with the same features."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.conversion import to_chinese_clip, to_hugging_face
from alignment.backbones.hugging_face import save_hugging_face
from alignment.backbones.lora import add_adapters
from alignment.backbones.opening import open_backbone
from alignment.backbones.saving import save_backbone
from alignment.errors import ModelFileError, UsageError
from tests.alignment.backbones.small import TEXTS, small_resnet, small_vit


def _pixels(backbone: ChineseClip) -> Tensor:
    size = backbone.image_size
    return torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def _features(backbone: ChineseClip) -> Tensor:
    return torch.cat(
        [backbone.encode_images(_pixels(backbone)), backbone.encode_texts(backbone.tokenize(TEXTS))]
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[ChineseClip, Path]:
    backbone = small_vit()
    backbone.fit = "pad"
    backbone.learn_characters(["缂丝螭纹，缂"])
    backbone.read_longer(64)
    folder = tmp_path_factory.mktemp("models") / "silk"
    save_backbone(backbone, folder, epoch=2, step=40)
    return backbone, folder


@pytest.mark.parametrize("place", ["", "checkpoint.pt", "huggingface"])
def test_every_form_opens_with_the_same_features_and_reading(
    written: tuple[ChineseClip, Path], place: str
) -> None:
    backbone, folder = written
    opened = open_backbone(str(folder / place))
    assert torch.equal(_features(opened), _features(backbone))
    assert torch.equal(opened.tokenize(["缂丝“螭”纹"]), backbone.tokenize(["缂丝“螭”纹"]))
    assert (opened.fit, opened.context_length, opened.tokenizer.slots) == ("pad", 64, ("缂", "螭"))
    assert opened.struct == backbone.struct


def test_the_vocabulary_can_be_read_by_people(written: tuple[ChineseClip, Path]) -> None:
    text = (written[1] / "vocabulary.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"context_length": 64, "slots": {"缂": "[unused1]", "螭": "[unused2]"}}
    assert "缂" in text


@pytest.mark.parametrize("make", [small_vit, small_resnet])
def test_cn_clips_own_code_loads_it(
    make: Callable[[], ChineseClip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cn_clip.clip import utils

    backbone = make()
    save_backbone(backbone, tmp_path / "model")
    sizes = backbone.struct.clip_arguments()
    # cn_clip finds sizes by name in a folder beside its module; those it has are a thousand times larger.
    configs = tmp_path / "model_configs"
    configs.mkdir()
    for name, part in (("small", "text_"), ("text", "")):
        chosen = {
            key: size for key, size in sizes.items() if (part == "") == key.startswith(("text_", "vocab"))
        }
        (configs / f"{name}.json").write_text(json.dumps(chosen))
    monkeypatch.setattr(utils, "__file__", str(tmp_path / "utils.py"))
    model, preprocess = utils.load_from_name(
        str(tmp_path / "model" / "checkpoint.pt"),
        device="cpu",
        vision_model_name="small",
        text_model_name="text",
        input_resolution=backbone.image_size,
    )
    model.eval()
    with torch.no_grad():
        tokens = utils.tokenize(list(TEXTS))
        theirs = torch.cat([model.encode_image(_pixels(backbone)), model.encode_text(tokens)])
    # cn_clip rounds weights to half precision when it loads them.
    assert nn.functional.cosine_similarity(theirs, _features(backbone)).min() > 0.999
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 90, 3), dtype=np.uint8))
    assert torch.equal(preprocess(picture), backbone.preprocess(picture))


def test_transformers_own_code_gives_the_same_scores_from_texts_and_pictures(tmp_path: Path) -> None:
    import transformers

    backbone = small_vit()
    backbone.learn_characters(["缂丝螭纹"])
    save_hugging_face(backbone, tmp_path)
    model = transformers.ChineseCLIPModel.from_pretrained(tmp_path).eval()
    processor = transformers.AutoProcessor.from_pretrained(tmp_path)
    pictures = [
        Image.fromarray(np.random.default_rng(seed).integers(0, 256, (40, 70, 3), dtype=np.uint8))
        for seed in (0, 1)
    ]
    texts = ["缂丝“蟠螭”纹——Ⅳ号…", "一只飞翔的海东青，图１２"]
    inputs = processor(text=texts, images=pictures, return_tensors="pt", padding=True)
    with torch.no_grad():
        theirs = model(**inputs)
        images = nn.functional.normalize(
            backbone.encode_images(torch.stack([backbone.preprocess(one) for one in pictures]))
        )
        ours = nn.functional.normalize(backbone.encode_texts(backbone.tokenize(texts)))
    assert torch.allclose(ours, theirs.text_embeds, atol=1e-5)
    # transformers resizes tensors, we as cn_clip pictures: the last bit of a pixel may differ.
    assert nn.functional.cosine_similarity(images, theirs.image_embeds).min() > 0.999
    assert torch.allclose(model.logit_scale, backbone.logit_scale)


def test_transformers_tokenizer_reads_as_ours(tmp_path: Path) -> None:
    import transformers

    backbone = small_vit()
    backbone.learn_characters(["缂丝螭纹"])
    backbone.read_longer(20)
    save_hugging_face(backbone, tmp_path)
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path)
    texts = [
        "",
        "缂丝",
        "unaffable Ｔexts É ﹁寶相花﹂︒",
        "联珠\n纹 ㎝5 ⼀只 10⁴ ㊴",
        "纹" * 40,
        "Ⅳ、ⅻ，①②⑳",
        "獬豸",
    ]
    for text in texts:
        assert theirs(text, truncation=True).input_ids == backbone.tokenizer.ids(text), text


def test_names_there_and_back_are_the_same_weights() -> None:
    weights = small_vit().module.state_dict()
    back = to_chinese_clip(to_hugging_face(weights))
    assert back.keys() == weights.keys()
    assert all(torch.equal(back[name], weight) for name, weight in weights.items())


def test_adapters_are_merged_into_what_is_written_and_kept_in_the_model(tmp_path: Path) -> None:
    backbone = small_vit()
    add_adapters(backbone, rank=2)
    with torch.no_grad():
        for name, parameter in backbone.module.named_parameters():
            if name.endswith(".up"):
                parameter.normal_(generator=torch.Generator().manual_seed(0))
    save_backbone(backbone, tmp_path)
    assert torch.equal(_features(open_backbone(str(tmp_path))), _features(backbone))
    assert any(name.endswith(".up") for name in backbone.module.state_dict())


def test_a_residual_network_has_no_hugging_face_form(tmp_path: Path) -> None:
    save_backbone(small_resnet(), tmp_path / "model")
    assert not (tmp_path / "model" / "huggingface").exists()
    assert torch.equal(_features(open_backbone(str(tmp_path / "model"))), _features(small_resnet()))
    with pytest.raises(UsageError, match="only ViT"):
        save_hugging_face(small_resnet(), tmp_path / "folder")


def test_the_same_model_is_written_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_backbone(small_vit(), tmp_path / name)
    files = [
        path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()
    ]
    assert len(files) == 8
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_a_damaged_hugging_face_folder_is_named(written: tuple[ChineseClip, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(written[1] / "huggingface", copy)
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelFileError, match="copy: transformers cannot read it"):
        open_backbone(str(copy))
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "clip"}))
    with pytest.raises(ModelFileError, match=r"config\.json: is not of a ChineseCLIPModel"):
        open_backbone(str(copy))
    (copy / "config.json").write_text("{")
    with pytest.raises(ModelFileError, match=r"config\.json: cannot be read"):
        open_backbone(str(copy))


def test_a_network_that_computes_otherwise_is_refused(
    written: tuple[ChineseClip, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(written[1] / "huggingface", copy)
    config = json.loads((copy / "config.json").read_text())
    config["vision_config"]["hidden_act"] = "gelu"
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFileError, match="computes otherwise"):
        open_backbone(str(copy))


@pytest.mark.parametrize(
    "changed",
    [
        {"image_fit": "stretch"},
        {"context_length": "long"},
        {"vision_config": 3},
        {"vision_config": {"num_attention_heads": 0}},
        {"vision_config": {"num_attention_heads": 3}},
        {"text_config": {"hidden_size": "wide"}},
        {"text_config": {"hidden_size": 128, "num_attention_heads": 2}},
    ],
)
def test_a_folder_that_says_nonsense_about_itself_is_refused(
    written: tuple[ChineseClip, Path], tmp_path: Path, changed: dict[str, object]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(written[1] / "huggingface", copy)
    config = json.loads((copy / "config.json").read_text())
    for key, value in changed.items():
        config[key] = {**config[key], **value} if isinstance(value, dict) else value
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFileError, match="copy"):
        open_backbone(str(copy))


@pytest.mark.parametrize("part", ["visual.ln_post", "bert.embeddings.LayerNorm"])
def test_a_form_with_other_features_is_not_written(tmp_path: Path, part: str) -> None:
    backbone = small_vit()
    # A network that squares what transformers' does not.
    backbone.module.get_submodule(part).register_forward_hook(lambda _module, _inputs, output: output**2)
    with pytest.raises(RuntimeError, match="differs by"):
        save_hugging_face(backbone, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()
