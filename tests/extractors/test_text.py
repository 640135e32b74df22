"""The text layer: lines as a reader sees them, whatever the file did to the page."""

from __future__ import annotations

import pymupdf
import pytest

from extractors.geometry import area, intersect
from extractors.records import TextLine
from extractors.text import text_lines
from tests.extractors.made import PROSE, pdf_page, write, write_down


def texts(page: pymupdf.Page) -> list[str]:
    return [found.text for found in text_lines(page)[0]]


def only(page: pymupdf.Page) -> TextLine:
    (found,) = text_lines(page)[0]
    return found


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_lie_where_the_text_is_displayed(rotation: int) -> None:
    page = pdf_page(300, 400)
    page.set_rotation(rotation)
    where = pymupdf.Point(60, 90)  # as displayed
    page.insert_text(
        where * page.derotation_matrix, "图1 联珠纹", fontname="china-s", fontsize=12, rotate=rotation
    )
    line = only(page)
    assert line.text == "图1 联珠纹"
    assert not line.vertical
    assert line.size == pytest.approx(12)
    assert line.bbox[0] == pytest.approx(60, abs=2)
    assert 70 < line.bbox[1] < 90 < line.bbox[3] < 100


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_every_line_lies_on_the_displayed_page(rotation: int) -> None:
    page = pdf_page(300, 400)
    write(page, "唐代联珠纹锦残片", 60, 90)
    page.set_rotation(rotation)
    width, height = page.rect.width, page.rect.height
    for line in text_lines(page)[0]:
        assert area(intersect(line.bbox, (0, 0, width, height))) == pytest.approx(area(line.bbox))


def test_columns_of_characters_become_vertical_lines() -> None:
    page = pdf_page()
    write_down(page, "敦煌莫高窟壁畫供養人像", 300, 80)
    write_down(page, "第一六九窟北壁說法圖", 270, 80)
    found = text_lines(page)[0]
    assert {line.text for line in found} == {"敦煌莫高窟壁畫供養人像", "第一六九窟北壁說法圖"}
    assert all(line.vertical for line in found)


def test_a_list_of_one_character_lines_far_apart_is_no_column() -> None:
    page = pdf_page()
    for row, character in enumerate("甲乙丙"):
        write(page, character, 60, 100 + row * 60)
    assert sorted(texts(page)) == sorted("甲乙丙")


def test_text_struck_twice_is_read_once() -> None:
    page = pdf_page()
    for shift in (0, 0.25):
        write(page, "绫地彩绣袍", 60 + shift, 90, 14)
    assert texts(page) == ["绫地彩绣袍"]


def test_captions_side_by_side_are_two_lines() -> None:
    page = pdf_page()
    write(page, "图1 联珠纹", 60, 300)
    write(page, "图2 宝相花", 200, 300)
    assert texts(page) == ["图1 联珠纹", "图2 宝相花"]


def test_a_narrow_gutter_keeps_columns_apart() -> None:
    page = pdf_page()
    for row in range(12):
        write(page, PROSE[row : row + 16], 40, 100 + 16 * row)
        write(page, PROSE[row + 20 : row + 36], 40 + 160 + 14, 100 + 16 * row)
    assert all(len(text) == 16 for text in texts(page))
    assert len(texts(page)) == 24


def test_pieces_of_one_line_are_joined() -> None:
    page = pdf_page()
    write(page, "图12", 60, 300)
    write(page, "缠枝莲纹", 60 + 34, 300)
    assert texts(page) == ["图12 缠枝莲纹"]


def test_invisible_text_is_kept_apart() -> None:
    page = pdf_page()
    write(page, "看得见的字", 60, 90)
    write(page, "看不见的字", 60, 140, render_mode=3)
    seen, hidden, _ = text_lines(page)
    assert [line.text for line in seen] == ["看得见的字"]
    assert [line.text for line in hidden] == ["看不见的字"]


def test_text_outside_the_page_is_not_read() -> None:
    page = pdf_page(300, 400)
    write(page, "裁切标记", 400, 90)
    write(page, "正文", 60, 90)
    assert texts(page) == ["正文"]


def test_sizes_and_weight() -> None:
    page = pdf_page()
    write(page, "大字标题", 60, 90, 18)
    page.insert_text((60, 150), "Bold title", fontname="hebo", fontsize=9)
    large, bold = text_lines(page)[0]
    assert (large.size, large.bold) == (18, False)
    assert (bold.size, bold.bold) == (9, True)


def test_an_empty_page_has_no_lines() -> None:
    assert text_lines(pdf_page()) == ([], [], [])


def test_two_captions_set_as_one_run_are_two_lines() -> None:
    page = pymupdf.open().new_page(width=500, height=300)
    page.insert_text((40, 100), "图5 银盘（正面及背面） 图6 狩猎纹高足杯", fontname="china-s", fontsize=10)
    lines = sorted(text_lines(page)[0], key=lambda found: found.bbox)
    assert [found.text for found in lines] == ["图5 银盘（正面及背面）", "图6 狩猎纹高足杯"]
    assert lines[0].bbox[2] < lines[1].bbox[0]


