"""Crops of images in every form in which a PDF stores them, and limits."""

from __future__ import annotations

import io
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from extractors.crops import cut, phash, preview, to_png
from extractors.errors import PageTooLargeError
from tests.extractors.raw_pages import (
    ALIKE,
    BOX,
    HIGH,
    LIMITS,
    UPRIGHT,
    WIDE,
    Book,
    check,
    difference,
    image_entries,
    motif,
    pixels,
    rgb,
)

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
