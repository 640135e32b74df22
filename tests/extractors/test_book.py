"""One PDF in, pairs and what is left over out: files, failures, repeatability."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from extractors.book import extract_book, inspect_page, open_sandbox, pair_book, read_book
from extractors.errors import (
    BookError,
    EmptyFileError,
    EncryptedPdfError,
    NoPagesError,
    NotAPdfError,
    TooLargeError,
    TruncatedPdfError,
    UsageError,
)
from extractors.records import BookResult
from extractors.sandbox import Sandbox
from extractors.settings import ExtractSettings, Limits, OcrSettings
from tests.extractors.made import QUIET, picture, small_book, write


def made_book(path: Path) -> Path:
    """Two pages in order, a figure alone, and far behind it a caption alone."""
    document = pymupdf.open(small_book(path))
    document.new_page(width=300, height=420).insert_image((50, 50, 250, 250), stream=picture(77))
    write(document.new_page(width=300, height=420), "表1 出土遗物", 60, 60)
    for _ in range(7):
        document.new_page(width=300, height=420)
    write(document.new_page(width=300, height=420), "图9 宝相花纹", 60, 200)
    data = document.tobytes(no_new_id=True)
    path.write_bytes(data)
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_book(tmp_path_factory.mktemp("books") / "丝绸纹样.pdf")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One worker for all books that are only read: starting one takes a second."""
    with open_sandbox(QUIET) as opened:
        yield opened


@pytest.fixture(scope="module")
def extracted(pdf: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BookResult]:
    folder = tmp_path_factory.mktemp("out")
    return folder, extract_book(pdf, folder, QUIET)


def test_figures_come_out_with_their_captions(extracted: tuple[Path, BookResult], pdf: Path) -> None:
    _, result = extracted
    assert [(p.page, p.number, p.description) for p in result.pairs] == [
        (1, "图1", "甲字号联珠对鸟纹"),
        (2, "图2", "乙字号联珠对鸟纹"),
    ]
    for pair in result.pairs:
        assert pair.book_sha256 == hashlib.sha256(pdf.read_bytes()).hexdigest()
        assert pair.book_title == "丝绸纹样"
        assert pair.bbox == pytest.approx((50, 50, 250, 250), abs=1)
        assert pair.confidence > 0.7
        assert (pair.caption_page, pair.text_source, pair.kind) == (pair.page, "text_layer", "pattern")
    assert len({pair.pair_id for pair in result.pairs}) == len({pair.group for pair in result.pairs}) == 2


def test_what_is_left_over_is_told(extracted: tuple[Path, BookResult]) -> None:
    folder, result = extracted
    figure, caption = result.unmatched
    assert (figure.type, figure.page, figure.text) == ("figure", 3, "")
    assert (caption.type, caption.page, caption.text) == ("caption", 12, "图9 宝相花纹")
    assert figure.reason
    assert caption.reason
    assert (folder / figure.image).is_file()
    assert result.failures == ()


def test_crops_are_what_their_rows_say(extracted: tuple[Path, BookResult]) -> None:
    folder, result = extracted
    for pair in result.pairs:
        data = (folder / pair.image).read_bytes()
        assert hashlib.sha256(data).hexdigest() == pair.image_sha256
        with Image.open(folder / pair.image) as image:
            assert image.size == (pair.width, pair.height)
    assert {p.relative_to(folder).as_posix() for p in (folder / "images").iterdir()} == {
        *(pair.image for pair in result.pairs),
        *(left.image for left in result.unmatched if left.image),
    }


def test_files_hold_the_result(extracted: tuple[Path, BookResult]) -> None:
    folder, result = extracted
    pairs, unmatched = rows(folder / "pairs.jsonl"), rows(folder / "unmatched.jsonl")
    assert [row["pair_id"] for row in pairs] == [pair.pair_id for pair in result.pairs]
    assert [row["type"] for row in unmatched] == ["figure", "caption"]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["page_count"], summary["pair_count"], summary["unmatched_count"]) == (12, 2, 2)
    for page, preview in result.previews.items():
        assert (folder / preview).is_file()
        assert result.page_sizes[page] == (300, 420)
    assert {1, 2, 3, 12} <= set(result.previews)


def test_two_workers_give_the_same_bytes(
    extracted: tuple[Path, BookResult], pdf: Path, tmp_path: Path
) -> None:
    result = extract_book(pdf, tmp_path, QUIET.model_copy(update={"workers": 2}))
    assert result == extracted[1]
    assert contents(tmp_path) == contents(extracted[0])


