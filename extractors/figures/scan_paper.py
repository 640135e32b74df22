"""The bare paper of a scanned page: its colour everywhere, under uneven light and the shadow of the fold."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import Field, Mask, millimetres, rim

BLOCK_MM = 3.0
"""Paper is sampled in blocks about as high as a character, so that most hold some bare paper."""
PAPER_MIN_LEVEL = 110.0
"""Lightness (of 255) of the darkest paper: old brown paper in a dim scan."""
PAPER_MAX_SPREAD = 10.0
"""Lightness spread (levels) of the bare half of a block of paper, scan noise included."""
PAPER_MAX_CHROMA = 45.0
"""Distance from grey (Lab units) of the yellowest paper."""
MARGIN_MM = 12.0
"""Width of the ring along the page's edge that is paper on nearly every page."""
MARGIN_WEIGHT = 6.0
"""Votes of a block in that ring, so that a large pale textile does not outvote the margins."""
PLAIN_CHROMA = 26.0
"""More colourful ground is a painted wall when the page shows plainer paper ..."""
PLAIN_SHARE = 0.1
"""... on this share of its margin, at least, as on the foot below a plate."""
MILD_STEP = 5.0
"""Levels or Lab units by which bare paper changes over two blocks; the edge of a pale picture is steeper."""
DOUBTFUL_WEIGHT = 0.1
"""Votes of a block that such steps do not reach from the margin: it may be the ground of a pale picture."""
PAPER_MIN_SHARE = 0.03
"""Below this share of blocks the page has no paper to speak of: a full-bleed plate."""
FIELD_TOLERANCES = (22.0, 14.0, 9.0)
"""Levels a block may differ from the paper field while the field is fitted, pass by pass."""
CURVED_BLOCKS = 60
"""So many blocks are needed before a curved field is fitted."""
FIELD_SPAN = 0.7
"""Share of the page the paper samples must span before a curved field is fitted, else a plane."""
SHADE_AGREEMENT = 14.0
"""Levels the shadow of the fold may differ between the top and the bottom margin."""
SHADE_DEPTH = 70.0
"""Levels of the deepest shadow in which print is still read."""


def paper_field(work: Field, inside: Mask) -> tuple[Field, tuple[float, float, float], float, float]:
    """The paper field (h, w, 3), the paper's RGB colour, its share of the page, and its noise."""
    size = millimetres(BLOCK_MM)
    down, across = work.shape[0] // size, work.shape[1] // size
    blocks = work[: down * size, : across * size].reshape(down, size, across, size, 3)
    blocks = blocks.transpose(0, 2, 1, 3, 4).reshape(down * across, size * size, 3)
    held = inside[: down * size, : across * size].reshape(down, size, across, size).mean(axis=(1, 3)).ravel()
    light = np.percentile(blocks[:, :, 0], [60, 75, 92], axis=1)
    bare = blocks[:, :, 0] >= light[0][:, None]
    colour = (blocks * bare[:, :, None]).sum(axis=1) / bare.sum(axis=1)[:, None]
    spread = light[2] - light[0]
    ys, xs = np.divmod(np.arange(down * across), across)
    place = np.stack([(xs + 0.5) / across * 2 - 1, (ys + 0.5) / down * 2 - 1], axis=1)
    chroma = np.hypot(colour[:, 1] - 128, colour[:, 2] - 128)
    good = (held > 0.95) & (spread <= PAPER_MAX_SPREAD) & (light[1] >= PAPER_MIN_LEVEL)
    good &= chroma <= PAPER_MAX_CHROMA
    margin = rim(held.reshape(down, across) > 0.95, round(MARGIN_MM / BLOCK_MM))
    plain = good & (chroma <= PLAIN_CHROMA)
    if (plain & margin.ravel()).sum() >= PLAIN_SHARE * margin.sum():
        good = plain
    reached = _reached(colour.reshape(down, across, 3), good.reshape(down, across), margin).ravel()
    weight = np.where(margin.ravel(), MARGIN_WEIGHT, 1.0) * np.where(reached, 1.0, DOUBTFUL_WEIGHT)
    chosen = _fit(colour, place, good, weight)
    if chosen is None or chosen[1].sum() < PAPER_MIN_SHARE * max(1, (held > 0.95).sum()):
        white = np.broadcast_to(np.array([255, 128, 128], np.float32), work.shape)
        return white, (255.0, 255.0, 255.0), 0.0, 0.0
    terms, sample = chosen
    field = _field(terms, work.shape[0], work.shape[1])
    field[:, :, 0] += _fold_shade(work[:, :, 0], field[:, :, 0], inside)
    # A normal spread from the 60th to the 92nd percentile is 1.15 standard deviations.
    noise = float(np.median(spread[sample])) / 1.15
    paper = np.median(colour[sample], axis=0).round().clip(0, 255).astype(np.uint8).reshape(1, 1, 3)
    red, green, blue = cv2.cvtColor(paper, cv2.COLOR_LAB2RGB)[0, 0].tolist()
    share = float(sample.sum() / max(1, (held > 0.95).sum()))
    return field, (float(red), float(green), float(blue)), share, noise


