"""Crops of pages made here, object by object, so that every way to place and store an image occurs."""

from __future__ import annotations

import io
import zlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pymupdf
import pytest
from PIL import Image, ImageCms

from extractors.crops import Crop, cut, phash, preview, to_png
from extractors.document import render
from extractors.errors import PageTooLargeError
from extractors.geometry import Box
from extractors.settings import Limits

Array = npt.NDArray[np.uint8]
LIMITS = Limits()
WIDE, HIGH = 160, 120
BOX: Box = (50.0, 60.0, 210.0, 180.0)
"""Where `UPRIGHT` shows a 160 x 120 image at one pixel a point, on a page of 300 x 400 points."""
UPRIGHT = "q 160 0 0 120 50 220 cm /Im Do Q"

ALIKE = 5.0
"""Largest mean difference between a crop and the page drawn at 300 dpi; resampling alone makes 1 to 4."""


def motif(wide: int = WIDE, high: int = HIGH) -> Array:
    """A picture without any symmetry: a colour gradient with a bright disc and a dark bar."""
    y, x = np.mgrid[0:high, 0:wide]
    picture = np.stack([40 + 180 * x / wide, 30 + 190 * y / high, 200 - 150 * x / wide], axis=2)
    picture[(x - wide * 0.3) ** 2 + (y - high * 0.3) ** 2 < (high * 0.2) ** 2] = (250, 240, 90)
    picture[int(high * 0.7) : int(high * 0.8), int(wide * 0.5) : int(wide * 0.9)] = (10, 20, 60)
    return picture.astype(np.uint8)


class Book:
    """A one-page PDF of 300 x 400 points, built from raw objects."""

    def __init__(self, content: str = UPRIGHT, rotation: int = 0) -> None:
        self.document = pymupdf.open()
        self.page_xref = self.document.new_page(width=300, height=400).xref
        self.content, self.rotation = content, rotation
        self.objects: dict[str, int] = {}

    def add(self, entries: str, data: bytes, name: str = "", code: str = "") -> int:
        """A stream object; with a name, an XObject of the page."""
        xref = self.document.get_new_xref()
        self.document.update_object(xref, f"<<{entries}>>")
        self.document.update_stream(xref, data, compress=not code)
        if code:
            self.document.xref_set_key(xref, "Filter", code)
        if name:
            self.objects[name] = xref
        return xref

    def image(
        self,
        data: bytes,
        space: str,
        *,
        name: str = "Im",
        bits: int = 8,
        more: str = "",
        code: str = "",
        **size: int,
    ) -> Book:
        wide, high = size.get("wide", WIDE), size.get("high", HIGH)
        self.add(image_entries(wide, high, space, bits, more), data, name, code)
        return self

    def page(self) -> pymupdf.Page:
        document = self.document
        names = " ".join(f"/{name} {xref} 0 R" for name, xref in self.objects.items())
        font = "/Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        state = "/ExtGState<</Pale <</ca 0.08>>>>"
        document.xref_set_key(self.page_xref, "Resources", f"<</XObject<<{names}>>{font}{state}>>")
        document.xref_set_key(
            self.page_xref, "Contents", f"{self.add('', self.content.encode('latin-1'))} 0 R"
        )
        document.xref_set_key(self.page_xref, "Rotate", str(self.rotation))
        self.document = pymupdf.open("pdf", document.tobytes())
        page = self.document[0]
        assert isinstance(page, pymupdf.Page)
        return page


def image_entries(wide: int, high: int, space: str, bits: int = 8, more: str = "") -> str:
    colour = f"/ColorSpace {space}" if space else ""
    return f"/Type/XObject/Subtype/Image/Width {wide}/Height {high}/BitsPerComponent {bits}{colour}{more}"


def rgb(content: str = UPRIGHT, rotation: int = 0, picture: Array | None = None) -> Book:
    picture = motif() if picture is None else picture
    book = Book(content, rotation)
    return book.image(picture.tobytes(), "/DeviceRGB", wide=picture.shape[1], high=picture.shape[0])


