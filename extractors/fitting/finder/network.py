"""The finder's network: a small convolutional backbone with self-attention over the coarse page.

Per cell of 8 x 8 pixels it answers, for figures, groups under one caption and tables, how surely the cell is
at the heart of one and how far its four sides are; per cell of 4 x 4 pixels, edges of figures, insides, text.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from extractors.figures.finder_input import CELL, KINDS

WIDTHS = (16, 32, 64, 112, 160)
"""Channels at strides 2, 4, 8, 16, 32."""
MAPS = 6


class Convolution(nn.Sequential):
    """Convolution, batch norm and, unless `linear`, ReLU."""

    def __init__(
        self, inputs: int, outputs: int, size: int = 3, stride: int = 1, *, linear: bool = False
    ) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        super().__init__(*layers, *([] if linear else [nn.ReLU(inplace=True)]))


class Residual(nn.Module):
    """Two convolutions around which the input passes."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = (
            Convolution(channels, channels),
            Convolution(channels, channels, linear=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """B x C x H x W -> the same shape."""
        added: Tensor = x + self.second(self.first(x))
        return functional.relu(added)


class Attention(nn.Module):
    """Self-attention of every cell of the coarse page to every other."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.place = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels)
        self.norm_in, self.norm_out = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.queries, self.mix = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.widen, self.narrow = nn.Linear(channels, 3 * channels), nn.Linear(3 * channels, channels)
        self.heads = heads

    def forward(self, x: Tensor) -> Tensor:
        """B x C x H x W -> the same shape."""
        batch, channels, height, width = x.shape
        cells = (x + self.place(x)).flatten(2).transpose(1, 2)
        split = self.queries(self.norm_in(cells)).reshape(batch, height * width, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        weight = torch.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5, -1)
        cells = cells + self.mix((weight @ value).transpose(1, 2).reshape(batch, height * width, channels))
        cells = cells + self.narrow(functional.gelu(self.widen(self.norm_out(cells))))
        out: Tensor = cells.transpose(1, 2).reshape(batch, channels, height, width)
        return out


class FinderNetwork(nn.Module):
    """Pages B x 3 x H x W (0..255, H and W multiples of 32) -> scores, distances, maps."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = widths
        self.stem = nn.Sequential(Convolution(3, c2, 3, 2), Convolution(c2, c4, 3, 2), Convolution(c4, c4))
        self.to8 = nn.Sequential(Convolution(c4, c8, 3, 2), Residual(c8))
        self.to16 = nn.Sequential(Convolution(c8, c16, 3, 2), Residual(c16), Residual(c16))
        self.to32 = nn.Sequential(Convolution(c16, c32, 3, 2), Residual(c32), Attention(c32), Attention(c32))
        f4, f8, f16 = c4, c8, c16 * 6 // 7
        self.side16, self.up16 = Convolution(c16, f16, 1, linear=True), Convolution(c32, f16, 1, linear=True)
        self.side8, self.up8 = Convolution(c8, f8, 1, linear=True), Convolution(f16, f8, 1, linear=True)
        self.side4, self.up4 = Convolution(c4, f4, 1, linear=True), Convolution(f8, f4, 1, linear=True)
        self.join16, self.join8, self.join4 = Convolution(f16, f16), Convolution(f8, f8), Convolution(f4, f4)
        self.head = nn.Sequential(Convolution(f8, f8), Convolution(f8, f8))
        self.score, self.distance = nn.Conv2d(f8, len(KINDS), 1), nn.Conv2d(f8, 4 * len(KINDS), 1)
        self.maps = nn.Conv2d(f4, MAPS, 1)
        # Nearly all cells are no figure, and a figure's sides are some six cells away.
        nn.init.constant_(self.score.bias, -3.5)  # type: ignore[arg-type]
        nn.init.constant_(self.maps.bias, -3.0)  # type: ignore[arg-type]
        nn.init.constant_(self.distance.bias, 1.8)  # type: ignore[arg-type]
        nn.init.normal_(self.distance.weight, std=0.01)

    def forward(self, pages: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Score logits B x 3 x h x w, distances B x 12 x h x w in pixels, map logits B x 6 x h4 x w4."""
        x4 = self.stem((pages - 190.0) / 64.0)
        x8 = self.to8(x4)
        x16 = self.to16(x8)
        x32 = self.to32(x16)
        y16 = self.join16(functional.relu(self.side16(x16) + _doubled(self.up16(x32))))
        y8 = self.join8(functional.relu(self.side8(x8) + _doubled(self.up8(y16))))
        y4 = self.join4(functional.relu(self.side4(x4) + _doubled(self.up4(y8))))
        found = self.head(y8)
        distance = torch.exp(self.distance(found).float().clamp(-4, 5)) * CELL
        return self.score(found), distance, self.maps(y4)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
