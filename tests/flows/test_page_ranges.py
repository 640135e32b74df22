from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import UsageError
from flows.page_ranges import parse_pages


@pytest.mark.parametrize(
    ("text", "pages"),
    [("7", [7]), ("3-5", [3, 4, 5]), ("9,1-2, 2", [1, 2, 9]), (" 4 - 4 ", [4])],
)
def test_pages(text: str, pages: list[int]) -> None:
    assert parse_pages(text) == pages


@pytest.mark.parametrize("text", ["", "0", "5-3", "a", "1-", "-3", "1-99999999", "1,,2", "1-999999"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="3-10"):
        parse_pages(text)


@given(st.sets(st.integers(1, 5000), min_size=1))
def test_any_list_of_pages_comes_back(pages: set[int]) -> None:
    assert parse_pages(",".join(map(str, pages))) == sorted(pages)
