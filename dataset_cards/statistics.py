"""Statistics of a version: distributions, motifs named in its texts, and the crops that stand out."""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.crop_measures import CropMeasures, measure_crops
from dataset_cards.files import write_text
from dataset_cards.motifs import motif_list
from dataset_cards.settings import DatasetSettings

STATISTICS_FILE = "statistics.json"

# Bounds of the classes, the same for every version so that two can be compared; a bound opens its class.
_SIDES = (64, 128, 256, 512, 1024, 2048, 4096)
_ASPECTS = (1 / 4, 1 / 2, 2 / 3, 0.9, 1.1, 3 / 2, 2, 4)
_ASPECT_NAMES = ("<1:4", "1:4", "1:2", "2:3", "≈1:1", "11:10", "3:2", "2:1", "≥4:1")
_LENGTHS = (6, 11, 21, 31, 41, 51, 101, 201, 501)
_CONFIDENCES = tuple(step / 20 for step in range(1, 20))

# What stands out. Sides in pixels: models see 224 by 224, below a quarter of that little is left.
TINY_SIDE = 56
# Grey levels: paper with a shadow on it has as many.
BLANK_TONES = 28
# Variance of the Laplacian: crops of drawn and of real pages lie above 45, the same softened by two pixels of
# the scale they are measured at below 10.
BLURRED = 25
EXTREME_ASPECT = 6
# Share of ink in characters: of 147 crops, pages of text that were cut as figures reach 0.7, diagrams with
# their letters 0.6, all others 0.4.
TEXT_SHARE = 0.65
# Of each sort; all are counted.
OUTLIERS_LISTED = 200


@dataclass(frozen=True)
class Distribution:
    """Pairs by class."""

    name: str
    title: str
    """Chinese and English."""
    classes: tuple[tuple[str, int], ...]
    """(label, pairs)."""


@dataclass(frozen=True)
class MotifCount:
    """Pairs whose text names a motif."""

    name: str
    forms: tuple[str, ...]
    group: str
    pairs: int
    example: str
    """pair_id of the surest of them; "" where there is none."""


@dataclass(frozen=True)
class Outliers:
    """Crops that stand out in one way."""

    name: str
    title: str
    rule: str
    total: int
    listed: tuple[tuple[str, float], ...]
    """(pair_id, value), the farthest out first."""


@dataclass(frozen=True)
class Statistics:
    """What statistics.json and the page show."""

    pairs: int
    distributions: tuple[Distribution, ...]
    motifs: tuple[MotifCount, ...]
    outliers: tuple[Outliers, ...]


def compute_statistics(assembly: Assembly, settings: DatasetSettings, folder: Path) -> Statistics:
    """Count, and decode every crop once, whose small copy is written below the version's `folder`.

    Raises DamagedWorkspaceError for a crop that cannot be decoded."""
    items = assembly.pairs
    return Statistics(
        len(items),
        _distributions(items),
        _motifs(items, settings),
        _outliers(items, measure_crops(items, folder)),
    )


def write_statistics(statistics: Statistics, folder: Path) -> None:
    """Write statistics.json below `folder`."""
    text = json.dumps(_plain(statistics), ensure_ascii=False, indent=1, allow_nan=False)
    write_text(folder / STATISTICS_FILE, text + "\n")


def _plain(statistics: Statistics) -> dict[str, Any]:
    plain = asdict(statistics)
    for distribution in plain["distributions"]:
        distribution["classes"] = dict(distribution["classes"])
    for outliers in plain["outliers"]:
        outliers["listed"] = [{"pair_id": pair_id, "value": value} for pair_id, value in outliers["listed"]]
    return plain


