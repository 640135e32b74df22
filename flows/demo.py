"""The whole way on books the demo draws itself: no network, no book of anyone's."""

from __future__ import annotations

from pathlib import Path

from flows.objects import write_atomic
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


def run_demo(root: Path) -> BuildReport:
    """Draw the sample books into `root`/books, their truth into `root`/truth, and build datasets/demo.

    Run again, it finds the same books and says that nothing is new.
    """
    from flows.sample_books import demo_books

    books = root / "books"
    books.mkdir(parents=True, exist_ok=True)
    if not (root / "tuwen.toml").exists():
        write_atomic(root / "tuwen.toml", SETTINGS.encode("utf-8"))
    say("drawing the sample books")
    demo_books(root, SEED)
    return build_workspace(root, load_settings(root / "tuwen.toml"))
