"""What the words of a text say that a picture shows: 莲花纹锦袍 names a garment, and a motif on it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from extractors.grammar.characters import fold, has_han
from extractors.grammar.words import SUBJECTS, Vocabulary, alternatives, is_spaced, vocabulary

_AFTER_NOUN = re.compile(
    r"(?:[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]|[之其]?[一二三四五六七八九十]{1,2}|[0-9A-Za-z①-⑳:：·.\-\s]+|[图圖片]|残件|殘件|等)+$"
)
"""What may follow the noun that a title ends in: (M3:2), 之一, 局部 in brackets."""

ENGLISH_REST = re.compile(r"\b(?:with|of|from|in|on|by|for|showing|depicting)\b")
"""What follows the noun of an English title: Bowl with lotus pattern."""


class _Patterns(NamedTuple):
    anywhere: dict[str, re.Pattern[str]]
    last: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(words: Vocabulary) -> _Patterns:
    forms = {}
    for kind in SUBJECTS:
        han = alternatives([word for word in words.words[kind] if not is_spaced(word)])
        latin = alternatives([word for word in words.words[kind] if is_spaced(word)])
        forms[kind] = rf"(?:{han}|\b(?i:{latin})(?:e?s)?\b)"
    return _Patterns(
        {kind: re.compile(form) for kind, form in forms.items()},
        re.compile("|".join(f"(?P<{kind}>{form}$)" for kind, form in forms.items())),
    )


@lru_cache(maxsize=4096)
def _subjects(text: str, words: Vocabulary) -> frozenset[str]:
    plain = fold(text)
    return frozenset(kind for kind, pattern in _patterns(words).anywhere.items() if pattern.search(plain))


def subjects_of(text: str) -> frozenset[str]:
    """The kinds of subject (`words.SUBJECTS`) that any word of `text` names."""
    return _subjects(text, vocabulary())


def head_of(title: str) -> str:
    """The kind of subject that the noun at the end of `title` names; "" where it is not known.

    What follows the noun is passed over: 莲花纹锦（局部） ends in 锦.
    """
    plain = fold(title).strip(" 。.,;")
    phrase = plain if has_han(plain) else ENGLISH_REST.split(plain)[0].strip()
    return _ending(phrase) or _ending(plain)


def _ending(plain: str) -> str:
    while plain:
        found = _patterns(vocabulary()).last.search(plain)
        if found:
            return found.lastgroup or ""
        shorter = _AFTER_NOUN.sub("", plain).strip()
        if shorter == plain:
            return ""
        plain = shorter
    return ""
