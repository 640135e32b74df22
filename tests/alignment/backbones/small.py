"""Networks small enough to build by the dozen: a ViT and a residual network in Chinese-CLIP's form."""

from __future__ import annotations

from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.opening import random_backbone
from alignment.backbones.struct import Struct

VIT = Struct(
    embed_dim=24,
    image_resolution=32,
    vision_layers=2,
    vision_width=64,
    vision_patch_size=8,
    text_hidden_size=64,
    text_intermediate_size=96,
    text_num_attention_heads=1,
    text_num_hidden_layers=2,
)
RESNET = Struct(
    embed_dim=24,
    image_resolution=64,
    vision_layers=(1, 2, 1, 1),
    vision_width=8,
    vision_patch_size=None,
    text_hidden_size=64,
    text_intermediate_size=96,
    text_num_attention_heads=1,
    text_num_hidden_layers=1,
)
TEXTS = ("一只飞翔的海东青", "联珠纹锦，唐代", "缠枝莲纹")


def small_vit(seed: int = 0) -> ChineseClip:
    return random_backbone("small", VIT, seed)


def small_resnet(seed: int = 0) -> ChineseClip:
    return random_backbone("small-resnet", RESNET, seed)
