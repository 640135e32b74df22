"""What a page shows beside the numbers: ranks, hubs, and the queries that went best and worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from alignment.benchmark.ladder import LACLIP, ModelBanks, Rung
from alignment.laclip.crops import CropSettings, crop_boxes
from alignment.laclip.vectors import Weighting, crop_weights
from alignment.retrieval.evaluation import CHUNK, DIRECTIONS, Direction, Scores, positives_of
from alignment.retrieval.gallery import Gallery
from alignment.scorers.base import Banks

# Upper ends of the classes that ranks and k-occurrences are counted in; the last class is open.
RANK_ENDS = (1, 5, 10, 20, 50, 100)
HUB_ENDS = (0, 5, 10, 20, 50, 100)
# How often an item is among the first ten: the usual k of studies of hubs (Radovanović et al., JMLR 2010).
HUB_K = 10
ANSWERS = 5
EXAMPLES = 8

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Box:
    """The crop of greatest weight, as shares of its picture's sides, with its weight."""

    left: float
    top: float
    right: float
    bottom: float
    weight: float


@dataclass(frozen=True)
class Answer:
    """One item that was found, or the first right one further down."""

    item: int
    rank: int
    score: float
    right: bool


@dataclass(frozen=True)
class Example:
    """A query with its first answers."""

    query: int
    rank: float
    """Expected rank of the first right item."""
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Findings:
    """Of one benchmark; keys are directions, then names of rungs."""

    headline: str
    """The rung whose examples are shown: the top of the ladder, chosen by its place and not by its score."""
    ranks: Mapping[Direction, Mapping[str, list[int]]]
    """Queries by the rank of their first right item, in classes."""
    hubs: Mapping[Direction, Mapping[str, Mapping[str, Any]]]
    """Of the items' k-occurrence: skew, greatest, share never found, and counts in classes."""
    best: Mapping[Direction, tuple[Example, ...]]
    worst: Mapping[Direction, tuple[Example, ...]]
    boxes: Mapping[int, Box]
    """By the number of the picture."""

    def as_json(self) -> dict[str, Any]:
        """The counts as plain values."""
        return {
            "headline": self.headline,
            "rank_classes": class_names(RANK_ENDS, 1),
            "ranks": self.ranks,
            "hub_classes": class_names(HUB_ENDS, 0),
            "hubs": self.hubs,
        }


def class_names(ends: Sequence[int], first: int) -> list[str]:
    """ "1", "2–5", … "> 100" """
    starts = [first, *(end + 1 for end in ends[:-1])]
    closed = [f"{low}" if low == high else f"{low}–{high}" for low, high in zip(starts, ends, strict=True)]
    return [*closed, f"> {ends[-1]}"]


