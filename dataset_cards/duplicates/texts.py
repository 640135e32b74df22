"""Descriptions that say the same: equal but for spacing and punctuation, or nearly equal.

Nearly equal texts are proposed by MinHash (Broder 1997) over character trigrams, in bands (Indyk, Motwani
1998), and confirmed by RapidFuzz. Texts whose numbers differ are different: 第257窟 is not 第275窟.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from dataset_cards.duplicates.records import Link, link
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair

GRAM = 3
# 40 bands of 3: texts with a ratio of .9 share at least half of their trigrams as a rule, and are then
# proposed in 99.5 of 100 cases; unrelated ones share a tenth, and are in 4.
BANDS = 40
ROWS = 3
# Texts of one bucket that a text is compared with: those that follow it in alphabetical order. Only the
# stock phrases of a catalogue fill a bucket above this.
CROWD = 24
_PRIME = (1 << 31) - 1

# Arabic numbers with the letter that may follow (图3a), and Chinese ones, written plain or in full.
_NUMBER = re.compile(r"\d+[a-z]?(?![a-z])|\d+|[〇零一二三四五六七八九十百千廿卅壹贰叁肆伍陆柒捌玖拾佰仟]+")

Candidates = npt.NDArray[np.int64]
"""n x 2, places of two texts, the lesser first; sorted, no row twice."""


@lru_cache(maxsize=100_000)
def normal_text(text: str) -> str:
    """`text` in NFKC and lower case, without spaces, punctuation and symbols."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNM")


def text_ratio(a: str, b: str) -> float:
    """RapidFuzz ratio (normalised indel similarity) of two normal texts, 0..1, in thousandths."""
    return round(fuzz.ratio(a, b) / 100, 3)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a normal text, in order."""
    return tuple(_NUMBER.findall(text))


def nearly_equal(a: str, b: str, settings: DuplicateSettings) -> float | None:
    """The ratio of two normal texts that say the same; None when they do not."""
    if a == b:
        return 1.0
    if min(len(a), len(b)) < settings.text_length or numbers(a) != numbers(b):
        return None
    ratio = text_ratio(a, b)
    return ratio if ratio >= settings.text_ratio else None


def text_links(pairs: Sequence[Pair], settings: DuplicateSettings) -> Iterator[Link]:
    """Links of texts; in `pairs` the first one with a text stands for all that have it."""
    firsts: dict[str, str] = {}
    for pair in pairs:
        text = normal_text(pair.description)
        if not text:
            continue
        first = firsts.setdefault(text, pair.pair_id)
        if first != pair.pair_id:
            yield link(first, pair.pair_id, "same text", 1.0)
    # In alphabetical order, so that a crowded bucket compares neighbours.
    texts = sorted(text for text in firsts if len(text) >= settings.text_length)
    for one, other in proposed(texts):
        ratio = nearly_equal(texts[one], texts[other], settings)
        if ratio is not None:
            yield link(firsts[texts[one]], firsts[texts[other]], "near text", ratio)


def proposed(texts: Sequence[str]) -> Candidates:
    """Which of different normal texts, in alphabetical order, are worth a comparison."""
    found = [np.empty((0, 2), np.int64)]
    for keys in _band_keys(texts):
        order = np.argsort(keys, kind="stable")
        same = keys[order]
        for step in range(1, min(CROWD, len(texts) - 1) + 1):
            meets = np.flatnonzero(same[:-step] == same[step:])
            if not len(meets):
                break
            found.append(np.stack([order[meets], order[meets + step]], axis=1))
        if len(found) > BANDS // 4:
            found = [np.unique(np.concatenate(found), axis=0)]
    return np.unique(np.concatenate(found), axis=0)


def _band_keys(texts: Sequence[str]) -> Iterator[npt.NDArray[np.int64]]:
    """For each band a number per text; texts with many trigrams in common often have the same one."""
    if not texts:
        return
    grams, starts = _grams(texts)
    # A fixed seed: the same texts are proposed in every build.
    numbers_drawn = np.random.default_rng(1997).integers(1, _PRIME, (BANDS, ROWS, 2))
    for band in numbers_drawn:
        key = np.zeros(len(texts), np.int64)
        for factor, shift in band:
            least = np.minimum.reduceat((grams * factor + shift) % _PRIME, starts)
            # Wraps around where it overflows; only equality counts.
            key = key * 1_000_003 + least
        yield key


def _grams(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All texts' trigrams as numbers below 2³¹ − 1, and where each text's begin. A short text is one gram."""
    padded = [text if len(text) >= GRAM else text.ljust(GRAM, "\0") for text in texts]
    lengths = np.array([len(text) for text in padded])
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32).astype(np.int64)
    ends = np.cumsum(lengths)
    # Trigrams that would reach into the next text are left out.
    starting = np.ones(len(codes), bool)
    for back in range(1, GRAM):
        starting[ends - back] = False
    places = np.flatnonzero(starting)
    grams = codes[places]
    for step in range(1, GRAM):
        grams = (grams * 1_299_721 + codes[places + step]) % _PRIME
    counts = lengths - GRAM + 1
    return grams, np.cumsum(counts) - counts
