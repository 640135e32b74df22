"""A file with its checksum: what is read is what was written, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.checked_json import dump_checked, load_checked, read_checked, write_checked

VALUE = {
    "name": "联珠纹",
    "broken": "a\udce9",
    "numbers": [1, 2.5, 1e-7, None, True],
    "deep": {"b": 1, "a": ""},
}


def test_a_value_is_read_as_it_was_written_in_the_order_it_had(tmp_path: Path) -> None:
    write_checked(tmp_path / "a.json", VALUE)
    found = read_checked(tmp_path / "a.json")
    assert found == VALUE
    assert list(found) == list(VALUE)
    assert "联珠纹".encode() in (tmp_path / "a.json").read_bytes()


def test_no_flipped_bit_is_believed() -> None:
    data = dump_checked(VALUE)
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            with pytest.raises(ValueError):  # noqa: PT011 the message depends on the byte
                load_checked(bytes(flipped))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"a": 1}', dump_checked(VALUE)[:-1]])
def test_what_is_cut_or_written_by_others_is_not_believed(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the message depends on the data
        load_checked(data)
