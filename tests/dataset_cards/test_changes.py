"""Why pairs came, left and changed: CHANGES.md of a version, and the difference of two."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_cards.assembly import BookEntry
from dataset_cards.changes import changed_columns, row_digest
from dataset_cards.diff import Diff, PairChange
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.reading import iter_rows
from dataset_cards.reasons import REASONS
from dataset_cards.schema import TEXT_COLUMNS
from dataset_cards.settings import DatasetSettings, DuplicateSettings
from dataset_cards.verify import read_manifest
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs

SETTINGS = DatasetSettings()


@pytest.fixture
def book(tmp_path: Path) -> BookEntry:
    return replace(make_book(tmp_path / "objects", "丝绸纹样"), made_by={"program pairs": "2", "ocr": "ab"})


@pytest.fixture
def other(tmp_path: Path) -> BookEntry:
    return replace(make_book(tmp_path / "objects", "敦煌壁画"), made_by={"program pairs": "2", "ocr": "ab"})


def publish(folder: Path, *books: BookEntry, settings: DatasetSettings = SETTINGS) -> Path:
    return publish_version(books, folder / "demo", settings).path


def difference(old: Path, new: Path) -> tuple[list[PairChange], Diff]:
    diff = Diff(old, new)
    return list(diff), diff


def reasons(changes: list[PairChange]) -> Counter[tuple[str, str]]:
    return Counter((change.sort, why) for change in changes for why in change.why)


def without_pairs(book: BookEntry, count: int) -> BookEntry:
    return replace(book, result=replace(book.result, pairs=book.result.pairs[:-count]))


def test_new_and_removed_books(book: BookEntry, other: BookEntry, tmp_path: Path) -> None:
    first, second = publish(tmp_path, book), publish(tmp_path, other)
    changes, _ = difference(first, second)
    assert reasons(changes) == {("added", "new book"): 12, ("removed", "removed book"): 12}
    text = (second / "CHANGES.md").read_text("utf-8")
    assert "| 敦煌壁画 | 12 | 0 | 0 | 新书 new book 12 |" in text
    assert "| 丝绸纹样 | 0 | 12 | 0 | 书已移除 removed book 12 |" in text


def test_a_changed_rule_is_named_with_old_and_new(book: BookEntry, other: BookEntry, tmp_path: Path) -> None:
    first = publish(tmp_path, book, other)
    newer = {"made_by": {"program pairs": "3", "ocr": "ab", "extract.crop_dpi": "300"}}
    better = replace(without_pairs(with_pairs(book, title="新题", bbox=(1, 2, 3, 4)), 2), **newer)
    second = publish(tmp_path, better, replace(other, **newer))
    changes, diff = difference(first, second)
    assert reasons(changes) == {("changed", "changed rule"): 1, ("removed", "changed rule"): 2}
    (changed,) = (change for change in changes if change.sort == "changed")
    assert changed.columns == ("bbox", "title")
    assert changed.as_json()["columns"]["bbox"] == [[60, 70, 360, 330], [1, 2, 3, 4]]
    rules = ("extract.crop_dpi – → 300", "program pairs 2 → 3")
    # Nothing of the other book changed, so its rules are not spoken of.
    assert [found.rules for found in diff.changes.books.values()] == [rules]
    text = (second / "CHANGES.md").read_text("utf-8")
    assert "规则改变 Changed rules: 丝绸纹样\n" in text
    assert "\n- 配对程序 program pairs 2 → 3\n" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"review": "edited", "description": "改过"}, ("review",)),
        ({"description": "改过", "description_source": "reviewed", "kind": "chart"}, ("review",)),
        ({"description": "理", "description_source": "refined", "description_raw": "原"}, ("refinement",)),
        ({"book_title": "改名"}, ("renamed book",)),
        (
            {"book_title": "改名", "review": "accepted", "bbox": (1, 2, 3, 4)},
            ("renamed book", "review", "not recorded"),
        ),
        ({"number": "九"}, ("not recorded",)),
    ],
)
def test_reasons_follow_the_columns(
    book: BookEntry, tmp_path: Path, change: dict[str, Any], expected: tuple[str, ...]
) -> None:
    first, second = publish(tmp_path, book), publish(tmp_path, with_pairs(book, **change))
    (found,), diff = difference(first, second)
    assert set(found.why) == set(expected)
    assert list(found.why) == sorted(found.why, key=list(REASONS).index)
    assert set(found.columns) == set(change)
    (counted,) = diff.changes.books.values()
    assert (counted.changed_pairs, counted.changed) == (1, Counter(expected))


def test_a_page_that_could_be_read_at_last(book: BookEntry, tmp_path: Path) -> None:
    first = publish(tmp_path, without_pairs(book, 1))
    second = publish(tmp_path, replace(book, result=replace(book.result, failures=())))
    changes, _ = difference(first, second)
    assert reasons(changes) == {("added", "read again"): 1}


def test_duplicates_that_are_dropped_and_kept_again(book: BookEntry, tmp_path: Path) -> None:
    one, two, *rest = book.result.pairs
    twin = replace(
        two, image=one.image, image_sha256=one.image_sha256, width=one.width, height=one.height,
        description=one.description,
    )  # fmt: skip
    same = replace(book, result=replace(book.result, pairs=(one, twin, *rest)))
    dropping = DatasetSettings(duplicates=DuplicateSettings(drop="same"))
    first = publish(tmp_path, same)
    second = publish(tmp_path, same, settings=dropping)
    third = publish(tmp_path, same)
    assert reasons(difference(first, second)[0]) == {("removed", "dropped"): 1}
    assert reasons(difference(second, third)[0]) == {("added", "kept again"): 1}
    assert "因重复而略去 dropped 1" in (second / "CHANGES.md").read_text("utf-8")


def test_the_same_version_twice_differs_in_nothing(book: BookEntry, tmp_path: Path) -> None:
    first = publish(tmp_path, book)
    changes, diff = difference(first, first)
    assert (changes, diff.changes.books) == ([], {})


def test_forwards_and_backwards_mirror_each_other(book: BookEntry, other: BookEntry, tmp_path: Path) -> None:
    first = publish(tmp_path, book)
    second = publish(tmp_path, without_pairs(with_pairs(book, title="新"), 3), other)
    there, back = difference(first, second)[0], difference(second, first)[0]
    sorts = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(c.pair_id, sorts[c.sort], c.columns) for c in there} == {
        (c.pair_id, c.sort, c.columns) for c in back
    }


def test_the_counts_of_a_version_are_those_of_its_difference(
    book: BookEntry, other: BookEntry, tmp_path: Path
) -> None:
    first = publish(tmp_path, book)
    second = publish(tmp_path, without_pairs(with_pairs(book, title="新"), 3), other)
    _, diff = difference(first, second)
    counts = read_manifest(second)["counts"]
    assert (diff.changes.added, diff.changes.removed, diff.changes.changed) == (
        counts["added"],
        counts["removed"],
        counts["changed"],
    )


def test_a_damaged_table_is_named(book: BookEntry, other: BookEntry, tmp_path: Path) -> None:
    first, second = publish(tmp_path, book), publish(tmp_path, book, other)
    table = next((second / "data").glob("train*"))
    table.chmod(0o644)
    table.write_bytes(b"PAR1")
    with pytest.raises(DamagedWorkspaceError, match="cannot be read"):
        difference(first, second)


@given(st.data())
def test_digests_are_equal_just_when_no_column_differs(data: st.DataObject) -> None:
    values = st.one_of(st.none(), st.text(max_size=2), st.integers(0, 3), st.floats(0, 1), st.just([1, 2.0]))
    old = {name: data.draw(values) for name in TEXT_COLUMNS[:4]} | dict.fromkeys(TEXT_COLUMNS[4:])
    new = old | data.draw(st.dictionaries(st.sampled_from(TEXT_COLUMNS[:4]), values))
    assert (row_digest(old) == row_digest(new)) == (changed_columns(old, new) == ())


def test_a_row_read_back_has_the_digest_of_its_pair(book: BookEntry, tmp_path: Path) -> None:
    first = publish(tmp_path, book)
    second = publish(tmp_path, replace(book, file_name="别名.pdf"))
    rows = {row["pair_id"]: row_digest(row) for row in iter_rows(first)}
    assert rows == {row["pair_id"]: row_digest(row) for row in iter_rows(second)}
    assert read_manifest(second)["counts"]["changed"] == 0
