"""The stylesheet of all pages: gallery, statistics, audit, diff, review, evaluation, benchmark, search."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

BASE = "base.css"


@cache
def base_style() -> str:
    """The shared rules, for a page that needs nothing beside it or for a file that lies beside one."""
    return files(__package__).joinpath(BASE).read_text("utf-8")
