"""Entries of books.toml find their books, also those that were renamed or saved again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dataset_cards.assembly import BookEntry
from dataset_cards.book_facts import ShelfBook, describe
from dataset_cards.files import read_json_lines
from dataset_cards.identity.past_books import PastBook, PastBooks
from dataset_cards.rights import BookFacts, BookList
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import nothing_new, publish_version
from tests.dataset_cards.identity.readings import Studio, two_a_page

OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
SETTINGS = DatasetSettings()


def books_toml(*entries: BookFacts) -> BookList:
    return BookList(Path("books.toml"), entries)


def named(file: str) -> BookFacts:
    return BookFacts(file=file, rights=CC0)


def test_entries_without_a_book_are_hinted_at_with_the_nearest_name() -> None:
    known = books_toml(named("丝绸/纹样.pdf"), BookFacts(sha256=OTHER))
    told = describe(known, [ShelfBook(("丝绸/纹样2.pdf",), NEW), ShelfBook(("新.pdf",), OLD)], PastBooks())
    assert told.facts == {}
    first, second = told.hints
    assert first.endswith("丝绸/纹样.pdf, which is not in books/; did you mean 丝绸/纹样2.pdf?")
    assert second == f"books.toml describes {OTHER}, which is not in books/"


def test_a_copy_under_an_earlier_name_is_the_same_book() -> None:
    told = describe(books_toml(named("b.pdf")), [ShelfBook(("a.pdf", "b.pdf"), NEW)], PastBooks())
    assert told.has_rights(NEW)
    assert told.hints == []


def test_a_renamed_book_is_known_by_the_name_it_had_and_a_hint_gives_the_new_one() -> None:
    past = PastBooks([PastBook(OLD, "丝绸.pdf")])
    told = describe(books_toml(named("旧架/丝绸.pdf")), [ShelfBook(("新架/纹样.pdf",), OLD)], past)
    assert told.has_rights(OLD)
    (hint,) = told.hints
    assert hint == (
        'books.toml describes 旧架/丝绸.pdf, which is now 新架/纹样.pdf: write file = "新架/纹样.pdf"'
    )


@pytest.mark.parametrize("entry", [named("旧.pdf"), BookFacts(sha256=OLD, rights=CC0)])
def test_a_book_saved_again_is_known_by_what_it_was(entry: BookFacts) -> None:
    past = PastBooks([PastBook(OTHER, "中.pdf", "", (NEW,)), PastBook(OLD, "旧.pdf", "", (OTHER,))])
    told = describe(books_toml(entry), [ShelfBook(("新.pdf",), NEW)], past)
    assert told.has_rights(NEW)


def test_a_name_that_another_book_has_now_is_that_of_the_other_book() -> None:
    past = PastBooks([PastBook(OLD, "书.pdf")])
    shelf = [ShelfBook(("书.pdf",), NEW), ShelfBook(("旧书.pdf",), OLD)]
    told = describe(books_toml(named("书.pdf")), shelf, past)
    assert (told.has_rights(NEW), told.has_rights(OLD)) == (True, False)


def test_a_name_that_two_folders_share_tells_neither() -> None:
    past = PastBooks([PastBook(OLD, "书.pdf")])
    known = books_toml(named("甲/书.pdf"), named("乙/书.pdf"))
    assert not describe(known, [ShelfBook(("旧书.pdf",), OLD)], past).has_rights(OLD)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


def on_shelf(entry: BookEntry) -> BookEntry:
    return replace(entry, names=(f"架/{entry.file_name}",))


@pytest.mark.parametrize("by_sha256", [False, True])
def test_a_book_renamed_and_saved_again_keeps_its_rights_from_its_first_version_on(
    by_sha256: bool, studio: Studio, tmp_path: Path
) -> None:
    first = on_shelf(studio.read("丝绸", two_a_page("丝绸", 8)))
    sha256 = first.result.sha256
    known = books_toml(BookFacts(sha256=sha256, rights=CC0) if by_sha256 else named("架/丝绸.pdf"))
    publish_version([first], tmp_path, SETTINGS, known)
    figures = two_a_page("丝绸", 8)
    again = on_shelf(studio.read("丝绸", figures, file="again", name="新名", encoded_again=True))
    second = publish_version([again], tmp_path, SETTINGS, known)
    third = on_shelf(studio.read("丝绸", figures, file="third", name="第三名", jitter=1.0))
    for published, entry in ((second, again), (publish_version([third], tmp_path, SETTINGS, known), third)):
        (row,) = read_json_lines(published.path / "books.jsonl")
        assert (row["file_name"], row["rights"]) == (entry.file_name, CC0)
        assert (published.added, published.removed, published.changed) == (0, 0, 8)
        (note,) = published.notes
        assert note.startswith(f"{entry.file_name} is ")
    assert nothing_new([third], tmp_path, SETTINGS, known)
    assert not nothing_new([third], tmp_path, SETTINGS, books_toml())
