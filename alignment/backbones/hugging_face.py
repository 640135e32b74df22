"""ChineseCLIPModel folders of transformers, to and from Chinese-CLIP's own weights. ViT only, as there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from alignment.backbones.chinese_clip import ChineseClip, check_weights, module_of_weights
from alignment.backbones.conversion import to_chinese_clip, to_hugging_face
from alignment.backbones.reading import said_reading
from alignment.backbones.struct import Struct, struct_of
from alignment.errors import ModelFileError, UsageError
from alignment.images import DEVIATION, MEAN
from alignment.text.tokenizer import SLOTS
from dataset_cards.files import parse_json

# Largest difference of a feature between the two forms that is rounding, features being of length one.
_ROUNDING = 1e-5


def open_hugging_face(folder: Path) -> ChineseClip:
    """The model of a folder with config.json and weights.

    Raises ModelFileError when it is damaged, is of another kind, or computes otherwise than Chinese-CLIP.
    """
    config = _config(folder)
    weights = to_chinese_clip(_weights(folder))
    struct = _struct(folder, weights, config)
    if problems := check_weights(weights, struct):
        raise ModelFileError(folder, f"its weights do not fit together: {'; '.join(problems[:3])}")
    tokenizer, fit = said_reading(folder / "config.json", config, _slots(folder))
    return ChineseClip(folder.name, struct, module_of_weights(weights, struct), tokenizer, fit)


def save_hugging_face(backbone: ChineseClip, folder: Path) -> None:
    """Write `backbone` as a folder that transformers reads: weights, sizes, pictures' and texts' preparation.

    The features of the written model are compared with the backbone's own. Raises UsageError for a residual
    network, RuntimeError should they differ by more than rounding.
    """
    import transformers

    if not backbone.struct.is_vit:
        raise UsageError(f"{backbone.name} reads pictures with a residual network; transformers has only ViT")
    model = transformers.ChineseCLIPModel(_hugging_face_config(backbone)).eval()
    model.load_state_dict(to_hugging_face(backbone.module.state_dict()))
    _compare(backbone, model)
    with _no_progress():
        model.save_pretrained(folder)
    _save_texts(backbone, folder)
    _save_pictures(backbone, folder)


@contextmanager
def _no_progress() -> Iterator[None]:
    """Without transformers' bars for a step of seconds."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(path, f"cannot be read ({error})") from error
    if not isinstance(config, dict) or config.get("model_type") != "chinese_clip":
        raise ModelFileError(path, "is not of a ChineseCLIPModel")
    return config


def _weights(folder: Path) -> dict[str, Tensor]:
    import transformers
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    unreadable = (OSError, ValueError, RuntimeError, ArithmeticError, SafetensorError, StrictDataclassError)
    try:
        with _no_progress():
            model, said = transformers.ChineseCLIPModel.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32, output_loading_info=True
            )
    except unreadable as error:
        raise ModelFileError(folder, f"transformers cannot read it ({str(error).splitlines()[0]})") from error
    if missing := sorted(said["missing_keys"]):
        raise ModelFileError(folder, f"lacks weights: {', '.join(missing[:3])}")
    weights: dict[str, Tensor] = model.state_dict()
    return weights


def _struct(folder: Path, weights: Mapping[str, Tensor], config: Mapping[str, Any]) -> Struct:
    import transformers

    both = transformers.ChineseCLIPConfig.from_dict(dict(config))
    vision, text = both.vision_config, both.text_config
    computed = (vision.hidden_act, text.hidden_act, vision.layer_norm_eps, text.layer_norm_eps)
    if computed != ("quick_gelu", "gelu", 1e-5, 1e-12):
        raise ModelFileError(folder, f"computes otherwise than Chinese-CLIP: {computed}")
    return replace(
        struct_of(weights),
        vision_head_width=vision.hidden_size // vision.num_attention_heads,
        text_num_attention_heads=text.num_attention_heads,
    )


def _slots(folder: Path) -> tuple[str, ...]:
    """The characters that stand in the place of [unused1], [unused2] …"""
    path = folder / "vocab.txt"
    if not path.is_file():
        return ()
    words = path.read_text(encoding="utf-8").splitlines()[1 : SLOTS + 1]
    return tuple(word for word in words if not re.fullmatch(r"\[unused\d+\]", word))


