"""The paint log of a page: what is drawn where, in order, with clips and transparency applied.

MuPDF runs the page through a device of ours that only takes notes. This is the one place that knows
clip stacks, groups and masks; everything else works on boxes of what can really be seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import pymupdf

from extractors.geometry import Box, area, grow, intersect

_mupdf: Any = pymupdf.mupdf

PaintKind = Literal["image", "fill", "stroke", "shade", "text", "invisible_text"]
EVERYWHERE: Box = (-1e6, -1e6, 1e6, 1e6)
_DEVICE_RGB = _mupdf.ll_fz_device_rgb()
_COLOR_PARAMS = _mupdf.FzColorParams()  # kept: what `internal` returns points into it


@dataclass(frozen=True, slots=True)
class PaintOp:
    """One painted thing. `bbox` is its visible part, `full` its whole extent (points, displayed page)."""

    kind: PaintKind
    bbox: Box
    full: Box
    alpha: float = 1.0
    """Opacity 0..1, of the operation times its enclosing groups (soft masks not included)."""
    color: tuple[float, float, float] | None = None
    """Fill or stroke colour as RGB 0..1; None for images and shadings."""
    signature: str = ""
    """Digest of an image's stored bytes: equal for equal pictures."""
    masked: bool = False
    """An image with a soft or stencil mask of its own."""
    pixels: tuple[int, int] = (0, 0)
    one_bit: bool = False
    """An image of two tones: a stencil, or one bit a pixel."""


def _bound_matrix(matrix: Any) -> Box:
    """Box of the unit square under an image's placement matrix."""
    xs = (matrix.e, matrix.e + matrix.a, matrix.e + matrix.c, matrix.e + matrix.a + matrix.c)
    ys = (matrix.f, matrix.f + matrix.b, matrix.f + matrix.d, matrix.f + matrix.b + matrix.d)
    return min(xs), min(ys), max(xs), max(ys)


def _box(rect: Any) -> Box:
    return (rect.x0, rect.y0, rect.x1, rect.y1) if rect.x0 <= rect.x1 and rect.y0 <= rect.y1 else (0, 0, 0, 0)


def to_rgb(colorspace: Any, color: Any) -> tuple[float, float, float] | None:
    """A colour of MuPDF's as RGB 0..1; None for a pattern."""
    if colorspace is None or color is None:
        return None
    out = _mupdf.fz_convert_color2_v()
    _mupdf.ll_fz_convert_color2(colorspace, color, _DEVICE_RGB, out, None, _COLOR_PARAMS.internal())
    return out.v0, out.v1, out.v2


def _image_signature(image: Any) -> str:
    compressed = _mupdf.ll_fz_compressed_image_buffer(image)
    if not compressed:
        return ""
    buffer = _mupdf.FzBuffer(_mupdf.ll_fz_keep_buffer(compressed.buffer))
    data = _mupdf.ll_fz_buffer_extract_copy(buffer.m_internal)
    return hashlib.sha256(data + f"{image.w}x{image.h}".encode()).hexdigest()[:16]


