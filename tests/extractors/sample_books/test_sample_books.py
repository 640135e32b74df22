"""Sample books are repeatable, and their labels lie where the ink is."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest

from extractors.geometry import Box, area, cover, grow
from extractors.sample_books import LAYOUTS, SCANS, demo_books, draw_books, text_damage
from extractors.sample_books.layouts import journal_papers, silk_catalogue
from extractors.sample_books.page_writer import Style, Volume
from extractors.sample_books.pictures.base import flat
from extractors.sample_books.pictures.motifs import shape
from extractors.sample_books.scans import ScanStyle, scan_copy
from extractors.sample_books.script_forms import to_traditional
from extractors.sample_books.texts import Author, chinese, fill, in_chinese_figures
from extractors.sample_books.typesetting import columns, wrap
from extractors.sample_books.vocabulary import CREATURES, MURAL, REPORT

_KINDS = {"pattern", "textile", "cropped", "mural", "drawing", "photo", "chart", "other"}
_SEED = 5


def _rows(folder: Path, book: str, part: str = "truth") -> list[dict[str, Any]]:
    text = (folder / f"{book}.{part}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _grey(page: pymupdf.Page, box: Box, dpi: int = 72) -> np.ndarray[Any, Any]:
    pixmap = page.get_pixmap(dpi=dpi, clip=pymupdf.Rect(box), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One book of every layout and the cheaper scans."""
    folder = tmp_path_factory.mktemp("shelf")
    draw_books(folder, _SEED, [*LAYOUTS, "mural_plates_scan", "vertical_traditional_scan"])
    return folder


@pytest.mark.parametrize("layout", [*LAYOUTS, "mural_plates_scan", "vertical_traditional_scan"])
def test_labels_lie_on_ink_and_are_valid(shelf: Path, layout: str) -> None:
    rows = _rows(shelf, layout)
    meta = json.loads((shelf / f"{layout}.meta.json").read_text(encoding="utf-8"))
    assert len(rows) >= 6
    assert len({row["fid"] for row in rows}) == len(rows)
    with pymupdf.open(shelf / f"{layout}.pdf") as book:
        assert meta["labelled_pages"] == list(range(1, book.page_count + 1))
        for row in rows:
            page = book[row["page"] - 1]
            box = tuple(row["bbox"])
            assert area(box) > 100
            assert cover(box, tuple(page.rect)) > 0.999
            assert _grey(page, box).std() > 2, f"blank figure {row['fid']}"
            assert row["kind"] in _KINDS
            assert row["layout"] == layout.removesuffix("_scan")
            assert row["scan"] == layout.endswith("_scan")
            assert row["optional"] or row["caption"] or row["description"]
            if row["caption_bbox"]:
                where = _grey(book[row["caption_page"] - 1], tuple(row["caption_bbox"]))
                assert where.std() > 2, f"blank caption {row['fid']}"
        for negative in _rows(shelf, layout, "negatives"):
            assert 1 <= negative["page"] <= book.page_count


@pytest.mark.parametrize(
    "layout", [name for name in LAYOUTS if name not in ("vertical_traditional", "journal_papers")]
)
def test_printed_captions_are_in_their_boxes(shelf: Path, layout: str) -> None:
    with pymupdf.open(shelf / f"{layout}.pdf") as book:
        for row in _rows(shelf, layout):
            if row["caption"] and row["caption_bbox"]:
                clip = pymupdf.Rect(grow(tuple(row["caption_bbox"]), 2))
                printed = "".join(book[row["caption_page"] - 1].get_text(clip=clip).split())
                assert "".join(row["caption"].split()) in printed


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_figures_do_not_overlap(shelf: Path, layout: str) -> None:
    rows = _rows(shelf, layout)
    for k, one in enumerate(rows):
        for other in rows[k + 1 :]:
            if one["page"] == other["page"]:
                assert cover(tuple(one["bbox"]), tuple(other["bbox"])) < 0.02