def _hugging_face_config(backbone: ChineseClip) -> Any:
    import transformers

    struct = backbone.struct
    return transformers.ChineseCLIPConfig(
        projection_dim=struct.embed_dim,
        text_config={
            "vocab_size": struct.vocab_size,
            "hidden_size": struct.text_hidden_size,
            "num_hidden_layers": struct.text_num_hidden_layers,
            "num_attention_heads": struct.text_num_attention_heads,
            "intermediate_size": struct.text_intermediate_size,
            "max_position_embeddings": struct.text_max_position_embeddings,
            "type_vocab_size": struct.text_type_vocab_size,
            "layer_norm_eps": 1e-12,
        },
        vision_config={
            "hidden_size": struct.vision_width,
            "intermediate_size": 4 * struct.vision_width,
            "num_hidden_layers": struct.vision_layers,
            "num_attention_heads": struct.vision_width // struct.vision_head_width,
            "image_size": struct.image_resolution,
            "patch_size": struct.vision_patch_size,
            "layer_norm_eps": 1e-5,
            "projection_dim": struct.embed_dim,
        },
        # Not transformers' own: how `open_hugging_face` prepares pictures and texts.
        image_fit=backbone.fit,
        context_length=backbone.context_length,
    )


@torch.no_grad()
def _compare(backbone: ChineseClip, model: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    size = backbone.image_size
    pixels = torch.randn(2, 3, size, size, generator=generator)
    tokens = backbone.tokenize(["一只飞翔的海东青", "联珠纹"])
    theirs = model(input_ids=tokens, attention_mask=tokens.ne(0).long(), pixel_values=pixels)
    for ours, other in (
        (backbone.encode_images(pixels), theirs.image_embeds),
        (backbone.encode_texts(tokens), theirs.text_embeds),
    ):
        difference = (torch.nn.functional.normalize(ours.cpu(), dim=1) - other).abs().max().item()
        if not difference <= _ROUNDING:
            raise RuntimeError(f"the Hugging Face form differs by {difference:.1e}; it was not written")


def _save_texts(backbone: ChineseClip, folder: Path) -> None:
    """tokenizer.json, which spells texts as we do, and vocab.txt with the slots' characters."""
    import transformers
    from tokenizers import Tokenizer as Engine
    from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

    ours = backbone.tokenizer
    # Ours keeps [unusedN] beside the character in its place; a list of words has one word a place.
    words = {place: word for word, place in ours.vocabulary.items()} | dict(enumerate(ours.slots, start=1))
    ordered = [words[place] for place in range(len(words))]
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in ordered), encoding="utf-8")
    engine = Engine(models.WordPiece({word: place for place, word in enumerate(ordered)}, unk_token="[UNK]"))
    spellings = [normalizers.Replace(old, new) for old, new in ours.table.items()]
    engine.normalizer = normalizers.Sequence(
        [normalizers.NFC(), *spellings, normalizers.BertNormalizer(lowercase=True)]
    )
    engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    first, last = (("[CLS]", ours.vocabulary["[CLS]"]), ("[SEP]", ours.vocabulary["[SEP]"]))
    engine.post_processor = processors.BertProcessing(last, first)
    engine.decoder = decoders.WordPiece()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=engine,
        model_max_length=ours.context_length,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
    )
    tokenizer.save_pretrained(folder)
    _name_tokenizer_as_before(folder / "tokenizer_config.json")


def _save_pictures(backbone: ChineseClip, folder: Path) -> None:
    import transformers

    side = backbone.image_size
    whole = backbone.fit != "crop"
    processor = transformers.ChineseCLIPImageProcessor(
        do_resize=True,
        size={"height": side, "width": side} if whole else {"shortest_edge": side},
        do_center_crop=not whole,
        crop_size={"height": side, "width": side},
        resample=3,
        do_convert_rgb=True,
        image_mean=list(MEAN),
        image_std=list(DEVIATION),
    )
    processor.save_pretrained(folder)


def _name_tokenizer_as_before(path: Path) -> None:
    """Call the tokenizer what every version of transformers calls it; version 5 writes a new name."""
    config = parse_json(path.read_text(encoding="utf-8"))
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
