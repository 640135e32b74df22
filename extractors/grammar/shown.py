"""The subject that the words of a text name: 莲花纹青釉碗 a ceramic. The words are those of shown.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from extractors.grammar.characters import fold, has_han
from extractors.grammar.subjects import ENGLISH_REST
from extractors.grammar.words import Vocabulary, alternatives, is_spaced, vocabulary

Words = Mapping[str, Sequence[str]]
"""Subject -> words that name it."""

_BRACKETS = re.compile(r"[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]")

_WORD_END = (
    r"(?:(?![\u4e00-\u9fff])"
    r"|(?=[一二两兩三四五六七八九十数數几幾残殘局拓线線内外口底盖蓋足背面耳腹正侧側俯展之的与與和及纹紋形式类類组組套等])"
    r")"
)
"""What follows a shape of one character that is a word of its own: nothing, a count, a part, a view. 戈 in
戈壁 and 钟 in 钟楼 are none."""


class _Patterns(NamedTuple):
    words: re.Pattern[str]
    subjects: Mapping[str, str]
    """Word in lower case -> its subject."""
    forms: frozenset[str]
    """Words that are shapes, in lower case."""


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("extractors.grammar").joinpath("shown.toml").read_text(encoding="utf-8"))


_MATERIALS = frozenset(subject for subject, words in _table().items() if "forms" in words)
SUBJECTS: tuple[str, ...] = tuple(_table())
"""The subjects that this program knows; a user's settings may add others."""


def subject_named(text: str, added: Words) -> str:
    """The subject that the last word of `text` names which names one; "" without such a word.

    Looks first before a bracket and before "with …", where the name of the thing is, then at the whole. Where
    the last word is a form, the material before it decides. `added` are words of a user's settings, which may
    name subjects of their own.
    """
    found = _patterns(vocabulary(), tuple((name, tuple(words)) for name, words in sorted(added.items())))
    for phrase in dict.fromkeys(_phrases(fold(text))):
        words = [_key(word) for word in found.words.findall(phrase)]
        if not words:
            continue
        made_of = [
            name for word in words if (name := found.subjects[word]) in _MATERIALS and word not in found.forms
        ]
        return made_of[-1] if made_of and words[-1] in found.forms else found.subjects[words[-1]]
    return ""


def _phrases(plain: str) -> Iterator[str]:
    bare = _BRACKETS.sub("", plain)
    yield bare if has_han(bare) else ENGLISH_REST.split(bare)[0]
    yield plain


def _key(word: str) -> str:
    return fold(word).lower().replace(" ", "")


@lru_cache(maxsize=8)
def _patterns(words: Vocabulary, added: tuple[tuple[str, tuple[str, ...]], ...]) -> _Patterns:
    named: dict[str, str] = {}
    formed: dict[str, str] = {}
    for subject, table in _table().items():
        of_kinds = [word for kind in table.get("kinds", []) for word in words.words[kind]]
        named |= dict.fromkeys((*of_kinds, *table.get("zh", []), *table.get("en", [])), subject)
        formed |= dict.fromkeys(table.get("forms", []), subject)
    named |= {word: subject for subject, more in added for word in more}
    subjects = {_key(word): name for word, name in (formed | named).items()}
    forms = frozenset(_key(word) for word in formed.keys() - named.keys())
    short = frozenset(word for word in formed if len(word) == 1)
    return _Patterns(_pattern([*named, *formed], short), subjects, forms)


def _pattern(words: Sequence[str], short: frozenset[str]) -> re.Pattern[str]:
    """Finds the words; those that are `short` only where a word ends."""
    han = alternatives([word for word in words if not is_spaced(word) and word not in short])
    single = alternatives([word for word in words if word in short])
    latin = alternatives([word for word in words if is_spaced(word)])
    return re.compile(rf"{han}|(?:{single}){_WORD_END}|\b(?i:{latin})(?=(?:e?s)?\b)")
