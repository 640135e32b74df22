"""Corrections of a workspace applied by a build: crops from the PDF, what is kept, what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from dataset_cards.files import read_json_lines
from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import append, decide
from dataset_cards.verify import read_current, read_manifest
from extractors.errors import BAD_INPUT, OK
from flows.review.session import Session
from flows.workspace import Workspace
from tests.flows.command import tuwen
from tests.flows.plain_build import contents, plain_build
from tests.flows.tiny_books import draw_book, quick_settings

SETTINGS = quick_settings()


def current(root: Path) -> Path:
    return read_current(root / "datasets" / "tiny")


def correct(root: Path, row: dict[str, Any], action: Any, **data: Any) -> None:
    """Decide on a pair of the current version."""
    correction = decide(
        action,
        data,
        who="甲",
        book=row["book_sha256"],
        page=row["page"],
        bbox=tuple(row["bbox"]),  # type: ignore[arg-type]
        pair_id=row["pair_id"],
        reading=read_manifest(current(root))["digest"],
    )
    append(root / "corrections.jsonl", correction)


def test_a_box_drawn_by_a_person_is_cut_from_the_book(root: Path) -> None:
    row = next(iter(iter_rows(current(root))))
    x0, y0, x1, y1 = row["bbox"]
    correct(root, row, "box", bbox=[x0, y0, x1, (y0 + y1) / 2])
    plain_build(root, SETTINGS)
    (now,) = (new for new in iter_rows(current(root)) if new["pair_id"] == row["pair_id"])
    assert (now["bbox"][3], now["split"], now["review"]) == ((y0 + y1) / 2, row["split"], "edited")
    assert now["image_sha256"] != row["image_sha256"]
    picture = current(root) / "imagefolder" / now["split"] / f"{now['pair_id']}.png"
    with Image.open(picture) as image:
        assert image.size == (now["width"], now["height"])
        assert abs(image.width / image.height - 2) < 0.1
    # The same again makes nothing; the same from nothing makes the same bytes.
    before = contents(root)
    plain_build(root, SETTINGS)
    assert contents(root) == before


def test_a_box_outside_the_page_is_listed_and_changes_nothing(root: Path) -> None:
    row = next(iter(iter_rows(current(root))))
    correct(root, row, "box", bbox=[5000, 5000, 5100, 5100])
    plain_build(root, SETTINGS)
    (line,) = read_json_lines(current(root) / "reviewed.jsonl")
    assert line["state"] == "not applied"
    assert "lies outside" in line["reason"]
    assert row in list(iter_rows(current(root)))


@pytest.mark.usefixtures("prefect_server")
def test_build_publishes_for_corrections_alone_and_names_damaged_lines(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("-w", root, "--set", "extract.ocr.engine=off", "--set", "dataset.name=tiny")
    first, second, third, *_ = iter_rows(current(root))
    correct(root, first, "reject", reason="模糊")
    correct(root, second, "edit", title="新题")
    correct(root, third, "box", bbox=[5000, 5000, 5100, 5100])
    with Workspace(root).corrections.open("a") as file:
        file.write('{"id": "cut sho')
    assert tuwen("status", *options) == OK
    assert "next build: 3 decisions of people since v0001" in capsys.readouterr().out
    assert tuwen("build", *options) == OK
    said = capsys.readouterr()
    assert "published v0002" in said.out
    assert "+0 −1 ~1" in said.out
    rows = read_json_lines(current(root) / "books.jsonl")  # the lines of books count what is published
    assert first["book_sha256"] in {row["sha256"] for row in rows}
    for row in rows:
        pairs = sum(pair["book_sha256"] == row["sha256"] for pair in iter_rows(current(root)))
        (line,) = (line for line in said.out.splitlines() if line.startswith(f"✓ {row['file_name']}: "))
        assert f" {pairs} pair{'' if pairs == 1 else 's'}, {row['unmatched']} unmatched; " in line
    assert "! corrections of 1 figure could not be applied; listed as “未能应用 Not applied” in " in said.out
    assert "| 未能应用（图片未能裁出） not applied: " in (current(root) / "CHANGES.md").read_text("utf-8")
    assert "corrections.jsonl, line 4: counts for nothing" in said.err
    assert tuwen("build", *options) == OK
    assert "nothing new" in capsys.readouterr().out
    assert tuwen("status", *options) == OK
    assert "next build" not in capsys.readouterr().out
    assert tuwen("diff", "-w", root, "--dataset", "tiny") == OK
    assert capsys.readouterr().out.count("人工审定 review 1") == 2  # one in each book


@pytest.mark.usefixtures("prefect_server")
def test_figures_that_a_person_adds_where_nothing_was_found_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "bare"
    book = draw_book(root / "books" / "text.pdf")
    document = pymupdf.open(stream=book.read_bytes())
    for page in document:
        for image in page.get_images():
            page.delete_image(image[0])
    document.save(book, no_new_id=True)
    options = ("-w", root, "--set", "extract.ocr.engine=off", "--set", "dataset.name=tiny")
    assert tuwen("build", *options) == BAD_INPUT
    assert "no pair was found" in capsys.readouterr().out
    session = Session(Workspace(root), SETTINGS, "甲")
    try:
        (shown,) = session.version.books
        assert session.page(shown.sha256, 1)["figures"] == []
        added = {"title": "联珠纹", "kind": "pattern"}
        box = [40, 40, 240, 240]
        session.decide({"action": "add", "data": added, "book": shown.sha256, "page": 1, "bbox": box})
    finally:
        session.close()
    assert tuwen("build", *options) == OK
    assert "published v0001: 1 pair" in capsys.readouterr().out
    (row,) = iter_rows(current(root))
    assert (row["title"], row["kind"], row["rule"]) == ("联珠纹", "pattern", "review")
    assert tuwen("build", *options) == OK
    assert "nothing new: v0001" in capsys.readouterr().out