def test_some_pages_only(extracted: tuple[Path, BookResult], pdf: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    result = extract_book(
        pdf, tmp_path, QUIET, pages=[2, 3, 2], progress=lambda done, all_: seen.append((done, all_))
    )
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert [pair.pair_id for pair in result.pairs] == [extracted[1].pairs[1].pair_id]
    assert [left.page for left in result.unmatched] == [3]
    assert result.page_count == 12


@pytest.mark.parametrize("pages", [[0], [13], [1, 99]])
def test_pages_a_book_does_not_have(pdf: Path, sandbox: Sandbox, pages: list[int]) -> None:
    with pytest.raises(UsageError, match="pages 1 to 12"):
        read_book(pdf, QUIET, pages=pages, sandbox=sandbox)


def test_the_two_stages_alone_give_the_same(
    extracted: tuple[Path, BookResult], pdf: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    content = read_book(pdf, QUIET, sandbox=sandbox)
    assert [page.page for page in content.pages] == list(range(1, 13))
    assert pair_book(content, pdf, tmp_path, QUIET, sandbox=sandbox) == extracted[1]


def test_a_page_over_the_limits_costs_that_page(tmp_path: Path) -> None:
    path = small_book(tmp_path / "large.pdf", 3)
    document = pymupdf.open(path)
    page = document[1]
    page.set_mediabox(pymupdf.Rect(0, 0, 900, 900))
    page.clean_contents()
    page.insert_image(page.rect, stream=picture(5, 60, 60))
    document.saveIncr()
    document.close()
    small = QUIET.model_copy(update={"limits": Limits(max_pixels=1_500_000)})
    result = extract_book(path, tmp_path / "out", small)
    assert {(f.page, f.reason) for f in result.failures} == {(2, "too-large")}
    assert "max_pixels" in result.failures[0].detail
    assert [pair.page for pair in result.pairs] == [1, 3]


BAD_FILES = {
    "empty": (EmptyFileError, lambda good: b""),
    "cut": (TruncatedPdfError, lambda good: good[:100]),
    "page": (NotAPdfError, lambda good: b"<html>404</html>" * 100),
}


@pytest.mark.parametrize("name", list(BAD_FILES))
def test_a_bad_file_says_what_it_is(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    error, spoil = BAD_FILES[name]
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(spoil(small_book(tmp_path / "good.pdf").read_bytes()))
    with pytest.raises(error, match=name):
        read_book(path, QUIET, sandbox=sandbox)


def test_a_locked_book(tmp_path: Path, sandbox: Sandbox) -> None:
    document = pymupdf.open(small_book(tmp_path / "good.pdf"))
    document.save(
        tmp_path / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="密", owner_pw="密"
    )
    with pytest.raises(EncryptedPdfError):
        read_book(tmp_path / "locked.pdf", QUIET, sandbox=sandbox)


def test_a_book_without_pages(tmp_path: Path, sandbox: Sandbox) -> None:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    )
    path = tmp_path / "none.pdf"
    path.write_bytes(body + b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n")
    with pytest.raises(NoPagesError):
        read_book(path, QUIET, sandbox=sandbox)


def test_a_book_over_the_page_limit(pdf: Path, sandbox: Sandbox) -> None:
    with pytest.raises(TooLargeError, match="max_pages"):
        read_book(pdf, QUIET.model_copy(update={"limits": Limits(max_pages=3)}), sandbox=sandbox)


def test_a_missing_file(tmp_path: Path, sandbox: Sandbox) -> None:
    with pytest.raises(BookError, match="absent"):
        read_book(tmp_path / "absent.pdf", QUIET, sandbox=sandbox)


def test_a_page_can_be_inspected(pdf: Path, tmp_path: Path) -> None:
    with Image.open(inspect_page(pdf, 2, tmp_path / "page.png", QUIET)) as image:
        assert image.width > 300
    with pytest.raises(UsageError, match="pages 1 to 12"):
        inspect_page(pdf, 13, tmp_path / "none.png", QUIET)


def test_a_scan_is_read_and_paired(tmp_path: Path) -> None:
    original = pymupdf.open(small_book(tmp_path / "born.pdf", 1))
    scan = pymupdf.open()
    page = scan.new_page(width=300, height=420)
    page.insert_image(page.rect, pixmap=original[0].get_pixmap(dpi=200))
    scan.save(tmp_path / "scan.pdf")
    result = extract_book(
        tmp_path / "scan.pdf", tmp_path / "out", ExtractSettings(ocr=OcrSettings(engine="rapid"))
    )
    (pair,) = result.pairs
    assert (pair.text_source, pair.number) == ("ocr", "图1")
    assert "联珠对鸟纹" in pair.description
    assert 0.5 < pair.text_confidence <= 1
    assert pair.bbox == pytest.approx((50, 50, 250, 250), abs=8)
    assert result.text_sources == {"ocr": 1}


def test_what_is_left_out_is_in_the_summary_with_its_place(tmp_path: Path, sandbox: Sandbox) -> None:
    document = pymupdf.open()
    for n in range(1, 5):
        page = document.new_page(width=300, height=420)
        page.insert_image((20, 360, 60, 400), stream=picture(5))
        page.insert_image((50, 50, 250, 250), stream=picture(n + 20))
        write(page, f"图{n} 宝相花纹", 60, 275)
        page.draw_circle((150, 280 + 20 * n), 4, fill=(0, 0, 0))
    document.save(tmp_path / "book.pdf")
    extract_book(tmp_path / "book.pdf", tmp_path / "out", QUIET)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    listed = {(row["page"], row["reason"], tuple(row["bbox"])) for row in summary["dropped_figures"]}
    assert {(n, "repeated", (20.0, 360.0, 60.0, 400.0)) for n in range(1, 5)} <= listed
    assert sum(reason == "too-small" for _, reason, _ in listed) == 4
    assert summary["dropped"]["repeated"] == 4
    assert summary["pair_count"] == 4
