"""Chinese-CLIP's tokenizer with a longer context and domain characters in the vocabulary's free slots."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor

from alignment.errors import UsageError
from alignment.text.normalisation import normalise, replacements
from alignment.torchvision_operators import declare_missing_operators

# As all released models were trained.
CONTEXT_LENGTH = 52
# Positions of the text tower.
LONGEST_CONTEXT = 512
# [unused1] to [unused99]: tokens of the vocabulary that stand for nothing.
SLOTS = 99
UNKNOWN = "[UNK]"
# The marks at the beginning and the end of a text.
MARKS = 2


class Tokenizer:
    """Texts to token ids. `slots` are the domain characters in slot order: the first has id 1.

    Without slots it gives what `cn_clip.clip.tokenize` gives for every text that `normalise` leaves as it is.
    Raises UsageError for more slots than there are, for a slot that is no single unknown character, and for a
    context length without room for text or beyond the tower's positions.
    """

    def __init__(self, context_length: int = CONTEXT_LENGTH, slots: Sequence[str] = ()) -> None:
        declare_missing_operators()
        from cn_clip.clip.bert_tokenizer import FullTokenizer

        if not MARKS < context_length <= LONGEST_CONTEXT:
            raise UsageError(f"context_length is {context_length}; it must be 3 to {LONGEST_CONTEXT}")
        if len(slots) > SLOTS:
            raise UsageError(f"{len(slots)} characters for the {SLOTS} free slots of the vocabulary")
        self.context_length = context_length
        self.slots = tuple(slots)
        self._words = FullTokenizer()
        self.vocabulary: dict[str, int] = self._words.vocab
        self.table = replacements(self.vocabulary.keys())
        self._translation = str.maketrans(self.table)
        for place, character in enumerate(slots, start=1):
            if len(character) != 1 or self.pieces(character) != [UNKNOWN]:
                raise UsageError(f"{character!r} cannot take a free slot: it is no single unknown character")
            self.vocabulary[character] = place

    def normalise(self, text: str) -> str:
        """The text as the model reads it."""
        return normalise(text, self._translation)

    def pieces(self, text: str) -> list[str]:
        """The tokens of a text, all of them, without its two marks."""
        return list(self._words.tokenize(self.normalise(text)))

    def unknown(self, text: str) -> list[str]:
        """The words and characters of a text that become [UNK], in reading order, repeated ones included."""
        words = self._words.basic_tokenizer.tokenize(self.normalise(text))
        return [word for word in words if self._words.wordpiece_tokenizer.tokenize(word) == [UNKNOWN]]

    def ids(self, text: str) -> list[int]:
        """Token ids of a text between its marks, cut to the context length."""
        pieces = self.pieces(text)[: self.context_length - MARKS]
        return [self.vocabulary[piece] for piece in chain(["[CLS]"], pieces, ["[SEP]"])]

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """int64 [B, context_length], zeros after a text's end."""
        tokens = torch.zeros(len(texts), self.context_length, dtype=torch.long)
        for row, text in zip(tokens, texts, strict=True):
            ids = self.ids(text)
            row[: len(ids)] = torch.tensor(ids)
        return tokens