def pixels(crop: Crop) -> Array:
    with Image.open(io.BytesIO(crop.png)) as image:
        assert image.size == (crop.width, crop.height)
        return np.asarray(image.convert("RGB"))


def difference(page: pymupdf.Page, box: Box, crop: Crop) -> float:
    """Mean difference, of 255, between the crop and the page at 300 dpi, at the smaller of both sizes."""
    shown = render(page, 300, LIMITS, box)
    wide, high = min(crop.width, shown.shape[1]), min(crop.height, shown.shape[0])
    ours, theirs = (cv2.resize(p, (wide, high), interpolation=cv2.INTER_AREA) for p in (pixels(crop), shown))
    return float(np.abs(ours.astype(int) - theirs).mean())


def check(page: pymupdf.Page, method: str, box: Box = BOX, dpi: int = 300) -> Crop:
    crop = cut(page, box, dpi, LIMITS)
    assert crop.method == method
    assert difference(page, box, crop) < ALIKE
    assert crop.phash == phash(crop.png)
    assert (crop.pixels == pixels(crop)).all()
    return crop


# ---- how an image is stored


def test_rgb_comes_out_pixel_for_pixel() -> None:
    assert (pixels(check(rgb().page(), "embedded")) == motif()).all()


def test_gray_is_stored_as_gray() -> None:
    grey = motif()[..., 0]
    crop = check(Book().image(grey.tobytes(), "/DeviceGray").page(), "embedded")
    assert (pixels(crop)[..., 0] == grey).all()
    assert Image.open(io.BytesIO(crop.png)).mode == "L"


@pytest.mark.parametrize("decode", ["", "/Decode[1 0]"])
def test_one_bit_and_its_inversion(decode: str) -> None:
    bits = motif()[..., 0] > 128
    crop = check(
        Book().image(np.packbits(bits, axis=1).tobytes(), "/DeviceGray", bits=1, more=decode).page(),
        "embedded",
    )
    assert ((pixels(crop)[..., 0] > 0) == (bits ^ bool(decode))).all()
    assert Image.open(io.BytesIO(crop.png)).mode == "1"


def test_jpeg_in_cmyk() -> None:
    stream = io.BytesIO()
    Image.fromarray(motif()).convert("CMYK").save(stream, "JPEG", quality=95)
    page = (
        Book()
        .image(stream.getvalue(), "/DeviceCMYK", more="/Decode[1 0 1 0 1 0 1 0]", code="/DCTDecode")
        .page()
    )
    crop = check(page, "embedded")
    assert (crop.width, crop.height) == (WIDE, HIGH)


