"""PDFs damaged in the ways that happen: cut, overwritten, wrongly made. Each is drawn from a sound book."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pymupdf
from PIL import Image

PAGES = 3
HTML = "<!doctype html><html><body>404 没有找到</body></html>".encode()


def sound_book() -> bytes:
    """Three pages, each with a picture and a caption, objects as plain text."""
    with pymupdf.open() as document:
        for number in range(1, PAGES + 1):
            page = document.new_page(width=300, height=420)
            page.insert_image((50, 50, 250, 250), stream=_picture(number))
            page.insert_text((70, 275), f"图{number} 联珠对鸟纹之{number}", fontname="china-s", fontsize=11)
        return bytes(document.tobytes(no_new_id=True, deflate=False))


def _picture(number: int) -> bytes:
    stream = io.BytesIO()
    image = Image.effect_noise((120, 120), 80 + number).convert("RGB")
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _set(page: int, key: str, value: str) -> Callable[[], bytes]:
    """A book with one entry of a page object (0-based) changed."""

    def make() -> bytes:
        with pymupdf.open(stream=sound_book()) as document:
            document.xref_set_key(document.page_xref(page), key, value)
            return bytes(document.tobytes(no_new_id=True))

    return make


def _object(find: Callable[[pymupdf.Document], int], text: str) -> Callable[[], bytes]:
    def make() -> bytes:
        with pymupdf.open(stream=sound_book()) as document:
            document.update_object(find(document), text)
            return bytes(document.tobytes(no_new_id=True))

    return make


def _image_bytes(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    def make() -> bytes:
        with pymupdf.open(stream=sound_book()) as document:
            xref = document[0].get_images()[0][0]
            raw = document.xref_stream_raw(xref)
            keep = document.xref_object(xref)
            document.update_stream(xref, change(raw), compress=False, new=False)
            for key in ("Filter", "Width", "Height", "ColorSpace", "BitsPerComponent"):
                found = re.search(rf"/{key} ?(\S+|\[.*?\])", keep)
                if found:
                    document.xref_set_key(xref, key, found[1])
            return bytes(document.tobytes(no_new_id=True))

    return make


def _content(text: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        with pymupdf.open(stream=sound_book()) as document:
            document.update_stream(document[0].get_contents()[0], text)
            return bytes(document.tobytes(no_new_id=True))

    return make


def _sub(pattern: bytes, text: bytes, count: int = 0) -> Callable[[], bytes]:
    return lambda: re.sub(pattern, text, sound_book(), count=count)


def _cut(share: float) -> bytes:
    data = sound_book()
    return data[: int(len(data) * share)]


def _zeroed(data: bytes) -> bytes:
    """The middle third overwritten, as by a download that skipped a block."""
    third = len(data) // 3
    return data[:third] + bytes(third) + data[2 * third :]


def _page_tree(document: pymupdf.Document) -> int:
    return int(document.xref_get_key(document.pdf_catalog(), "Pages")[1].split()[0])


def _portfolio() -> bytes:
    with pymupdf.open() as document:
        document.new_page().insert_text((50, 50), "Open this portfolio in a newer reader.")
        document.embfile_add("book.pdf", sound_book())
        document.xref_set_key(document.pdf_catalog(), "Collection", "<</Type/Collection/View/T>>")
        return bytes(document.tobytes())


def _deep_tree() -> bytes:
    """Page tree nodes nested 20,000 deep, one page at the bottom."""
    depth = 20_000
    parts = [b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"]
    for number in range(2, depth + 2):
        parts.append(b"%d 0 obj<</Type/Pages/Count 1/Kids[%d 0 R]>>endobj\n" % (number, number + 1))
    parts.append(b"%d 0 obj<</Type/Page/MediaBox[0 0 9 9]>>endobj\n" % (depth + 2))
    return b"".join(parts) + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF\n" % (depth + 3)


def _nested(kind: bytes, depth: int = 100_000) -> bytes:
    opening, closing = {b"array": (b"[", b"]"), b"dict": (b"<</A", b">>")}[kind]
    data = sound_book()
    return data.replace(b"/Type/Page/", b"/X " + opening * depth + closing * depth + b"/Type/Page/", 1)


def _form_loop() -> bytes:
    with pymupdf.open(stream=sound_book()) as document:
        xref = document.get_new_xref()
        document.update_object(
            xref, f"<</Type/XObject/Subtype/Form/BBox[0 0 300 300]/Resources<</XObject<</F {xref} 0 R>>>>>>"
        )
        document.update_stream(xref, b"/F Do")
        page = document[0]
        document.xref_set_key(page.xref, "Resources", f"<</XObject<</F {xref} 0 R>>>>")
        document.update_stream(page.get_contents()[0], b"/F Do")
        return bytes(document.tobytes())


def _encrypted(handler: bytes) -> bytes:
    with pymupdf.open(stream=sound_book()) as document:
        data = bytes(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="a", user_pw="b"))
    return data.replace(b"/Filter/Standard", b"/Filter/" + handler)


DAMAGES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "html": lambda: HTML,
    "html-with-header": lambda: b"%PDF-1.7\n" + HTML * 50 + b"\n%%EOF",
    "header-only": lambda: b"%PDF-1.7\n",
    **{f"cut-{share}": partial(_cut, share) for share in (0.05, 0.3, 0.6, 0.9, 0.99)},
    "zeros-middle": lambda: _zeroed(sound_book()),
    "zeros-all": lambda: b"%PDF-1.7\n" + bytes(100_000) + b"%%EOF",
    "wrong-xref": _sub(rb"(\d{10}) 00000 n", b"0000000017 00000 n"),
    "far-xref": _sub(rb"startxref\s+\d+", b"startxref\n99999999999"),
    "negative-xref": _sub(rb"startxref\s+\d+", b"startxref\n-5"),
    "no-root": _sub(rb"/Root \d+ 0 R", b"/Root 999 0 R"),
    "no-catalog": _sub(rb"/Type/Catalog", b"/Type/Nothing"),
    "tree-loop": _object(_page_tree, "<</Type/Pages/Count 3/Kids[2 0 R 1 0 R 2 0 R]>>"),
    "huge-count": _sub(rb"/Count 3", b"/Count 2000000000"),
    "negative-count": _sub(rb"/Count 3", b"/Count -3"),
    "count-beyond": _sub(rb"/Count 3", b"/Count 7"),
    "page-null": _object(lambda d: d.page_xref(1), "null"),
    "page-number": _object(lambda d: d.page_xref(1), "42"),
    "all-pages-null": _sub(rb"/Kids ?\[[^\]]*\]", b"/Kids[97 0 R 98 0 R 99 0 R]"),
    "no-contents": _set(0, "Contents", "999 0 R"),
    "contents-number": _set(0, "Contents", "7"),
    "no-resources": _set(0, "Resources", "null"),
    "huge-mediabox": _set(0, "MediaBox", "[0 0 1e9 1e9]"),
    "enormous-mediabox": _set(0, "MediaBox", "[0 0 1e38 1e38]"),
    "nan-mediabox": _set(0, "MediaBox", "[0 0 nan inf]"),
    "zero-mediabox": _set(0, "MediaBox", "[0 0 0 0]"),
    "flat-mediabox": _set(0, "MediaBox", "[0 0 300 0]"),
    "hair-mediabox": _set(0, "MediaBox", "[0 0 300 0.0001]"),
    "text-mediabox": _set(0, "MediaBox", "(abc)"),
    "short-mediabox": _set(0, "MediaBox", "[0 0]"),
    "far-mediabox": _set(0, "MediaBox", "[1e7 1e7 10000300 10000420]"),
    "cropbox-outside": _set(0, "CropBox", "[5000 5000 6000 6000]"),
    "zero-cropbox": _set(0, "CropBox", "[10 10 10 10]"),
    "hair-cropbox": _set(0, "CropBox", "[10 10 10.001 10.001]"),
    "odd-rotate": _set(0, "Rotate", "37"),
    "text-rotate": _set(0, "Rotate", "(x)"),
    "huge-userunit": _set(0, "UserUnit", "1e9"),
    "zero-userunit": _set(0, "UserUnit", "0"),
    "negative-userunit": _set(0, "UserUnit", "-1"),
    "huge-rotate": _set(0, "Rotate", "99999999999"),
    "image-cut": _image_bytes(lambda raw: raw[: len(raw) // 3]),
    "image-zeros": _image_bytes(lambda raw: bytes(len(raw))),
    "image-empty": _image_bytes(lambda raw: b""),
    "image-zero-size": lambda: _imaged(Width="0", Height="0"),
    "image-negative-size": lambda: _imaged(Width="-5", Height="-5"),
    "image-huge-size": lambda: _imaged(Width="2000000000", Height="2000000000"),
    "image-bad-bits": lambda: _imaged(BitsPerComponent="77"),
    "image-bad-colours": lambda: _imaged(ColorSpace="/Nothing"),
    "image-bad-filter": lambda: _imaged(Filter="/Nothing"),
    "image-mask-itself": lambda: _imaged(SMask="self"),
    "stream-length-long": _sub(rb"/Length \d+", b"/Length 99999999"),
    "stream-length-short": _sub(rb"/Length \d+", b"/Length 3"),
    "stream-length-negative": _sub(rb"/Length \d+", b"/Length -1"),
    "content-garbage": _content(bytes(range(256)) * 100),
    "content-nan": _content(
        b"nan inf nan nan re f 1e39 1e39 1e39 1e39 re f q nan 0 0 nan 0 0 cm 0 0 9 9 re f Q"
    ),
    "content-huge-numbers": _content(b"9e99 0 0 9e99 0 0 cm 0 0 9e99 9e99 re f 0 0 m 9e99 9e99 l S"),
    "content-deep-q": _content(b"q " * 200_000 + b"0 0 9 9 re f"),
    "content-degenerate": _content(b"q 0 0 0 0 0 0 cm /fzImg0 Do Q 10 10 0 0 re f 10 10 0 0 re S"),
    "content-unfinished-image": _content(b"BI /W 9999 /H 9999 /CS /RGB /BPC 8 ID abc"),
    "portfolio": _portfolio,
    "unknown-handler": lambda: _encrypted(b"Adobe.PPKLite"),
    "drm-handler": lambda: _encrypted(b"EBX_HANDLER"),
    "broken-encryption": lambda: re.sub(rb"/V 5", b"/V 77", _encrypted(b"Standard")),
    "deep-tree": _deep_tree,
    "deep-array": lambda: _nested(b"array"),
    "deep-dict": lambda: _nested(b"dict"),
    "form-loop": _form_loop,
    "no-fonts": _sub(rb"/Subtype/Type0", b"/Subtype/Nothing"),
    "font-loop": _sub(rb"/DescendantFonts ?\[[^\]]*\]", b"/DescendantFonts[2 0 R]"),
}


def _imaged(**keys: str) -> bytes:
    with pymupdf.open(stream=sound_book()) as document:
        xref = document[0].get_images()[0][0]
        for key, value in keys.items():
            document.xref_set_key(xref, key, f"{xref} 0 R" if value == "self" else value)
        return bytes(document.tobytes(no_new_id=True))


def write_damaged(name: str, folder: Path) -> Path:
    """The book damaged as `name` says, as a file."""
    path = folder / f"{name}.pdf"
    path.write_bytes(DAMAGES[name]())
    return path
