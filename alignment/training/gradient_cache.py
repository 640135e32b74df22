"""Exact gradients of a batch that would not fit into memory at once (Gao et al., RepL4NLP 2021).

A contrast needs the features of the whole batch, but only features: [B, dim]. So the batch is encoded in
chunks without a graph; the loss gives the gradient of each feature; then each chunk is encoded again, with a
graph, and its features' gradients are sent through it. The random numbers of both passes are the same, so the
gradient is the plain one, `logit_scale`'s too, at the price of one more forward pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

Outputs = Mapping[str, tuple[Tensor, ...]]
Loss = TypeVar("Loss")


@dataclass(frozen=True, slots=True)
class View:
    """One kind of input of a batch and how it becomes features."""

    inputs: Tensor
    """[B, …]; its rows are independent of each other."""
    encode: Callable[[Tensor], tuple[Tensor, ...]]
    """Rows to one or more tensors with as many rows."""


def backward(
    views: Mapping[str, View],
    loss: Callable[[Outputs], tuple[Tensor, Loss]],
    *,
    chunk: int = 0,
    seed: int = 0,
    send_back: Callable[[Tensor], None] = Tensor.backward,
) -> Loss:
    """Accumulate the gradients of `loss(outputs)[0]` into the parameters; returns `loss(outputs)[1]`.

    Args:
        views: by name; `loss` gets the encoded outputs under the same names.
        chunk: rows encoded at once; 0: all, in one pass.
        seed: of the dropout masks; equal seeds and chunks give equal masks.
        send_back: what calls `backward` on the loss, such as one that scales it first.
    """
    if not chunk:
        total, said = loss({name: _encode(view.inputs, view, seed, name, 0) for name, view in views.items()})
        send_back(total)
        return said
    with torch.no_grad():
        leaves = {name: _encode_in_chunks(view, chunk, seed, name) for name, view in views.items()}
    for outputs in leaves.values():
        for output in outputs:
            if output.is_floating_point():
                output.requires_grad_()
    total, said = loss(leaves)
    send_back(total)
    for name, view in views.items():
        for number, rows in enumerate(torch.split(view.inputs, chunk)):
            part = slice(number * chunk, number * chunk + len(rows))
            pairs = [
                (again, leaf.grad[part])
                for again, leaf in zip(_encode(rows, view, seed, name, number), leaves[name], strict=True)
                if leaf.grad is not None and again.requires_grad
            ]
            torch.autograd.backward([again for again, _ in pairs], [grad for _, grad in pairs])
    return said


def _encode_in_chunks(view: View, chunk: int, seed: int, name: str) -> tuple[Tensor, ...]:
    parts = [
        _encode(rows, view, seed, name, number) for number, rows in enumerate(torch.split(view.inputs, chunk))
    ]
    return tuple(torch.cat(outputs) for outputs in zip(*parts, strict=True))


def _encode(rows: Tensor, view: View, seed: int, name: str, number: int) -> tuple[Tensor, ...]:
    # Seeded by what is encoded: the same masks in both passes, and nothing to save for a resumed run.
    torch.manual_seed(hash_seed(seed, name, number))
    return view.encode(rows)


def hash_seed(*parts: object) -> int:
    """A seed that depends on nothing but `parts`."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:7], "big")