class _Notes(_mupdf.FzDevice2):  # type: ignore[misc]
    """A MuPDF device that records instead of drawing. The argument order is MuPDF's."""

    _WATCHED = (
        *("fill_path", "stroke_path", "clip_path", "clip_stroke_path", "fill_text", "stroke_text"),
        *("ignore_text", "clip_text", "clip_stroke_text", "fill_image", "fill_image_mask"),
        *("clip_image_mask", "fill_shade", "pop_clip", "begin_group", "end_group", "begin_mask", "end_mask"),
    )

    def __init__(self) -> None:
        super().__init__()
        for name in self._WATCHED:
            getattr(self, f"use_virtual_{name}")()
        self.ops: list[PaintOp] = []
        self._clips: list[Box] = [EVERYWHERE]
        self._alphas: list[float] = [1.0]
        self._mask_areas: list[Box] = []

    def _add(self, kind: PaintKind, full: Box, alpha: float = 1.0, **more: Any) -> None:
        if self._mask_areas:  # what is drawn inside a mask definition is not seen itself
            return
        visible = intersect(full, self._clips[-1])
        # A hairline has no area and is still seen; only what the clip removed wholly is left out.
        if area(visible) == 0 and area(full) > 0:
            return
        self.ops.append(PaintOp(kind, visible, full, alpha * self._alphas[-1], **more))

    def _push(self, clip: Box) -> None:
        self._clips.append(intersect(self._clips[-1], clip))

    def fill_path(
        self, _c: Any, path: Any, _eo: int, ctm: Any, cs: Any, color: Any, alpha: float, _p: Any
    ) -> None:
        self._add("fill", _box(_mupdf.ll_fz_bound_path(path, None, ctm)), alpha, color=to_rgb(cs, color))

    def stroke_path(
        self, _c: Any, path: Any, stroke: Any, ctm: Any, cs: Any, color: Any, alpha: float, _p: Any
    ) -> None:
        # MuPDF's own bound of a stroke allows for mitres ten line widths long; half a width is what is seen.
        width = stroke.linewidth * abs(ctm.a * ctm.d - ctm.b * ctm.c) ** 0.5
        full = grow(_box(_mupdf.ll_fz_bound_path(path, None, ctm)), width / 2)
        self._add("stroke", full, alpha, color=to_rgb(cs, color))

    def clip_path(self, _c: Any, path: Any, _eo: int, ctm: Any, _scissor: Any) -> None:
        self._push(_box(_mupdf.ll_fz_bound_path(path, None, ctm)))

    def clip_stroke_path(self, _c: Any, path: Any, stroke: Any, ctm: Any, _scissor: Any) -> None:
        self._push(_box(_mupdf.ll_fz_bound_path(path, stroke, ctm)))

    def fill_text(self, _c: Any, text: Any, ctm: Any, _cs: Any, _col: Any, alpha: float, _p: Any) -> None:
        self._add("text", _box(_mupdf.ll_fz_bound_text(text, None, ctm)), alpha)

    def stroke_text(
        self, _c: Any, text: Any, stroke: Any, ctm: Any, _cs: Any, _col: Any, alpha: float, _p: Any
    ) -> None:
        self._add("text", _box(_mupdf.ll_fz_bound_text(text, stroke, ctm)), alpha)

    def ignore_text(self, _c: Any, text: Any, ctm: Any) -> None:
        self._add("invisible_text", _box(_mupdf.ll_fz_bound_text(text, None, ctm)))

    def clip_text(self, _c: Any, text: Any, ctm: Any, _scissor: Any) -> None:
        self._push(_box(_mupdf.ll_fz_bound_text(text, None, ctm)))

    def clip_stroke_text(self, _c: Any, text: Any, stroke: Any, ctm: Any, _scissor: Any) -> None:
        self._push(_box(_mupdf.ll_fz_bound_text(text, stroke, ctm)))

    def fill_image(self, _c: Any, image: Any, ctm: Any, alpha: float, _p: Any) -> None:
        self._add(
            "image",
            _bound_matrix(ctm),
            alpha,
            signature=_image_signature(image),
            masked=bool(image.mask),
            pixels=(image.w, image.h),
            one_bit=image.bpc == 1 and image.n == 1,
        )

    def fill_image_mask(
        self, _c: Any, image: Any, ctm: Any, cs: Any, color: Any, alpha: float, _p: Any
    ) -> None:
        self._add(
            "image",
            _bound_matrix(ctm),
            alpha,
            color=to_rgb(cs, color),
            signature=_image_signature(image),
            masked=True,
            pixels=(image.w, image.h),
            one_bit=True,
        )

    def clip_image_mask(self, _c: Any, _image: Any, ctm: Any, _scissor: Any) -> None:
        self._push(_bound_matrix(ctm))

    def fill_shade(self, _c: Any, shade: Any, ctm: Any, alpha: float, _p: Any) -> None:
        # A shading often paints the whole plane and is shaped by the clip alone.
        self._add("shade", intersect(_box(_mupdf.ll_fz_bound_shade(shade, ctm)), self._clips[-1]), alpha)

    def pop_clip(self, _c: Any) -> None:
        if len(self._clips) > 1:
            self._clips.pop()

    def begin_group(
        self, _c: Any, _area: Any, _cs: Any, _iso: int, _ko: int, _blend: int, alpha: float
    ) -> None:
        self._alphas.append(self._alphas[-1] * alpha)

    def end_group(self, _c: Any) -> None:
        if len(self._alphas) > 1:
            self._alphas.pop()

    def begin_mask(self, _c: Any, mask_area: Any, *_rest: Any) -> None:
        self._mask_areas.append(_box(mask_area))

    def end_mask(self, _c: Any, *_rest: Any) -> None:
        if self._mask_areas:
            self._push(self._mask_areas.pop())


def paint_log(page: pymupdf.Page) -> list[PaintOp]:
    """What `page` draws, in paint order, clipped to the page. Boxes in points of the displayed page."""
    notes = _Notes()
    notes._push((0.0, 0.0, page.rect.width, page.rect.height))
    _mupdf.fz_run_page(_mupdf.FzPage(page.this), notes, _mupdf.FzMatrix(), _mupdf.FzCookie())
    _mupdf.fz_close_device(notes)
    return notes.ops