def _distributions(items: Sequence[PublishedPair]) -> tuple[Distribution, ...]:
    pairs = [item.pair for item in items]
    sides = _names(_SIDES, "{}–", "<{}", "≥{}")
    lengths = [f"{low}–{high - 1}" for low, high in zip((1, *_LENGTHS), _LENGTHS, strict=False)]
    steps = [f"{bound:.2f}" for bound in (0.0, *_CONFIDENCES)]
    return (
        _named("medium", "载体 Medium", (pair.medium for pair in pairs)),
        _named("subject", "题材 Subject", (pair.subject for pair in pairs)),
        _named("kind", "类别 Kind", (pair.kind for pair in pairs)),
        _binned(
            "longer_side",
            "长边（像素） Longer side, pixels",
            _SIDES,
            sides,
            (max(p.width, p.height) for p in pairs),
        ),
        _binned(
            "aspect", "宽高比 Width to height", _ASPECTS, _ASPECT_NAMES, (p.width / p.height for p in pairs)
        ),
        _binned(
            "text_length",
            "文字长度（字） Text length, characters",
            _LENGTHS,
            [*lengths, f"≥{_LENGTHS[-1]}"],
            (len(p.description) for p in pairs),
        ),
        _binned("confidence", "可信度 Confidence", _CONFIDENCES, steps, (p.confidence for p in pairs)),
    )


def _named(name: str, title: str, values: Iterable[str]) -> Distribution:
    counts = Counter(values)
    return Distribution(name, title, tuple(sorted(counts.items(), key=lambda row: (-row[1], row[0]))))


def _names(bounds: Sequence[int], middle: str, first: str, last: str) -> list[str]:
    inner = [middle.format(low) + str(high - 1) for low, high in pairwise(bounds)]
    return [first.format(bounds[0]), *inner, last.format(bounds[-1])]


def _binned(
    name: str, title: str, bounds: Sequence[float], labels: Sequence[str], values: Iterable[float]
) -> Distribution:
    counts = Counter(bisect.bisect_right(bounds, value) for value in values)
    return Distribution(name, title, tuple((label, counts[place]) for place, label in enumerate(labels)))


def _motifs(items: Sequence[PublishedPair], settings: DatasetSettings) -> tuple[MotifCount, ...]:
    motifs = motif_list(settings.motifs)
    counts: Counter[str] = Counter()
    surest: dict[str, tuple[float, str]] = {}
    for item in items:
        pair = item.pair
        for name in motifs.in_pair(pair):
            counts[name] += 1
            found = (-pair.confidence, pair.pair_id)
            surest[name] = min(surest.get(name, found), found)
    return tuple(
        MotifCount(
            motif.name, motif.forms, motif.group, counts[motif.name], surest.get(motif.name, (0, ""))[1]
        )
        for motif in motifs.motifs
    )


def _outliers(items: Sequence[PublishedPair], measures: CropMeasures) -> tuple[Outliers, ...]:
    width = np.array([item.pair.width for item in items], np.float32)
    height = np.array([item.pair.height for item in items], np.float32)
    side, aspect = np.minimum(width, height), np.maximum(width / height, height / width)
    blank = measures.tones < BLANK_TONES
    blurred = (measures.sharpness < BLURRED) & ~blank
    rules = (
        (
            "tiny",
            "很小 Tiny",
            f"短边不足 {TINY_SIDE} 像素 shorter side below {TINY_SIDE} pixels",
            side,
            side < TINY_SIDE,
            1,
        ),
        (
            "blank",
            "空白 Blank",
            f"灰度范围不足 {BLANK_TONES} 级 fewer than {BLANK_TONES} levels of grey",
            measures.tones,
            blank,
            1,
        ),
        (
            "blurred",
            "模糊 Blurred",
            f"拉普拉斯方差不足 {BLURRED} variance of the Laplacian below {BLURRED}",
            measures.sharpness,
            blurred,
            1,
        ),
        (
            "aspect",
            "过长 Extreme aspect",
            f"长边超过短边 {EXTREME_ASPECT} 倍 longer than {EXTREME_ASPECT} times its width",
            aspect,
            aspect > EXTREME_ASPECT,
            -1,
        ),
        (
            "text",
            "像文字 Text-like",
            f"{TEXT_SHARE:.0%} 以上的墨迹像文字 of the ink or more in shapes like characters",
            measures.text,
            measures.text >= TEXT_SHARE,
            -1,
        ),
    )
    found = []
    for name, title, rule, values, out, sign in rules:
        places = np.flatnonzero(out)
        ordered = places[np.argsort(sign * values[places], kind="stable")][:OUTLIERS_LISTED]
        listed = tuple((items[place].pair.pair_id, round(float(values[place]), 3)) for place in ordered)
        found.append(Outliers(name, title, rule, len(places), listed))
    return tuple(found)
