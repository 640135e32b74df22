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
from rapidfuzz import fuzz, process

from dataset_cards.duplicates.records import Link, link
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair

GRAM = 3
# Texts with a ratio of .95 share some three quarters of their trigrams, and are then proposed in 99.8 of 100
# cases; those that share a third, as the stock phrases of a catalogue do, in 4.
BANDS = 32
ROWS = 6
# Texts of one bucket that a text is compared with: those that follow it in alphabetical order.
CROWD = 16
# Comparisons made at a time: some 100 MB.
_CHUNK = 500_000

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
    for one, other, ratio in compared(texts, settings.text_ratio):
        if numbers(texts[one]) == numbers(texts[other]):
            yield link(firsts[texts[one]], firsts[texts[other]], "near text", ratio)


def compared(texts: Sequence[str], least: float = 0.0) -> Iterator[tuple[int, int, float]]:
    """Of the proposed pairs of texts those with a ratio of `least`: places of the two, ratio."""
    candidates = proposed(texts)
    for at in range(0, len(candidates), _CHUNK):
        some = candidates[at : at + _CHUNK]
        ones, others = ([texts[place] for place in column] for column in some.T)
        ratios = process.cpdist(ones, others, scorer=fuzz.ratio, score_cutoff=100 * least, dtype=np.float32)
        for place in np.flatnonzero(ratios >= 100 * least):
            yield int(some[place, 0]), int(some[place, 1]), round(float(ratios[place]) / 100, 3)


def proposed(texts: Sequence[str]) -> Candidates:
    """Which of different normal texts, in alphabetical order, are worth a comparison."""
    count = len(texts)
    found = np.empty(0, np.int64)
    for keys in _band_keys(texts):
        order = np.argsort(keys, kind="stable")
        same = keys[order]
        meeting = [found]
        for step in range(1, min(CROWD, count - 1) + 1):
            meets = np.flatnonzero(same[:-step] == same[step:])
            if not len(meets):
                break
            meeting.append(order[meets] * count + order[meets + step])
        found = np.unique(np.concatenate(meeting))
    return np.stack(np.divmod(found, max(count, 1)), axis=1)


def _band_keys(texts: Sequence[str]) -> Iterator[npt.NDArray[np.uint64]]:
    """For each band a number per text; texts with many trigrams in common often have the same one."""
    if not texts:
        return
    grams, starts = _grams(texts)
    # A fixed seed: the same texts are proposed in every build. Odd factors map 64 bits one to one.
    factors = np.random.default_rng(1997).integers(0, 1 << 63, (BANDS, ROWS), np.uint64) * np.uint64(2)
    for band in factors + np.uint64(1):
        key = np.zeros(len(texts), np.uint64)
        for factor in band:
            # Products wrap around, which is what shuffles them.
            key = key * np.uint64(1_000_003) + np.minimum.reduceat(_stirred(grams * factor), starts)
        yield key


def _stirred(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The high bits, which depend on all others, laid over the low ones."""
    return values ^ (values >> np.uint64(32))


def _grams(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """All texts' trigrams as numbers, and where each text's begin. A text below three characters is one."""
    padded = [text.ljust(GRAM, "\0") for text in texts]
    lengths = np.array([len(text) for text in padded])
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32).astype(np.uint64)
    ends = np.cumsum(lengths)
    # Trigrams that would reach into the next text are left out.
    starting = np.ones(len(codes), bool)
    for back in range(1, GRAM):
        starting[ends - back] = False
    places = np.flatnonzero(starting)
    grams = np.zeros(len(places), np.uint64)
    for step in range(GRAM):
        # A code point takes 21 bits, so three of them fit.
        grams = (grams << np.uint64(21)) | codes[places + step]
    counts = lengths - GRAM + 1
    return grams, np.cumsum(counts) - counts
