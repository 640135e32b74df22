"""A page of what was found: pictures beside their texts, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment

from alignment.search.searcher import Hit
from dataset_cards.report.design import base_style
from dataset_cards.report.thumbnails import thumbnail

# Pixels of a picture's longer side on the page.
_LONGEST = 360


def search_page(hits: Sequence[Hit], place: str, *, text: str = "", picture: Path | None = None) -> str:
    """HTML that carries its pictures; what was asked is `text` or the file `picture`.

    `place` says where and with what was searched, as "tuwen v0003, full-ViT-B-16-v0003".
    """
    source = files(__package__).joinpath("search.html.j2").read_text("utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    asked = thumbnail(picture, _LONGEST) if picture else ""
    shown = [(hit, thumbnail(hit.image_path, _LONGEST)) for hit in hits]
    name = picture.name if picture else text
    return page.render(base=base_style(), name=name, asked=asked, place=place, hits=shown) + "\n"
