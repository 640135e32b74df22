"""How far the network's answers are from the targets of a batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from extractors.figures.finder_input import CELL, KINDS
from extractors.fitting.finder.targets import HIT, IGNORE

KIND_WEIGHTS = {"figure": 1.0, "group": 0.5, "table": 0.3}
"""Groups count less than figures: they are for choosing between parts and wholes; tables are easier."""
SCORE_WEIGHT, EDGE_WEIGHT, SIDE_WEIGHT = 2.0, 0.5, 0.5
EDGE_BONUS = 2.0
"""Edge cells are few; each counts this often."""


def _overlaps(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU of boxes (N x 4), pair by pair."""

    def area(box: Tensor) -> Tensor:
        return (box[:, 2] - box[:, 0]).clamp(min=0) * (box[:, 3] - box[:, 1]).clamp(min=0)

    low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    common = area(torch.cat([low, high], 1))
    joined = area(a) + area(b) - common + 1e-6
    hull = area(torch.cat([torch.min(a[:, :2], b[:, :2]), torch.max(a[:, 2:], b[:, 2:])], 1)) + 1e-6
    return common / joined, common / joined - (hull - joined) / hull


def _boxes(distance: Tensor) -> Tensor:
    """Distances B x 4 x h x w -> boxes B x h x w x 4 in pixels."""
    height, width = distance.shape[2:]
    x = (torch.arange(width) + 0.5) * CELL
    y = (torch.arange(height)[:, None] + 0.5) * CELL
    sides = (x - distance[:, 0], y - distance[:, 1], x + distance[:, 2], y + distance[:, 3])
    return torch.stack(sides, -1)


def _kind_loss(score: Tensor, distance: Tensor, boxes: Tensor, hits: Tensor) -> tuple[Tensor, Tensor]:
    """Score loss and box loss of one kind; the score a cell should give is the overlap of its box."""
    hit = hits == HIT
    given, wanted = _boxes(distance)[hit], boxes.permute(0, 2, 3, 1)[hit]
    number = max(1, int(hit.sum()))
    iou, generalised = _overlaps(given, wanted)
    sides = (wanted[:, 2:] - wanted[:, :2]).clamp(min=8).repeat(1, 2)
    off = ((given - wanted).abs() / sides).clamp(max=2).sum(1)
    box_loss = ((1 - generalised) + SIDE_WEIGHT * off).sum() / number
    quality = torch.zeros_like(score)
    quality[hit] = iou.detach().clamp(0, 1)
    surprise = (quality - torch.sigmoid(score)).abs() ** 2
    loss = functional.binary_cross_entropy_with_logits(score, quality, reduction="none") * surprise
    return (loss * (hits != IGNORE)).sum() / number, box_loss


def finder_loss(
    answer: tuple[Tensor, Tensor, Tensor], boxes: Tensor, hits: Tensor, maps: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch and its parts.

    `boxes` B x 3 x 4 x h x w, `hits` B x 3 x h x w, `maps` B x 6 x h4 x w4, as `targets.Targets`.
    """
    score, distance, map_logits = (part.float() for part in answer)
    total = torch.zeros(())
    parts: dict[str, Tensor] = {}
    for index, kind in enumerate(KINDS):
        sides = distance[:, 4 * index : 4 * index + 4]
        parts[kind], off = _kind_loss(score[:, index], sides, boxes[:, index], hits[:, index])
        parts[f"{kind} box"] = off
        total = total + KIND_WEIGHTS[kind] * (SCORE_WEIGHT * parts[kind] + off)
    wanted = maps.float()
    edges, given = wanted[:, :4], map_logits[:, :4]
    seen = torch.sigmoid(given).detach()
    edge_loss = functional.binary_cross_entropy_with_logits(given, edges, reduction="none")
    edge_loss = edge_loss * torch.where(edges > 0, EDGE_BONUS * (1 - seen), seen)
    parts["edge"] = edge_loss.sum() / edges.sum().clamp(min=50)
    parts["area"] = functional.binary_cross_entropy_with_logits(map_logits[:, 4:], wanted[:, 4:])
    total = total + EDGE_WEIGHT * parts["edge"] + parts["area"]
    return total, {name: float(part.detach()) for name, part in parts.items()}
