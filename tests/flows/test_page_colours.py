"""Text on all pages is dark enough for its ground: computed from the stylesheets (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import alignment
import dataset_cards
import flows
from dataset_cards.report.design import base_style

LEAST = 4.5
GROUNDS = ("--wall", "--mat")
"""What a text stands on where its rule does not say."""
PLACES = [Path(package.__path__[0]) for package in (alignment, dataset_cards, flows)]
SHEETS = sorted(
    path
    for place in PLACES
    for pattern in ("*.css", "*.html", "*.html.j2")
    for path in place.rglob(pattern)
    if "vendor" not in path.parts
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NO_CSS = re.compile(r"/\*.*?\*/|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SVG_TEXT = re.compile(r"\.tag\b|\btext\b(?!\.)|\.label\b")


def variables() -> dict[str, str]:
    return dict(re.findall(r"(--[a-z]+):\s*(#[0-9a-f]{3,6})\b", base_style()))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour_of(value: str) -> str | None:
    """The colour of a CSS value as #rrggbb; None for inherit, currentColor and the like."""
    found = re.search(r"var\((--[a-z]+)\)|(#[0-9a-f]{3,6})\b", value)
    return found and (found[2] or variables()[found[1]])


def texts(source: str) -> Iterator[tuple[str, str, list[str]]]:
    """Selector, colour and grounds of each rule that gives a text a colour."""
    painted: dict[str, str] = {}
    for selector, body in _RULE.findall(_NO_CSS.sub("", source)):
        own = re.search(r"(?<![-\w])background(?:-color)?:\s*([^;]+)", body)
        ground = colour_of(own[1]) if own else None
        name = selector.strip().splitlines()[-1].strip()
        if ground:
            painted[name] = ground
        around = max((place for place in painted if name.startswith(f"{place} ")), key=len, default="")
        inside = painted.get(around)
        grounds = [ground or inside] if ground or inside else [variables()[one] for one in GROUNDS]
        properties = "color|fill" if _SVG_TEXT.search(name) else "color"
        for value in re.findall(rf"(?<![-\w])(?:{properties}):\s*([^;]+)", body):
            if colour := colour_of(value):
                yield name, colour, [one for one in grounds if one]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_texts_are_dark_enough(sheet: Path) -> None:
    pale = [
        f"{selector}: {colour} on {ground} has {contrast(colour, ground):.2f}"
        for selector, colour, grounds in texts(sheet.read_text("utf-8"))
        for ground in grounds
        if contrast(colour, ground) < LEAST
    ]
    assert pale == []


def test_quiet_text_is_dark_enough_on_the_desk_too() -> None:
    known = variables()
    assert contrast("#857c71", known["--wall"]) == pytest.approx(3.74, abs=0.01)  # what it was
    assert min(contrast(known["--quiet"], known[ground]) for ground in (*GROUNDS, "--desk")) >= LEAST
