"""A printed sheet in the making: its pixels, the boxes of what is on it, and the style of its book."""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np

from extractors.fitting.finder.dice import (
    Colour,
    Picture,
    Rng,
    between,
    chance,
    colour,
    count,
    ink_bounds,
    lay,
    noise,
    paste,
    pick,
)
from extractors.fitting.finder.glyphs import BOLD, FACES, latin_ink, text_ink, word_ink
from extractors.fitting.finder.line_art import line_drawing
from extractors.fitting.finder.pictures import picture_of
from extractors.fitting.finder.shapes import object_mask

ItemKind = Literal["figure", "group", "text", "table", "decor", "ignore"]
FigureKind = Literal["picture", "drawing", "cutout"]
A4_POINTS = 842
"""Height of A4 in points; sheets of any shape are given the area of A4."""
A4_ASPECT = 0.707


class Item(NamedTuple):
    """One thing on the sheet; the box is in pixels of the sheet."""

    kind: ItemKind
    x0: float
    y0: float
    x1: float
    y1: float


class Sheet:
    """Pixels (height, width, 3), items, and a style: type, gaps, colours, where captions are."""

    def __init__(self, rng: Rng, height: int, width: int) -> None:
        self.rng, self.height, self.width = rng, height, width
        self.pixels: Picture = np.full((height, width, 3), 255, np.uint8)
        self.items: list[Item] = []
        self.grouped: set[int] = set()
        """Indices of figures that are in a group already."""
        point = (height * width / A4_ASPECT) ** 0.5 / A4_POINTS
        self.face = count(rng, 0, len(FACES) - 1)
        self.size = max(7, round(point * pick(rng, between(rng, 8.5, 12), between(rng, 10, 16))))
        self.lead = max(2, int(self.size * between(rng, 0.25, 0.95)))
        self.small = max(6, int(self.size * between(rng, 0.72, 0.98)))
        self.caption_face = self.face if chance(rng, 0.4) else count(rng, 0, len(FACES) - 1)
        self.vertical = chance(rng, 0.17)
        self.tint: Colour = (15, 15, 15) if chance(rng, 0.85) else colour(rng, 0, 110)
        self.caption_tint: Colour = self.tint if chance(rng, 0.7) else colour(rng, 0, 150)
        self.latin = chance(rng, 0.15)
        self.gap = pick(
            rng, 0 if chance(rng, 0.12) else count(rng, 2, 4), count(rng, 2, 12), count(rng, 6, 26)
        )
        self.framed = chance(rng, 0.14)
        self.ruled = self.vertical and chance(rng, 0.3)
        """Thin lines between the columns of vertical text, as woodblock books have."""
        self.grey = chance(rng, 0.25)
        self.caption_side = pick(rng, "below", "below", "below", "above", "side", "none")
        self.centred = chance(rng, 0.5)
        self.figure_kind: FigureKind = "picture"
        self.source: Picture | None = None
        """What all pictures of a group are cut from, where they are alike."""
        if chance(rng, 0.05):
            ground = colour(rng) if chance(rng, 0.5) else (count(rng, 10, 60),) * 3
            self.pixels[:] = np.array(ground, np.uint8)
            if sum(ground) < 330:
                self.tint = self.caption_tint = (240, 240, 235)
        elif chance(rng, 0.06):
            self.pixels[:] = np.array(colour(rng, 225, 252), np.uint8)

    def add(self, kind: ItemKind, x0: float, y0: float, x1: float, y1: float) -> None:
        """Note an item, cut at the edges of the sheet."""
        x0, y0, x1, y1 = max(0.0, x0), max(0.0, y0), min(float(self.width), x1), min(float(self.height), y1)
        if x1 - x0 > 1 and y1 - y0 > 1:
            self.items.append(Item(kind, x0, y0, x1, y1))

    def group_since(self, start: int) -> None:
        """Make one group of the figures added since item `start` that are in none."""
        members = [
            index
            for index in range(start, len(self.items))
            if self.items[index].kind == "figure" and index not in self.grouped
        ]
        if members:
            boxes = np.array([self.items[index][1:] for index in members], float)
            self.grouped.update(members)
            low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
            self.add("group", float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def group_rest(self) -> None:
        """Make a group of each figure that is in none."""
        for index in range(len(self.items)):
            if self.items[index].kind == "figure" and index not in self.grouped:
                self.grouped.add(index)
                self.add("group", *self.items[index][1:])

    # ------------------------------------------------------------------ text
    def text(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        size: int | None = None,
        face: int | None = None,
        vertical: bool | None = None,
        tint: Colour | None = None,
        lead: int | None = None,
        lines: int | None = None,
        centred: bool = False,
        indent: bool = True,
        last: int | None = None,
    ) -> tuple[float, float, float, float] | None:
        """Fill the box with text, at most `lines` lines; returns the box used, None where none fits."""
        rng, size = self.rng, size or self.size
        face, lead = self.face if face is None else face, self.lead if lead is None else lead
        vertical = self.vertical if vertical is None else vertical
        width, height, x, y = int(x1 - x0), int(y1 - y0), int(x0), int(y0)
        if width < size or height < size:
            return None
        across, along = (width, height) if vertical else (height, width)
        number, length = (across + lead) // (size + lead), along // size
        number = min(number, lines) if lines else number
        if number < 1 or length < 1:
            return None
        if self.latin and not vertical and chance(rng, 0.7):
            rows = max(1, (height + lead) // (int(size * 1.3) + lead))
            ink = latin_ink(rng, size, lead, min(rows, lines) if lines else rows, width)
        else:
            if centred and number == 1 and last is None:
                last = length = count(rng, max(1, length // 3), length)
            ink = text_ink(
                rng,
                face,
                size,
                lead,
                number,
                length,
                vertical=vertical,
                indent=indent and number > 1,
                last=last,
            )
            if vertical:
                x = int(x1) - ink.shape[1]
                if self.ruled:
                    self._rule(x - lead // 2, y, size + lead, number, height)
            elif centred:
                x = int(x0 + (width - ink.shape[1]) / 2)
        ink = ink[: height + 2, : width + 2]
        lay(self.pixels, x, y, ink, tint or self.tint)
        self.add("text", x, y, x + ink.shape[1], y + ink.shape[0])
        return x, y, x + ink.shape[1], y + ink.shape[0]

    def _rule(self, x: int, y: int, step: int, number: int, height: int) -> None:
        """Lines `step` pixels apart between `number` columns of text."""
        for column in range(number + 1):
            at = x + column * step
            cv2.line(self.pixels, (at, y), (at, y + height), self.tint, 1)

    def caption(
        self, x0: float, y0: float, x1: float, y1: float, lines: int | None = None, *, vertical: bool = False
    ) -> None:
        """A caption of `lines` lines (None: one or two)."""
        self.text(
            x0,
            y0,
            x1,
            y1,
            size=self.small,
            face=self.caption_face,
            vertical=vertical,
            tint=self.caption_tint,
            lead=max(1, self.small // 4),
            lines=lines or count(self.rng, 1, 2),
            centred=self.centred,
            indent=False,
        )

    def heading(self, x0: float, y0: float, x1: float, y1: float) -> int:
        """One line of larger type; returns its size in pixels."""
        size = int(self.size * between(self.rng, 1, 1.9))
        self.text(
            x0,
            y0,
            x1,
            y1,
            size=size,
            face=pick(self.rng, *BOLD, self.face),
            lines=1,
            last=count(self.rng, 2, 14) if chance(self.rng, 0.8) else None,
            centred=chance(self.rng, 0.5),
            indent=False,
        )
        return size

    # --------------------------------------------------------------- figures
    def figure(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """One figure of the sheet's present kind in (or, for a drawing, within) the box."""
        drawn = {"picture": self.picture, "drawing": self.drawing, "cutout": self.cutout}
        drawn[self.figure_kind](x0, y0, x1, y1)

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rectangular picture that fills the box."""
        rng = self.rng
        left, top = max(0, round(x0)), max(0, round(y0))
        right, bottom = min(self.width, round(x1)), min(self.height, round(y1))
        width, height = right - left, bottom - top
        if width < 12 or height < 12:
            return
        picture = picture_of(rng, height, width, grey=self.grey, taken=self.source)
        part = self.pixels[top:bottom, left:right]
        rim = np.abs(picture[[0, -1]].astype(np.int16) - part[[0, -1]]).mean()
        if rim < 5 and np.abs(picture.astype(np.int16) - part).mean() < 12:
            picture = (picture * between(rng, 0.8, 0.95)).astype(np.uint8)  # else nobody could see its edges
        if chance(rng, 0.03):
            paste(part, picture, self._rounded(height, width))
        else:
            part[:] = picture
        if self.framed or chance(rng, 0.04):
            tint = colour(rng, 0, 120) if chance(rng, 0.3) else (20, 20, 20)
            cv2.rectangle(self.pixels, (left, top), (right - 1, bottom - 1), tint, count(rng, 1, 2))
        if chance(rng, 0.1):
            self._letter_on(left, top, width, height)
        if chance(rng, 0.03):
            for _ in range(count(rng, 1, 4)):
                tail = left + count(rng, 0, width - 1), top + count(rng, 0, height - 1)
                point = left + count(rng, 0, width - 1), top + count(rng, 0, height - 1)
                tint = pick(rng, (255, 255, 255), (200, 30, 30), (0, 0, 0))
                cv2.arrowedLine(self.pixels, tail, point, tint, 1, cv2.LINE_AA)
        self.add("figure", left, top, right, bottom)

    def _rounded(self, height: int, width: int) -> Picture:
        """The mask of an oval, or of a box with round corners."""
        mask = np.zeros((height, width), np.uint8)
        if chance(self.rng, 0.5):
            centre, axes = (width // 2, height // 2), (width // 2 - 1, height // 2 - 1)
            cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
            return mask
        corner = max(2, int(min(height, width) * between(self.rng, 0.03, 0.15)))
        cv2.rectangle(mask, (corner, 0), (width - corner, height), 255, -1)
        cv2.rectangle(mask, (0, corner), (width, height - corner), 255, -1)
        for x in (corner, width - corner - 1):
            for y in (corner, height - corner - 1):
                cv2.circle(mask, (x, y), corner, 255, -1, cv2.LINE_AA)
        return mask

    def _letter_on(self, left: int, top: int, width: int, height: int) -> None:
        """A letter or number in a corner of a picture."""
        rng = self.rng
        size = max(8, min(int(min(height, width) * 0.14), 28))
        ink = word_ink(rng, pick(rng, 0, 2, 4), size, count(rng, 1, 2))
        far_x, far_y = width - ink.shape[1] - 3, height - size - 3
        x, y = pick(rng, (3, 3), (3, far_y), (far_x, 3), (far_x, far_y))
        x, y = left + x, top + y
        if chance(rng, 0.4):
            cv2.rectangle(
                self.pixels, (x - 2, y - 2), (x + ink.shape[1] + 1, y + size + 1), (255, 255, 255), -1
            )
            lay(self.pixels, x, y, ink)
        else:
            lay(self.pixels, x, y, ink, pick(rng, (255, 255, 255), (10, 10, 10), (200, 30, 30)))

    def drawing(self, x0: float, y0: float, x1: float, y1: float, kind: str | None = None) -> None:
        """Ink on the bare sheet; the figure's box is the ink's."""
        rng = self.rng
        width, height = int(x1 - x0), int(y1 - y0)
        if width < 30 or height < 30:
            return
        ink = line_drawing(rng, height, width, kind)
        bounds = ink_bounds(ink)
        if bounds is None or bounds[2] - bounds[0] < 14 or bounds[3] - bounds[1] < 14:
            return
        left, top, right, bottom = bounds
        tint = self.tint if chance(rng, 0.8) else colour(rng, 0, 140)
        if chance(rng, 0.2):  # coloured fields under the strokes
            near = cv2.GaussianBlur(cv2.dilate(ink, np.ones((3, 3), np.uint8)), (0, 0), 6) > 30
            field = noise(rng, height, width, count(rng, 2, 5))
            for step in range(count(rng, 1, 3)):
                mask = ((field > 0.25 + 0.2 * step) & near).astype(np.uint8) * count(rng, 60, 160)
                mask[:top], mask[bottom:], mask[:, :left], mask[:, right:] = 0, 0, 0, 0
                lay(self.pixels, int(x0), int(y0), mask, colour(rng, 60, 255))
        strength = between(rng, 0.18, 0.6) if chance(rng, 0.4) else between(rng, 0.6, 1)
        lay(self.pixels, int(x0), int(y0), (ink * strength).astype(np.uint8), tint)
        left, top, right, bottom = int(x0) + left, int(y0) + top, int(x0) + right, int(y0) + bottom
        if (self.framed and chance(rng, 0.7)) or chance(rng, 0.06):
            edge = count(rng, 2, 6)
            left, top, right, bottom = left - edge, top - edge, right + edge, bottom + edge
            cv2.rectangle(self.pixels, (left, top), (right - 1, bottom - 1), tint, count(rng, 1, 2))
        self.add("figure", left, top, right, bottom)

    def cutout(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """An object or cloth without frame or backdrop; the figure's box is the object's."""
        rng = self.rng
        width, height, left, top = int(x1 - x0), int(y1 - y0), int(x0), int(y0)
        part = self.pixels[max(0, top) : top + height, max(0, left) : left + width]
        if width < 24 or height < 24 or part.shape[:2] != (height, width):
            return
        mask = object_mask(rng, height, width)
        bounds = ink_bounds(mask)
        if bounds is None:
            return
        picture = picture_of(rng, height, width, grey=self.grey)
        inside = picture[mask > 128]
        if len(inside) and abs(float(inside.mean()) - float(part.mean())) < 18:
            picture = (picture * 0.75).astype(np.uint8)
        if chance(rng, 0.35):
            shift = max(1, height // 40), max(1, width // 40)
            shadow = cv2.GaussianBlur(np.roll(mask, shift, (0, 1)), (0, 0), max(1, width / 40))
            part[:] = (part * (1 - shadow[..., None] / 255 * between(rng, 0.1, 0.35))).astype(np.uint8)
        paste(part, picture, mask)
        self.add("figure", left + bounds[0], top + bounds[1], left + bounds[2], top + bounds[3])
