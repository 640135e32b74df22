"""File names that are not UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.names import safe_name, shown_name, system_name


def raw(data: bytes) -> str:
    """The name as Python gets it from the file system."""
    return os.fsdecode(data)


@pytest.mark.parametrize("name", ["织锦.pdf", "a.pdf", "é.pdf", "𠮷.pdf", "100%.pdf"])
def test_utf8_names_stay_as_they_are(name: str) -> None:
    assert safe_name(name) == shown_name(name) == name


def test_gbk_is_shown_as_chinese_and_kept_apart_from_utf8() -> None:
    name = raw("敦煌壁画.pdf".encode("gbk"))
    assert shown_name(name) == "敦煌壁画.pdf"
    safe = safe_name(name)
    assert safe.startswith("敦煌壁画~")
    assert safe.endswith(".pdf")
    assert safe == safe_name(name) != "敦煌壁画.pdf"
    safe.encode("utf-8")


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"caf\xe9.pdf", "caf%E9.pdf"),
        (b"\xff\xfe.pdf", "%FF%FE.pdf"),
        (b"\xaa\xa1.pdf", "%AA%A1.pdf"),  # a private-use character of GB18030
    ],
)
def test_other_bytes_are_shown_as_numbers(data: bytes, shown: str) -> None:
    assert shown_name(raw(data)) == shown
    assert safe_name(raw(data)).encode("utf-8")


def test_names_with_the_same_text_stay_apart() -> None:
    names = [b"\xff.pdf", b"%FF.pdf", b"\xfe.pdf", "敦.pdf".encode("gbk"), "敦.pdf".encode()]
    assert len({safe_name(raw(name)) for name in names}) == len(names)


def test_a_locale_without_utf8_changes_no_name(tmp_path: Path) -> None:
    """Under an ASCII file system encoding, even 织锦.pdf reaches Python as escapes."""
    names = ["织锦.pdf".encode(), "织锦.pdf".encode("gbk")]
    for name in names:
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).touch()
    code = (
        "import os, sys; from extractors.names import safe_name, system_name;"
        "found = [safe_name(name) for name in sorted(os.listdir(sys.argv[1]))];"
        "assert os.path.exists(os.path.join(sys.argv[1], system_name(found[-1])));"
        "print(ascii(sorted(found)))"
    )
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", code, str(tmp_path)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert told.strip() == ascii(sorted(safe_name(raw(name)) for name in names))


def test_a_name_can_be_given_back_to_the_system() -> None:
    assert os.fsencode(system_name("织锦")) == "织锦".encode()
