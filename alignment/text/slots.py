"""Domain characters the vocabulary lacks (缂 螭 篌 …) and the embeddings they begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

from alignment.text.tokenizer import SLOTS, UNKNOWN, Tokenizer

SlotStart = Literal["radical", "context"]

# Unicode orders the characters of these blocks by radical, then by strokes (later additions at a block's end
# are not ordered): neighbours by number mostly share the radical and so a sphere of meaning.
_ORDERED = ((0x4E00, 0x9FA5), (0x3400, 0x4DB5), (0x20000, 0x2A6D6))
# How far along that order, in characters on either side, and how many of those the vocabulary has.
_RADICAL_REACH = 24
_RADICAL_NEIGHBOURS = 8
# A character's company in the texts: this many tokens on either side.
_CONTEXT_REACH = 2


def choose_slots(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[str, ...]:
    """The unknown ideographs of `texts`, the most frequent first, after the slots there are; 99 at most."""
    counts = Counter(word for text in texts for word in tokenizer.unknown(text) if _is_ideograph(word))
    ranked = sorted(counts, key=lambda character: (-counts[character], character))
    return (*tokenizer.slots, *ranked)[:SLOTS]


def slot_embeddings(
    embeddings: Tensor,
    tokenizer: Tokenizer,
    characters: Sequence[str],
    texts: Sequence[str],
    start: SlotStart,
) -> Tensor:
    """What each of `characters` begins with: the mean of its like, at their mean length. [characters, D].

    `embeddings` are the text tower's words [V, D]; `tokenizer` does not know the characters yet. Its like
    are, for `radical`, its neighbours in the order of radicals; for `context`, what stands next to it in the
    texts. Where there are none, the other; where there are none either, what [UNK] has.
    """
    company = _company(texts, tokenizer, characters)
    return torch.stack([_mean_of_like(embeddings, tokenizer, one, company[one], start) for one in characters])


def _mean_of_like(
    embeddings: Tensor, tokenizer: Tokenizer, character: str, company: Mapping[int, int], start: SlotStart
) -> Tensor:
    by_radical = dict.fromkeys(_radical_neighbours(character, tokenizer.vocabulary), 1)
    first, second = (by_radical, company) if start == "radical" else (company, by_radical)
    weights = first or second or {tokenizer.vocabulary[UNKNOWN]: 1}
    rows = embeddings[list(weights)]
    shares = torch.tensor(list(weights.values()), dtype=rows.dtype, device=rows.device)
    shares = shares / shares.sum()
    mean: Tensor = shares @ rows
    # A mean is shorter than what it is the mean of; the tower expects words of the usual length.
    length: Tensor = shares @ rows.norm(dim=1) / mean.norm().clamp_min(torch.finfo(rows.dtype).tiny)
    return mean * length


def _radical_neighbours(character: str, vocabulary: Mapping[str, int]) -> list[int]:
    code = ord(character)
    block = next(((first, last) for first, last in _ORDERED if first <= code <= last), None)
    if block is None:
        return []
    codes = range(max(block[0], code - _RADICAL_REACH), min(block[1], code + _RADICAL_REACH) + 1)
    near = sorted(
        (near for near in codes if chr(near) in vocabulary), key=lambda near: (abs(near - code), near)
    )
    return [vocabulary[chr(near)] for near in near[:_RADICAL_NEIGHBOURS]]


def _company(
    texts: Sequence[str], tokenizer: Tokenizer, characters: Sequence[str]
) -> dict[str, Counter[int]]:
    """For each character the known ideographs next to it, with how often."""
    company: dict[str, Counter[int]] = {character: Counter() for character in characters}
    for text in texts:
        text = tokenizer.normalise(text)
        for place, character in _occurrences(text, company):
            near = text[max(0, place - _CONTEXT_REACH) : place] + text[place + 1 : place + 1 + _CONTEXT_REACH]
            company[character].update(
                tokenizer.vocabulary[other]
                for other in near
                if _is_ideograph(other) and other in tokenizer.vocabulary
            )
    return company


def _occurrences(text: str, wanted: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    return ((place, character) for place, character in enumerate(text) if character in wanted)


def _is_ideograph(word: str) -> bool:
    return len(word) == 1 and (
        "\u3400" <= word <= "\u4dbf" or "\u4e00" <= word <= "\u9fff" or "\U00020000" <= word <= "\U0002ceaf"
    )
