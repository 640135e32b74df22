"""Labelled pages of real books among the drawn ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest

from extractors.errors import UsageError
from extractors.figures.finder_input import SINGLE, SPREAD
from extractors.fitting.finder import batches
from extractors.fitting.finder.batches import PageStream
from extractors.fitting.finder.labelled import digest_of_pages, labelled_pages

BOX = [100, 150, 300, 400]


def write_book(folder: Path, name: str = "book", meta: dict[str, Any] | None = None) -> Path:
    """A book of a portrait page, a spread and an empty page, with its labels."""
    folder.mkdir(exist_ok=True)
    document = pymupdf.open()
    for width, height in ((500, 700), (1000, 700), (500, 700)):
        document.new_page(width=width, height=height)
    for page in (document[0], document[1]):
        page.draw_rect(pymupdf.Rect(BOX), fill=(0.1, 0.2, 0.3))
    document.save(folder / f"{name}.pdf")
    rows = [
        {"page": 1, "bbox": BOX, "caption": "图一 陶罐", "group": "g"},
        {"page": 1, "bbox": [320, 150, 400, 400], "caption": "图一 陶罐", "group": "g"},
        {"page": 2, "bbox": BOX, "caption": "图二 铜镜"},
    ]
    (folder / f"{name}.truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    negatives = [
        {"page": 1, "bbox": [50, 500, 450, 600], "kind": "table"},
        {"page": 1, "bbox": [50, 620, 90, 660], "kind": "logo"},
        {"page": 2, "bbox": [600, 100, 700, 200], "kind": "picture", "ignore": True},
    ]
    (folder / f"{name}.negatives.jsonl").write_text("".join(json.dumps(row) + "\n" for row in negatives))
    if meta is not None:
        (folder / f"{name}.meta.json").write_text(json.dumps(meta))
    return folder


def test_a_labelled_page_is_shown_as_the_finder_sees_it_with_its_boxes_on_its_ink(tmp_path: Path) -> None:
    single, spread, empty = labelled_pages([write_book(tmp_path)])
    assert single.pixels.shape[:2] == empty.pixels.shape[:2] == SINGLE
    assert spread.pixels.shape[:2] == SPREAD
    assert [kind for kind, _ in single.shapes] == ["figure", "figure", "group", "table"]
    assert [kind for kind, _ in spread.shapes] == ["figure", "group", "ignore"]
    assert empty.shapes == []
    for page in (single, spread):
        dark = np.argwhere(page.pixels[: page.size[0], : page.size[1]].max(axis=2) < 128)
        ink = np.array([*dark.min(0)[::-1], *(dark.max(0)[::-1] + 1)])
        corners = page.shapes[0][1]
        assert np.abs(np.array([*corners.min(0), *corners.max(0)]) - ink).max() <= 1
    group = single.shapes[2][1]
    assert group.max(0)[0] == pytest.approx(single.shapes[1][1].max(0)[0])


def test_only_the_pages_that_were_labelled_are_shown(tmp_path: Path) -> None:
    folder = write_book(tmp_path, meta={"labelled_pages": [2, 3]})
    kept = {name: (folder / f"book.{name}.jsonl").read_text() for name in ("truth", "negatives")}
    for name, rows in kept.items():
        second = [row for row in rows.splitlines() if json.loads(row)["page"] == 2]
        (folder / f"book.{name}.jsonl").write_text("\n".join(second))
    shown = labelled_pages([folder])
    assert [page.pixels.shape[:2] for page in shown] == [SPREAD, SINGLE]
    (folder / "book.meta.json").write_text(json.dumps({"labelled_pages": []}))
    for name in kept:
        (folder / f"book.{name}.jsonl").write_text("")
    with pytest.raises(UsageError, match="no labelled page"):
        labelled_pages([folder])


def test_batches_hold_labelled_pages_of_their_canvas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SINGLES", 3), ("SPREADS", 2), ("BLOCK", 2)):
        monkeypatch.setattr(batches, name, value)
    pages = labelled_pages([write_book(tmp_path)])
    plain, mixed = PageStream(5), PageStream(5, pages)
    for index in range(4):
        drawn, seen = plain.batch(index).pages, mixed.batch(index).pages
        same = [bool((a == b).all()) for a, b in zip(drawn, seen, strict=True)]
        assert same == [False] * batches.LABELLED + [True] * (len(drawn) - batches.LABELLED)
    again = PageStream(5, pages)
    again.batch(0)
    assert np.array_equal(again.batch(3).pages, mixed.batch(3).pages)
    only_single = PageStream(5, pages[:1])
    spread = next(index for index in range(40) if plain.batch(index).pages.shape[2:] == SPREAD)
    assert np.array_equal(only_single.batch(spread).pages, plain.batch(spread).pages)


def test_the_digest_is_that_of_pages_and_labels(tmp_path: Path) -> None:
    one, same = (digest_of_pages(labelled_pages([write_book(tmp_path / name)])) for name in ("a", "b"))
    other = write_book(tmp_path / "c")
    (other / "book.negatives.jsonl").write_text("")
    assert one == same != digest_of_pages(labelled_pages([other]))


def test_labels_that_cannot_be_read_are_said_without_a_traceback(tmp_path: Path) -> None:
    (write_book(tmp_path / "labels") / "book.truth.jsonl").write_text("{}\n")
    command = [sys.executable, "-m", "extractors.fitting.finder", "train"]
    run = subprocess.run(
        [*command, "--out", str(tmp_path / "run"), "--labelled", str(tmp_path / "labels")],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "book.truth.jsonl" in run.stderr
    assert "Traceback" not in run.stderr
