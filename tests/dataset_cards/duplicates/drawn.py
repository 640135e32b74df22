"""Drawn pictures that are alike: prints of one picture, and other patterns of the same family."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from extractors.crops import phash, to_png
from extractors.records import Pair
from extractors.sample_books.pictures.base import Colour, Picture, Rng, jpeg
from extractors.sample_books.pictures.murals import SCENES, mural
from extractors.sample_books.pictures.objects import rubbing, vessel
from extractors.sample_books.pictures.textiles import FRAMES, GARMENTS, SUBJECTS, Weave, garment, pattern

CLOTH: tuple[Colour, Colour, Colour] = ((120, 40, 36), (222, 188, 120), (60, 90, 100))
GREY: Colour = (236, 234, 228)


def families(rng: Rng, subjects: int = len(SUBJECTS)) -> dict[str, Picture]:
    """Different pictures by name: frames and garments with each subject in one dye, murals, vessels."""
    drawn = {}
    for subject in SUBJECTS[:subjects]:
        for frame in FRAMES:
            cloth = pattern(rng, Weave(subject, frame, *CLOTH), 360, 420, fresh=frame == "petal")
            drawn[f"{frame} {subject}"] = cloth
        for form in GARMENTS:
            drawn[f"{form} {subject}"] = garment(rng, Weave(subject, "pearl", *CLOTH), form, 360, 400, GREY)
        drawn[f"mural {subject}"] = mural(rng, SCENES[len(drawn) % len(SCENES)], 460, 340)
        drawn[f"rubbing {subject}"] = rubbing(rng, 340, 340)
        drawn[f"bowl {subject}"] = vessel(rng, "bowl", 320, 400, GREY)
    return drawn


def scaled(picture: Picture, rng: Rng) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA))


def recompressed(picture: Picture, rng: Rng) -> Picture:
    return np.asarray(
        cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg(picture, 35), np.uint8), 1), cv2.COLOR_BGR2RGB)
    )


def trimmed(picture: Picture, rng: Rng) -> Picture:
    height, width = picture.shape[:2]
    left, top, right, bottom = (rng.uniform(0, 0.03, 4) * (width, height, width, height)).astype(int)
    return np.ascontiguousarray(picture[top : height - bottom, left : width - right])


def tinted(picture: Picture, rng: Rng) -> Picture:
    shifted = 255 * (picture / 255) ** rng.uniform(0.8, 1.25) * rng.uniform(0.85, 1.15, 3)
    return np.clip(shifted, 0, 255).astype(np.uint8)


def askew(picture: Picture, rng: Rng) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1, 1), 1)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def margined(picture: Picture, rng: Rng) -> Picture:
    wide = 2 + int(rng.uniform(0, 0.03) * picture.shape[1])
    return np.asarray(
        cv2.copyMakeBorder(picture, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=(245, 240, 230))
    )


def scanned(picture: Picture, rng: Rng) -> Picture:
    """All at once: what a second scan of a page comes to."""
    return recompressed(scaled(tinted(askew(trimmed(picture, rng), rng), rng), rng), rng)


PRINTS: dict[str, Callable[[Picture, Rng], Picture]] = {
    "rescaled to 45 %": scaled,
    "JPEG, quality 35": recompressed,
    "cropped by up to 3 %": trimmed,
    "other colours": tinted,
    "turned by up to 1°": askew,
    "margin of up to 3 %": margined,
    "all but the margin": scanned,
}


def pair_of(model: Pair, folder: Path, name: str, picture: Picture, **changes: object) -> tuple[Pair, Path]:
    """A pair that shows `picture`, its crop below `folder`."""
    data = to_png(picture)
    path = folder / f"{name}.png"
    path.write_bytes(data)
    made = replace(
        model,
        pair_id=name,
        figure_id=f"figure-{name}",
        group=f"group-{name}",
        parent=None,
        width=picture.shape[1],
        height=picture.shape[0],
        image=path.name,
        image_sha256=hashlib.sha256(data).hexdigest(),
        image_phash=phash(picture),
        description=f"图{name}",
    )
    return replace(made, **changes), path  # type: ignore[arg-type]


def blank(rng: Rng, width: int = 300, height: int = 300) -> Picture:
    """Plain cloth: a colour and its grain."""
    return np.clip(200 + rng.standard_normal((height, width, 1)) * 3 + np.zeros(3), 0, 255).astype(np.uint8)
