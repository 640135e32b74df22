"""Reading labels and predictions: what is filled in, and what each slip is answered with."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import BAD_INPUT, UsageError
from extractors.evaluation.evaluate import evaluate
from extractors.evaluation.labels import NO_LAYOUT, labelled_books, read_labels
from extractors.evaluation.predictions import read_predictions
from extractors.evaluation.rows import LabelError, read_rows
from tests.extractors.evaluation.made import write_rows

ROW: dict[str, Any] = {"page": 1, "bbox": [10, 20, 110, 120], "caption": "图1 联珠纹"}
META: dict[str, Any] = {"labelled_pages": [1, 2], "page_sizes": [[300, 420]] * 3}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, META, ROW)
    return tmp_path


def write(folder: Path, meta: dict[str, Any] | None, *rows: dict[str, Any]) -> None:
    write_rows(folder / "book.truth.jsonl", rows)
    if meta is not None:
        (folder / "book.meta.json").write_text(json.dumps(meta), encoding="utf-8")


def test_page_box_and_text_are_enough(folder: Path) -> None:
    (figure,) = read_labels(folder, "book").figures
    assert (figure.fid, figure.layout, figure.caption) == ("book-1-0", NO_LAYOUT, "图1 联珠纹")
    assert figure.checked
    assert not figure.optional


def test_a_book_may_have_no_meta(tmp_path: Path) -> None:
    write(tmp_path, None, ROW | {"layout": "grids", "scan": True}, ROW | {"page": 9})
    book = read_labels(tmp_path, "book")
    assert (book.pages, book.scan, book.layout) == (None, True, "grids")


def test_names_come_from_place_not_from_order(tmp_path: Path) -> None:
    low, high = ROW | {"bbox": [10, 200, 110, 300]}, ROW
    write(tmp_path, None, low, high)
    first = read_labels(tmp_path, "book").figures
    write(tmp_path, None, high, low)
    assert read_labels(tmp_path, "book").figures == first


def test_windows_editors_are_forgiven(tmp_path: Path) -> None:
    text = (
        "\ufeff" + json.dumps(ROW, ensure_ascii=False) + "\r\n\r\n" + json.dumps(ROW | {"page": 2}) + "\r\n"
    )
    (tmp_path / "book.truth.jsonl").write_bytes(text.encode())
    assert len(read_labels(tmp_path, "book").figures) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"page": None}, '"page" is missing'),
        ({"page": 0}, "whole numbers from 1"),
        ({"page": 1.5}, "whole numbers from 1"),
        ({"page": "1"}, "whole numbers from 1"),
        ({"page": True}, "whole numbers from 1"),
        ({"page": 4}, "beyond the book, which has 3 pages"),
        ({"page": 3}, "labelled_pages"),
        ({"bbox": None}, '"bbox" is missing'),
        ({"bbox": [1, 2, 3]}, "four numbers"),
        ({"bbox": [1, 2, 3, "4"]}, "four numbers"),
        ({"bbox": [1, 2, 3, float("nan")]}, "four numbers"),
        ({"bbox": [1, 2, 3, 10**400]}, "four numbers"),
        ({"bbox": "1 2 3 4"}, "four numbers"),
        ({"bbox": [110, 20, 10, 120]}, "left, top, right, bottom"),
        ({"bbox": [600, 20, 900, 120]}, "off the page of 300 x 420 points"),
        ({"caption": 5}, '"caption" is not a text'),
        ({"caption": "\ud800"}, '"caption" is not a text'),
        ({"caption": ""}, '"optional": true'),
        ({"accept": ["图1"]}, '"accept" is not an object'),
        ({"description_page": "7"}, '"description_page" is not a page number'),
        ({"desc_boxes": 7}, '"desc_boxes" is not a list of boxes with their page'),
        ({"desc_boxes": [[10, 20, 30, 40]]}, '"desc_boxes" holds something else than boxes with their page'),
        ({"accept": {"caption": "图1"}}, '"caption" is not a list'),
        ({"optional": "yes"}, "neither true nor false"),
        ({"fid": "twice"}, "stands twice"),
    ],
)
def test_a_slip_is_named_with_file_and_line(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    write(tmp_path, META, ROW | {"fid": "twice", "bbox": [5, 5, 9, 9]}, ROW | change)
    with pytest.raises(LabelError) as error:
        read_labels(tmp_path, "book")
    assert f"{tmp_path / 'book.truth.jsonl'}, line 2: " in str(error.value)
    assert told in str(error.value)
    assert error.value.exit_code == BAD_INPUT


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (b'{"page": 1,\n', 1, "not JSON"),
        (b"\n[1, 2]\n", 2, "not an object"),
        ("{}\n纹样".encode("gb18030"), 2, "not UTF-8"),
        (b'{"page": ' + b"1" * 5000 + b"}", 1, "not JSON that can be read"),
        (b"[" * 100_000, 1, "not JSON"),
    ],
)
def test_a_file_that_is_no_jsonl(tmp_path: Path, text: bytes, line: int, told: str) -> None:
    path = tmp_path / "book.truth.jsonl"
    path.write_bytes(text)
    with pytest.raises(LabelError, match=told) as error:
        list(read_rows(path))
    assert f"{path}, line {line}" in str(error.value)


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"labelled_pages": "1-3"}, "not a list of pages"),
        ({"labelled_pages": [0]}, "whole numbers from 1"),
        ({"labelled_pages": [1, 9]}, "beyond the book of 3 pages"),
        ({"page_sizes": [[300]]}, "width, height"),
        ({"page_sizes": 3}, "not a list"),
        ({"scan": "no"}, "neither true nor false"),
    ],
)
def test_a_slip_in_the_meta_file(tmp_path: Path, meta: dict[str, Any], told: str) -> None:
    write(tmp_path, META | meta, ROW)
    with pytest.raises(LabelError, match=told) as error:
        read_labels(tmp_path, "book")
    assert "book.meta.json" in str(error.value)


def test_a_book_is_scanned_or_not(tmp_path: Path) -> None:
    write(tmp_path, META | {"scan": False}, ROW | {"scan": True})
    with pytest.raises(LabelError, match="one or the other"):
        read_labels(tmp_path, "book")


def test_a_negative_says_what_it_is(folder: Path) -> None:
    write_rows(folder / "book.negatives.jsonl", [{"page": 1, "bbox": [1, 1, 9, 9]}])
    with pytest.raises(LabelError, match='"kind" is missing'):
        read_labels(folder, "book")


def test_predictions_are_checked_too(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "book" / "pairs.jsonl", [ROW, ROW | {"confidence": 1.5}])
    with pytest.raises(LabelError, match=r"pairs\.jsonl, line 2: .*between 0 and 1"):
        read_predictions(path.parent.parent, "book")


def test_figures_without_text_are_predictions_captions_are_not(tmp_path: Path) -> None:
    write_rows(tmp_path / "book" / "pairs.jsonl", [ROW])
    left = [ROW | {"type": "figure", "text": ""}, ROW | {"type": "caption", "page": 2}]
    write_rows(tmp_path / "book" / "unmatched.jsonl", left)
    found = read_predictions(tmp_path, "book")
    assert found is not None
    assert [(p.page, p.caption) for p in found] == [(1, ""), (1, "图1 联珠纹")]


def test_the_books_of_a_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert labelled_books(folder) == labelled_books(folder, ["book"]) == ["book"]
    with pytest.raises(UsageError, match="no labels for other"):
        labelled_books(folder, ["other"])
    with pytest.raises(UsageError, match="holds no labels"):
        labelled_books(tmp_path_factory.mktemp("empty"))


def test_a_book_without_predictions_is_scored_as_not_found(folder: Path) -> None:
    write_rows(folder / "other.truth.jsonl", [ROW | {"checked": False}])
    write_rows(folder / "out" / "book" / "pairs.jsonl", [ROW])
    run = evaluate(folder, folder / "out")
    assert run.missing == ("other",)
    assert run.unchecked == {"other": 1}
    assert [score.figures[0].found for score in run.books] == [True, False]
    with pytest.raises(UsageError, match="tuwen extract"):
        evaluate(folder, folder)


values = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=3), st.lists, max_leaves=5)


@given(
    st.sampled_from(["page", "bbox", "accept", "desc_boxes", "caption", "optional", "fid", "lenient"]), values
)
def test_any_value_is_read_or_named_as_a_slip(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    write(folder, META, ROW | {key: value})
    with suppress(LabelError):
        read_labels(folder, "book")


@pytest.mark.parametrize(
    ("stated", "pages"),
    [
        ({"description_page": 7}, {7}),
        ({"desc_boxes": [[7, 0, 0, 9, 9], [8, 0, 0, 9, 9]]}, {7, 8}),
        ({"desc_boxes": [{"page": 7, "bbox": [0, 0, 9, 9]}]}, {7}),
        ({}, set()),
    ],
)
def test_a_description_may_be_printed_elsewhere(
    tmp_path: Path, stated: dict[str, Any], pages: set[int]
) -> None:
    write(tmp_path, None, ROW | stated)
    assert read_labels(tmp_path, "book").figures[0].description_pages == pages


def test_a_prediction_says_where_its_description_is_printed(tmp_path: Path) -> None:
    write_rows(tmp_path / "book" / "pairs.jsonl", [ROW | {"description_page": 7}, ROW | {"page": 2}])
    assert [p.description_page for p in read_predictions(tmp_path, "book") or []] == [7, None]
