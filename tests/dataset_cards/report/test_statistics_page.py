from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

from dataset_cards.names import chinese
from dataset_cards.reading import iter_rows
from tests.dataset_cards.browser import browse, needs_browser
from tests.dataset_cards.conftest import HOSTILE


@needs_browser
def test_the_page_shows_bars_motifs_and_outliers(version_dir: Path, tmp_path: Path) -> None:
    path = version_dir / "report" / "statistics.html"
    shown = browse(path, tmp_path)
    held = json.loads((version_dir / "statistics.json").read_text("utf-8"))
    classes = sum(len(distribution["classes"]) for distribution in held["distributions"])
    assert sum(tag == "rect" for tag, _ in shown.tags) == classes
    media = next(d["classes"] for d in held["distributions"] if d["name"] == "medium")
    for medium, count in media.items():
        assert f"{chinese('medium', medium)} {medium}: {count}" in shown.text
    for outliers in held["outliers"]:
        assert f"{outliers['title']} · {outliers['total']}" in shown.text
    pictures = [attrs["src"] or "" for tag, attrs in shown.tags if tag == "img"]
    assert len(pictures) == sum(min(48, outliers["total"]) for outliers in held["outliers"]) > 0
    assert all((path.parent / source).is_file() for source in pictures)


@needs_browser
def test_its_links_open_the_pair_in_the_gallery(version_dir: Path, tmp_path: Path) -> None:
    shown = browse(version_dir / "report" / "statistics.html", tmp_path / "profile")
    links = [attrs.get("href") or "" for tag, attrs in shown.tags if tag == "a"]
    links = [link for link in links if "open=" in link]
    known = {row["pair_id"] for row in iter_rows(version_dir, columns=["pair_id"])}
    assert links
    assert all(parse_qs(link.partition("#")[2])["open"][0] in known for link in links)
    gallery = browse(version_dir / "report" / "index.html", tmp_path / "profile", links[0].partition("#")[2])
    assert len(gallery.classes("figure")) == 1


def test_it_loads_nothing_and_texts_stay_text(hostile_version_dir: Path) -> None:
    source = (hostile_version_dir / "report" / "statistics.html").read_text("utf-8")
    assert not re.search(r"https?://|<script", source)
    assert HOSTILE not in source
