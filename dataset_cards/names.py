"""What the program's own names (rules, reasons, kinds) are called on its pages, in Chinese and in English."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

SCRIPT = "names.js"
"""The file by which a page loads the table."""
Names = Mapping[str, Mapping[str, tuple[str, str]]]


@cache
def names() -> Names:
    """Sort of name -> name -> (Chinese, English)."""
    table = json.loads(files(__package__).joinpath("names.json").read_text("utf-8"))
    return {
        sort: {name: (chinese, english) for name, (chinese, english) in known.items()}
        for sort, known in table.items()
    }


def chinese(sort: str, name: str) -> str:
    """The Chinese for a name; the name itself where it is not one of the program's."""
    return names()[sort].get(name, (name, name))[0]


def names_script() -> str:
    """names.js: the table, as the pages' scripts find it."""
    return f"const NAMES = {json.dumps(names(), ensure_ascii=False, separators=(',', ':'))};\n"
