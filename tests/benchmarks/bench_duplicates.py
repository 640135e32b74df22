"""How the search for duplicates grows, and how right it is.

    python -m tests.benchmarks.bench_duplicates growth      # 10,000 to 200,000 hashes and texts
    python -m tests.benchmarks.bench_duplicates right       # hash alone; hash and likeness

Growth: random 64-bit hashes, a tenth of them with a planted neighbour 2 to 10 bits away; texts of 40
characters from a vocabulary of 3,000, a tenth with a planted neighbour two slips away. Beside it the time of
comparing all with all, which is measured at 10,000 and multiplied by the square.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations

import cv2
import numpy as np
from rapidfuzz import fuzz

from dataset_cards.duplicates.hashes import Hashes, HashIndex, differing_bits
from dataset_cards.duplicates.likeness import likeness, sketch
from dataset_cards.duplicates.texts import compared, proposed
from dataset_cards.settings import DuplicateSettings
from extractors.crops import phash
from tests.benchmarks.measure import print_table
from tests.dataset_cards.duplicates.drawn import PRINTS, families

SIZES = (10_000, 50_000, 100_000, 200_000)
SETTINGS = DuplicateSettings()
SLIPS = 2
# Bits of a looser hash, to show what the next step would cost.
BITS = (6, 10, 14, 16)


def cpu_seconds(action: Callable[[], object]) -> float:
    """Of this process alone, so that a busy machine does not bend the growth."""
    start = time.process_time()
    action()
    return time.process_time() - start


def planted_hashes(count: int) -> tuple[Hashes, list[tuple[int, int]]]:
    """`count` hashes, and places of those that were made from one another."""
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 1 << 64, count, np.uint64)
    tenth = count // 10
    for place in range(tenth):
        bits = rng.choice(64, rng.integers(2, 11), replace=False)
        hashes[tenth + place] = hashes[place] ^ np.uint64(sum(1 << int(bit) for bit in bits))
    return hashes, [(place, tenth + place) for place in range(tenth)]


def one_by_one(some: Hashes, hashes: Hashes) -> None:
    for value in some:
        differing_bits(hashes, np.full_like(hashes, value))


def ratios(text: str, texts: list[str]) -> None:
    for other in texts:
        fuzz.ratio(text, other)


def hash_growth() -> None:
    rows = []
    whole = 0.0
    for count in SIZES:
        hashes, planted = planted_hashes(count)
        index = HashIndex(hashes)
        found: set[tuple[int, int]] = set()

        def search(index: HashIndex = index, found: set[tuple[int, int]] = found) -> None:
            query, other, _ = index.near(index.hashes, SETTINGS.picture_bits, 33)
            found.update(zip(query.tolist(), other.tolist(), strict=True))

        spent = cpu_seconds(search)
        looked_at = sum(len(query) for query, _ in index._looked_up(hashes)) / count
        whole = whole or count / 1000 * cpu_seconds(partial(one_by_one, hashes[:1000], hashes))
        recall = np.mean([pair in found for pair in planted])
        rows.append(
            (
                f"{count:,}",
                f"{spent:.1f}",
                f"{looked_at:,.0f}",
                f"{recall:.4f}",
                f"{whole * (count / SIZES[0]) ** 2:,.0f}",
            )
        )
    print("pictures: bands of the hash")
    print_table(("hashes", "CPU s", "compared each", "recall", "all with all, CPU s"), rows)


def text_growth() -> None:
    rows = []
    whole = 0.0
    for count in SIZES:
        rng = random.Random(1)
        words = [chr(0x4E00 + n) for n in range(3000)]
        base = ["".join(rng.choices(words, k=40)) for _ in range(count - count // 10)]
        planted = []
        for text in base[: count // 10]:
            slipped = list(text)
            for place in rng.sample(range(40), SLIPS):
                slipped[place] = rng.choice(words)
            planted.append((text, "".join(slipped)))
        texts = sorted({*base, *(other for _, other in planted)})
        candidates = proposed(texts)
        found: set[tuple[str, str]] = set()

        def search(texts: list[str] = texts, found: set[tuple[str, str]] = found) -> None:
            found.update((texts[one], texts[other]) for one, other, _ in compared(texts, SETTINGS.text_ratio))

        spent = cpu_seconds(search)
        whole = whole or count / 2 * cpu_seconds(partial(ratios, texts[0], texts))
        recall = np.mean([(min(pair), max(pair)) in found for pair in planted])
        rows.append(
            (
                f"{count:,}",
                f"{spent:.1f}",
                f"{len(candidates) / len(texts):.2f}",
                f"{recall:.4f}",
                f"{whole * (count / SIZES[0]) ** 2:,.0f}",
            )
        )
    print("texts: MinHash")
    print_table(("texts", "CPU s", "compared each", "recall", "all with all, CPU s"), rows)


def right() -> None:
    """Prints of one picture and different pictures of one family: what is taken for the same."""
    rng = np.random.default_rng(11)
    pictures = families(rng)
    names = list(pictures)
    hashes = {name: int(phash(picture), 16) for name, picture in pictures.items()}
    sketches = {name: sketch(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)) for name, picture in pictures.items()}
    pairs = list(combinations(names, 2))
    apart = {pair: (hashes[pair[0]] ^ hashes[pair[1]]).bit_count() for pair in pairs}
    wrong = {
        pair
        for pair in pairs
        if apart[pair] <= max(BITS) and likeness(*(sketches[n] for n in pair)) >= SETTINGS.picture_likeness
    }
    rows = []
    right_hash, right_both = dict.fromkeys(BITS, 0), dict.fromkeys(BITS, 0)
    for kind, print_of in PRINTS.items():
        near, both = dict.fromkeys(BITS, 0), dict.fromkeys(BITS, 0)
        for name, picture in pictures.items():
            made = print_of(picture, rng)
            bits = (hashes[name] ^ int(phash(made), 16)).bit_count()
            alike = likeness(sketches[name], sketch(cv2.cvtColor(made, cv2.COLOR_RGB2BGR)))
            for limit in BITS:
                near[limit] += bits <= limit
                both[limit] += bits <= limit and alike >= SETTINGS.picture_likeness
        for limit in BITS:
            right_hash[limit] += near[limit]
            right_both[limit] += both[limit]
        rows.append((kind, *(f"{near[n] / len(names):.2f} {both[n] / len(names):.2f}" for n in BITS)))
    print(f"{len(names)} pictures, {len(pairs):,} pairs of different ones; recall: hash, hash and likeness")
    print_table(("print", *(f"{n} bits" for n in BITS)), rows)
    made_in_all = len(names) * len(PRINTS)
    table = []
    for limit in BITS:
        false_hash = sum(bits <= limit for bits in apart.values())
        false_both = sum(apart[pair] <= limit for pair in wrong)
        table.append(
            (
                limit,
                f"{right_hash[limit] / made_in_all:.3f}",
                f"{false_hash}",
                f"{right_hash[limit] / (right_hash[limit] + false_hash):.3f}",
                f"{right_both[limit] / made_in_all:.3f}",
                f"{false_both}",
                f"{right_both[limit] / (right_both[limit] + false_both):.3f}",
            )
        )
    print_table(("bits", "recall", "wrong", "precision", "both: recall", "wrong", "precision"), table)


if __name__ == "__main__":
    if sys.argv[1:] == ["right"]:
        right()
    else:
        hash_growth()
        text_growth()
