"""How close each held-out pair comes to the training pairs: leaks.jsonl and its summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from dataset_cards.duplicates.hashes import HashIndex
from dataset_cards.duplicates.pictures import LEADERS, Sourced, picture_likeness
from dataset_cards.duplicates.sketches import Sketches
from dataset_cards.duplicates.texts import compared, nearly_equal, normal_text
from dataset_cards.identity.moved import shown_in_train
from dataset_cards.identity.records import History
from dataset_cards.settings import DuplicateSettings
from dataset_cards.splits import HELD_OUT
from extractors.records import Pair

# Rows of the card's table of the worst.
_WORST = 10
# Hashes of train that a held-out picture is compared with.
_NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class Leak:
    """The nearest training neighbours of one val or test pair; a line of leaks.jsonl.

    A neighbour is None where the index proposes none: nothing in train comes near.
    """

    pair_id: str
    split: str
    picture_of: str | None
    """pair_id of the training pair whose picture is nearest."""
    picture_bits: int | None
    """Bits by which their perceptual hashes differ, 0..64."""
    picture_likeness: float | None
    """Confirmed likeness of the two pictures, 0..1; None where the hashes are too far apart to compare."""
    picture_near: bool
    """Whether the two are prints of one picture."""
    text_of: str | None
    """pair_id of the training pair whose text is nearest."""
    text_likeness: float | None
    """RapidFuzz ratio of the two texts, 0..1."""
    text_near: bool
    """Whether the two texts say the same."""
    leaks: bool
    """Whether a training pair is in this pair's component. Only books that came later can bring that about:
    they link old pairs of different splits, which stay where they are."""
    gone: bool = False
    """Whether only an earlier version held the pair. It is listed where a training pair shows its picture or
    its place, which only versions made before ids were inherited can bring about, and counts as a leak."""


@dataclass(frozen=True)
class LeakSummary:
    """What the card says about leaks: counts of held-out pairs by split (val, test)."""

    held_out: dict[str, int]
    """Pairs looked at."""
    picture: dict[str, int]
    """Of these, with the same or a near picture in train."""
    text: dict[str, int]
    """Of these, with the same or a near text in train."""
    leaks: dict[str, int]
    """Of these, with a training pair in their component."""
    moved: dict[str, int]
    """Pairs that only earlier versions held, and that train shows now."""
    worst: tuple[Leak, ...]
    """The nearest to train, nearest first; no more than a table holds."""


def leak_summary(leaks: Sequence[Leak]) -> LeakSummary:
    """Counts and the worst of `Assembly.leaks`."""
    held_out = Counter(leak.split for leak in leaks if not leak.gone)
    moved = Counter(leak.split for leak in leaks if leak.gone)
    splits = [split for split in HELD_OUT if held_out[split]]

    def counted(name: str) -> dict[str, int]:
        counts = Counter(leak.split for leak in leaks if getattr(leak, name) and not leak.gone)
        return {split: counts[split] for split in splits}

    return LeakSummary(
        held_out={split: held_out[split] for split in splits},
        picture=counted("picture_near"),
        text=counted("text_near"),
        leaks=counted("leaks"),
        moved={split: moved[split] for split in HELD_OUT if moved[split]},
        worst=tuple(leaks[:_WORST]),
    )


def leak_row(leak: Leak) -> dict[str, Any]:
    """A line of leaks.jsonl."""
    return {field.name: getattr(leak, field.name) for field in fields(Leak)}


def find_leaks(
    pairs: Sequence[Sourced],
    splits: Mapping[str, str],
    parts: Sequence[Sequence[Pair]],
    sketches: Sketches,
    settings: DuplicateSettings,
) -> list[Leak]:
    """The nearest training neighbours of every val and test pair, the worst first.

    `splits` names the split of each of `pairs`, `parts` are their components. Neighbours are proposed by the
    indexes that also propose duplicates, so a neighbour far away may be missed; a duplicate is not.
    """
    ordered = sorted((pair for pair, _ in pairs), key=lambda pair: pair.pair_id)
    train = [pair for pair in ordered if splits[pair.pair_id] == "train"]
    held_out = [pair for pair in ordered if splits[pair.pair_id] in HELD_OUT]
    if not train or not held_out:
        return []
    pictures = _nearest_pictures(held_out, train, sketches, settings)
    texts = _nearest_texts(held_out, train)
    tied = _tied_to_train(parts, splits)
    leaks = []
    for pair in held_out:
        picture, bits, likeness = pictures.get(pair.image_sha256, (None, None, None))
        text, ratio = texts.get(normal_text(pair.description), (None, None))
        says_same = text is not None and (
            nearly_equal(normal_text(pair.description), normal_text(text.description), settings) is not None
        )
        leaks.append(
            Leak(
                pair_id=pair.pair_id,
                split=splits[pair.pair_id],
                picture_of=picture.pair_id if picture else None,
                picture_bits=bits,
                picture_likeness=likeness,
                picture_near=likeness is not None and likeness >= settings.picture_likeness,
                text_of=text.pair_id if text else None,
                text_likeness=ratio,
                text_near=says_same,
                leaks=pair.pair_id in tied,
            )
        )
    return sorted(leaks, key=_worst_first)


def find_moved(history: History, pairs: Sequence[Sourced], splits: Mapping[str, str]) -> list[Leak]:
    """The val and test pairs that only earlier versions held and that train shows now, the worst first.

    `splits` names the split of each of `pairs`.
    """
    leaks = [
        Leak(
            pair_id=figure.pair_id,
            split=figure.split,
            picture_of=pair.pair_id,
            picture_bits=bits,
            picture_likeness=None,
            picture_near=True,
            text_of=None,
            text_likeness=None,
            text_near=False,
            leaks=True,
            gone=True,
        )
        for figure, pair, bits in shown_in_train(history, pairs, splits)
    ]
    return sorted(leaks, key=_worst_first)


def _worst_first(leak: Leak) -> tuple[Any, ...]:
    near = leak.picture_near + leak.text_near
    likest = max(leak.picture_likeness or 0.0, leak.text_likeness or 0.0)
    bits = 64 if leak.picture_bits is None else leak.picture_bits
    return not leak.leaks, -near, -likest, bits, leak.pair_id


def _tied_to_train(parts: Sequence[Sequence[Pair]], splits: Mapping[str, str]) -> set[str]:
    """The pairs in whose component there is a training pair."""
    return {
        pair.pair_id
        for part in parts
        if any(splits[pair.pair_id] == "train" for pair in part)
        for pair in part
    }


def _nearest_pictures(
    held_out: Sequence[Pair], train: Sequence[Pair], sketches: Sketches, settings: DuplicateSettings
) -> dict[str, tuple[Pair, int, float | None]]:
    """By image_sha256 of held-out pictures: the nearest training pair, bits between them, likeness."""
    same: dict[str, Pair] = {}
    by_hash: dict[int, list[Pair]] = defaultdict(list)
    for pair in train:
        if same.setdefault(pair.image_sha256, pair) is pair and pair.image_phash:
            by_hash[int(pair.image_phash, 16)].append(pair)
    shown = {pair.image_sha256: pair for pair in reversed(held_out)}
    nearest = {sha: (same[sha], 0, 1.0) for sha in shown if sha in same}
    asked = [pair for sha, pair in sorted(shown.items()) if sha not in same and pair.image_phash]
    queries = np.array([int(pair.image_phash, 16) for pair in asked], np.uint64)
    index = HashIndex(np.array(sorted(by_hash), np.uint64))
    best: dict[str, tuple[float, int, str]] = {}
    found: dict[str, tuple[Pair, int, float | None]] = dict(nearest)
    for query, place, bits in zip(*index.near(queries, 64, _NEIGHBOURS), strict=True):
        pair = asked[query]
        for other in by_hash[int(index.hashes[place])][:LEADERS]:
            likeness = (
                picture_likeness(other, pair, sketches, settings) if bits <= settings.picture_bits else None
            )
            rank = (-(likeness or 0.0), int(bits), other.pair_id)
            if pair.image_sha256 not in best or rank < best[pair.image_sha256]:
                best[pair.image_sha256] = rank
                found[pair.image_sha256] = other, int(bits), likeness
    return found


def _nearest_texts(held_out: Sequence[Pair], train: Sequence[Pair]) -> dict[str, tuple[Pair, float]]:
    """By normal text of held-out pairs: the nearest training pair and the ratio of the two texts."""
    known: dict[str, Pair] = {}
    for pair in train:
        known.setdefault(normal_text(pair.description), pair)
    asked = {normal_text(pair.description) for pair in held_out} - {""}
    nearest = {text: (known[text], 1.0) for text in asked if text in known}
    texts = sorted((asked | known.keys()) - {""})
    for one, other, ratio in compared(texts):
        for text, of in ((texts[one], texts[other]), (texts[other], texts[one])):
            if text in asked and of in known and (text not in nearest or ratio > nearest[text][1]):
                nearest[text] = known[of], ratio
    return nearest
