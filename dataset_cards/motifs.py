"""Motifs by name: a word list with all written forms of a motif together, and their count in texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from dataset_cards.errors import UsageError
from extractors.records import Pair

OTHERS = "其他 Others"
"""Group of the motifs that a user adds without naming one."""
APART = "不计"
"""A heading that begins with this heads words that count for nothing."""
_NUMERAL = "[0-9一二三四五六七八九十百〇○零]"
_FIND = (
    rf"(?=第?{_NUMERAL}+[号號窟墓洞龛龕]|[A-Z]{{0,2}}[0-9]|[A-Z]{{1,2}}{_NUMERAL}"
    r"|[墓窟窑窯遗遺]|石窟|出土|古城|[汉漢唐宋元明清]墓)"
)
"""A find, a tomb or a cave, which follows the name of its place."""
_HOUSE = "(?=博物|考古|文物|文管|出土)"
_PLACE = (
    rf"[\u4e00-\u9fff]?(?:[山门門江河湖乡鄉村庄莊沟溝湾灣梁坡岭嶺岗崗坪原堡峪台洼屯寨桥橋店]{_FIND}"
    rf"|[寺省县縣]|[市州镇鎮]{_HOUSE})"
)
"""What makes the name of a place of the characters before it: 鹿石沟三号墓, 云台寺, 云岭省考古研究所."""


@dataclass(frozen=True)
class Motif:
    """One motif."""

    name: str
    forms: tuple[str, ...]
    """Simplified, traditional and other ways to write it; the name is the first."""
    group: str


@dataclass(frozen=True)
class MotifList:
    """Motifs in order, each form in one of them only."""

    motifs: tuple[Motif, ...]
    apart: frozenset[str] = frozenset()
    """Words in which a form names no motif."""

    def in_text(self, text: str) -> set[str]:
        """Names of the motifs that `text` speaks of. Of forms that overlap, the longest first one counts.

        Places and things that are named after a motif are passed over: 马鞍梁M3 is no horse.
        """
        return {self._names[form] for form in self._pattern.findall(text) if form in self._names}

    def in_pair(self, pair: Pair) -> set[str]:
        """Those that the title or the description of `pair` speaks of."""
        return self.in_text(f"{pair.title}\n{pair.description}")

    def count(self, texts: Iterable[str]) -> Counter[str]:
        """Texts by the motifs they speak of; a text counts once for each."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(self.in_text(text))
        return counts

    @cached_property
    def _names(self) -> dict[str, str]:
        return {form: motif.name for motif in self.motifs for form in motif.forms}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # An alternation takes the first that fits, so the longest form comes first: 龟背 before 龟.
        forms = sorted({*self._names, *self.apart}, key=lambda form: (-len(form), form))
        either = "|".join(map(re.escape, forms))
        return re.compile(f"(?:{either}){_PLACE}|{either}")


def motif_list(more: Sequence[str] = ()) -> MotifList:
    """The list of this package with `more` lines of the same form after it.

    A line that holds a form of a motif which is known adds its other forms to that. Raises UsageError for a
    line whose forms belong to two motifs.
    """
    own = files(__package__).joinpath("motifs.txt").read_text("utf-8").splitlines()
    motifs: dict[str, Motif] = {}
    owner: dict[str, str] = {}
    apart: set[str] = set()
    for forms, group in [*_read(own), *_read(more)]:
        if group.startswith(APART):
            apart |= set(forms)
            continue
        names = sorted({owner[form] for form in forms if form in owner})
        if len(names) > 1:
            raise UsageError(
                f"motifs: {' '.join(forms)} joins {' and '.join(names)}, which are two motifs here"
            )
        name = names[0] if names else forms[0]
        known = motifs.get(name, Motif(name, (), group))
        motifs[name] = Motif(name, tuple(dict.fromkeys((*known.forms, *forms))), known.group)
        owner |= dict.fromkeys(forms, name)
    return MotifList(tuple(motifs.values()), frozenset(apart - owner.keys()))


def read_motif_file(path: Path) -> tuple[str, ...]:
    """The lines of a motif file. Raises UsageError when it cannot be read as UTF-8."""
    try:
        return tuple(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}, the dataset.motif_file, cannot be read: {error}") from error


def _read(lines: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """(forms, group) of each line that is no comment and no heading."""
    group = OTHERS
    for line in lines:
        if line.startswith("## "):
            group = line[3:].strip()
        elif line.strip() and not line.startswith("#"):
            yield line.split(), group
