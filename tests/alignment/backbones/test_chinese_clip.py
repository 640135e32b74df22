from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from alignment.backbones.base import Backbone, lock_tower
from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.opening import open_backbone
from alignment.errors import UsageError
from tests.alignment.backbones.small import TEXTS, small_resnet, small_vit

BOTH = pytest.mark.parametrize("make", [small_vit, small_resnet])
Make = Callable[[], ChineseClip]


def _pixels(backbone: Backbone, count: int = 3) -> Tensor:
    size = backbone.image_size
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(0))


def _gradients(backbone: Backbone) -> dict[str, Tensor]:
    images = backbone.encode_images(_pixels(backbone))
    texts = backbone.encode_texts(backbone.tokenize(TEXTS))
    loss = (nn.functional.normalize(images) @ nn.functional.normalize(texts).T).diag().sum()
    (backbone.logit_scale.exp() * loss).backward()  # type: ignore[no-untyped-call]
    return {
        name: parameter.grad.clone()
        for name, parameter in backbone.module.named_parameters()
        if parameter.grad is not None
    }


@BOTH
def test_features_are_chinese_clips(make: Make) -> None:
    backbone = make()
    tokens = backbone.tokenize(TEXTS)
    clip = backbone.module
    with torch.no_grad():
        images, texts = backbone.encode_images(_pixels(backbone)), backbone.encode_texts(tokens)
        theirs, their_texts, scale = clip(_pixels(backbone), tokens)
    assert images.shape == (3, backbone.dim)
    assert torch.allclose(nn.functional.normalize(images), theirs, atol=1e-6)
    assert torch.allclose(nn.functional.normalize(texts), their_texts, atol=1e-6)
    assert torch.equal(backbone.logit_scale.exp(), scale)


def test_words_start_with_the_text_and_are_masked_where_it_ends() -> None:
    backbone = small_vit()
    tokens = backbone.tokenize(TEXTS)
    with torch.no_grad():
        words, mask = backbone.encode_words(tokens)
        texts = backbone.encode_texts(tokens)
    assert words.shape == (3, 52, backbone.dim)
    assert torch.allclose(words[:, 0], texts, atol=1e-6)
    assert mask.sum(dim=1).tolist() == [len(backbone.tokenizer.ids(text)) for text in TEXTS]
    assert words[~mask].abs().max() == 0


def test_what_stands_beside_a_text_does_not_change_it() -> None:
    backbone = small_vit()
    with torch.no_grad():
        alone = backbone.encode_texts(backbone.tokenize([TEXTS[2]]))
        beside = backbone.encode_texts(backbone.tokenize([TEXTS[2], "纹" * 49]))
    assert torch.allclose(alone[0], beside[0], atol=1e-6)


@BOTH
def test_no_rows_give_no_features(make: Make) -> None:
    backbone = make()
    tokens = backbone.tokenize([])
    assert backbone.encode_texts(tokens).shape == (0, backbone.dim)
    assert backbone.encode_words(tokens)[0].shape == (0, 52, backbone.dim)


@BOTH
def test_half_precision_computes_about_the_same(make: Make) -> None:
    backbone = make()
    tokens = backbone.tokenize(TEXTS)
    with torch.no_grad():
        plain = torch.cat([backbone.encode_images(_pixels(backbone)), backbone.encode_texts(tokens)])
        with torch.autocast("cpu", torch.bfloat16):
            half = torch.cat([backbone.encode_images(_pixels(backbone)), backbone.encode_texts(tokens)])
    assert half.dtype == torch.bfloat16
    assert nn.functional.cosine_similarity(plain, half.float()).min() > 0.99


@BOTH
def test_the_towers_share_out_all_parameters(make: Make) -> None:
    backbone = make()
    images, texts = dict(backbone.image_parameters()), dict(backbone.text_parameters())
    assert not images.keys() & texts.keys()
    assert {*images, *texts, "logit_scale"} == {name for name, _ in backbone.module.named_parameters()}
    assert "visual.conv1.weight" in images
    assert "text_projection" in texts


