"""Chinese-CLIP's own evaluation, run as it is: features in jsonl, top k, recall; without CUDA."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import torch
from torch import Tensor

# `cuda` of tensors is the one thing that ties these scripts to a GPU.
_RUN = (
    "import runpy, sys, torch; torch.Tensor.cuda = lambda self: self; torch.set_num_threads(1); "
    "name = sys.argv[1]; sys.argv = sys.argv[1:]; runpy.run_path(name, run_name='__main__')"
)


def official_recalls(
    folder: Path, images: Tensor, texts: Tensor, pairs: Tensor
) -> dict[str, dict[int, float]]:
    """hit@1, 5, 10 of both directions, 0..1, from unit features and (image, text) pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    _features(folder / "images.jsonl", "image_id", images)
    _features(folder / "texts.jsonl", "text_id", texts)
    found: dict[int, list[int]] = {text: [] for text in range(len(texts))}
    for image, text in pairs.tolist():
        found[text].append(image)
    answers = [{"text_id": text, "text": str(text), "image_ids": own} for text, own in found.items()]
    _lines(folder / "answers.jsonl", answers)
    _script("transform_ir_annotation_to_tr.py", "--input", folder / "answers.jsonl")
    recalls = {}
    for direction, ending, answer in (
        ("text_to_image", "", "answers.jsonl"),
        ("image_to_text", "_tr", "answers.tr.jsonl"),
    ):
        files = ("--image-feats", folder / "images.jsonl", "--text-feats", folder / "texts.jsonl")
        _script(f"make_topk_predictions{ending}.py", *files, "--output", folder / f"top{ending}.jsonl")
        out = folder / f"score{ending}.json"
        _script(f"evaluation{ending}.py", folder / answer, folder / f"top{ending}.jsonl", out)
        score = json.loads(out.read_text())["scoreJson"]
        recalls[direction] = {k: score[f"r{k}"] / 100 for k in (1, 5, 10)}
    return recalls


def _features(path: Path, key: str, rows: Tensor) -> None:
    _lines(path, ({key: number, "feature": row} for number, row in enumerate(rows.double().tolist())))


def _lines(path: Path, rows: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)  # type: ignore[attr-defined]


def _script(name: str, *arguments: object) -> None:
    package = importlib.util.find_spec("cn_clip")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "eval" / name
    subprocess.run([sys.executable, "-c", _RUN, path, *map(str, arguments)], check=True, capture_output=True)


def made_features(images: int, texts: int, dim: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Unit features of pictures and texts: a picture near every text, a second one for every fifth."""
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.nn.functional.normalize(torch.randn(images, dim, generator=generator), dim=1)
    owner = torch.arange(texts) % images
    noise = torch.randn(texts, dim, generator=generator) / dim**0.5
    queries = torch.nn.functional.normalize(pictures[owner] + 2.0 * noise, dim=1)
    more = torch.randint(images, (texts,), generator=generator)
    pairs = {*zip(owner.tolist(), range(texts), strict=True)}
    pairs |= {(int(more[text]), text) for text in range(0, texts, 5)}
    return pictures, queries, torch.tensor(sorted(pairs))