def test_indexed() -> None:
    palette = np.array([[200, 30, 30], [20, 160, 60], [20, 40, 200], [240, 230, 200]], np.uint8)
    index = (np.arange(WIDE * HIGH).reshape(HIGH, WIDE) // 37 % 4).astype(np.uint8)
    crop = check(
        Book().image(index.tobytes(), f"[/Indexed/DeviceRGB 3<{palette.tobytes().hex()}>]").page(), "embedded"
    )
    assert (pixels(crop) == palette[index]).all()


def test_device_n_and_a_spot_colour() -> None:
    tint = "<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[0 .8 .9 .1]/N 1>>"
    page = Book().image(motif()[..., 0].tobytes(), f"[/Separation/Cinnabar/DeviceCMYK {tint}]").page()
    assert (
        pixels(check(page, "embedded"))[..., 0].mean() > pixels(check(page, "embedded"))[..., 2].mean() + 20
    )


@pytest.mark.parametrize("kind", ["/SMask", "/Mask"])
def test_a_mask_shows_the_paper(kind: str) -> None:
    visible = (np.hypot(*np.mgrid[-60:60, -80:80]) < 55).astype(np.uint8)
    book = Book()
    if kind == "/SMask":
        mask = book.add(image_entries(WIDE, HIGH, "/DeviceGray"), (visible * 255).tobytes())
    else:
        data = np.packbits(visible == 0, axis=1).tobytes()
        mask = book.add(image_entries(WIDE, HIGH, "", 1, "/ImageMask true"), data)
    crop = check(book.image(motif().tobytes(), "/DeviceRGB", more=f"{kind} {mask} 0 R").page(), "embedded")
    assert (pixels(crop) == np.where(visible[..., None] > 0, motif(), 255)).all()


def test_a_finer_mask_sets_the_size() -> None:
    book = Book()
    mask = book.add(image_entries(640, 480, "/DeviceGray"), motif(640, 480)[..., 1].tobytes())
    crop = check(book.image(motif().tobytes(), "/DeviceRGB", more=f"/SMask {mask} 0 R").page(), "embedded")
    assert (crop.width, crop.height) == (640, 480)


def test_an_icc_profile_is_followed() -> None:
    book = Book()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    space = f"[/ICCBased {book.add('/N 3/Alternate/Lab', profile)} 0 R]"
    check(book.image(motif().tobytes(), space).page(), "embedded")


@pytest.mark.parametrize(("kind", "code"), [("JPEG", "/DCTDecode"), ("JPEG2000", "/JPXDecode")])
def test_compressed_images_are_unpacked_as_they_are(kind: str, code: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(motif()).save(stream, kind)
    crop = check(Book().image(stream.getvalue(), "/DeviceRGB", code=code).page(), "embedded")
    assert np.abs(pixels(crop).astype(int) - np.asarray(Image.open(stream))).mean() < 1


def test_a_masked_image_on_coloured_paper_is_rendered() -> None:
    book = Book(".9 .6 .2 rg 0 0 300 400 re f " + UPRIGHT)
    half = np.repeat(np.linspace(0, 255, HIGH).astype(np.uint8)[:, None], WIDE, axis=1)
    mask = book.add(image_entries(WIDE, HIGH, "/DeviceGray"), half.tobytes())
    check(book.image(motif().tobytes(), "/DeviceRGB", more=f"/SMask {mask} 0 R").page(), "rendered")


def test_a_stencil_keeps_its_ink() -> None:
    bits = motif(640, 480)[..., 0] > 128
    data = np.packbits(bits, axis=1).tobytes()
    page = (
        Book("1 0 0 rg " + UPRIGHT).image(data, "", bits=1, more="/ImageMask true", wide=640, high=480).page()
    )
    crop = check(page, "rendered", dpi=150)
    assert (crop.width, crop.height) == (640, 480), "drawn on the image's own grid, at 288 dpi"
    assert (pixels(crop) == np.where(bits[..., None], (255, 255, 255), (255, 0, 0))).all()


def test_inline_image() -> None:
    small = motif(16, 12)
    data = zlib.compress(small.tobytes()).hex()
    content = f"q 160 0 0 120 50 220 cm BI /W 16 /H 12 /BPC 8 /CS /RGB /F [/AHx /Fl] ID {data}> EI Q"
    assert (pixels(check(Book(content).page(), "embedded", dpi=72)) == small).all()


def test_inside_a_form() -> None:
    book = Book("q 2 0 0 2 10 20 cm /Form Do Q")
    image = book.add(image_entries(WIDE, HIGH, "/DeviceRGB"), motif().tobytes())
    form = f"/Type/XObject/Subtype/Form/BBox[0 0 150 200]/Resources<</XObject<</Im {image} 0 R>>>>"
    book.add(form, b"q 80 0 0 60 20 100 cm /Im Do Q", "Form")
    crop = check(book.page(), "embedded", box=(50.0, 60.0, 210.0, 180.0))
    assert (pixels(crop) == motif()).all()


# ---- how it is placed


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("placement", "turn"),
    [
        ("160 0 0 120 50 220", lambda p: p),
        ("-160 0 0 120 210 220", np.fliplr),
        ("160 0 0 -120 50 340", np.flipud),
        ("0 160 -120 0 210 180", lambda p: np.rot90(p, 1)),
        ("0 -160 120 0 50 340", lambda p: np.rot90(p, -1)),
    ],
)
def test_turned_and_mirrored_as_displayed(rotation: int, placement: str, turn: Any) -> None:
    page = rgb(f"q {placement} cm /Im Do Q", rotation).page()
    a, b, c, d, e, f = map(float, placement.split())
    placed = pymupdf.Rect(0, 0, 1, 1).transform(pymupdf.Matrix(a, b, c, d, e, f))
    shown = pymupdf.Rect(placed.x0, 400 - placed.y1, placed.x1, 400 - placed.y0) * page.rotation_matrix
    crop = check(page, "embedded", box=tuple(shown.normalize()))
    assert (pixels(crop) == np.rot90(turn(motif()), -rotation // 90)).all()


def test_a_slanted_image_is_rendered_no_coarser_than_it_is() -> None:
    big = motif(800, 600)
    page = rgb("q 158 12 -9 118 60 215 cm /Im Do Q", picture=big).page()
    crop = check(page, "rendered", box=(50.0, 55.0, 220.0, 186.0))
    assert crop.width / 170 * 72 > 355


def test_unequal_resolutions_are_rendered_square() -> None:
    crop = check(rgb(picture=motif(320, 120)).page(), "rendered")
    assert crop.width / crop.height == pytest.approx(4 / 3, rel=0.01)


def test_a_box_rounded_to_the_point_still_gives_the_whole_image() -> None:
    crop = check(rgb(picture=motif(1600, 1200)).page(), "embedded", box=(50.4, 59.7, 209.6, 180.3))
    assert (crop.width, crop.height) == (1600, 1200)


def test_only_the_visible_part_of_a_clipped_image() -> None:
    page = rgb(f"70 240 100 60 re W n {UPRIGHT}").page()
    crop = check(page, "embedded", box=(70.0, 100.0, 170.0, 160.0))
    assert (pixels(crop) == motif()[40:100, 20:120]).all()


def test_a_round_clip_is_rendered() -> None:
    check(rgb(f"50 220 m 130 400 210 220 210 220 c h W n {UPRIGHT}").page(), "rendered")


def test_part_of_a_scanned_page_is_not_resampled() -> None:
    scan = motif(1250, 1667)
    page = rgb("q 300 0 0 400 0 0 cm /Im Do Q", picture=scan).page()
    crop = check(page, "embedded", box=(60.0, 72.0, 180.0, 240.0))
    assert (pixels(crop) == scan[300 : 300 + crop.height, 250 : 250 + crop.width]).all()
    assert (crop.width, crop.height) == (500, 700)


# ---- what lies over it


@pytest.mark.parametrize(
    "mark",
    [
        "0 0 1 rg 60 230 50 40 re f",
        "BT /F 12 Tf 1 1 1 rg 60 230 Td (12a) Tj ET",
        "2 w 0 G 60 230 m 200 330 l S",
    ],
    ids=["shape", "label", "line"],
)
def test_a_covered_image_is_rendered_with_what_covers_it(mark: str) -> None:
    crop = check(rgb(f"{UPRIGHT} {mark}").page(), "rendered")
    assert crop.width == pytest.approx(160 / 72 * 300, abs=2)


@pytest.mark.parametrize(
    "mark",
    [
        "BT 3 Tr /F 12 Tf 60 230 Td (text of an OCR layer) Tj ET",
        "/Pale gs BT /F 40 Tf 60 230 Td (mark) Tj ET",
    ],
    ids=["invisible text", "pale watermark"],
)
def test_what_nobody_sees_does_not_matter(mark: str) -> None:
    assert (pixels(check(rgb(f"{UPRIGHT} {mark}").page(), "embedded")) == motif()).all()


def test_the_upper_of_two_images_is_taken() -> None:
    book = rgb(f"q 160 0 0 120 50 220 cm /Under Do Q {UPRIGHT}")
    page = book.image(motif()[::-1].tobytes(), "/DeviceRGB", name="Under").page()
    assert (pixels(check(page, "embedded")) == motif()).all()


def test_a_watermark_image_over_the_page_does_not_hide_the_image_under_it() -> None:
    book = rgb(f"{UPRIGHT} q 300 0 0 400 0 0 cm /Mark Do Q")
    mask = book.add(image_entries(30, 40, "/DeviceGray"), bytes([0] * 9 + [25]) * 120)
    more = f"/SMask {mask} 0 R"
    page = book.image(bytes(3600), "/DeviceRGB", name="Mark", more=more, wide=30, high=40).page()
    assert (pixels(check(page, "embedded")) == motif()).all()


def test_a_plate_that_bleeds_off_the_page_ends_at_its_edge() -> None:
    plate = motif(660, 860)
    page = rgb("q 330 0 0 430 -15 -15 cm /Im Do Q", picture=plate).page()
    crop = check(page, "embedded", box=(-15.0, -15.0, 315.0, 415.0))
    assert (pixels(crop) == plate[30:830, 30:630]).all()


def test_strips_are_drawn_on_their_own_grid() -> None:
    whole = motif(800, 600)
    book = Book(" ".join(f"q 160 0 0 20 50 {320 - 20 * n} cm /S{n} Do Q" for n in range(6)))
    for n in range(6):
        book.image(whole[100 * n : 100 * n + 100].tobytes(), "/DeviceRGB", name=f"S{n}", wide=800, high=100)
    assert (pixels(check(book.page(), "rendered")) == whole).all()


def test_a_drawing_is_rendered_at_the_asked_resolution() -> None:
    crop = check(Book("1 0 0 rg 60 230 100 80 re f").page(), "rendered", dpi=300)
    assert (crop.width, crop.height) == pytest.approx((160 / 72 * 300, 120 / 72 * 300), abs=2)


# ---- limits and the rest


@pytest.mark.parametrize("code", ["/DCTDecode", "/JPXDecode", "/FlateDecode", "/JBIG2Decode"])
def test_a_broken_image_still_gives_what_the_page_shows(code: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(motif()).save(stream, "JPEG2000")
    page = Book().image(stream.getvalue()[:9000], "/DeviceRGB", code=code).page()
    assert difference(page, BOX, cut(page, BOX, 300, LIMITS)) < ALIKE


def test_an_image_over_the_pixel_limit_is_refused_undecoded() -> None:
    page = Book().image(b"\0" * 64, "/DeviceGray", wide=60_000, high=60_000).page()
    with pytest.raises(PageTooLargeError, match=r"page 1: .*60000 x 60000"):
        cut(page, BOX, 300, LIMITS)


def test_a_box_outside_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="page 1"):
        cut(rgb().page(), (400.0, 60.0, 500.0, 180.0), 300, LIMITS)


def test_png_is_lossless_and_repeatable() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (90, 70, 3), np.uint8)
    assert to_png(noise) == to_png(noise.copy())
    assert (np.asarray(Image.open(io.BytesIO(to_png(noise)))) == noise).all()
    assert b"tIME" not in to_png(noise)


def test_phash_is_the_same_for_array_and_file_and_near_for_near_pictures() -> None:
    picture = motif(320, 240)
    assert phash(picture) == phash(to_png(picture))
    assert len(phash(picture)) == 16
    smaller = cv2.resize(picture, (200, 150), interpolation=cv2.INTER_AREA).astype(np.uint8)
    other = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    near, far = (bin(int(phash(picture), 16) ^ int(phash(p), 16)).count("1") for p in (smaller, other))
    assert near <= 4 < 16 < far


def test_preview_is_the_page_small() -> None:
    page = rgb().page()
    assert preview(page, 72, LIMITS) == preview(page, 72, LIMITS)
    with Image.open(io.BytesIO(preview(page, 72, LIMITS))) as image:
        assert (image.format, image.size) == ("JPEG", (300, 400))
