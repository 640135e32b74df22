"""Files good and bad, each bad one with its own error, and the drawing of pages."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from extractors.document import open_document, placed_images, probe, render
from extractors.errors import (
    BookError,
    EmptyFileError,
    EncryptedPdfError,
    NoPagesError,
    NotAPdfError,
    PageTooLargeError,
    TooLargeError,
    TruncatedPdfError,
)
from extractors.sandbox import run_jobs
from extractors.settings import Limits

LIMITS = Limits()


def book(
    folder: Path, name: str = "丝绸纹样.pdf", *, pages: int = 3, title: str = "", **save: object
) -> Path:
    """A PDF with a red square at the top left of each page of 200 x 300 points."""
    path = folder / name
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page(width=200, height=300).draw_rect((0, 0, 50, 50), color=None, fill=(1, 0, 0))
        document.set_metadata({"title": title})
        document.save(path, **save)
    return path


def written(folder: Path, data: bytes, name: str = "book.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refused(path: Path, limits: Limits = LIMITS) -> BookError:
    with pytest.raises(BookError) as caught:
        probe(path, limits)
    assert str(caught.value).startswith(f"{path.name}: ")
    return caught.value


# ---- good files


def test_probe_tells_hash_title_and_pages(tmp_path: Path) -> None:
    path = book(tmp_path, title="中国丝绸纹样 第一卷")
    info = probe(path, LIMITS)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (info.title, info.page_count, info.repaired) == ("中国丝绸纹样 第一卷", 3, False)


@pytest.mark.parametrize(
    "title", ["敦煌壁画全集", "鼎", "Études sur la soie", "唐代织锦 (上)", "Silk. Vol. 2", "Über naïve Kunst"]
)
def test_a_real_title_is_kept(tmp_path: Path, title: str) -> None:
    assert probe(book(tmp_path, title=title), LIMITS).title == title


@pytest.mark.parametrize(
    "title",
    [
        "", "  ", "untitled", "Untitled-2", "无标题", "未标题-1", "文档1", "幻灯片 1", "0012",
        "Microsoft Word - 稿.doc", "C:\\书\\稿", "/home/a/b", "正文.indd", "scan0001.tif", "KMBT_C224-0001",
        "ÖÐ¹úË¿³ñ", "纹\ufffd样", "\ue001\ue002纹",
    ],
)  # fmt: skip
def test_what_is_no_title_gives_way_to_the_file_name(tmp_path: Path, title: str) -> None:
    assert probe(book(tmp_path, title=title), LIMITS).title == "丝绸纹样"


def test_bytes_before_the_header_are_allowed(tmp_path: Path) -> None:
    data = book(tmp_path).read_bytes()
    assert probe(written(tmp_path, b"\r\n" * 200 + data), LIMITS).page_count == 3


def test_an_owner_password_alone_does_not_lock(tmp_path: Path) -> None:
    path = book(tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="主人")
    assert probe(path, LIMITS).page_count == 3


def test_a_lost_cross_reference_is_repaired_and_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = book(tmp_path).read_bytes()
    info = probe(written(tmp_path, data[: data.rindex(b"xref\n0")]), LIMITS)
    assert (info.page_count, info.repaired) == (3, True)
    assert capfd.readouterr() == ("", ""), "MuPDF's remarks stay inside"


# ---- bad files


def test_an_empty_file(tmp_path: Path) -> None:
    assert isinstance(refused(written(tmp_path, b"")), EmptyFileError)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04" + bytes(5000), b"\xff\xd8\xff\xe0", b"x", bytes(2000) + b"%PDF-1.7"]
)
def test_not_a_pdf(tmp_path: Path, data: bytes) -> None:
    assert isinstance(refused(written(tmp_path, data)), NotAPdfError)


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_a_truncated_file_that_cannot_be_saved(tmp_path: Path, share: float) -> None:
    data = book(tmp_path, use_objstms=1, deflate=True).read_bytes()
    error = refused(written(tmp_path, data[: int(len(data) * share)]))
    assert isinstance(error, TruncatedPdfError)
    assert "again" in str(error)


def test_a_header_and_nothing_else(tmp_path: Path) -> None:
    assert isinstance(refused(written(tmp_path, b"%PDF-1.7\n")), TruncatedPdfError)


def test_damage_in_a_complete_file(tmp_path: Path) -> None:
    error = refused(written(tmp_path, b"%PDF-1.7\n" + b"\x00garbage" * 400 + b"\n%%EOF\n"))
    assert error.reason == "damaged"
    assert "damaged" in str(error)


def test_a_password(tmp_path: Path) -> None:
    path = book(tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="a", user_pw="b")
    error = refused(path)
    assert isinstance(error, EncryptedPdfError)
    assert error.exit_code == 4


def test_no_pages(tmp_path: Path) -> None:
    data = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n96\n%%EOF\n"
    )
    assert isinstance(refused(written(tmp_path, data)), NoPagesError)


def test_too_many_pages(tmp_path: Path) -> None:
    error = refused(book(tmp_path), Limits(max_pages=2))
    assert isinstance(error, TooLargeError)
    assert "3 pages" in str(error)
    assert "max_pages" in str(error)


def test_missing_folder_and_special_files(tmp_path: Path) -> None:
    assert "does not exist" in str(refused(tmp_path / "no.pdf"))
    assert "folder" in str(refused(tmp_path))
    pipe = tmp_path / "pipe.pdf"
    os.mkfifo(pipe)
    assert "a named pipe" in str(refused(pipe))


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = book(tmp_path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "permissions" in str(refused(path))


def test_errors_reach_the_parent_of_a_worker_whole(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    run = run_jobs(
        probe_with_defaults, [path], workers=1, seconds=60, wall_seconds=600, memory_mb=1000, recycle_after=9
    )
    with pytest.raises(EmptyFileError, match=r"book\.pdf: the file is empty") as caught:
        next(run)
    assert caught.value.path == path


def probe_with_defaults(path: Path) -> object:
    return probe(path, LIMITS)


# ---- drawing


def red(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> tuple[slice, slice]:
    """Where the red square is: rows and columns."""
    rows, columns = np.nonzero((picture[..., 0] > 200) & (picture[..., 1] < 50))
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def test_render_is_rgb_at_the_asked_resolution(tmp_path: Path) -> None:
    page = open_document(book(tmp_path), LIMITS)[0]
    picture = render(page, 144, LIMITS)
    assert (picture.shape, picture.dtype) == ((600, 400, 3), np.uint8)
    assert red(picture) == (slice(0, 100), slice(0, 100))
    assert tuple(picture[-1, -1]) == (255, 255, 255)


@pytest.mark.parametrize(("turn", "top", "left"), [(90, 0, 250), (180, 250, 150), (270, 150, 0)])
def test_pages_are_drawn_as_displayed(tmp_path: Path, turn: int, top: int, left: int) -> None:
    page = open_document(book(tmp_path), LIMITS)[0]
    page.set_rotation(turn)
    picture = render(page, 72, LIMITS)
    assert picture.shape[:2] == ((300, 200) if turn == 180 else (200, 300))
    y, x = red(picture)
    assert (y, x) == (slice(top, top + 50), slice(left, left + 50))
    assert (render(page, 72, LIMITS, (x.start, y.start, x.stop, y.stop)) == picture[y, x]).all()


def test_a_clip_outside_the_page_is_refused(tmp_path: Path) -> None:
    page = open_document(book(tmp_path), LIMITS)[1]
    with pytest.raises(ValueError, match="page 2"):
        render(page, 72, LIMITS, (500, 500, 600, 600))


def test_a_page_too_large_to_draw_costs_that_page(tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    with pymupdf.open() as document:
        document.new_page(width=200_000, height=200_000)
        document.new_page(width=200, height=200)
        document.save(path)
    opened = open_document(path, LIMITS)
    with pytest.raises(PageTooLargeError, match=r"page 1: .*max_pixels") as caught:
        render(opened[0], 100, LIMITS)
    assert caught.value.reason == "too-large"
    assert render(opened[1], 72, LIMITS).shape == (200, 200, 3)


@pytest.mark.parametrize("where", ["image", "mask"])
def test_an_image_bomb_is_found_before_it_is_unpacked(tmp_path: Path, where: str) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        page.insert_image((0, 0, 100, 100), stream=small_png(alpha=True))
        image, mask = page.get_images()[0][:2]
        target = image if where == "image" else mask
        document.xref_set_key(target, "Width", "50000")
        document.xref_set_key(target, "Height", "50000")
        data = document.tobytes()
    page = open_document(written(tmp_path, data), LIMITS)[0]
    with pytest.raises(PageTooLargeError, match="50000 x 50000"):
        render(page, 72, LIMITS)


def small_png(*, alpha: bool) -> bytes:
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 8, 6), alpha)
    pixmap.clear_with(120)
    data = pixmap.tobytes("png")
    assert isinstance(data, bytes)
    return data


def test_images_are_listed_in_drawing_order_as_displayed(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=300)
        page.insert_image((10, 20, 18, 26), stream=small_png(alpha=False))
        page.insert_image((100, 200, 140, 230), stream=small_png(alpha=True))
        page.set_rotation(90)
        data = document.tobytes()
    page = open_document(written(tmp_path, data), LIMITS)[0]
    first, second = placed_images(page, LIMITS)
    assert first.size == second.size == (8, 6)
    unit = pymupdf.Rect(0, 0, 1, 1)
    assert tuple(unit.transform(first.matrix)) == pytest.approx((274, 10, 280, 18), abs=0.01)


def test_socket_files_are_no_books(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        path = Path(os.path.relpath(tmp_path / "s.pdf"))
        server.bind(str(path))
        assert "a socket" in str(refused(path))