def _assert_text_has_room(folder: Path, layout: str) -> None:
    """Words stay on the page, off each other, and off every picture that does not fill its page."""
    rows = _rows(folder, layout)
    with pymupdf.open(folder / f"{layout}.pdf") as book:
        for page in book:
            figures = [tuple(row["bbox"]) for row in rows if row["page"] == page.number + 1]
            smaller = [box for box in figures if cover(tuple(page.rect), box) < 0.9]
            words: list[Box] = [tuple(word[:4]) for word in page.get_text("words")]
            for k, box in enumerate(words):
                assert box[3] < page.rect.height - 10
                assert all(cover(box, figure) < 0.2 for figure in smaller)
                assert all(cover(box, other) < 0.35 for other in words[:k])


@pytest.mark.parametrize("seed", [4, 6, 8])
def test_two_entries_a_page_have_room(tmp_path: Path, seed: int) -> None:
    """Pictures above their words, and in a column at their left."""
    draw_books(tmp_path, seed, ["silk_catalogue"])
    _assert_text_has_room(tmp_path, "silk_catalogue")


@pytest.mark.parametrize("layout", ["object_catalogue", "caption_lists", "margin_captions"])
def test_captions_have_room(shelf: Path, layout: str) -> None:
    _assert_text_has_room(shelf, layout)


def test_object_catalogues_print_captions_in_plates_and_number_details(shelf: Path) -> None:
    rows = _rows(shelf, "object_catalogue")
    inside = [row for row in rows if row["caption_bbox"] and cover(row["caption_bbox"], row["bbox"]) > 0.99]
    assert inside
    assert all(row["bbox"][:2] == [0, 0] for row in inside)
    assert {row["number"][-2:] for row in rows} >= {".A", ".B", ".C"}
    assert any(row["caption_bbox"] and row["caption_bbox"][1] - row["bbox"][3] > 100 for row in rows)


def test_museum_openings_have_words_in_two_languages_opposite_the_plate(tmp_path: Path) -> None:
    (pdf,) = draw_books(tmp_path, 2, ["object_catalogue"])
    with pymupdf.open(pdf) as book:
        for row in _rows(tmp_path, "object_catalogue"):
            assert abs(row["caption_page"] - row["page"]) == 1
            words = "".join(book[row["caption_page"] - 1].get_text().split())
            assert all(
                "".join(row[key].split()) in words for key in ("title", "description", "description_en")
            )


def test_lists_of_captions_stand_on_pages_of_their_own(shelf: Path) -> None:
    rows = _rows(shelf, "caption_lists")
    assert not {row["caption_page"] for row in rows} & {row["page"] for row in rows}


def test_margin_captions_letter_figures_and_set_pictures_side_by_side(shelf: Path) -> None:
    rows = _rows(shelf, "margin_captions")
    labels = [row["number"] for row in rows if row["number"]]
    assert labels == [f"圖 {letter}" for letter in "ABCDEFGHIJKLMNOP"]
    touching = [
        (one, other)
        for one, other in itertools.pairwise(rows)
        if one["page"] == other["page"] and one["bbox"][2] == other["bbox"][0]
    ]
    assert len(touching) == 4
    assert all(one["caption_bbox"][2] < other["caption_bbox"][0] for one, other in touching)


def test_catalogues_differ_in_the_habits_of_their_publishers(tmp_path: Path) -> None:
    printed, at_left = "", set()
    for seed in range(1, 7):
        volume = Volume("one", "silk_catalogue", seed, 510, 660)
        silk_catalogue.draw(volume, entries=1)
        printed += "".join(page.get_text() for page in volume.doc)
        figure, *_ = volume.truth.figures
        assert figure.caption_bbox
        at_left.add(figure.bbox[2] < figure.caption_bbox[0])
    assert "［纹样］" in printed
    assert "名称" in printed
    assert at_left == {True, False}


def test_some_journals_are_stamped_askew(tmp_path: Path) -> None:
    askew = set()
    for seed in (1, 3):
        volume = Volume(f"journal{seed}", "journal_papers", seed, 420, 595)
        journal_papers.draw(volume, papers=1)
        with pymupdf.open(volume.save(tmp_path, tmp_path)) as book:
            lines = [line for block in book[0].get_text("dict")["blocks"] for line in block.get("lines", [])]
        askew.add(any(abs(line["dir"][1]) > 0.5 for line in lines))
    assert askew == {True, False}


