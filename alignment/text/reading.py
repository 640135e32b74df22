"""How well the model can read a set of texts: what is unknown to it, and what is cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alignment.text.tokenizer import CONTEXT_LENGTH, LONGEST_CONTEXT, MARKS, Tokenizer

# The share of texts that must fit whole; the rest loses its end. Attention costs the square of the length, so
# one very long entry should not set the price for all.
FITTING = 0.99
# Lengths are rounded up to this many tokens: matrix units of processors like whole blocks.
BLOCK = 8


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Counts over a set of texts; tokens without the two marks."""

    texts: int
    tokens: int
    unknown: dict[str, int]
    """Each unknown character or word with how often it occurs, most frequent first."""
    context_length: int
    truncated: int
    """Texts whose end is cut off."""
    lost_tokens: int
    longest: int

    @property
    def unknown_rate(self) -> float:
        """The share of tokens that are [UNK]."""
        return sum(self.unknown.values()) / self.tokens if self.tokens else 0.0

    @property
    def truncated_rate(self) -> float:
        """The share of texts whose end is cut off."""
        return self.truncated / self.texts if self.texts else 0.0

    @property
    def summary(self) -> str:
        """One or two sentences for a person."""
        names = "".join(f" {word}×{count}" for word, count in list(self.unknown.items())[:10])
        return (
            f"{self.unknown_rate:.2%} of {self.tokens} tokens unknown{':' if names else ''}{names}; "
            f"{self.truncated} of {self.texts} texts cut at {self.context_length} tokens "
            f"({self.lost_tokens} tokens lost, the longest text has {self.longest})"
        )


def read_texts(texts: Sequence[str], tokenizer: Tokenizer) -> ReadingReport:
    """What `tokenizer` makes of `texts`."""
    lengths = [len(tokenizer.pieces(text)) for text in texts]
    room = tokenizer.context_length - MARKS
    unknown = Counter(word for text in texts for word in tokenizer.unknown(text))
    return ReadingReport(
        texts=len(texts),
        tokens=sum(lengths),
        unknown=dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0]))),
        context_length=tokenizer.context_length,
        truncated=sum(length > room for length in lengths),
        lost_tokens=sum(max(0, length - room) for length in lengths),
        longest=max(lengths, default=0),
    )


def choose_context_length(texts: Sequence[str], tokenizer: Tokenizer, fitting: float = FITTING) -> int:
    """The least context length at which the share `fitting` of `texts` fits whole: 52 to 512.

    52, what the released models were trained with, suffices where texts are short.
    """
    lengths = sorted(len(tokenizer.pieces(text)) + MARKS for text in texts)
    if not lengths:
        return CONTEXT_LENGTH
    place = max(0, -int(-fitting * len(lengths) // 1) - 1)
    needed = lengths[place]
    if needed <= CONTEXT_LENGTH:
        return CONTEXT_LENGTH
    return min(-(-needed // BLOCK) * BLOCK, LONGEST_CONTEXT)
