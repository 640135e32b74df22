"""Spoiling the text layer of a PDF as conversion does: it looks the same but reads wrong.

Works on the ToUnicode map of each font after subsetting.
"""

from __future__ import annotations

import re
import unicodedata

import pymupdf

_RADICALS = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0x2F00, 0x2FD6)}
"""Ideograph -> Kangxi radical that looks like it."""
_PRIVATE, _PRIVATE_COUNT = 0xE000, 6400
"""The private-use area of the basic plane."""
_FIRST_IDEOGRAPHIC = 0x2E80
_RANGE = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,8})>")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,8})>")


def _font_maps(doc: pymupdf.Document) -> list[tuple[int, int]]:
    """(font xref, ToUnicode xref) of every composite font."""
    fonts = sorted({entry[0] for page in doc for entry in page.get_fonts(full=True)})
    out = []
    for xref in fonts:
        kind, value = doc.xref_get_key(xref, "ToUnicode")
        if kind == "xref":
            out.append((xref, int(value.split()[0])))
    return out


def _code_points(cmap: bytes) -> dict[int, int]:
    """Glyph code -> code point, from a ToUnicode map."""
    codes: dict[int, int] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        codes |= {int(a, 16): int(b, 16) for a, b in _PAIR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, start in _RANGE.findall(block):
            span = range(int(first, 16), int(last, 16) + 1)
            codes |= {code: int(start, 16) + k for k, code in enumerate(span)}
    return codes


def _written(codes: dict[int, int]) -> bytes:
    """A ToUnicode map for these codes, at most 100 entries a block as the format demands."""
    items = sorted((code, point) for code, point in codes.items() if point <= 0xFFFF)
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for k in range(0, len(items), 100):
        block = items[k : k + 100]
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{code:04X}> <{point:04X}>" for code, point in block]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()


def to_radicals(doc: pymupdf.Document) -> None:
    """Characters that look like a Kangxi radical are extracted as the radical."""
    for _, xref in _font_maps(doc):
        codes = _code_points(doc.xref_stream(xref))
        swapped = {code: ord(_RADICALS.get(chr(point), chr(point))) for code, point in codes.items()}
        doc.update_stream(xref, _written(swapped))


def to_private_use(doc: pymupdf.Document) -> None:
    """Every ideograph is extracted as a private-use code point."""
    for _, xref in _font_maps(doc):
        codes = _code_points(doc.xref_stream(xref))
        moved = {
            code: _PRIVATE + k % _PRIVATE_COUNT if point > _FIRST_IDEOGRAPHIC else point
            for k, (code, point) in enumerate(sorted(codes.items()))
        }
        doc.update_stream(xref, _written(moved))


def without_map(doc: pymupdf.Document) -> None:
    """The fonts lose their Unicode maps."""
    for xref, _ in _font_maps(doc):
        doc.xref_set_key(xref, "ToUnicode", "null")
