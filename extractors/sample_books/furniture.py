"""What stands on every page of a book: running heads, page numbers, ornaments."""

from __future__ import annotations

from extractors.sample_books.page_writer import GREY, Ink, Sheet, Style, Volume
from extractors.sample_books.pictures.base import Picture
from extractors.sample_books.texts import chinese


class Furniture:
    """The running head and page number of one book, in a style drawn once per book."""

    def __init__(self, volume: Volume, head: str, chapter: str = "", ornament: Picture | None = None) -> None:
        r = volume.rng
        self.head, self.chapter = volume.author.say(head), volume.author.say(chapter or head)
        self.first = r.choice((1, 9, 35, 112, 248))
        self.size = r.choice((7.5, 8.0, 9.0))
        self.top = r.uniform(20, 30)
        self.ruled = r.random() < 0.5
        self.place = r.choice(("outer", "centre", "head"))
        self.dashes = r.random() < 0.3
        self.numerals = "chinese" if volume.author.traditional and r.random() < 0.5 else "arabic"
        self.tint: Ink = r.choice((GREY, (0.45, 0.2, 0.15), (0.2, 0.3, 0.4)))
        self.ornament = ornament
        self.per_opening = False
        """Whether the two pages of an opening share one number, printed on the right one."""

    def draw(
        self, sheet: Sheet, left: float, right: float, head: bool = True, ink: Ink | None = None
    ) -> None:
        """Put head, page number and ornament on `sheet`, between the margins `left` and `right`.

        `ink` is for pages whose ground is a picture; else everything has the book's own tint.
        """
        tint = ink or self.tint
        even = sheet.number % 2 == 0
        if head:
            text = self.head if even else self.chapter
            align = "left" if even else "right"
            sheet.text(left, self.top, right, text, Style(self.size, colour=tint, align=align))
            if self.ruled:
                y = self.top + self.size * 1.6
                sheet.rule(left, y, right, y, 0.5, tint)
        if not (self.per_opening and even):
            self._page_number(sheet, left, right, head, tint)
        if self.ornament is not None:
            x, y = (left - 30 if even else right + 8), sheet.height - self.top - 24
            box = (x, y, x + 22.0, y + 22.0)
            sheet.picture(box, self.ornament)
            sheet.negative(box, "ornament")

    def _page_number(self, sheet: Sheet, left: float, right: float, head: bool, tint: Ink) -> None:
        even = sheet.number % 2 == 0
        number = self.first + (sheet.number // 2 if self.per_opening else sheet.number - 1)
        label = chinese(number) if self.numerals == "chinese" else str(number)
        if self.dashes:
            label = f"— {label} —"
        if self.place == "head" and head:
            style = Style(self.size, colour=tint)
            x = right - style.width(label) if even else left
            sheet.line(x, self.top, label, style)
        else:
            align = "centre" if self.place != "outer" else "left" if even else "right"
            y = sheet.height - self.top - self.size
            sheet.text(left, y, right, label, Style(self.size, colour=tint, align=align))