def test_books_differ_by_seed_and_repeat_bytes(tmp_path: Path, shelf: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    layouts = ["journal_papers", "vertical_traditional_scan", "object_catalogue"]
    for path in draw_books(again, _SEED, layouts):
        for suffix in (".pdf", ".truth.jsonl", ".negatives.jsonl", ".meta.json"):
            name = path.stem + suffix
            assert (again / name).read_bytes() == (shelf / name).read_bytes(), name
    draw_books(other, _SEED + 1, ["excavation_report"])
    assert (other / "excavation_report.pdf").read_bytes() != (shelf / "excavation_report.pdf").read_bytes()


def test_unknown_layout_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no layout scroll; there are silk_catalogue"):
        draw_books(tmp_path, 1, ["scroll"])


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Volume]:
    volume = Volume("small", "silk_catalogue", 3, 420, 595)
    silk_catalogue.draw(volume, entries=2)
    folder = tmp_path_factory.mktemp("small")
    return volume.save(folder, folder), volume


@pytest.mark.parametrize(
    "style",
    [
        ScanStyle(dpi=150, skew=2.0, curl=4.0, grain=0.0, light=0.0),
        ScanStyle(dpi=150, skew=2.0, border=12, turned=1.0),
        ScanStyle(dpi=150, skew=1.5, spread="rtl", depth="grey"),
    ],
    ids=["skew-curl", "border-turned", "spread"],
)
def test_scan_boxes_are_exact(tmp_path: Path, style: ScanStyle) -> None:
    """A dark rectangle is found in the scan where its moved label says, to a point and a half."""
    volume = Volume("plain", "mural_plates", 1, 300, 400)
    for corner in ((40, 60), (120, 150), (30, 200)):
        sheet = volume.page()
        box = (corner[0], corner[1], corner[0] + 140, corner[1] + 120)
        sheet.figure(
            sheet.picture(box, flat(280, 240, (130, 20, 20)), quality=95), "photo", title=str(corner)
        )
    pdf = volume.save(tmp_path, tmp_path)
    scan_copy(pdf, volume.truth, tmp_path / "copy.pdf", style, seed=4)
    rows = _rows(tmp_path, "copy")
    assert {row["title"] for row in rows} == {row["title"] for row in _rows(tmp_path, "plain")}
    with pymupdf.open(tmp_path / "copy.pdf") as scan:
        for row in rows:
            assert not scan[row["page"] - 1].get_text().strip()
            around = grow(tuple(row["bbox"]), 10)
            dark = _grey(scan[row["page"] - 1], around, 144) < 120
            ys, xs = np.nonzero(dark)
            found = [around[0] + xs.min() / 2, around[1] + ys.min() / 2]
            found += [around[0] + xs.max() / 2, around[1] + ys.max() / 2]
            assert found == pytest.approx(row["bbox"], abs=1.5)
    if style.turned:
        with pymupdf.open(tmp_path / "copy.pdf") as scan:
            assert {page.rotation for page in scan} == {90}


def test_one_bit_scan_is_fax_and_readable(tmp_path: Path) -> None:
    plain = Volume("plain", "excavation_report", 1, 420, 595)
    sheet = plain.page()
    sheet.text(60, 60, 360, "墓室平面呈长方形", Style(14))
    pdf = plain.save(tmp_path, tmp_path)
    copy = scan_copy(pdf, plain.truth, tmp_path / "bits.pdf", ScanStyle(depth="bit", skew=0.0), seed=1)
    with pymupdf.open(copy) as scan:
        image = scan[0].get_images(full=True)[0]
        assert (image[4], image[8]) == (1, "CCITTFaxDecode")
        page = _grey(scan[0], tuple(scan[0].rect))
        assert page.mean() > 200
        assert _grey(scan[0], (60, 60, 160, 76)).std() > 20


def test_poor_ocr_layer_is_invisible_and_wrong_in_places(
    small_book: tuple[Path, Volume], tmp_path: Path
) -> None:
    pdf, volume = small_book
    style = ScanStyle(dpi=100, ocr_errors=0.2)
    copy = scan_copy(pdf, volume.truth, tmp_path / "ocr.pdf", style, seed=1)
    with pymupdf.open(pdf) as book, pymupdf.open(copy) as scan:
        right, read = book[0].get_text().replace("\n", ""), scan[0].get_text().replace("\n", "")
    assert read != right
    common = set(right) & set(read)
    assert len(common) > 0.6 * len(set(right))


