"""Pictures encoded with their crops, beside K + 1 forward passes a picture, and K + 1 plain pictures.

    python tests/benchmarks/bench_crops.py [--models tiny ViT-B-16] [--pictures 8] [--crops 16] [--side 1200]

The pictures are noise of `side` pixels, drawn from their number and saved as PNG. "encoded" opens, cuts,
resizes and encodes them and stores the features; "forward" passes as many inputs, ready-made, through the
model in full batches, and nothing else; "plain" opens, resizes and encodes as many pictures without crops.
All take turns. The weights are random: they cost what released ones cost.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch
from measure import in_turns, print_table
from PIL import Image

from alignment.backbones.base import Backbone
from alignment.backbones.opening import random_backbone
from alignment.backbones.struct import RELEASED, TINY
from alignment.features.encode import PIXEL_ROWS, encode_images
from alignment.laclip.crops import CropSettings
from alignment.retrieval.gallery import GalleryImage

ROUNDS = 3


def picture(folder: Path, number: int, side: int) -> GalleryImage:
    """A smooth coloured picture, as photographs are: coarse noise made large."""
    rng = np.random.default_rng(number)
    noise = Image.fromarray(rng.integers(0, 256, (40, 60, 3), dtype=np.uint8))
    path = folder / f"{number}.png"
    noise.resize((side, side * 3 // 4), Image.Resampling.BICUBIC).save(path)
    return GalleryImage(f"picture{number}", lambda: (Image.open(path).convert("RGB"),), "", "", str(number))


def forward(backbone: Backbone, inputs: int) -> None:
    """Nothing but the model, on as many inputs."""
    with torch.no_grad():
        for start in range(0, inputs, PIXEL_ROWS):
            rows = min(PIXEL_ROWS, inputs - start)
            backbone.encode_images(torch.zeros(rows, 3, backbone.image_size, backbone.image_size)).cpu()


def measured(name: str, pictures: int, crops: CropSettings, side: int, device: str) -> tuple[str, ...]:
    backbone = random_backbone(name, TINY if name == "tiny" else RELEASED[name])
    backbone.module.to(device)
    with tempfile.TemporaryDirectory() as folder:
        images = [picture(Path(folder), number, side) for number in range(pictures)]
        many = [
            replace(image, key=f"{image.key}-{turn}") for image in images for turn in range(crops.count + 1)
        ]
        stores = itertools.count()
        inputs = pictures * (crops.count + 1)
        forward(backbone, PIXEL_ROWS)  # the first pass of a model is slow
        took = in_turns(
            ROUNDS,
            {
                "encoded": lambda: encode_images(
                    backbone, images, Path(folder) / f"store{next(stores)}", crops
                ),
                "forward": lambda: forward(backbone, inputs),
                "plain": lambda: encode_images(backbone, many, Path(folder) / f"store{next(stores)}"),
            },
        )
    speeds = {way: pictures / seconds for way, seconds in took.items()}
    ratios = [speeds["encoded"] / speeds[way] for way in ("forward", "plain")]
    return name, str(crops.count), *(f"{value:.2f}" for value in (*speeds.values(), *ratios))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["tiny", "ViT-B-16"])
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--crops", type=int, default=16)
    parser.add_argument("--side", type=int, default=1200)
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    crops = CropSettings(count=given.crops)
    rows = [measured(name, given.pictures, crops, given.side, given.device) for name in given.models]
    print_table(("model", "K", "pictures/s", "forward", "plain", "/ forward", "/ plain"), rows)


if __name__ == "__main__":
    main()
