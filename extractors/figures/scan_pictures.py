"""Pictures with tones on a scanned page: where the paper is gone for millimetres, and what is furniture.

Boxes are in pixels of the deskewed small copy; masks are (h, w) booleans of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_page import ScanPage
from extractors.figures.scan_units import Mask, Rgb, millimetres, rim
from extractors.geometry import Box, area, gap, grow, height, intersect, union, width

TONE_STEP = 6.0
"""Levels by which the palest textile differs from the paper it is printed on."""
LIGHT_STEP = 15.0
"""Levels by which a tipped-in glossy plate is lighter than old paper; uneven light stays below."""
COLOUR_STEP = 6.0
"""The same in colour (Lab units)."""
NOISE_FACTOR = 2.0
"""Deviations of (median-filtered) scan noise a tone must stand out by."""
STRONG_TONE = 35.0
"""Levels from which a tone is no bleed-through and no stain."""
STRONG_COLOUR = 16.0
"""Lab units from which a colour is ink, not yellowed paper."""
STRONG_SOLID = millimetres(1.6)
"""Strong tone is a picture when solid over 1.6 mm: the strokes of a heading are thinner."""
WEAK_SOLID = millimetres(4.5)
"""Weak tone is a picture when solid over 4.5 mm: a line of bleed-through text is lower."""
BILEVEL_SHARE = 0.93
"""Share of pixels at black or white from which a scan is one-bit; its tones are dots."""
BILEVEL_BLUR = 1.8
"""Deviation in pixels of the small copy (0.45 mm) that turns the dots of a one-bit scan into tones."""
BILEVEL_TONE = 12.0
"""Tone step of a one-bit scan: below it, single specks would count."""
RING_MM = 1.0
"""Width of the ring around a text box that is asked for paper: less than the space between lines."""
ON_PICTURE = 0.7
"""Share of the ring without paper from which a text box stands on a picture."""
PICTURE_IN_TEXT = 0.6
"""Share of a text box without paper from which the box is a picture, not print."""
SHOW_THROUGH = 0.006
"""Share of the page with weak thin tones from which the other side shows through."""
GHOST_TONE = 15.0
"""Levels a picture on the other side darkens the paper by, at most ..."""
GHOST_COLOUR = 4.0
"""... with less colour than this (Lab units): paper takes the colour out of what shines through."""
PRINT_INK = 0.02
"""Least share of ink in a box of print: a single 一 in a loose box still has more."""
GHOST_DEPTH = 20.0
"""Levels by which a picture on the other side darkens the paper, nearly everywhere at most ..."""
GHOST_DETAIL = 1.8
"""... without more than this factor of the fine detail of bare paper."""
SOFT_PERCENTILE = 30
"""... in this percentile of it: print may stand on what shines through."""
GHOST_SHARE = 0.03
"""Share of the bare paper with weak thin tones from which print shows through from the other side."""
GHOST_SOLID = millimetres(9)
"""Weak tone on such a page is a picture when solid over 9 mm: the ghost of a headline is lower."""
WALL_CHROMA = 26.0
"""Distance from grey (Lab units) beyond which a page without print is a painted wall, not old paper."""
WALL_STEP = 5.0
"""Levels, or Lab units, by which a wall's ground wavers around its own mean ..."""
WALL_RIM = 0.35
"""... over this share of the page's rim: margins are even, and a picture across them is far off."""
RIM = millimetres(8)
"""Width of that rim."""
WALL_GRAIN = millimetres(2)
"""Averaged over this width, which takes the scanner's noise out."""
LINE = millimetres(15)
"""Longer text is a printed line; what OCR reads into the cracks of a wall is shorter."""
PIECE_MIN_SIDE = millimetres(5)
"""A solid piece under 5 mm is a heading's stroke, a bullet, a stain."""
PIECE_REACH = millimetres(5)
"""Ragged pieces of one picture lie within 5 mm: bright parts of it vanish into the paper."""
STRAIGHT_EDGE = 0.7
"""Share of a side that must lie on the box's edge for the side to be cut straight."""
STRAIGHT_PIECES = 0.4
"""The same for a box around pieces, whose bright gaps show no edge."""
EDGE_DEPTH = 3
"""Pixels (0.75 mm) a straight side may waver."""
EDGE_RAGGED = millimetres(1.5)
"""How far a piece's outline may run out in points thinner than the piece."""
FIGURE_MIN_SIDE = millimetres(7)
"""The smallest picture of a catalogue (a cropped motif) measures 10 mm; skew and fading take some."""
FLAT_SPREAD = 3.0
"""Levels of variation below which a solid area is a tint, not a picture."""
SEAL_SIDE = millimetres(27)
"""Seals measure up to 25 mm."""
STAMP_SIDE = millimetres(42)
"""Library stamps, rings and rules with characters in them, up to 40 mm."""
SEAL_RED = 0.8
"""Share of a seal's ink that is red."""
SEAL_CHROMA = 12.0
"""Lab units towards red, against the paper, of the edge of a stroke of seal paste."""
STICKER_SIZE = (millimetres(40), millimetres(25))
"""The stickers of libraries are no larger ..."""
STICKER_PRINT = 0.3
"""... and their print takes this share of them, at least."""
SEAL_HUE = 0.7
"""Seal paste is at least this much redder than it is yellower."""
SEAL_PAPER = 0.1
"""Share of bare paper inside a seal, at least; a small red textile has none."""
EDGE_SLACK = millimetres(2)
"""What ends this close to the page's edge runs off it."""
MOTIF_SHARE = 0.15
"""Share of the page from which a motif without straight sides that runs off it says something."""
SHADOW_DEPTH = millimetres(14)
"""A page edge or a gutter throws a shadow up to 14 mm wide ..."""
SHADOW_LENGTH = 0.4
"""... along at least this share of the page's side."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A solid area; `straight` says which sides are cut straight: left, top, right, bottom."""

    box: Box
    straight: tuple[bool, bool, bool, bool]


