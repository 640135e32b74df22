"""A model as files that Tuwen, cn_clip and transformers read."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict
from pathlib import Path

from alignment.backbones.checkpoints import save_checkpoint
from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.hugging_face import save_hugging_face
from alignment.backbones.lora import has_adapters, merge_adapters
from alignment.backbones.opening import CHECKPOINT

HUGGING_FACE = "huggingface"
VOCABULARY = "vocabulary.json"


def save_backbone(backbone: ChineseClip, folder: Path, *, epoch: int = 0, step: int = 0) -> None:
    """Write checkpoint.pt (cn_clip's format), vocabulary.json and, for a ViT, huggingface/ into `folder`.

    Low-rank adapters are merged into the written weights; `backbone` itself stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if has_adapters(backbone.module):
        backbone = copy.deepcopy(backbone)
        merge_adapters(backbone.module)
    said = {
        "epoch": epoch,
        "step": step,
        "name": backbone.name,
        "struct": asdict(backbone.struct),
        "image_fit": backbone.fit,
        "context_length": backbone.context_length,
        "slots": list(backbone.tokenizer.slots),
    }
    save_checkpoint(folder / CHECKPOINT, backbone.module.state_dict(), said)
    slots = {word: f"[unused{place}]" for place, word in enumerate(backbone.tokenizer.slots, start=1)}
    vocabulary = {"context_length": backbone.context_length, "slots": slots}
    text = json.dumps(vocabulary, ensure_ascii=False, indent=2) + "\n"
    (folder / VOCABULARY).write_text(text, encoding="utf-8")
    if backbone.struct.is_vit:
        save_hugging_face(backbone, folder / HUGGING_FACE)
