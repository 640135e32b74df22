"""Sharing a batch among processes, so that the outcome is that of one process with the whole batch.

Every process encodes its part, gathers the others' features and computes the whole loss; gradients flow back
through the gathering and are then averaged. This is what DistributedDataParallel does, in the open: it also
holds for towers encoded in several passes (`gradient_cache`) and for locked ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


def rank_and_count() -> tuple[int, int]:
    """The number of this process, and how many there are."""
    if not dist.is_available() or not dist.is_initialized():
        return 0, 1
    return dist.get_rank(), dist.get_world_size()


def share_sizes(total: int) -> list[int]:
    """How many of `total` rows each process takes: as even as can be."""
    _, count = rank_and_count()
    return [total // count + (rank < total % count) for rank in range(count)]


def own_share(total: int) -> slice:
    """Which of `total` rows are this process's; the shares follow each other in order of rank."""
    rank, _ = rank_and_count()
    sizes = share_sizes(total)
    start = sum(sizes[:rank])
    return slice(start, start + sizes[rank])


def gather(rows: Tensor, total: int) -> Tensor:
    """The rows of all processes in order: [share, …] -> [total, …]. Gradients come back from all of them."""
    if rank_and_count()[1] == 1:
        return rows
    gathered: Tensor = _Gather.apply(rows, share_sizes(total))  # type: ignore[no-untyped-call]
    return gathered


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Each parameter's gradient as the mean over the processes; one without counts as zero."""
    _, count = rank_and_count()
    if count == 1:
        return
    parameters = list(parameters)
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    flat = torch.cat([parameter.grad.flatten() for parameter in parameters if parameter.grad is not None])
    dist.all_reduce(flat)
    flat /= count
    start = 0
    for parameter in parameters:
        assert parameter.grad is not None
        parameter.grad.copy_(flat[start : start + parameter.numel()].view_as(parameter))
        start += parameter.numel()


def wait_for_all() -> None:
    """Go on when every process has come here."""
    if rank_and_count()[1] > 1:
        dist.barrier()


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, sizes: list[int]) -> Tensor:
        ctx.sizes = sizes
        longest = max(sizes)
        padded = rows.new_zeros(longest, *rows.shape[1:])
        padded[: len(rows)] = rows
        parts = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(parts, padded)
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        # Each process has computed the whole loss, so each holds a gradient of every row; `average_gradients`
        # divides the sum by their number again.
        total = gradients[0].contiguous()
        dist.all_reduce(total)
        return total[own_share(sum(ctx.sizes))], None