@BOTH
@pytest.mark.parametrize("tower", ["image", "text"])
def test_a_locked_tower_does_not_change_by_a_bit(make: Make, tower: str) -> None:
    backbone = make()
    lock_tower(backbone, tower)  # type: ignore[arg-type]
    before = {name: value.clone() for name, value in backbone.module.state_dict().items()}
    backbone.train()
    optimizer = torch.optim.SGD([one for one in backbone.module.parameters() if one.requires_grad], lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        _gradients(backbone)
        optimizer.step()
    changed = {
        name for name, value in backbone.module.state_dict().items() if not torch.equal(value, before[name])
    }
    changed.remove("logit_scale")
    assert changed
    assert all((tower == "image") != name.startswith("visual.") for name in changed)
    lock_tower(backbone, tower, locked=False)  # type: ignore[arg-type]
    assert all(one.requires_grad for one in backbone.module.parameters())


@BOTH
def test_checkpointed_gradients_are_the_plain_ones(make: Make) -> None:
    backbone = make()
    # A locked first layer must not cost the later ones their gradient.
    backbone.module.get_parameter("visual.conv1.weight").requires_grad_(False)
    plain = _gradients(backbone)
    backbone.module.zero_grad()
    backbone.checkpoint_gradients(True)
    checkpointed = _gradients(backbone)
    assert plain.keys() == checkpointed.keys()
    for name, gradient in plain.items():
        assert torch.allclose(gradient, checkpointed[name], rtol=1e-4, atol=1e-7), name
    backbone.checkpoint_gradients(False)
    assert "forward" not in vars(backbone.module.get_submodule("bert.encoder.layer.0"))


def test_left_out_patches_change_features_and_cost_a_residual_network_an_error() -> None:
    backbone, pixels = small_vit(), _pixels(small_vit())
    with torch.no_grad():
        torch.manual_seed(1)
        masked = backbone.encode_images(pixels, mask_ratio=0.5)
        torch.manual_seed(1)
        assert torch.equal(masked, backbone.encode_images(pixels, mask_ratio=0.5))
        assert not torch.allclose(masked, backbone.encode_images(pixels))
    with pytest.raises(UsageError, match="needs a ViT"):
        small_resnet().encode_images(_pixels(small_resnet()), mask_ratio=0.5)


def test_learnt_characters_change_no_shape_and_no_other_text() -> None:
    backbone = small_vit()
    shapes = [parameter.shape for parameter in backbone.module.parameters()]
    tokens, digest = backbone.tokenize(["莲纹"]), backbone.digest
    before = backbone.encode_texts(tokens).detach()
    assert backbone.learn_characters(["缂丝螭纹", "缂"]) == ("缂", "螭")
    assert backbone.learn_characters(["缂丝獬豸"]) == ("獬", "豸")
    assert backbone.tokenizer.slots == ("缂", "螭", "獬", "豸")
    assert backbone.learn_characters(["缂丝"]) == ()
    assert [parameter.shape for parameter in backbone.module.parameters()] == shapes
    assert torch.equal(backbone.encode_texts(tokens), before)
    assert not torch.allclose(*backbone.encode_texts(backbone.tokenize(["缂", "螭"])))
    assert backbone.digest != digest


def test_a_longer_context_reads_the_end_of_a_long_text() -> None:
    backbone = small_vit()
    ends = ["纹" * 60 + "龙", "纹" * 60 + "凤"]
    short = backbone.encode_texts(backbone.tokenize(ends))
    assert torch.equal(short[0], short[1])
    backbone.read_longer(80)
    assert backbone.tokenize(ends).shape == (2, 80)
    long = backbone.encode_texts(backbone.tokenize(ends))
    assert not torch.equal(long[0], long[1])
    with pytest.raises(UsageError, match="512"):
        backbone.read_longer(600)


def test_the_digest_tells_what_changes_features() -> None:
    digests = [small_vit().digest, small_vit(1).digest, small_resnet().digest]
    padded, longer = small_vit(), small_vit()
    padded.fit = "pad"
    longer.read_longer(60)
    digests += [padded.digest, longer.digest]
    assert len(set(digests)) == 5
    assert small_vit().digest == digests[0]


def test_tiny_is_drawn_from_its_seed_and_leaves_the_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = open_backbone("tiny", seed=3)
    assert torch.equal(torch.rand(1), expected)
    assert first.digest == open_backbone("tiny", seed=3).digest != open_backbone("tiny", seed=4).digest
    assert sum(parameter.numel() for parameter in first.module.parameters()) < 5_000_000
