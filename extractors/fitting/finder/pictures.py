"""Pictures as books print them: cut from the pool or textured, recoloured, repeated, framed, screened."""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.fitting.finder.dice import (
    Picture,
    Rng,
    between,
    chance,
    colour,
    count,
    noise,
    paste,
    pick,
)
from extractors.fitting.finder.line_art import line_drawing
from extractors.fitting.finder.repeats import inscription, pattern_ink
from extractors.fitting.finder.shapes import object_mask
from extractors.fitting.finder.sources import source


def texture(rng: Rng, height: int, width: int) -> Picture:
    """Soft fields, stripes, shapes and grain in random colours."""
    step = 2 if max(height, width) > 260 else 1
    high, wide = max(8, height // step), max(8, width // step)
    picture = np.ones((high, wide, 3), np.float32) * np.array(colour(rng, 20, 245), np.float32)
    for _ in range(count(rng, 1, 4)):
        field = noise(rng, high, wide, count(rng, 2, pick(rng, 5, 16, 60)))
        kind = pick(rng, "soft", "hard", "lines")
        if kind == "hard":
            field = (field > between(rng, 0.35, 0.65)).astype(np.float32)
        elif kind == "lines":
            field = 0.5 + 0.5 * np.sin(field * between(rng, 8, 60))
        share = np.clip(field, 0, 1)[..., None] * between(rng, 0.3, 1)
        picture = picture * (1 - share) + np.array(colour(rng), np.float32) * share
    out = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(count(rng, 0, 14)):
        _scatter(rng, out)
    if chance(rng, 0.5):
        out = np.clip(out + rng.normal(0, between(rng, 2, 18), (high, wide, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(out, (width, height)), np.uint8) if step > 1 else out


def _scatter(rng: Rng, picture: Picture) -> None:
    """One ellipse, polygon or line somewhere on `picture`."""
    height, width = picture.shape[:2]
    tint, x, y = colour(rng), count(rng, 0, width), count(rng, 0, height)
    size = between(rng, 0.03, 0.3) * min(height, width)
    kind = pick(rng, "ellipse", "polygon", "line")
    if kind == "ellipse":
        axes = int(size) + 1, int(size * between(rng, 0.4, 1.5)) + 1
        weight = -1 if chance(rng, 0.7) else 2
        cv2.ellipse(picture, (x, y), axes, between(rng, 0, 180), 0, 360, tint, weight, cv2.LINE_AA)
    elif kind == "polygon":
        points = np.array([x, y]) + rng.uniform(-1.5 * size, 1.5 * size, (count(rng, 3, 7), 2))
        cv2.fillPoly(picture, [points.astype(np.int32)], tint, cv2.LINE_AA)
    else:
        end = count(rng, 0, width), count(rng, 0, height)
        cv2.line(picture, (x, y), end, tint, count(rng, 1, 6), cv2.LINE_AA)


def recolour(rng: Rng, picture: Picture, grey: bool) -> Picture:
    """Other colours and tones: tinted, grey, pale, dark, another gamma, negative."""
    out: NDArray[np.floating[Any]] = picture.astype(np.float32)
    if chance(rng, 0.5):
        out = out * np.array([between(rng, 0.8, 1.15) for _ in range(3)], np.float32)
    if grey or chance(rng, 0.12):
        tint = np.array([1.0, 0.95, 0.86] if chance(rng, 0.2) else [1, 1, 1], np.float32)
        out = (out @ np.array([0.3, 0.59, 0.11], np.float32))[..., None] * tint
    tone = rng.random()
    if tone < 0.16:
        out = 255 - (255 - out) * (1 - between(rng, 0.35, 0.78))
    elif tone < 0.26:
        out = out * between(rng, 0.35, 0.8)
    elif tone < 0.32:
        out = 255 * (np.clip(out, 0, 255) / 255) ** between(rng, 0.5, 1.9)
    elif tone < 0.35:
        out = 255 - out
    elif tone < 0.4:  # cloth hardly darker than paper
        out = (out - out.mean()) * between(rng, 0.05, 0.25) + between(rng, 205, 242)
        out -= np.array([0, between(rng, 0, 8), between(rng, 0, 22)], np.float32)
    if chance(rng, 0.3):
        mean = out.mean()
        out = mean + (out - mean) * between(rng, 0.5, 1.4)
    return np.clip(out, 0, 255).astype(np.uint8)


def _inner_frames(rng: Rng, picture: Picture) -> None:
    """Borders inside a picture: carpets, ceilings, mounted prints."""
    height, width = picture.shape[:2]
    depth = 0.0
    for _ in range(count(rng, 1, 4)):
        depth += between(rng, 0.02, 0.1) * min(height, width)
        weight = max(1, int(between(rng, 0.005, 0.05) * min(height, width)))
        edge = int(depth)
        if width - 2 * edge < 12 or height - 2 * edge < 12:
            return
        cv2.rectangle(picture, (edge, edge), (width - edge, height - edge), colour(rng), weight)
        depth += weight


def still_life(rng: Rng, height: int, width: int) -> Picture:
    """Objects photographed before a plain backdrop: one, a row, or a few rows."""
    picture = _backdrop(rng, height, width)
    columns = count(rng, 1, 6) if width > height * 0.8 else count(rng, 1, 2)
    rows = count(rng, 1, 3) if chance(rng, 0.3) else 1
    room = between(rng, 0, 0.2) if chance(rng, 0.6) else 0.0
    for row, column in itertools.product(range(rows), range(columns)):
        x0 = int(width * (column + between(rng, 0.05, 0.2)) / columns)
        x1 = int(width * (column + 1 - between(rng, 0.05, 0.2)) / columns)
        y0 = int(height * (row + room + between(rng, 0.04, 0.3)) / rows)
        y1 = int(height * (row - room + between(rng, 0.75, 0.97)) / rows)
        if x1 - x0 > 8 and y1 - y0 > 8:
            if chance(rng, 0.4):
                _shadow(rng, picture, (x0 + x1) // 2, y1, (x1 - x0) // 2)
            mask = object_mask(rng, y1 - y0, x1 - x0)
            paste(picture[y0:y1, x0:x1], _surface(rng, y1 - y0, x1 - x0), mask)
    return picture


def _backdrop(rng: Rng, height: int, width: int) -> Picture:
    """A studio's ground: even, fading downwards or outwards, often as pale as paper at one end."""
    levels = [
        pick(rng, between(rng, 5, 40), between(rng, 40, 235), between(rng, 90, 235), between(rng, 210, 248))
        for _ in range(2)
    ]
    tint = np.array([1, 1, 1] if chance(rng, 0.7) else rng.uniform(0.6, 1.1, 3), np.float32)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    kind = rng.random()
    if kind < 0.35:
        fall = down * between(rng, 0, 0.4)
    elif kind < 0.7:
        fall = np.clip((down - between(rng, 0, 0.5)) * between(rng, 0.8, 3), 0, 1)
    else:
        across = np.linspace(-1, 1, width, dtype=np.float32)[None]
        fall = np.clip((across**2 + (2 * down - 1) ** 2) * between(rng, 0.3, 0.7), 0, 1)
    grey = np.broadcast_to(levels[0] + (levels[1] - levels[0]) * fall, (height, width))
    canvas = grey[..., None] * tint
    if chance(rng, 0.3):
        canvas[int(height * between(rng, 0.55, 0.85)) :] *= between(rng, 0.75, 1.15)
    return np.clip(canvas, 0, 255).astype(np.uint8)


def _shadow(rng: Rng, picture: Picture, x: int, foot: int, reach: int) -> None:
    """The shadow that an object of half width `reach` throws on the ground it stands on, foot at y `foot`."""
    cover = np.zeros(picture.shape[:2], np.uint8)
    axes = max(1, int(reach * between(rng, 0.8, 1.3))), max(1, int(reach * between(rng, 0.08, 0.3)))
    cv2.ellipse(cover, (x, foot), axes, 0, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(cover, (0, 0), max(1, axes[1] / 2))[..., None] / 255
    picture[:] = (picture * (1 - soft * between(rng, 0.2, 0.6))).astype(np.uint8)


def _surface(rng: Rng, height: int, width: int) -> Picture:
    """What an object shows: a texture or a source picture, often symmetrical."""
    taken = source(rng)
    if taken is None or chance(rng, 0.4):
        surface = texture(rng, height, width)
    else:
        surface = np.asarray(cv2.resize(taken, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if chance(rng, 0.4):
        surface[:, ::-1][:, : width // 2] = surface[:, : width // 2].copy()
    return surface


def _repeated(rng: Rng, picture: Picture) -> Picture:
    """One picture whose content repeats or mirrors: rows of figures, registers, symmetrical things."""
    height, width = picture.shape[:2]
    kind = rng.random()
    if kind < 0.12:
        picture = np.ascontiguousarray(picture)
        picture[:, width - width // 2 :] = picture[:, : width // 2][:, ::-1]
        return picture
    if kind < 0.32:
        beside = True if width > height * 1.3 else False if height > width * 1.3 else chance(rng, 0.5)
        return _row(rng, picture, beside)
    if kind < 0.39 and min(height, width) > 70:
        return _registers(rng, picture)
    return picture


def _row(rng: Rng, picture: Picture, beside: bool) -> Picture:
    """The picture several times in a row or a column, on one ground or parted by thin lines."""
    height, width = picture.shape[:2]
    number = count(rng, 2, 6)
    size = (width // number + 1, height) if beside else (width, height // number + 1)
    part = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    parts = [part[:, ::-1] if chance(rng, 0.3) and beside else part for _ in range(number)]
    out = np.ascontiguousarray(np.concatenate(parts, 1 if beside else 0)[:height, :width])
    if chance(rng, 0.5):
        ground = np.array(colour(rng, 30, 240)) if chance(rng, 0.6) else out.reshape(-1, 3).mean(0)
        along = np.linspace(0, 1, width if beside else height) * number % 1
        mask = np.clip(np.minimum(along, 1 - along) * between(rng, 4, 14) - between(rng, 0, 1), 0, 1)
        cover = mask[None, :, None] if beside else mask[:, None, None]
        out = (out * cover + ground * (1 - cover)).astype(np.uint8)
    elif chance(rng, 0.4):
        tint, weight = colour(rng), count(rng, 1, 5)
        for index in range(1, number):
            at = index * width // number if beside else index * height // number
            cv2.line(
                out, (at, 0) if beside else (0, at), (at, height) if beside else (width, at), tint, weight
            )
    return out


def _registers(rng: Rng, picture: Picture) -> Picture:
    """One wall in bands, each with its own row of scenes, parted by bands of one colour."""
    height, width = picture.shape[:2]
    bands = count(rng, 2, 4)
    out = np.empty_like(picture)
    band_colour, weight = colour(rng), count(rng, 1, max(1, height // 40))
    edges = np.linspace(0, height, bands + 1).astype(int)
    for top, bottom in itertools.pairwise(edges):
        taken = source(rng)
        base = picture if taken is None or chance(rng, 0.5) else taken
        strip = np.asarray(cv2.resize(base, (width, bottom - top), interpolation=cv2.INTER_AREA), np.uint8)
        out[top:bottom] = _row(rng, strip, beside=True) if chance(rng, 0.6) else strip
        if top:
            cv2.line(out, (0, int(top)), (width, int(top)), band_colour, weight)
    return out


def screened(picture: Picture, cell: int) -> Picture:
    """The picture as a halftone screen with dots `cell` pixels apart."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    screen = 127.5 + 63 * (np.sin((x + y) * 4.44 / cell) + np.sin((x - y) * 4.44 / cell))
    dots = np.clip((grey - screen) * 1.5 + 128, 0, 255).astype(np.uint8)
    return np.repeat(dots[..., None], 3, 2)


def _soft(rng: Rng, height: int, width: int) -> Picture:
    """Blots of colour without any edge: sky, mist, a picture out of focus."""
    picture = np.ones((height, width, 3), np.float32) * np.array(colour(rng, 20, 245), np.float32)
    for _ in range(count(rng, 1, 4)):
        share = np.clip(noise(rng, height, width, count(rng, 2, 5)), 0, 1)[..., None]
        picture = picture * (1 - share) + np.array(colour(rng), np.float32) * share
    return np.clip(picture, 0, 255).astype(np.uint8)


def _light_on_dark(rng: Rng, height: int, width: int) -> Picture:
    """A rubbing or negative drawing: light lines, patterns or characters on a dark, uneven ground."""
    ground = between(rng, 5, 90) * (0.7 + 0.6 * noise(rng, height, width, count(rng, 2, 60)))
    light = between(rng, 150, 250)
    drawn = pick(rng, line_drawing, pattern_ink, inscription, inscription)
    ink = drawn(rng, height, width).astype(np.float32) / 255 * between(rng, 0.5, 1)
    if chance(rng, 0.5):  # the stone's flaws
        ink = np.maximum(ink, np.clip((noise(rng, height, width, count(rng, 8, 60)) - 0.8) * 4, 0, 1))
    out = ground * (1 - ink) + light * ink
    return np.repeat(np.clip(out, 0, 255).astype(np.uint8)[..., None], 3, 2)


def _two_colours(rng: Rng, height: int, width: int) -> Picture:
    """A printed repeat or weave in two colours, often black and white."""
    ink = pattern_ink(rng, height, width)[..., None] / 255
    plain = chance(rng, 0.5)
    ground, figure = ((245,) * 3, (20,) * 3) if plain else (colour(rng), colour(rng))
    return (np.array(ground) * (1 - ink) + np.array(figure) * ink).astype(np.uint8)


def _cut(rng: Rng, taken: Picture, height: int, width: int) -> Picture:
    """A random part of `taken`, scaled to height x width."""
    high, wide = taken.shape[:2]
    scale = min(high / height, wide / width) * between(rng, 0.45, 1.0)
    ch, cw = max(8, int(height * scale)), max(8, int(width * scale))
    y, x = count(rng, 0, max(0, high - ch)), count(rng, 0, max(0, wide - cw))
    part = taken[y : y + ch, x : x + cw]
    if chance(rng, 0.5):
        part = part[:, ::-1]
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)


def picture_of(
    rng: Rng, height: int, width: int, *, grey: bool = False, taken: Picture | None = None
) -> Picture:
    """A picture that fills height x width, cut from `taken` where it is given."""
    special = rng.random() if taken is None else 1.0
    if special < 0.3:
        picture = still_life(rng, height, width)
    elif special < 0.34:
        picture = _soft(rng, height, width)
    elif special < 0.41:
        picture = _light_on_dark(rng, height, width)
    elif special < 0.45:
        picture = _two_colours(rng, height, width)
    else:
        taken = source(rng) if taken is None else taken
        picture = texture(rng, height, width) if taken is None else _cut(rng, taken, height, width)
    picture = recolour(rng, _repeated(rng, picture), grey)
    if chance(rng, 0.07):
        picture = np.ascontiguousarray(picture)
        _inner_frames(rng, picture)
    if chance(rng, 0.08):  # part of it is almost as white as paper
        mask = np.clip((noise(rng, height, width, 3) - between(rng, 0.3, 0.6)) * 6, 0, 1)[..., None]
        picture = (picture * (1 - mask) + between(rng, 225, 250) * mask).astype(np.uint8)
    if chance(rng, 0.07):
        picture = screened(picture, count(rng, 3, 6))
    return picture
