"""The words of labels, fields and subjects: those of words.toml, and those that a user's settings add."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, get_args

from extractors.grammar.characters import fold

LabelKind = Literal["figure", "plate", "photo", "drawing", "map", "catalogue", "table"]
"""What a word before a number counts."""
FieldKind = Literal[
    "pattern",
    "crop",
    "collection",
    "detail",
    "date",
    "material",
    "technique",
    "size",
    "provenance",
    "source",
    "note",
    "title",
]
"""What a word before a paragraph says the paragraph is about."""
SubjectKind = Literal[
    "garment",
    "cloth",
    "motif",
    "part",
    "wall",
    "painting",
    "linework",
    "chartlike",
    "mapped",
    "rubbed",
    "view",
    "vessel",
    "statue",
]
"""What a noun of a title says that a picture shows, or how the picture was made."""

LABELS: tuple[LabelKind, ...] = get_args(LabelKind)
FIELDS: tuple[FieldKind, ...] = get_args(FieldKind)
SUBJECTS: tuple[SubjectKind, ...] = get_args(SubjectKind)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All words in use. Compared by identity, so that patterns made of it are cached cheaply."""

    words: Mapping[str, tuple[str, ...]]
    """Kind -> words as printed, without regard to the language."""

    @cached_property
    def label_kinds(self) -> dict[str, str]:
        """Key of a label word -> its kind."""
        return {key(word): kind for kind in LABELS for word in self.words[kind]}

    @cached_property
    def field_kinds(self) -> dict[str, str]:
        """Key of a field word -> its field."""
        return {key(word): kind for kind in FIELDS for word in self.words[kind]}

    def label_words(self, *kinds: str, spaced: bool) -> str:
        """The label words (of `kinds`; default all) as a pattern: of scripts with spaces or without."""
        chosen = [word for kind in kinds or LABELS for word in self.words[kind] if is_spaced(word) == spaced]
        return alternatives(chosen)

    def field_words(self) -> str:
        """All field words as a pattern."""
        return alternatives([word for kind in FIELDS for word in self.words[kind]])


def key(word: str) -> str:
    """A word in the form it is looked up by: folded, in lower case, without spaces."""
    return fold(word).lower().replace(" ", "")


def is_spaced(word: str) -> bool:
    """Whether a word belongs to a script with spaces between words: Latin or Cyrillic, not Chinese."""
    return ord(word[0]) < 0x1100


def alternatives(words: Sequence[str]) -> str:
    """A pattern of `words`, longer ones first; a space in a word may be missing."""
    ordered = sorted({fold(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", " ?") for word in ordered) or "(?!)"


@cache
def _shipped() -> Vocabulary:
    text = files("extractors.grammar").joinpath("words.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return Vocabulary({kind: tuple(w for words in table[kind].values() for w in words) for kind in table})


@cache
def _extended(known: Vocabulary, added: tuple[tuple[str, tuple[str, ...]], ...]) -> Vocabulary:
    words = dict(known.words)
    for kind, more in added:
        words[kind] = (*words[kind], *more)
    return Vocabulary(words)


_in_use: ContextVar[Vocabulary | None] = ContextVar("vocabulary", default=None)


def vocabulary() -> Vocabulary:
    """The words in use: the shipped ones, or those of the innermost `words_added`."""
    return _in_use.get() or _shipped()


@contextmanager
def words_added(added: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Read books with the words of `added` (kind -> words) besides those in use.

    Raises KeyError for a kind that words.toml does not have.
    """
    more = tuple(sorted((kind, tuple(words)) for kind, words in added.items() if words))
    token = _in_use.set(_extended(vocabulary(), more) if more else _in_use.get())
    try:
        yield
    finally:
        _in_use.reset(token)