def _reached(colour: NDArray[np.float64], good: Mask, margin: Mask) -> Mask:
    """The `good` blocks that hang together with the margin without a step; a picture's ground does not."""
    near = np.ones((3, 3), np.uint8)
    highest = cv2.dilate(np.where(good[:, :, None], colour, 0.0), near)
    lowest = cv2.erode(np.where(good[:, :, None], colour, 255.0), near)
    mild = good & ((highest - lowest).max(axis=2) <= MILD_STEP)
    # Where the edge of a picture happens to be mild for a few blocks, paper is not reached through the gap.
    mild = cv2.morphologyEx(mild.astype(np.uint8), cv2.MORPH_OPEN, near) > 0
    _, labels = cv2.connectedComponents(mild.astype(np.uint8))
    return np.asarray(mild & np.isin(labels, np.unique(labels[mild & margin])))


def _terms(place: NDArray[np.float64], curved: bool) -> NDArray[np.float64]:
    x, y = place[:, 0], place[:, 1]
    columns = [np.ones_like(x), x, y]
    if curved:
        columns += [x * x, x * y, y * y]
    return np.stack(columns, axis=1)


def _fit(
    colour: NDArray[np.float64], place: NDArray[np.float64], good: Mask, weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Mask] | None:
    """A smooth paper colour over the page (6 terms x 3 channels) and the blocks of that colour."""
    if not good.any():
        return None
    bins = (colour // np.array([10, 8, 8])).astype(np.int64)
    keys = bins[:, 0] * 4096 + bins[:, 1] * 64 + bins[:, 2]
    where = np.unique(keys[good], return_inverse=True)[1]
    votes = np.bincount(where, weights=weight[good] * (colour[good, 0] / 255) ** 2)
    centre = np.median(colour[good][where == int(np.argmax(votes))], axis=0)
    guess = np.broadcast_to(centre, colour.shape)
    terms = np.zeros((6, 3))
    sample = good
    for tolerance in FIELD_TOLERANCES:
        sample = good & (np.abs(colour - guess).max(axis=1) <= tolerance)
        if sample.sum() < 8:
            return None
        spans = bool((np.ptp(place[sample], axis=0) / 2 >= FIELD_SPAN).all())
        curved = spans and sample.sum() >= CURVED_BLOCKS
        design = _terms(place, curved)
        scale = np.sqrt(weight[sample])[:, None]
        found = np.linalg.lstsq(design[sample] * scale, colour[sample] * scale, rcond=None)[0]
        terms[:] = 0
        terms[: len(found)] = found
        guess = design @ found
    return terms, good & (np.abs(colour - guess).max(axis=1) <= FIELD_TOLERANCES[-1])


def _field(terms: NDArray[np.float64], high: int, wide: int) -> Field:
    x = ((np.arange(wide) + 0.5) / wide * 2 - 1).astype(np.float32)
    y = ((np.arange(high) + 0.5) / high * 2 - 1).astype(np.float32)[:, None]
    t = terms.astype(np.float32)
    planes = [
        t[0, c] + t[1, c] * x + t[2, c] * y + t[3, c] * x * x + t[4, c] * x * y + t[5, c] * y * y
        for c in range(3)
    ]
    return np.clip(np.stack(planes, axis=2), 0, 255).astype(np.float32)


def _fold_shade(light: Field, field: Field, inside: Mask) -> Field:
    """Levels (w,) to add to the paper's lightness for a shadow that falls along the whole fold.

    Such a shadow shows alike in the top and the bottom margin, where no picture reaches.
    """
    rows = np.flatnonzero(inside.mean(axis=1) > 0.5)
    if len(rows) < 8 * millimetres(MARGIN_MM):
        return np.zeros(light.shape[1], np.float32)
    skip, deep = millimetres(2), millimetres(MARGIN_MM)
    shades = []
    for strip in (rows[skip:deep], rows[-deep:-skip]):
        away = np.percentile(light[strip] - field[strip], 70, axis=0).astype(np.float32)
        away[inside[strip].mean(axis=0) < 0.5] = 0  # the scanner's bed beside the page is no shadow on it
        shades.append(cv2.blur(away[None], (2 * skip + 1, 1))[0])
    top, bottom = shades
    alike = (np.abs(top - bottom) <= SHADE_AGREEMENT) & (np.maximum(top, bottom) < 0)
    shade = np.where(alike, np.maximum(top, bottom), 0).clip(-SHADE_DEPTH, 0).astype(np.float32)
    return np.asarray(cv2.blur(shade[None], (2 * skip + 1, 1))[0], dtype=np.float32)