def main_ladder(rungs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the rungs that stand on each other from the first on; others stand beside."""
    names = [rungs[0]["name"]]
    for rung in rungs[1:]:
        if rung["below"] == names[-1] and not rung["transductive"]:
            names.append(rung["name"])
    return names


def examine(
    rungs: Sequence[Rung],
    banks: Mapping[str, ModelBanks],
    gallery: Gallery,
    crops: CropSettings,
    weighting: Weighting,
) -> Findings:
    """Look at each model's plain rung, LACLIP and the top of the ladder, scoring the test split again."""
    by_name = {rung.name: rung for rung in rungs}
    chain = main_ladder([{"name": r.name, "below": r.below, "transductive": r.transductive} for r in rungs])
    top = by_name[chain[-1]]
    shown = [name for name in chain if name in (*banks, LACLIP, top.name)]
    ranks: dict[Direction, dict[str, list[int]]] = {direction: {} for direction in DIRECTIONS}
    hubs: dict[Direction, dict[str, Mapping[str, Any]]] = {direction: {} for direction in DIRECTIONS}
    best: dict[Direction, tuple[Example, ...]] = {}
    worst: dict[Direction, tuple[Example, ...]] = {}
    for direction in DIRECTIONS:
        items = len(gallery.images if direction == "text_to_image" else gallery.texts)
        for name in shown:
            rung = by_name[name]
            scores = rung.fitted.scores(banks[rung.model].test)
            ranks[direction][name] = _in_classes(rung.evaluation[direction].metrics.rank, RANK_ENDS)
            first, values = _first_items(scores, direction, gallery, items)
            hubs[direction][name] = _hubs(first, items)
            if rung is top:
                found = _Answers(rung, scores, direction, gallery, first, values)
                best[direction], worst[direction] = found.best(), found.worst()
    pictures = _pictures(best, worst)
    return Findings(
        top.name, ranks, hubs, best, worst, _boxes(pictures, gallery, banks[top.model].test, crops, weighting)
    )


class _Answers:
    """The answers of one rung in one direction."""

    def __init__(
        self,
        rung: Rung,
        scores: Scores,
        direction: Direction,
        gallery: Gallery,
        first: Numbers,
        values: npt.NDArray[np.float32],
    ) -> None:
        self._metrics = rung.evaluation[direction].metrics
        self._scores, self._direction = scores, direction
        self._first, self._values = first, values
        self._right = positives_of(gallery, direction)

    def best(self) -> tuple[Example, ...]:
        """Those whose right item stands first with the widest margin over the first wrong one."""
        margins = [(self._margin(query), query) for query in self._metrics.queries.tolist()]
        chosen = sorted((-margin, query) for margin, query in margins if margin is not None)
        return tuple(self._example(query) for _, query in chosen[:EXAMPLES])

    def worst(self) -> tuple[Example, ...]:
        """Those whose first right item stands furthest down; what stands first is no failure."""
        pairs = zip(self._metrics.rank.tolist(), self._metrics.queries.tolist(), strict=True)
        chosen = sorted((-rank, query) for rank, query in pairs if rank > 1)
        return tuple(self._example(query) for _, query in chosen[:EXAMPLES])

    def _margin(self, query: int) -> float | None:
        right = set(self._right[query])
        if self._first[query, 0] not in right:
            return None
        wrong = [place for place, item in enumerate(self._first[query].tolist()) if item not in right]
        return float(self._values[query, 0] - self._values[query, wrong[0]]) if wrong else None

    def _example(self, query: int) -> Example:
        right = set(self._right[query])
        shown = self._first[query, :ANSWERS].tolist()
        answers = [
            Answer(item, place, float(value), item in right)
            for place, (item, value) in enumerate(
                zip(shown, self._values[query, :ANSWERS].tolist(), strict=True), start=1
            )
        ]
        if not right & set(shown):
            row = self._scores.rows(self._direction, query, query + 1)[0]
            item = max(sorted(right), key=lambda number: float(row[number]))
            answers.append(Answer(item, 1 + int((row > row[item]).sum()), float(row[item]), True))
        place = int(np.flatnonzero(self._metrics.queries == query)[0])
        return Example(query, float(self._metrics.rank[place]), tuple(answers))


def _first_items(
    scores: Scores, direction: Direction, gallery: Gallery, items: int
) -> tuple[Numbers, npt.NDArray[np.float32]]:
    """The first items of every query with their scores, [queries, HUB_K] or fewer."""
    queries = len(gallery.texts if direction == "text_to_image" else gallery.images)
    numbers, values = [], []
    for start in range(0, queries, CHUNK):
        top = scores.rows(direction, start, min(start + CHUNK, queries)).topk(min(HUB_K, items), dim=1)
        numbers.append(top.indices.cpu().numpy())
        values.append(top.values.float().cpu().numpy())
    return np.concatenate(numbers), np.concatenate(values)


def _hubs(first: Numbers, items: int) -> Mapping[str, Any]:
    occurs = np.bincount(first.reshape(-1), minlength=items)
    deviation = float(occurs.std())
    skew = float(((occurs - occurs.mean()) ** 3).mean() / deviation**3) if deviation else 0.0
    return {
        "k": first.shape[1],
        "skew": skew,
        "greatest": int(occurs.max()),
        "mean": float(occurs.mean()),
        "never": float((occurs == 0).mean()),
        "counts": _in_classes(occurs, HUB_ENDS),
    }


def _in_classes(values: npt.NDArray[Any], ends: Sequence[int]) -> list[int]:
    """How many values are in each class that `ends` close, and beyond; a rank of 2.5 counts with 2."""
    classes = np.searchsorted(ends, np.floor(values), side="left")
    return [int(count) for count in np.bincount(classes, minlength=len(ends) + 1)]


def _pictures(*examples: Mapping[Direction, Sequence[Example]]) -> list[int]:
    """The numbers of all pictures that the examples show."""
    found: set[int] = set()
    for by_direction in examples:
        found |= {a.item for example in by_direction["text_to_image"] for a in example.answers}
        found |= {example.query for example in by_direction["image_to_text"]}
    return sorted(found)


def _boxes(
    pictures: Sequence[int], gallery: Gallery, banks: Banks, crops: CropSettings, weighting: Weighting
) -> dict[int, Box]:
    if banks.crops is None or not pictures:
        return {}
    rows = list(pictures)
    weights = crop_weights(banks.whole[rows], banks.crops[rows], weighting)
    greatest = weights.max(dim=1)
    found = {}
    for number, crop, weight in zip(rows, greatest.indices.tolist(), greatest.values.tolist(), strict=True):
        image = gallery.images[number]
        width, height = first_frame(gallery, number).size
        left, top, right, bottom = crop_boxes((width, height), image.key, crops)[crop]
        found[number] = Box(left / width, top / height, right / width, bottom / height, weight)
    return found


def first_frame(gallery: Gallery, number: int) -> Image.Image:
    """A picture to look at; of a video, its first frame."""
    return gallery.images[number].frames()[0]
