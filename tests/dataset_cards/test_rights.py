from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_cards.assembly import inputs_digest
from dataset_cards.errors import UsageError
from dataset_cards.files import read_json_lines
from dataset_cards.rights import BookFacts, check_isbn, read_book_list
from dataset_cards.settings import DatasetSettings
from dataset_cards.statements import statement
from dataset_cards.version import nothing_new, publish_version
from tests.dataset_cards.shelf import make_book

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"
WHOLE = f"""
# 书目
[[book]]
file = "丝绸/纹样.pdf"
title = "中国丝绸纹样"
author = "赵某；钱某"
publisher = "某大学出版社"
year = 2012
isbn = "978-7-301-04424-7"
rights = "{IN_COPYRIGHT}"
licence = "出版社函〔2025〕3 号，限研究之用"
note = "馆藏本"

[[book]]
sha256 = "{"AB" * 32}"
rights = "{CC_BY}"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "books.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_list_is_read(tmp_path: Path) -> None:
    known = read_book_list(write(tmp_path, WHOLE))
    silk = known.find("丝绸/纹样.pdf", "00" * 32)
    assert silk is not None
    assert (silk.author, silk.year, silk.isbn) == ("赵某；钱某", 2012, "978-7301044247")
    assert silk.published()["licence"].startswith("出版社函")  # type: ignore[union-attr]
    other = known.find("别的.pdf", "ab" * 32)
    assert other is not None
    assert other.published() == {"rights": CC_BY, "licence": "CC BY 4.0"}
    assert known.find("没有.pdf", "11" * 32) is None


def test_no_file_is_an_empty_list(tmp_path: Path) -> None:
    assert read_book_list(tmp_path / "books.toml").facts == ()


def test_a_name_is_found_in_whatever_form_the_file_system_gives_it(tmp_path: Path) -> None:
    known = read_book_list(write(tmp_path, '[[book]]\nfile = "Cafe\u0301.pdf"\nyear = 2001\n'))
    assert known.find("Café.pdf", "00" * 32) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[book]]\nfile = "a.pdf"\nyaer = 2012\n',
            r"line 3, book 1: there is no field yaer; did you mean year",
        ),
        ('[[book]]\nfile = "a.pdf"\n[[book]]\n', r"line 3, book 2: name the book by either file or sha256"),
        (f'[[book]]\nfile = "a.pdf"\nsha256 = "{"0" * 64}"\n', "either file or sha256"),
        ('[[book]]\nsha256 = "abc"\n', r"line 2, book 1: sha256 = 'abc': not a SHA-256"),
        ('[[book]]\nfile = "a.pdf"\nisbn = "978-7-301-04424-8"\n', "line 3.*check digit"),
        ('[[book]]\nfile = "a.pdf"\nisbn = "8042·1234"\n', "统一书号"),
        ('[[book]]\nfile = "a.pdf"\nyear = 12\n', r"line 3, book 1: year = 12: input should be greater"),
        ('[[book]]\nfile = "a.pdf"\nrights = "©"\n', "line 3.*not a rights statement; write a URI such as"),
        ('[[book]]\nfile = "a.pdf"\ntitle = " "\n', "leave the line out"),
        (
            '[[book]]\nfile = "a.pdf"\n[[book]]\nfile = "a.pdf"\n',
            "line 3, book 2: a.pdf is listed a second time",
        ),
        ('[book]\nfile = "a.pdf"\n', "begin every book with a line"),
        ('title = "x"\n', "'title' is no"),
        ("[[book]\n", "not valid TOML.*line 1"),
    ],
)
def test_a_slip_is_told_with_its_place_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_book_list(write(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "books.toml"))


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "books.toml"
    path.write_bytes('[[book]]\nfile = "丝绸.pdf"\n'.encode("gbk"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        read_book_list(path)


def test_one_book_in_two_entries_is_told(tmp_path: Path) -> None:
    text = f'[[book]]\nfile = "a.pdf"\n[[book]]\nsha256 = "{"0" * 64}"\n'
    known = read_book_list(write(tmp_path, text))
    with pytest.raises(UsageError, match="listed twice"):
        known.find("a.pdf", "0" * 64)


@given(st.integers(0, 10**9 - 1), st.sampled_from(["", "-", " "]))
def test_both_forms_of_an_isbn_are_one(number: int, between: str) -> None:
    body = f"{number:09d}"
    rest = sum((10 - place) * int(digit) for place, digit in enumerate(body)) % 11
    old = between.join(body + "0123456789X"[-rest % 11])
    new = check_isbn(old)
    assert new == check_isbn(new)
    assert new.startswith(f"978-{body}")


@given(st.integers(0, 10**9 - 1), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(number: int, place: int, by: int) -> None:
    good = check_isbn(f"{number:09d}" + "0123456789X"[-_ten(number) % 11]).replace("-", "")
    wrong = [*good]
    wrong[place + 3] = str((int(wrong[place + 3]) + by) % 10)
    with pytest.raises(ValueError, match="check digit"):
        check_isbn("".join(wrong))


def _ten(number: int) -> int:
    return sum((10 - place) * int(digit) for place, digit in enumerate(f"{number:09d}"))


@pytest.mark.parametrize(
    ("given", "uri", "is_licence"),
    [
        ("https://rightsstatements.org/page/InC/1.0/?language=en", IN_COPYRIGHT, False),
        (
            "https://rightsstatements.org/page/inc-nc/1.0",
            "http://rightsstatements.org/vocab/InC-NC/1.0/",
            False,
        ),
        (
            "http://creativecommons.org/licenses/by-nc-sa/3.0/cn",
            "https://creativecommons.org/licenses/by-nc-sa/3.0/cn/",
            True,
        ),
        ("https://creativecommons.org/licenses/by/4.0/deed.zh-hans", CC_BY, True),
        (
            "https://creativecommons.org/publicdomain/mark/1.0/",
            "https://creativecommons.org/publicdomain/mark/1.0/",
            True,
        ),
        ("https://creativecommons.org/licenses/by/4.0/cn/", None, None),
        ("https://creativecommons.org/licenses/nc/4.0/", None, None),
        ("http://rightsstatements.org/vocab/XXX/1.0/", None, None),
        ("https://creativecommons.org/publicdomain/all/1.0/", None, None),
    ],
)
def test_statements_are_known_ones_in_their_publishers_form(
    given: str, uri: str | None, is_licence: bool | None
) -> None:
    if uri is None:
        with pytest.raises(ValueError, match=r"it has|versions are|not a rights statement"):
            statement(given)
    else:
        assert (statement(given).uri, statement(given).is_licence) == (uri, is_licence)


def test_facts_reach_books_jsonl_and_make_a_new_version(tmp_path: Path) -> None:
    books = [make_book(tmp_path / "objects", title, 6) for title in ("丝绸纹样", "敦煌壁画")]
    settings, folder = DatasetSettings(), tmp_path / "demo"
    first = publish_version(books, folder, settings)
    known = replace(books[0], facts=BookFacts(file="x.pdf", title="中国丝绸纹样", rights=IN_COPYRIGHT))
    assert not nothing_new([known, books[1]], folder, settings)
    moved = replace(books[0], facts=BookFacts(file="y.pdf", title="中国丝绸纹样", rights=IN_COPYRIGHT))
    assert inputs_digest([known], settings) == inputs_digest([moved], settings)
    second = publish_version([known, books[1]], folder, settings)
    before = {row["title"]: row["rights"] for row in read_json_lines(first.path / "books.jsonl")}
    after = {row["title"]: row["rights"] for row in read_json_lines(second.path / "books.jsonl")}
    assert before == {"丝绸纹样": "unknown", "敦煌壁画": "unknown"}
    assert after == {"中国丝绸纹样": IN_COPYRIGHT, "敦煌壁画": "unknown"}
    assert (second.added, second.removed, second.changed) == (0, 0, 0)
