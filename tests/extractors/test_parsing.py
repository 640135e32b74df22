"""Texts of JSON and TOML that nobody sane wrote."""

from __future__ import annotations

import pytest

from extractors.parsing import parse_json, parse_toml


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "9" * 5000, "", b"\xff", '{"a": 1'])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the message depends on the text
        parse_json(text)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 100_000, "a = " + "{a = " * 50_000, "a = " + "9" * 5000, "[[a]"]
)
def test_what_is_no_toml_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the message depends on the text
        parse_toml(f"a = {text}")


def test_the_mark_of_windows_editors_is_no_slip() -> None:
    assert parse_toml("\ufeffa = 1") == {"a": 1}
