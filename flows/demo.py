"""The whole way on books the demo draws itself: no network, no book of anyone's."""

from __future__ import annotations

from pathlib import Path

from extractors.durable import replace_text
from flows.progress import say
from flows.rebuild import BuildReport, build_workspace
from flows.settings import load_settings

SEED = 7
SETTINGS = """\
# The demo's settings; docs/settings.md lists all there are.
[dataset]
name = "demo"
pretty_name = "图文 Tuwen: the demo"
"""
BOOKS = """\
# What the demo's PDFs do not say of themselves; docs/rights.md tells what may stand here.
"""
_TITLES = {
    "bilingual_catalogue": "中英对照文物图录 A bilingual catalogue",
    "excavation_report": "考古发掘报告",
    "mural_plates": "石窟壁画图版",
    "silk_catalogue": "丝绸纹样图录",
    "silk_catalogue_scan": "丝绸纹样图录（扫描本）",
    "vertical_traditional": "直排文物圖譜",
}
_BOOK = """
[[book]]
file = "{name}.pdf"
title = "{title}"
author = "tuwen demo"
rights = "https://creativecommons.org/publicdomain/zero/1.0/"
"""
"""Drawn by a program from a seed, they are nobody's."""


def run_demo(root: Path) -> BuildReport:
    """Draw the sample books into `root`/books, their truth into `root`/truth, and build datasets/demo.

    Run again, it finds the same books and says that nothing is new.
    """
    from extractors.sample_books import demo_books

    books = root / "books"
    books.mkdir(parents=True, exist_ok=True)
    for name, text in (("tuwen.toml", SETTINGS), ("books.toml", demo_book_list())):
        if not (root / name).exists():
            replace_text(root / name, text)
    say("drawing the sample books")
    demo_books(root, SEED)
    return build_workspace(root, load_settings(root / "tuwen.toml"))


def demo_book_list() -> str:
    """The demo's books.toml: each of its books with a title to cite and its rights."""
    return BOOKS + "".join(_BOOK.format(name=name, title=title) for name, title in _TITLES.items())