def departure(page: ScanPage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far each pixel of the small copy is from the paper: levels darker, and Lab units of colour."""
    work = page.work
    if _is_bilevel(page.rgb):
        work = cv2.GaussianBlur(work, (0, 0), BILEVEL_BLUR)
    else:
        work = cv2.medianBlur(np.asarray(work.round(), dtype=np.uint8), 3).astype(np.float32)
    away = page.field - work
    return away[:, :, 0], np.hypot(away[:, :, 1], away[:, :, 2])


def covered_paper(page: ScanPage, depth: NDArray[np.float32], colour: NDArray[np.float32]) -> Mask:
    """Where the paper is covered by tone or colour, the grey ghosts of the other side left out."""
    extra = NOISE_FACTOR * page.noise / 2
    step = BILEVEL_TONE if _is_bilevel(page.rgb) else TONE_STEP + extra
    lighter = depth < -(LIGHT_STEP + extra)
    gone = page.inside & ((depth > step) | lighter | (colour > COLOUR_STEP + extra))
    weak = gone & (depth <= STRONG_TONE) & (colour <= STRONG_COLOUR)
    thin = weak & ~grown((gone & ~weak) | opened(gone, WEAK_SOLID), millimetres(1))
    if thin.sum() > SHOW_THROUGH * page.inside.sum():
        gone &= (depth > max(step, GHOST_TONE)) | lighter | (colour > GHOST_COLOUR + extra)
    return gone


def grown(mask: Mask, margin: int) -> Mask:
    size = 2 * margin + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size))) > 0)


def _is_bilevel(rgb: Rgb) -> bool:
    green = rgb[::4, ::4, 1]
    return float(((green < 8) | (green > 247)).mean()) >= BILEVEL_SHARE


def opened(mask: Mask, size: int) -> Mask:
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size))) > 0)


def solid_areas(gone: Mask, strong: Mask, open_paper: Mask) -> Mask:
    """The areas where the paper is gone for millimetres.

    On a page with bleed-through the weak tones must be solid by themselves and over more than a headline,
    so that ghost lines neither bridge a gutter nor pass for a pale textile.
    """
    firm = opened(strong, STRONG_SOLID)
    broad = opened(gone, WEAK_SOLID)
    ghosts = gone & ~strong & ~broad & ~grown(firm, millimetres(1))
    if ghosts.sum() > GHOST_SHARE * max(1, int(open_paper.sum())):
        broad = opened(gone & ~opened(strong, WEAK_SOLID), GHOST_SOLID)
    solid = firm | broad
    cores = opened(solid, PIECE_MIN_SIDE)
    return solid & grown(cores, EDGE_RAGGED)


def is_wall(page: ScanPage) -> bool:
    """Whether what was taken for the paper of a page without print is the ground of a full-bleed plate.

    It is when too colourful for paper, or when it is uneven along the page's edge, where paper is bare.
    """
    x0, y0, x1, y1 = (int(edge) for edge in page.work_box)
    away = np.median(page.field[y0:y1, x0:x1].reshape(-1, 3), axis=0) - 128
    if float(np.hypot(away[1], away[2])) > WALL_CHROMA:
        return True
    edge = rim(page.inside, RIM)
    calm = np.abs(cv2.blur(page.work - page.field, (WALL_GRAIN, WALL_GRAIN)))[edge]
    depth, colour = calm[:, 0], np.hypot(calm[:, 1], calm[:, 2])
    uneven = ((depth > WALL_STEP) | (colour > WALL_STEP)) & (depth < STRONG_TONE) & (colour < STRONG_COLOUR)
    return bool(len(calm)) and float(uneven.mean()) > WALL_RIM


def filled(boxes: Sequence[Box], shape: tuple[int, ...], margin: float = 1.0) -> Mask:
    mask = np.zeros(shape, np.bool_)
    for box in boxes:
        x0, y0, x1, y1 = (max(0, round(edge)) for edge in grow(box, margin))
        mask[y0:y1, x0:x1] = True
    return mask


def is_print(box: Box, broad: Mask, ink: Mask) -> bool:
    """Whether a text box holds ink and stands on paper."""
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in box)
    inner = broad[y0:y1, x0:x1]
    if not inner.size or ink[y0:y1, x0:x1].mean() < PRINT_INK:
        return False
    if inner.mean() >= PICTURE_IN_TEXT:
        return False
    ring = millimetres(RING_MM)
    outer = broad[max(0, y0 - ring) : y1 + ring, max(0, x0 - ring) : x1 + ring]
    pixels = outer.size - inner.size
    return pixels == 0 or (int(outer.sum()) - int(inner.sum())) / pixels < ON_PICTURE


def find_pictures(
    page: ScanPage,
    solid: Mask,
    gone: Mask,
    colour: NDArray[np.float32],
    detail: NDArray[np.float32],
    *,
    alone: bool,
) -> tuple[list[tuple[Box, str]], list[tuple[Box, str]]]:
    """Solid areas -> (pictures with their evidence, furniture with its reason).

    `detail` is the fine detail as a multiple of that of bare paper; `alone`: the page has no lines of print.
    A motif that runs off such a page is evidence of a bleed: its ground does, too.
    """
    pictures: list[tuple[Box, str]] = []
    furniture: list[tuple[Box, str]] = []
    for piece in _merged(_pieces(solid, gone)):
        box = piece.box
        if min(width(box), height(box)) < FIGURE_MIN_SIDE:
            continue
        reason = _no_picture(page, box, solid, gone, detail)
        if reason:
            furniture.append((box, reason))
            continue
        x0, y0, x1, y1 = (int(edge) for edge in box)
        coloured = float(np.median(colour[y0:y1, x0:x1])) > STRONG_COLOUR
        why = "colour" if coloured else "tone"
        pictures.append((box, "bleed" if alone and _runs_off(piece, page.work_box) else why))
    return pictures, furniture


def _pieces(solid: Mask, gone: Mask) -> list[_Piece]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8))
    pieces = []
    for index, (x, y, w, h, _) in enumerate(stats.tolist()):
        if index == 0 or min(w, h) < PIECE_MIN_SIDE:
            continue
        around = labels[y : y + h, x : x + w]
        own = (around == index) | (gone[y : y + h, x : x + w] & (around == 0))
        sides = (own[:, :EDGE_DEPTH], own[:EDGE_DEPTH], own[:, -EDGE_DEPTH:], own[-EDGE_DEPTH:])
        beyond = (
            gone[y : y + h, max(0, x - EDGE_DEPTH) : x],
            gone[max(0, y - EDGE_DEPTH) : y, x : x + w],
            gone[y : y + h, x + w : x + w + EDGE_DEPTH],
            gone[y + h : y + h + EDGE_DEPTH, x : x + w],
        )
        left, top, right, bottom = (
            bool((side.any(axis=axis) & ~out.all(axis=axis)).mean() >= STRAIGHT_EDGE)
            if out.shape[axis]
            else True
            for side, out, axis in zip(sides, beyond, (1, 0, 1, 0), strict=True)
        )
        pieces.append(_Piece((float(x), float(y), float(x + w), float(y + h)), (left, top, right, bottom)))
    return pieces


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Ragged pieces of one picture put together; straight sides facing each other stay a gutter."""
    pieces = sorted(pieces, key=lambda piece: piece.box)
    again = True
    while again:
        again = False
        for i, one in enumerate(pieces):
            other = next((p for p in pieces[i + 1 :] if _belong(one, p)), None)
            if other is None:
                continue
            box = union([one.box, other.box])
            straight = tuple(_stays_straight(side, box, (one, other)) for side in range(4))
            rest = [p for p in pieces if p is not one and p is not other]
            pieces = sorted([*rest, _Piece(box, straight)], key=lambda p: p.box)  # type: ignore[arg-type]
            again = True
            break
    return pieces


def _stays_straight(side: int, box: Box, pieces: Sequence[_Piece]) -> bool:
    """Whether the straight sides of its pieces make up enough of a side of the box around them."""
    low, high = (1, 3) if side in (0, 2) else (0, 2)
    length = sum(
        piece.box[high] - piece.box[low]
        for piece in pieces
        if piece.straight[side] and abs(piece.box[side] - box[side]) <= EDGE_DEPTH
    )
    return length >= STRAIGHT_PIECES * (box[high] - box[low])


def _belong(a: _Piece, b: _Piece) -> bool:
    if area(intersect(a.box, b.box)) > 0:
        return True
    if gap(a.box, b.box) > PIECE_REACH:
        return False
    apart_x = max(b.box[0] - a.box[2], a.box[0] - b.box[2])
    apart_y = max(b.box[1] - a.box[3], a.box[1] - b.box[3])
    if apart_x >= apart_y:
        left, right = (a, b) if a.box[0] <= b.box[0] else (b, a)
        return not (left.straight[2] or right.straight[0])
    upper, lower = (a, b) if a.box[1] <= b.box[1] else (b, a)
    return not (upper.straight[3] or lower.straight[1])


def _runs_off(piece: _Piece, page: Box) -> bool:
    """Whether a large picture is cut off by the page's edge and nowhere else."""
    at_edge = [abs(side - edge) <= EDGE_SLACK for side, edge in zip(piece.box, page, strict=True)]
    cut = any(straight for straight, off in zip(piece.straight, at_edge, strict=True) if not off)
    return any(at_edge) and not cut and area(piece.box) >= MOTIF_SHARE * area(page)


def _no_picture(page: ScanPage, box: Box, solid: Mask, gone: Mask, detail: NDArray[np.float32]) -> str:
    """Why a solid area is no picture: seal, shadow, show-through, tint; "" when it is one.

    `detail` is the fine detail as a multiple of that of bare paper.
    """
    x0, y0, x1, y1 = (int(edge) for edge in box)
    own = solid[y0:y1, x0:x1]
    pixels = page.work[y0:y1, x0:x1][own]
    if not len(pixels):
        return "tint"
    if gone[y0:y1, x0:x1].mean() <= 1 - SEAL_PAPER and is_seal(page, box, solid):
        return "seal"
    if is_shadow(box, page.work_box):
        return "shadow"
    away = (page.field[y0:y1, x0:x1, 0] - page.work[y0:y1, x0:x1, 0])[own]
    if np.percentile(away, 95) < GHOST_DEPTH and _is_soft(detail, box):
        return "show-through"
    calm = cv2.blur(page.work[y0:y1, x0:x1], (3, 3))[own]
    spread = np.percentile(calm, 90, axis=0) - np.percentile(calm, 10, axis=0)
    if spread.max() < FLAT_SPREAD + NOISE_FACTOR * page.noise:
        return "tint"
    return ""


def _is_soft(detail: NDArray[np.float32], box: Box) -> bool:
    """Whether neither the inside of a box nor its edge is sharper than bare paper."""
    x0, y0, x1, y1 = (max(0, int(edge)) for edge in grow(box, EDGE_DEPTH))
    seen = detail[y0:y1, x0:x1]
    edges = [seen[:, : 2 * EDGE_DEPTH], seen[: 2 * EDGE_DEPTH]]
    edges += [seen[:, -2 * EDGE_DEPTH :], seen[-2 * EDGE_DEPTH :]]
    return max(float(np.percentile(part, SOFT_PERCENTILE)) for part in (seen, *edges)) < GHOST_DETAIL


def is_seal(page: ScanPage, box: Box, mask: Mask, side: int = SEAL_SIDE) -> bool:
    """Whether the masked pixels of a box no larger than `side` have the hue of seal paste."""
    if max(width(box), height(box)) > side:
        return False
    x0, y0, x1, y1 = (int(edge) for edge in box)
    hue = (page.work[y0:y1, x0:x1] - page.field[y0:y1, x0:x1])[mask[y0:y1, x0:x1]]
    red = (hue[:, 1] > SEAL_CHROMA) & (hue[:, 1] > SEAL_HUE * np.abs(hue[:, 2]))
    return bool(len(hue)) and float(red.mean()) >= SEAL_RED


def is_sticker(page: ScanPage, box: Box, texts: Sequence[Box]) -> bool:
    """Whether a small box is about as light as the paper and full of print: a library's call number."""
    if width(box) > STICKER_SIZE[0] or height(box) > STICKER_SIZE[1]:
        return False
    x0, y0, x1, y1 = (int(edge) for edge in box)
    darker = page.field[y0:y1, x0:x1, 0] - page.work[y0:y1, x0:x1, 0]
    printed = sum(area(intersect(text, box)) for text in texts)
    return float(np.median(darker)) < TONE_STEP and printed >= STICKER_PRINT * area(box)


def is_shadow(box: Box, page: Box) -> bool:
    """Whether a box is a narrow strip along much of an edge of the page."""
    at_x = box[0] <= page[0] + EDGE_SLACK or box[2] >= page[2] - EDGE_SLACK
    at_y = box[1] <= page[1] + EDGE_SLACK or box[3] >= page[3] - EDGE_SLACK
    tall = width(box) <= SHADOW_DEPTH and height(box) >= SHADOW_LENGTH * height(page)
    flat = height(box) <= SHADOW_DEPTH and width(box) >= SHADOW_LENGTH * width(page)
    return (at_x and tall) or (at_y and flat)
