"""The pieces that object catalogues show: a bronze, a pot or a cloth, with its names, data and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import BLACK, Ink, Sheet, Volume
from extractors.sample_books.pictures import objects, textiles
from extractors.sample_books.pictures.base import Colour, Picture
from extractors.sample_books.texts import Motif
from extractors.sample_books.vocabulary import ENGLISH, MATERIALS

GROUNDS: tuple[Colour, ...] = ((236, 235, 232), (52, 50, 50), (210, 206, 198), (112, 108, 104))
"""Backdrops of the studio; none is the white of paper, so that a plate has an edge."""
PALE: Ink = (0.97, 0.97, 0.95)
"""Ink on a dark ground."""
_MIDDLE = 128
"""Red of a ground below which ink on it is pale."""
BLEED = 9.0
"""Points that a full-bleed plate runs past the trimmed edge."""
_BLEED_PIXELS = 1.6
"""Pixels a point of a picture that fills its page."""
_CLOSE_UP = 2.6
"""How many times larger than its place the piece is drawn for a close-up."""


@dataclass(frozen=True)
class Piece:
    """One piece and what a catalogue says of it, in both languages."""

    ware: str
    form: str
    motif: Motif | None
    name: str
    name_en: str
    period: str
    period_en: str
    material: str
    material_en: str
    size: str
    size_en: str
    keeper: str
    keeper_en: str
    text: str
    text_en: str

    @property
    def kind(self) -> str:
        """The kind of figure its photograph is."""
        return "textile" if self.motif else "photo"

    @property
    def data(self) -> tuple[str, ...]:
        """Date, material, size and collection in Chinese."""
        return self.period, self.material, self.size, self.keeper

    @property
    def data_en(self) -> tuple[str, ...]:
        """Date, material, size and collection in English."""
        return self.period_en, self.material_en, self.size_en, self.keeper_en

    def picture(self, volume: Volume, pixels: tuple[int, int], ground: Colour) -> Picture:
        """Its photograph on `ground`; `pixels` are width and height."""
        if self.motif:
            return textiles.garment(volume.pixels, weave_of(self.motif), self.form, *pixels, ground)
        return objects.vessel(volume.pixels, self.form, *pixels, ground)

    def close_up(self, volume: Volume, pixels: tuple[int, int], ground: Colour) -> Picture:
        """A photograph of a part of it."""
        width, height = pixels
        if self.motif:
            return textiles.pattern(volume.pixels, weave_of(self.motif), width, height, repeats=1.5)
        whole = (round(width * _CLOSE_UP), round(height * _CLOSE_UP))
        large = self.picture(volume, whole, ground)
        left = int(volume.pixels.integers(whole[0] // 5, whole[0] // 3))
        top = int(volume.pixels.integers(whole[1] // 5, whole[1] // 2))
        return large[top : top + height, left : left + width]


def make_piece(volume: Volume, ware: str) -> Piece:
    """A piece of the given ware with a name that its book has not used."""
    r, author = volume.rng, volume.author
    long, wide = r.randint(12, 64), r.randint(8, 40)
    motif = None
    if ware == "textile":
        motif, form = author.motif(), r.choice(textiles.GARMENTS)
        name, name_en = author.garment(motif, form), author.english(form, motif.subject, motif.frame)
        text, text_en = author.cloth_texts(motif.creature, ENGLISH[motif.subject])
        size, size_en = f"长{long}厘米，宽{wide}厘米", f"L. {long} cm, W. {wide} cm"
    else:
        form = r.choice(objects.VESSELS)
        name, name_en, decor = author.object_names(ware, form)
        text, text_en = author.object_texts(decor, name_en.partition(" with ")[2])
        size, size_en = f"高{long}厘米，口径{wide}厘米", f"H. {long} cm, D. {wide} cm"
    period, period_en = author.period() if ware == "bronze" else author.dynasty()
    keeper, keeper_en = author.museum()
    material, material_en = MATERIALS[ware]
    return Piece(
        ware, form, motif, name, name_en, period, period_en, author.say(material), material_en,
        author.say(size), size_en, keeper + author.say("藏"), keeper_en, text, text_en,
    )  # fmt: skip


def ink_on(ground: Colour) -> Ink:
    """Ink that can be read on `ground`."""
    return PALE if ground[0] < _MIDDLE else BLACK


def full_bleed(sheet: Sheet, piece: Piece, ground: Colour) -> Box:
    """The piece on the whole of the page; returns what is seen of the picture."""
    box: Box = (0.0, 0.0, sheet.width, sheet.height)
    beyond = (-BLEED, -BLEED, sheet.width + BLEED, sheet.height + BLEED)
    sheet.picture(beyond, piece.picture(sheet.volume, sheet.pixels(box, _BLEED_PIXELS), ground))
    return box
