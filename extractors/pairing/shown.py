"""What a figure is (photograph, drawing, …) and what it shows (textile, bronze, …): by kind and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.grammar.captions import parse_label
from extractors.grammar.shown import Words, subject_named
from extractors.grammar.subjects import head_of, subjects_of
from extractors.pairing.kinds import DESCRIBED
from extractors.records import Kind, Medium

OTHER = "other"
"""The subject of what no word names, and of charts and maps."""
_BY_KIND: dict[Kind, str] = {"pattern": "pattern", "textile": "textile", "cropped": "textile"}
"""Kinds that say what is shown, whatever the words: the title of a catalogue's entry names its pattern, and
stands for the cloth as well."""

_RUBBING = re.compile(r"拓[片本影]|\brubbing", re.IGNORECASE)
"""What a title calls a rubbing, however it looks: 画像砖拓片 looks like a mural."""
_IN_MURALS = ("sculpture", "painting")
"""Subjects that look like a mural; other words of a mural's title say where it is and what is on it."""
_CARVED = re.compile(
    r"[塑雕刻俑]|造像|[石铜銅木]像|\b(?:statue|sculpture|relief|stele|figurine)", re.IGNORECASE
)
"""What a sculpture is called that a painted figure (供养像, 菩萨立像) is not."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a figure when its medium and its subject are told."""

    kind: Kind
    title: str
    caption: str
    description: str


def medium_of(told: Told) -> Medium:
    """What the figure is. Rubbings and maps are told by words alone, the rest by its kind, too."""
    words = subjects_of(f"{told.title}\n{told.caption}")
    label = parse_label(told.caption)
    if told.kind != "chart" and _RUBBING.search(told.title):
        return "rubbing"
    if told.kind in ("textile", "cropped", "mural"):
        return _printed(told)
    if "rubbed" in words and told.kind != "chart":
        return "rubbing"
    if label is not None and label[0].kind == "map":
        return "map"
    # A plan is no map for the places that its English half or its legend speaks of.
    named = subjects_of(told.title) or words
    if told.kind in ("drawing", "chart", "other") and "mapped" in named:
        return "map"
    if told.kind == "chart" or head_of(told.title) == "chartlike":
        return "chart"
    return "drawing" if told.kind == "drawing" else _printed(told)


def _printed(told: Told) -> Medium:
    """A photograph; a plate where its label says so."""
    label = parse_label(told.caption)
    return "plate" if label is not None and label[0].kind == "plate" else "photograph"


def subject_of(told: Told, added: Words) -> str:
    """What the figure shows; `added` are the words of the setting extract.subjects."""
    if told.kind in _BY_KIND:
        return _BY_KIND[told.kind]
    medium = medium_of(told)
    if medium in ("chart", "map"):
        return OTHER
    named = subject_named(told.title, added)
    if told.kind == "mural" and medium != "rubbing":
        painted = named == "sculpture" and not _CARVED.search(told.title)
        return named if named in _IN_MURALS and not painted else "mural"
    texts = (told.caption, told.description[:DESCRIBED])
    return named or next(filter(None, (subject_named(text, added) for text in texts)), OTHER)
