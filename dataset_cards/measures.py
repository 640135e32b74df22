"""What is counted over the pairs of a version for its card and charts, in one pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dataset_cards.assembly import Assembly
from dataset_cards.vocabulary import CLIP_TOKENS, Vocabulary, open_vocabulary

Counts = tuple[tuple[str, "Counter[str]"], ...]
"""A name with its pairs by split; the most frequent first."""


@dataclass(frozen=True)
class Measures:
    """Counts and, in the order of the assembly's pairs, one number for each pair."""

    kinds: Counts
    mediums: Counts
    subjects: Counts
    sources: Counts
    """By where the text stands in the book (`description_source`)."""
    readings: Counts
    """By how the text was read (`text_source`)."""
    reviews: Counts
    characters: NDArray[np.int32]
    tokens: NDArray[np.int32]
    """Words of Chinese-CLIP's vocabulary in the description, without marks of beginning and end."""
    confidence: NDArray[np.float32]
    width: NDArray[np.int32]
    """Pixels."""
    height: NDArray[np.int32]
    unknown: Counter[str]
    """Characters the vocabulary lacks -> how often they stand in descriptions."""
    with_unknown: int
    """Pairs whose description holds such a character."""
    with_english: int
    refined: int
    distinct_texts: int
    distinct_pictures: int

    @property
    def over_limit(self) -> int:
        """Pairs whose description Chinese-CLIP cuts off by default."""
        return int((self.tokens > CLIP_TOKENS).sum())

    @property
    def unknown_rate(self) -> float:
        """Share of all words that become [UNK], 0..1."""
        return self.unknown.total() / max(int(self.tokens.sum()), 1)


def measure(assembly: Assembly, vocabulary: Vocabulary | None = None) -> Measures:
    """Count over all pairs; `vocabulary` is Chinese-CLIP's where none is given.

    Raises MissingDependencyError where that is not installed.
    """
    words = vocabulary or open_vocabulary()
    pairs = [item.pair for item in assembly.pairs]
    unknown: Counter[str] = Counter()
    tokens = np.zeros(len(pairs), dtype=np.int32)
    with_unknown = 0
    for place, pair in enumerate(pairs):
        tokens[place], missing = words.measure(pair.description)
        unknown.update(missing)
        with_unknown += bool(missing)
    return Measures(
        mediums=_by_split((item.pair.medium, item.split) for item in assembly.pairs),
        subjects=_by_split((item.pair.subject, item.split) for item in assembly.pairs),
        kinds=_by_split((item.pair.kind, item.split) for item in assembly.pairs),
        sources=_by_split((item.pair.description_source, item.split) for item in assembly.pairs),
        readings=_by_split((item.pair.text_source, item.split) for item in assembly.pairs),
        reviews=_by_split((item.pair.review, item.split) for item in assembly.pairs),
        characters=np.array([len(pair.description) for pair in pairs], dtype=np.int32),
        tokens=tokens,
        confidence=np.array([pair.confidence for pair in pairs], dtype=np.float32),
        width=np.array([pair.width for pair in pairs], dtype=np.int32),
        height=np.array([pair.height for pair in pairs], dtype=np.int32),
        unknown=unknown,
        with_unknown=with_unknown,
        with_english=sum(pair.description_en is not None for pair in pairs),
        refined=sum(pair.description_source == "refined" for pair in pairs),
        distinct_texts=len({pair.description for pair in pairs}),
        distinct_pictures=len({pair.image_sha256 for pair in pairs}),
    )


def _by_split(rows: Iterable[tuple[str, str]]) -> Counts:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for name, split in rows:
        table[name][split] += 1
    return tuple(sorted(table.items(), key=lambda row: (-row[1].total(), row[0])))
