"""How Chinese-CLIP cuts a text into words of its vocabulary, and which characters it does not know.

The same words as the tokenizer of `cn_clip` (BERT's: split at white space, at punctuation and around every
Chinese character, in lower case without accents; then greedy longest match, Wu et al., arXiv 1609.08144),
but from its vocabulary file alone: neither torch nor cn_clip is imported.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from dataset_cards.errors import MissingDependencyError

# Chinese-CLIP's context of 52 has two places for the marks of beginning and end.
CLIP_TOKENS = 50
UNKNOWN = "[UNK]"
# BERT gives up on words longer than this.
_LONGEST_WORD = 200
_CHINESE = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)
# ASCII signs that Unicode calls symbols and BERT punctuation: $+<=>^`|~ and the like.
_ASCII_SIGNS = (range(33, 48), range(58, 65), range(91, 97), range(123, 127))


class Vocabulary:
    """The words of one vocab.txt."""

    def __init__(self, path: Path) -> None:
        """Read the file at `path`: one word a line."""
        with path.open(encoding="utf-8", newline="\n") as file:
            self._words = frozenset(line.strip() for line in file)
        self._pieces = lru_cache(maxsize=100_000)(self._cut)

    def tokens(self, text: str) -> list[str]:
        """The words of `text`, without marks of beginning and end; "[UNK]" for what is not known."""
        return [piece for word in _words(text) for piece in self._pieces(word)[0]]

    def measure(self, text: str) -> tuple[int, list[str]]:
        """How many words `text` has, and the character at fault for each that is not known."""
        pieces = [self._pieces(word) for word in _words(text)]
        return sum(len(words) for words, _ in pieces), [fault for _, fault in pieces if fault]

    def _cut(self, word: str) -> tuple[tuple[str, ...], str]:
        """The pieces of `word`, and the character where no piece fits ("" when all is known)."""
        if len(word) > _LONGEST_WORD:
            return (UNKNOWN,), word[0]
        pieces: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            piece = next(
                (mark + word[start:end] for end in ends if mark + word[start:end] in self._words), ""
            )
            if not piece:
                return (UNKNOWN,), word[start]
            pieces.append(piece)
            start += len(piece) - len(mark)
        return tuple(pieces), ""


def open_vocabulary() -> Vocabulary:
    """The vocabulary in the installed package cn_clip. Raises MissingDependencyError where it is not."""
    package = find_spec("cn_clip")
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder) / "clip" / "vocab.txt"
        if path.is_file():
            return Vocabulary(path)
    raise MissingDependencyError("the vocabulary of Chinese-CLIP is not installed: pip install cn_clip")


def _words(text: str) -> Iterator[str]:
    spaced = text.translate(_SPACING).lower()
    yield from unicodedata.normalize("NFD", spaced).translate(_FOLDING).split()


class _Spacing(dict[int, str]):
    """For str.translate: what cannot be printed goes, every space is plain, a Chinese character alone."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char in "\t\n\r" or category == "Zs":
            value = " "
        elif code in (0, 0xFFFD) or category in ("Cc", "Cf"):
            value = ""
        elif any(low <= code <= high for low, high in _CHINESE):
            value = f" {char} "
        else:
            value = char
        self[code] = value
        return value


class _Folding(dict[int, str]):
    """For str.translate, after NFD: accents go, a punctuation mark stands alone."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Mn":
            value = ""
        elif category.startswith("P") or any(code in signs for signs in _ASCII_SIGNS):
            value = f" {char} "
        else:
            value = char
        self[code] = value
        return value


_SPACING = _Spacing()
_FOLDING = _Folding()
