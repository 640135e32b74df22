"""The author of a sample book: composes names, captions, descriptions and running text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractors.sample_books import vocabulary as words
from extractors.sample_books.script_forms import to_traditional

DIGITS = "〇一二三四五六七八九"
_SLOT = re.compile(r"\{([^{}]*)\}")
_TRIES = 300
"""How often a name is made again until it is new in its book."""


def fill(template: str, rng: random.Random, **given: str) -> str:
    """`template` with its slots filled, inner ones first (see `vocabulary` for what a slot may be)."""

    def slot(match: re.Match[str]) -> str:
        inner: str = match.group(1)
        if inner in given:
            return given[inner]
        if ".." in inner:
            low, high = inner.split("..")
            if "." in low:
                return f"{rng.uniform(float(low), float(high)):.2f}"
            return str(rng.randint(int(low), int(high)))
        if "|" in inner:
            return rng.choice(inner.split("|"))
        raise KeyError(f"slot {{{inner}}} of {template!r} is not given")

    while _SLOT.search(template):
        template = _SLOT.sub(slot, template)
    return template


def chinese(number: int, style: str = "positional") -> str:
    """A number in Chinese: "positional" 四〇, "full" 四十, "formal" 肆拾, "short" 卅二 (for 20 to 39)."""
    if style == "positional" and number > 10:
        return "".join(DIGITS[int(d)] for d in str(number))
    tens, ones = divmod(number, 10)
    if style == "short" and tens in (2, 3):
        return {2: "廿", 3: "卅"}[tens] + (DIGITS[ones] if ones else "")
    if number > 99:
        hundreds, rest = divmod(number, 100)
        link = "零" if 0 < rest < 10 else "一" if 10 <= rest < 20 else ""
        return f"{DIGITS[hundreds]}百{link}{chinese(rest, 'full') if rest else ''}"
    text = ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")
    if style == "formal":
        return text.translate(str.maketrans("一二三四五六七八九十", "壹貳叁肆伍陸柒捌玖拾"))
    return text


def in_chinese_figures(text: str) -> str:
    """Every number of `text` digit by digit in Chinese, as vertical books print it: 4.11 -> 四點一一."""
    text = re.sub(r"(?<=\d)\.(?=\d)", "點", text)
    return re.sub(r"\d", lambda m: DIGITS[int(m.group())], text)


def circled(number: int) -> str:
    """① .. ⑳."""
    return chr(0x2460 + number - 1)


@dataclass(frozen=True)
class Motif:
    """A named pattern and what is needed to draw it (its words in simplified characters)."""

    name: str
    subject: str
    frame: str
    creature: str
    deed: str
    ground: str
    figure: str


class Author:
    """Writes the texts of one book, in one script, never giving the same name twice."""

    def __init__(self, rng: random.Random, traditional: bool = False) -> None:
        self.rng = rng
        self.traditional = traditional
        self._used: set[str] = set()

    def say(self, text: str) -> str:
        """`text` in the script of this book."""
        return to_traditional(text) if self.traditional else text

    def fresh(self, make: Callable[[], str]) -> str:
        """What `make` returns, made again until new in this book. Raises RuntimeError when it never is."""
        for _ in range(_TRIES):
            text = make()
            if text not in self._used:
                self._used.add(text)
                return text
        raise RuntimeError(f"no new text after {_TRIES} tries, last {text!r}")

    def _fill(self, template: str, **given: str) -> str:
        r = self.rng
        common = {
            "dynasty": r.choice(words.DYNASTIES),
            "tomb": r.choice(words.TOMBS),
            "museum": r.choice(words.MUSEUMS),
            "weave": r.choice(words.WEAVES),
            "chinese": chinese(r.randint(1, 29), "full"),
        }
        return self.say(fill(template, r, **(common | given)))

    # ------------------------------------------------------------------ textiles
    def motif(self) -> Motif:
        """A pattern with a name not used before, such as 联珠衔绶孔雀纹."""
        r = self.rng
        made: dict[str, Motif] = {}

        def make() -> str:
            subject, frame = r.choice(sorted(words.CREATURES)), r.choice(sorted(words.FRAMES))
            creature, deed = r.choice(words.CREATURES[subject]), r.choice(words.DEEDS[subject])
            framed = words.FRAMES[frame]
            name = self.say(
                r.choice((f"{creature}{deed}纹", f"{framed}{creature}纹", f"{framed}{deed}{creature}纹"))
            )
            ground, figure = r.choice(sorted(words.COLOURS)), r.choice(sorted(words.FIGURE_COLOURS))
            made[name] = Motif(name, subject, frame, creature, deed, ground, figure)
            return name

        return made[self.fresh(make)]

    def garment(self, motif: Motif, form: str) -> str:
        """海东青逐兔纹妆金胸背: the motif and the garment it is woven on."""
        weave = self.rng.choice((self.rng.choice(words.WEAVES), ""))
        return motif.name + self.say(weave + self.rng.choice(words.GARMENTS[form]))

    def pattern_text(self, motif: Motif) -> str:
        """The 纹样 paragraph, 40..120 characters."""
        deed = "" if motif.subject in words.STILL else f"，作{motif.deed}之态"
        return self._fill(
            words.PATTERN,
            ground=motif.ground,
            figure=motif.figure,
            frame=words.FRAME_TEXTS[motif.frame],
            creature=motif.creature,
            pose=self.rng.choice(words.POSES[motif.subject]),
            deed=deed,
            repeat=fill(self.rng.choice(words.REPEATS), self.rng),
        )

    def cropped_text(self, motif: Motif) -> str:
        """The one sentence on the cropped motif."""
        return self._fill(
            words.CROPPED,
            measure=words.MEASURE_WORDS.get(motif.subject, "只"),
            manner=self.rng.choice(words.MANNERS[motif.subject]),
            creature=motif.creature,
            figure=motif.figure,
        )

    def keeping_text(self) -> str:
        """The 藏址 paragraph."""
        return self._fill(words.KEEPING)

    def detail_text(self) -> str:
        """The 细节 paragraph."""
        return self._fill(words.DETAIL)

    # ------------------------------------------------------------------ murals
    def mural(self, scene: str) -> tuple[str, str, str]:
        """(subject, place, dynasty): 伎乐天, 青岩寺第一六九窟北壁, 北朝."""
        r = self.rng
        place = self.fresh(
            lambda: f"{r.choice(words.CAVES)}第{chinese(r.randint(3, 320))}窟{r.choice(words.WALLS)}"
        )
        return self.say(r.choice(words.SCENES[scene])), self.say(place), self.say(r.choice(words.DYNASTIES))

    def mural_text(self, scene: str) -> str:
        """A plate description, 50..150 characters."""
        first, second = self.rng.sample(words.LOOKS[scene], 2)
        a, b = self.rng.sample(words.PIGMENTS, 2)
        colouring = fill(self.rng.choice(words.COLOURINGS), self.rng, a=a, b=b)
        return self._fill(words.MURAL, first=first, second=second, colouring=colouring)

    def site_view(self) -> tuple[str, str]:
        """(title, text) of a photograph of a cave site."""
        cave = self.rng.choice(words.CAVES)
        title = self.fresh(
            lambda: f"{cave}{self.rng.choice(('外景', '远眺', '崖面'))}（{self.rng.randint(1, 9)}）"
        )
        return self.say(title), self._fill(words.SITE_VIEW, cave=cave)

    # ------------------------------------------------------------------ excavation
    def tomb(self) -> str:
        """A trench or tomb name not used before, such as 柳家湾M12."""
        r = self.rng
        return self.say(self.fresh(lambda: f"{r.choice(words.TOMBS)}{r.choice('MHTF')}{r.randint(1, 320)}"))

    def pot(self, form: str) -> str:
        """A vessel name with its type, such as A型双耳罐."""
        return self.say(self.rng.choice(words.POT_TYPES) + self.rng.choice(words.POTS[form]))

    def find_number(self) -> str:
        """The number of a find not used before: M12:5."""
        r = self.rng
        return self.fresh(lambda: f"{r.choice('MHT')}{r.randint(1, 98)}:{r.randint(1, 60)}")

    def finds(self, count: int) -> list[str]:
        """Names of `count` different finds."""
        return [self.say(name) for name in self.rng.sample(words.FINDS, count)]

    def report_sentence(self, mention: str = "") -> str:
        """A sentence of running text, with a mention such as 如图1-2所示 when given."""
        aside = self.rng.choice(words.MENTIONS).replace("{mention}", mention) if mention else ""
        return self._fill(self.rng.choice(words.REPORT), m=aside)

    def report_paragraph(self, sentences: int, mentions: Sequence[str] = ()) -> str:
        """Running text; each mention goes into a sentence of its own."""
        slots = [*mentions, *[""] * max(0, sentences - len(mentions))]
        self.rng.shuffle(slots)
        return "".join(self.report_sentence(m) for m in slots)

    # ------------------------------------------------------------------ both languages
    def dynasty(self) -> tuple[str, str]:
        """A dynasty in Chinese and English."""
        k = self.rng.randrange(len(words.DYNASTIES))
        return self.say(words.DYNASTIES[k]), words.ENGLISH_DYNASTIES[k]

    def museum(self) -> tuple[str, str]:
        """A museum in Chinese and English."""
        k = self.rng.randrange(len(words.MUSEUMS))
        return self.say(words.MUSEUMS[k]), words.ENGLISH_MUSEUMS[k]

    def english(self, *keys: str) -> str:
        """An English label from the word keys: "Robe with birds in pearl roundels"."""
        parts = [words.ENGLISH[k] for k in keys]
        links = zip(("with", "in"), parts[1:], strict=False)
        return parts[0] + "".join(f" {link} {part}" for link, part in links)

    def pattern_english(self, motif: Motif) -> str:
        """A short English paragraph on a pattern."""
        subject, frame = words.ENGLISH[motif.subject], words.ENGLISH[motif.frame]
        return fill(words.PATTERN_ENGLISH, self.rng, subject=subject, frame=frame)

    def vessel_english(self, form: str) -> str:
        """A short English paragraph on a vessel."""
        return fill(words.VESSEL_ENGLISH, self.rng, form=words.ENGLISH[form])

    # ------------------------------------------------------------------ objects
    def object_names(self, ware: str, form: str) -> tuple[str, str, str]:
        """(name, English name, decoration) of a bronze or a pot: 波曲纹盉, Jar with wave bands, 波曲纹."""
        decors, shapes = words.DECORS[ware], words.SHAPES[ware][form]
        chosen = ""

        def make() -> str:
            nonlocal chosen
            chosen = self.rng.choice(sorted(decors))
            return chosen + self.rng.choice(shapes)

        name = self.say(self.fresh(make))
        return name, f"{words.ENGLISH[form]} with {decors[chosen]}", chosen

    def period(self) -> tuple[str, str]:
        """A period of bronzes in Chinese and English."""
        name = self.rng.choice(sorted(words.PERIODS))
        return self.say(name), words.PERIODS[name]

    def object_texts(self, decor: str, decor_english: str) -> tuple[str, str]:
        """A paragraph on a vessel, in Chinese and English."""
        return self._both(words.OBJECT_TEXT, words.OBJECT_ENGLISH, decor, decor_english)

    def cloth_texts(self, decor: str, decor_english: str) -> tuple[str, str]:
        """A paragraph on a cloth, in Chinese and English."""
        return self._both(words.CLOTH_TEXT, words.CLOTH_ENGLISH, decor, decor_english)

    def _both(self, chinese_text: str, english_text: str, decor: str, decor_english: str) -> tuple[str, str]:
        year, find = str(self.rng.randint(1953, 2014)), self.rng.choice(words.FINDS)
        texts = [self._fill(chinese_text, decor=decor, year=year, find=find)]
        english = [fill(english_text, self.rng, decor=decor_english, year=year)]
        for further, further_english in self.rng.sample(words.REMARKS, 2):
            texts.append(self._fill(further))
            english.append(fill(further_english, self.rng))
        return "".join(texts), " ".join(english)

    def details(self, ware: str, count: int) -> list[str]:
        """What `count` different close-ups of a piece show."""
        return [self.say(name) for name in self.rng.sample(words.DETAILS[ware], count)]

    # ------------------------------------------------------------------ art history
    def _art(self, template: str, **given: str) -> str:
        r = self.rng
        art = {
            "keeper": r.choice(words.KEEPERS),
            "site": r.choice(words.SITES),
            "cave": r.choice(words.CAVES),
            "journey": r.choice(words.JOURNEYS),
        }
        return self._fill(template, **(art | given))

    def art_caption(self, painted: bool) -> tuple[str, Motif | None]:
        """(caption, the motif it names) of a picture in an art history, its place of keeping within."""
        if painted:
            templates = [t for t in words.ART_CAPTIONS if "{journey}" in t]
            return self.fresh(lambda: self._art(self.rng.choice(templates))), None
        motif = self.motif()
        templates = [t for t in words.ART_CAPTIONS if "{name}" in t]
        return self._art(self.rng.choice(templates), name=motif.name), motif

    def essay(self, sentences: int, mention: str = "") -> str:
        """Running text of an art history; `mention` goes into one of its sentences."""
        where = self.rng.randrange(sentences)
        asides = [
            self.rng.choice(words.MENTIONS).replace("{mention}", mention) if mention and k == where else ""
            for k in range(sentences)
        ]
        return "".join(self._art(self.rng.choice(words.ESSAY), m=aside) for aside in asides)

    def footnote(self) -> str:
        """A note at the foot of the page."""
        return self._art(self.rng.choice(words.FOOTNOTES))

    def sidebar(self) -> tuple[str, str]:
        """(title, paragraph) of a box beside the running text."""
        title = self.fresh(
            lambda: self._art(self.rng.choice(words.BOXES), name=self.rng.choice(words.WEAVES))
        )
        return title, self.essay(3)