def test_a_caption_in_two_languages_is_one_line() -> None:
    page = pymupdf.open().new_page(width=500, height=300)
    page.insert_text((40, 100), "图5 银盘 Fig. 5 Silver dish", fontname="china-s", fontsize=10)
    assert len(text_lines(page)[0]) == 1


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("angle", [-60, -30, 15, 45])
def test_a_stamp_set_askew_is_apart(angle: float, rotation: int) -> None:
    page = pdf_page()
    page.set_rotation(rotation)
    write(page, "莲花纹瓦当", 60, 90, rotate=rotation)
    place = pymupdf.Point(150, 300)
    write(page, "内部资料", 150, 300, 30, morph=(place, pymupdf.Matrix(angle)))
    seen, hidden, oblique = text_lines(page)
    assert [line.text for line in seen] == ["莲花纹瓦当"]
    assert hidden == []
    assert {char for line in oblique for char in line.text} == set("内部资料")


@pytest.mark.parametrize("angle", [-4, 3, 90, -90])
def test_text_that_is_hardly_tilted_or_set_upright_is_read(angle: float) -> None:
    page = pdf_page()
    write(page, "莲花纹瓦当", 200, 300, morph=(pymupdf.Point(200, 300), pymupdf.Matrix(angle)))
    assert {char for text in texts(page) for char in text} == set("莲花纹瓦当")
    assert text_lines(page).oblique == []


def test_a_heading_is_not_joined_to_the_text_beside_it() -> None:
    page = pdf_page()
    write(page, "缠枝", 40, 110, 24)
    for row in range(4):
        write(page, PROSE[16 * row : 16 * row + 16], 40 + 48 + 16, 102 + 16 * row)
    assert sorted(texts(page)) == sorted(["缠枝", *(PROSE[16 * row : 16 * row + 16] for row in range(4))])


LABELS = {
    "figures": ("图二三", "图二四", "图二五", "图二六"),
    "plates": ("图版7", "图版8", "图版9", "图版10"),
    "fields": ("纹样", "藏址", "细节", "年代"),
    "numbers": ("12", "13", "14", "15"),
    "numerals": ("一二", "一三", "一四", "一五"),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_a_column_of_labels_is_joined_to_its_text(labels: tuple[str, ...]) -> None:
    page = pdf_page()
    for row, label in enumerate(labels):
        write(page, label, 85 - sum(5 if c.isdigit() else 10 for c in label), 100 + 40 * row)
        write(page, PROSE[row : row + 20], 97, 100 + 40 * row)
        write(page, PROSE[row + 20 : row + 32], 97, 116 + 40 * row)
    found = texts(page)
    for row, label in enumerate(labels):
        assert f"{label} {PROSE[row : row + 20]}" in found
        assert PROSE[row + 20 : row + 32] in found


def test_columns_whose_lines_begin_with_labels_stay_apart() -> None:
    page = pdf_page()
    for row, label in enumerate(LABELS["figures"]):
        write(page, label + PROSE[row : row + 13], 40, 100 + 16 * row)
        write(page, PROSE[row + 20 : row + 36], 40 + 160 + 14, 100 + 16 * row)
    assert all(len(text) == 16 for text in texts(page))


def test_captions_side_by_side_under_pictures_are_two_lines() -> None:
    page = pdf_page()
    write(page, "锦上的团窠花间蝶纹", 50, 210)
    write(page, "青海省博物馆藏", 150, 210)
    assert texts(page) == ["锦上的团窠花间蝶纹 青海省博物馆藏"]
    pictures = [(50.0, 100.0, 150.0, 200.0), (150.0, 100.0, 250.0, 200.0)]
    assert [line.text for line in text_lines(page, pictures)[0]] == ["锦上的团窠花间蝶纹", "青海省博物馆藏"]
    far = [(x0, y0 - 80, x1, y1 - 80) for x0, y0, x1, y1 in pictures]
    assert len(text_lines(page, far)[0]) == 1


def test_a_label_above_the_first_word_of_the_next_line_is_no_column() -> None:
    page = pdf_page()
    write(page, "图14", 100, 100, 9)
    write(page, "唐", 106, 112, 9)
    write(page, "绳纹铜罍", 132, 100, 9)
    write(page, "承德外八庙", 132, 112, 9)
    assert not any(line.vertical for line in text_lines(page).seen)


@pytest.mark.parametrize(("apart", "blank"), [(0.25, ""), (0.55, "\u3000")])
def test_spans_of_a_line_that_stand_apart_have_a_blank_between_them(apart: float, blank: str) -> None:
    page = pdf_page()
    writer = pymupdf.TextWriter(page.rect)
    writer.append((50, 100), "七", font=pymupdf.Font("china-s"), fontsize=20)
    writer.append((70 + 20 * apart, 100), "A3", font=pymupdf.Font("helv"), fontsize=20)
    writer.write_text(page)
    (found,) = text_lines(page).seen
    assert found.text.replace(" ", "") == f"七{blank}A3"


def test_a_caption_below_other_text_in_one_column_begins_anew() -> None:
    page = pdf_page()
    write_down(page, "殘片出土", 300, 60)
    write_down(page, "圖三　對鹿紋錦", 300, 60 + 12 * 1.05 * 5)
    assert [line.text.replace("\u3000", "") for line in text_lines(page).seen] == ["殘片出土", "圖三對鹿紋錦"]
