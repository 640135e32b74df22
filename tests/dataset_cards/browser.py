"""Pages as Chromium shows them from the disk, after their scripts ran."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"
)
_FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"


class Shown(HTMLParser):
    """What the browser made of a page: the tags with their attributes, and the text of each id."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def by_id(self, name: str) -> dict[str, str | None]:
        (found,) = [attrs for _, attrs in self.tags if attrs.get("id") == name]
        return found

    def classes(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def browse(path: Path, profile: Path, address: str = "") -> Shown:
    """Open the file `path`; what the browser remembers of pages lies in `profile`."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM,
        *_FLAGS.split(),
        f"--user-data-dir={profile}",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]
    url = path.as_uri() + (f"#{address}" if address else "")
    done = subprocess.run([*command, url], capture_output=True, timeout=120, check=True)
    return Shown(done.stdout.decode("utf-8"))