def test_damage_keeps_the_look_and_spoils_the_text() -> None:
    def page() -> pymupdf.Document:
        volume = Volume("one", "journal_papers", 1, 300, 200)
        volume.page().text(20, 20, 280, "出土一件日用石器，人骨一具。", Style(12))
        volume.doc.subset_fonts()
        return volume.doc

    plain = page()
    for damage in (text_damage.to_radicals, text_damage.to_private_use, text_damage.without_map):
        doc = page()
        damage(doc)
        assert doc[0].get_pixmap().samples == plain[0].get_pixmap().samples
        assert doc[0].get_text() != plain[0].get_text()
    radicals = page()
    text_damage.to_radicals(radicals)
    assert "⼀件⽇⽤⽯器" in radicals[0].get_text()
    private = page()
    text_damage.to_private_use(private)
    assert sum(0xE000 <= ord(c) <= 0xF8FF for c in private[0].get_text()) > 8


def test_watermarks_and_odd_images_show_what_the_label_says(shelf: Path) -> None:
    kinds = {row["kind"] for row in _rows(shelf, "journal_papers", "negatives")}
    assert kinds >= {"logo", "watermark", "portrait", "table"}
    assert all(
        row["ignore"] == (row["kind"] == "portrait") for row in _rows(shelf, "journal_papers", "negatives")
    )


def test_demo_writes_books_and_labels_apart(tmp_path: Path) -> None:
    paths = demo_books(tmp_path, 1)
    assert {p.parent for p in paths} == {tmp_path / "books"}
    assert sorted(p.suffix for p in (tmp_path / "books").iterdir()) == [".pdf"] * len(paths)
    assert {p.stem for p in paths} & set(SCANS)
    assert all((tmp_path / "truth" / f"{p.stem}.truth.jsonl").exists() for p in paths)
    assert sum(p.stat().st_size for p in paths) < 25e6
    with pymupdf.open(next(p for p in paths if p.stem in SCANS)) as scan:
        assert scan.page_count <= 8


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (7, "positional", "七"),
        (40, "positional", "四〇"),
        (10, "full", "十"),
        (43, "full", "四十三"),
        (105, "full", "一百零五"),
        (112, "full", "一百一十二"),
        (22, "short", "廿二"),
        (12, "formal", "拾貳"),
    ],
)
def test_chinese_numbers(number: int, style: str, text: str) -> None:
    assert chinese(number, style) == text


def test_numbers_of_vertical_books() -> None:
    assert in_chinese_figures("長4.15米，頭向97度") == "長四點一五米，頭向九七度"


def test_templates_fill_every_slot_or_say_which_is_missing() -> None:
    given = dict.fromkeys(("m", "tomb", "chinese", "dynasty", "weave"), "某")
    for template in REPORT:
        assert "{" not in fill(template, random.Random(1), **given)
    with pytest.raises(KeyError, match="first"):
        fill(MURAL, random.Random(1))


def test_an_author_never_repeats_a_name() -> None:
    author = Author(random.Random(2))
    names = [author.motif().name for _ in range(80)]
    assert len(set(names)) == len(names)


def test_every_subject_has_a_shape_and_traditional_names_differ() -> None:
    assert all(shape(subject) for subject in CREATURES)
    assert to_traditional("联珠对鸟纹缂丝残片") == "聯珠對鳥紋緙絲殘片"


def test_lines_break_where_chinese_allows() -> None:
    text = "以联珠圈为窠，珠粒圆润（见图1-2），排列匀整；每厘米28.5根。"
    lines = wrap(text, 60, 60, lambda s: 10.0 * len(s))
    assert "".join(lines) == text
    assert all(line[0] not in "，。；）" for line in lines)
    assert any("1-2" in line for line in lines)
    assert any("28.5" in line for line in lines)
    assert "".join(columns(text, 4, 6)) == text
