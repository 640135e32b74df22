"""A text layer that names other characters than the page shows is noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pymupdf
import pytest

from extractors.font_maps import doubtful_lines
from extractors.page import PageJob, read_page
from extractors.settings import Limits
from extractors.text import text_lines
from tests.extractors.made import PROSE, QUIET, picture

CAPTION = "图1 缠枝莲纹织金锦"
HAN = sorted({char for char in PROSE + CAPTION if "\u4e00" <= char <= "\u9fff"})


def typeset(path: Path, renamed: dict[str, str] | None = None, ink: tuple[float, ...] = (0, 0, 0)) -> Path:
    """A page in an embedded font; under its map the glyph of a key of `renamed` is called its value."""
    document = pymupdf.open()
    page = document.new_page(width=420, height=595)
    if ink != (0, 0, 0):
        page.draw_rect(page.rect, fill=(0.1, 0.15, 0.3), color=None)
    page.insert_font("F0", fontbuffer=pymupdf.Font("cjk").buffer)
    for row in range(8):
        page.insert_text((50, 60 + 18 * row), PROSE[row * 4 :][:30], fontsize=10, fontname="F0", color=ink)
    page.insert_image((110, 240, 310, 420), stream=picture(2))
    page.insert_text((150, 440), CAPTION, fontsize=9, fontname="F0", color=ink)
    document = pymupdf.open(stream=document.tobytes())
    if renamed:
        codes = {f"{ord(a):04x}": f"{ord(b):04x}" for a, b in renamed.items()}
        for xref in range(1, document.xref_length()):
            kind, value = document.xref_get_key(xref, "ToUnicode")
            if kind == "xref":
                stream = int(value.split()[0])
                table = document.xref_stream(stream).decode("latin-1")
                document.update_stream(stream, _renamed(table, codes).encode("latin-1"))
    document.save(path, deflate=True)
    return path


def _renamed(table: str, codes: dict[str, str]) -> str:
    """A ToUnicode map with its ranges opened and its entries renamed."""

    def opened(found: re.Match[str]) -> str:
        low, high, first = (int(digits, 16) for digits in found.groups())
        return "".join(f"<{k:04x}> <{k:04x}> <{first + k - low:04x}>\n" for k in range(low, high + 1))

    def renamed(found: re.Match[str]) -> str:
        return f"{found[1]}<{codes.get(found[2].lower(), found[2])}>\n"

    table = re.sub(r"<(\w{4})> ?<(\w{4})> ?<(\w{4})>\n", opened, table)
    return re.sub(r"((?:<\w{4}> ?){1,2})<(\w{4})>\n", renamed, table)


def shifted(step: int) -> dict[str, str]:
    return dict(zip(HAN, HAN[step:] + HAN[:step], strict=True))


def doubted(path: Path) -> list[str]:
    page = pymupdf.open(path)[0]
    return [line.text for line in doubtful_lines(page, text_lines(page).seen, Limits())]


@pytest.mark.parametrize("ink", [(0, 0, 0), (1, 1, 1)])
def test_a_true_map_is_believed(tmp_path: Path, ink: tuple[float, ...]) -> None:
    path = typeset(tmp_path / "book.pdf", ink=ink)
    assert pymupdf.open(path)[0].get_text().strip().endswith(CAPTION)
    assert doubted(path) == []


@pytest.mark.parametrize("step", [1, 7, 20])
def test_a_map_that_names_other_characters_is_not(tmp_path: Path, step: int) -> None:
    path = typeset(tmp_path / "book.pdf", shifted(step))
    assert CAPTION not in pymupdf.open(path)[0].get_text()
    assert len(doubted(path)) == 2  # one line of each size of type


def test_the_built_in_chinese_fonts_are_believed(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row, font in enumerate(("china-s", "china-ss", "china-t", "china-ts")):
        page.insert_text((50, 60 + 40 * row), PROSE[:30], fontsize=10 + row, fontname=font)
    document.save(tmp_path / "book.pdf")
    assert doubted(tmp_path / "book.pdf") == []


def test_a_page_under_a_wrong_map_is_doubted_where_no_ocr_can_replace_it(tmp_path: Path) -> None:
    content = read_page(PageJob(typeset(tmp_path / "wrong.pdf", shifted(7)), 1, QUIET))
    assert "names other characters" in content.text_reason
    assert all(line.confidence < 0.5 for line in content.lines)
    sound = read_page(PageJob(typeset(tmp_path / "sound.pdf"), 1, QUIET))
    assert all(line.confidence == 1.0 for line in sound.lines)
