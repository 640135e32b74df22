"""How fast a training step is, and what it needs: models with random weights, random pictures, one text.

    export PYTHONPATH=.
    python tests/benchmarks/bench_training.py step --model tiny --batch 64
    python tests/benchmarks/bench_training.py step --model ViT-H-14 --batch 128 --device cuda --precision bf16
    python tests/benchmarks/bench_training.py lit --model tiny
    python tests/benchmarks/bench_training.py memory --model ViT-B-16 --batch 64 --chunk 8

step: ours beside a step as cn_clip's own training makes it (its network's forward, its loss, its groups of
weights), taking turns; with the share of what the device reaches in a plain matrix product. lit: a step on
kept features beside one that encodes the pictures. memory: the peak of a step with the batch whole, and with
gradients cached, each in a process of its own.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from alignment.backbones.base import lock_tower
from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.opening import random_backbone
from alignment.backbones.struct import RELEASED, TINY
from alignment.training.gradient_cache import Outputs, View, backward
from alignment.training.losses.contrast import symmetric_contrast
from alignment.training.optimisation import build_optimizer, keep_scale_low
from tests.benchmarks.measure import in_turns, print_table, seconds

TEXT = "织物为红地，以联珠圈为骨架，圈内对鸟立于花台之上，颈系绶带，四角饰莲花。"
ROUNDS = 9
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Bench:
    """A model, a batch and the two ways to make a step."""

    def __init__(self, model: str, batch: int, device: str, precision: str) -> None:
        struct = TINY if model == "tiny" else RELEASED[model]
        self.device, self.precision, self.batch = device, precision, batch
        self.backbone: ChineseClip = random_backbone(model, struct)
        self.backbone.module.to(device)
        self.backbone.train()
        size = self.backbone.image_size
        self.pixels = torch.randn(batch, 3, size, size, device=device)
        self.tokens = self.backbone.tokenize([f"{number}{TEXT}" for number in range(batch)]).to(device)
        self.positive = torch.eye(batch, dtype=torch.bool, device=device)
        self.ours = build_optimizer(self.backbone, lr=1e-5, image_lr_ratio=0.1, weight_decay=0.05)
        self.theirs = self._cn_clip_optimizer()

    def autocast(self) -> Any:
        return torch.autocast(self.device, DTYPES[self.precision], enabled=self.precision != "fp32")

    def step(self, chunk: int = 0) -> None:
        """As `alignment.training.trainer` makes it."""
        views = {
            "images": View(self.pixels, self._in_precision(self.backbone.encode_images)),
            "texts": View(self.tokens, self._in_precision(self.backbone.encode_texts)),
        }
        backward(views, self._loss, chunk=chunk)
        nn.utils.clip_grad_norm_(self.backbone.module.parameters(), 1.0)
        self.ours.step()
        self.ours.zero_grad()
        keep_scale_low(self.backbone.logit_scale)
        self._wait()

    def cn_clip_step(self) -> None:
        """As cn_clip.training.train makes it, on any device."""
        self.theirs.zero_grad()
        with self.autocast():
            images, texts, scale = self.backbone.module(self.pixels, self.tokens)
            scale = scale.mean()
            logits = scale * images @ texts.t()
            truth = torch.arange(len(logits), device=self.device)
            loss = (
                nn.functional.cross_entropy(logits, truth) + nn.functional.cross_entropy(logits.t(), truth)
            ) / 2
        loss.backward()
        self.theirs.step()
        self.backbone.logit_scale.data = torch.clamp(self.backbone.logit_scale.data, 0, math.log(100))
        self._wait()

    def text_epoch_step(self, features: Tensor | None) -> None:
        """A step of lit; without kept `features` the pictures are encoded first."""
        if features is None:
            with torch.no_grad(), self.autocast():
                features = self.backbone.encode_images(self.pixels)
        pictures = features
        views = {"texts": View(self.tokens, self._in_precision(self.backbone.encode_texts))}
        backward(views, lambda outputs: self._loss({**outputs, "images": (pictures,)}))
        self.ours.step()
        self.ours.zero_grad()
        self._wait()

    def _loss(self, outputs: Outputs) -> tuple[Tensor, None]:
        scale = self.backbone.logit_scale.exp()
        return symmetric_contrast(outputs["images"][0], outputs["texts"][0], scale, self.positive), None

    def _in_precision(self, encode: Callable[[Tensor], Tensor]) -> Callable[[Tensor], tuple[Tensor]]:
        def encoded(rows: Tensor) -> tuple[Tensor]:
            with self.autocast():
                return (encode(rows),)

        return encoded

    def _cn_clip_optimizer(self) -> torch.optim.AdamW:
        """Its groups: not decayed is what has one dimension, or such a part in its name."""
        plain, decayed = [], []
        for name, parameter in self.backbone.module.named_parameters():
            free = parameter.ndim < 2 or any(part in name for part in ("bn", "ln", "bias", "logit_scale"))
            (plain if free else decayed).append(parameter)
        groups = [{"params": plain, "weight_decay": 0.0}, {"params": decayed, "weight_decay": 0.001}]
        return torch.optim.AdamW(groups, lr=1e-5, betas=(0.9, 0.98), eps=1e-6)

    def _wait(self) -> None:
        if self.device == "cuda":
            torch.cuda.synchronize()


def step(bench: Bench) -> None:
    _warm_up(bench.step, bench.cn_clip_step)
    times = in_turns(ROUNDS, {"ours": bench.step, "cn_clip": bench.cn_clip_step})
    with FlopCounterMode(display=False) as counter:
        bench.step()
    ceiling = _matrix_ceiling(bench)
    rows = [
        (
            name,
            f"{time:.3f}",
            f"{bench.batch / time:.1f}",
            f"{time / times['cn_clip']:.2f}",
            f"{counter.get_total_flops() / time / ceiling:.0%}",
        )
        for name, time in times.items()
    ]
    print_table(("step", "seconds", "pairs/s", "ratio", "of a matrix product"), rows)
    if bench.device == "cuda":
        print(f"peak memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")


def lit(bench: Bench) -> None:
    lock_tower(bench.backbone, "image")
    bench.backbone.train()
    with torch.no_grad():
        features = bench.backbone.encode_images(bench.pixels)
    kept, encoded = partial(bench.text_epoch_step, features), partial(bench.text_epoch_step, None)
    _warm_up(kept, encoded)
    times = in_turns(ROUNDS, {"kept": kept, "encoded": encoded})
    rows = [(name, f"{time:.3f}", f"{time / times['encoded']:.2f}") for name, time in times.items()]
    print_table(("features", "seconds a step", "ratio"), rows)


def memory(arguments: argparse.Namespace) -> None:
    found = {}
    for name, chunk in (("idle", -1), ("whole", 0), (f"chunks of {arguments.chunk}", arguments.chunk)):
        command = [sys.executable, __file__, "peak", "--model", arguments.model, "--chunk", str(chunk)]
        command += ["--batch", str(arguments.batch), "--device", arguments.device]
        command += ["--precision", arguments.precision]
        found[name] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows = [
        (name, f"{peak / 2**20:.0f}", f"{(peak - found['idle']) / (found['whole'] - found['idle']):.2f}")
        for name, peak in found.items()
        if name != "idle"
    ]
    print_table(("batch", "peak MiB", "ratio beyond model and optimizer"), rows)


def peak(bench: Bench, chunk: int) -> None:
    """Print the most bytes one step took; chunk −1: with two pairs, for what is there anyway."""
    if chunk < 0:
        bench.pixels, bench.tokens = bench.pixels[:2], bench.tokens[:2]
        bench.positive = bench.positive[:2, :2]
    bench.step(max(chunk, 0))
    if bench.device == "cuda":
        print(torch.cuda.max_memory_allocated())
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _warm_up(*actions: Callable[[], object]) -> None:
    for action in actions:
        action()


def _matrix_ceiling(bench: Bench) -> float:
    """Operations a second of a square matrix product, the best of a few sizes."""
    dtype = DTYPES[bench.precision]
    best = 0.0
    for side in (1024, 2048, 4096, 8192) if bench.device == "cuda" else (512, 1024, 2048):
        one = torch.randn(side, side, device=bench.device, dtype=dtype)

        def product(one: Tensor = one) -> None:
            one @ one
            bench._wait()

        product()
        best = max(best, 2 * side**3 / min(seconds(product) for _ in range(ROUNDS)))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("step", "lit", "memory", "peak"))
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--chunk", type=int, default=8)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=tuple(DTYPES), default="fp32")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    if arguments.what == "memory":
        memory(arguments)
        return
    bench = Bench(arguments.model, arguments.batch, arguments.device, arguments.precision)
    {"step": step, "lit": lit, "peak": partial(peak, chunk=arguments.chunk)}[arguments.what](bench)


if __name__ == "__main__":
    main()
