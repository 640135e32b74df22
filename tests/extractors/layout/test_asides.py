"""Titles that stand beside a picture over a paragraph of their own."""

from __future__ import annotations

import pytest

from extractors.geometry import Box
from extractors.records import TextLine
from tests.extractors.layout.test_candidates import candidates
from tests.extractors.made import line, prose

TITLE, TEXT = (
    line("染料从何而来", 262, 102, 12),
    "染色之法，见于《天工开物》，红以红花，蓝以蓼蓝，黄以黄檗与栀子，皆取诸草木。",
)


def aside(size: float, top: float = 124) -> list[TextLine]:
    """A title beside the photo, a paragraph below it, and running text in ten points under both."""
    rows = [line(TEXT[i : i + 13], 262, top + 12 * k, size) for k, i in enumerate(range(0, len(TEXT), 13))]
    return [TITLE, *rows, *prose(50, 340, 320, 12)]


def test_a_title_beside_a_picture_over_a_paragraph_of_its_own() -> None:
    (found,) = [c for c in candidates(aside(8)) if c.description]
    assert (found.text, found.description) == (TITLE.text, TEXT)


@pytest.mark.parametrize("lines", [aside(10), aside(8, top=200)], ids=["text size", "far below"])
def test_a_section_of_the_text_beside_a_picture_is_no_aside(lines: list[TextLine]) -> None:
    assert not any(c.description for c in candidates(lines))


STITCHES = {
    "破线绣　Split-thread stitch": "一根丝线破成八至十六股，过皂角水后平绣，绣面光洁如缎。",
    "数纱绣　Counted-thread stitch": "按底布经纬数纱下针，图案两面相同，以几何形为主。",
}


def beside_photos(number: int) -> tuple[list[TextLine], list[Box]]:
    """The names of the first stitches over a sentence each, in one type, beside photos."""
    lines, photos = [], []
    for i, (name, sentence) in enumerate(list(STITCHES.items())[:number]):
        top = 100 + 60 * i
        photos.append((50.0, top, 200.0, top + 50))
        lines += [line(name, 212, top + 5, 8, sure=0.99), line(sentence, 212, top + 17, 8, sure=0.99)]
    return lines, photos


def test_names_over_sentences_in_one_type_are_told_apart_where_several_pictures_have_them() -> None:
    found = candidates(*beside_photos(2))
    told = {name.split("\u3000")[0]: sentence for name, sentence in STITCHES.items()}
    assert {c.text: c.description for c in found if c.description} == told
    assert not any(c.description for c in candidates(*beside_photos(1)))
