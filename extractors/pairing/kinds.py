"""What kind of picture a figure is: by its role in an entry, else by a model of its words and its look.

The model is multinomial logistic regression. Its features are the subjects that words name
(`grammar.subjects`) in title, caption and description, and in all captions of the book; the label's word;
measures of the picture (`look`) and its size. `python -m extractors.fitting.kinds` writes its weights.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from statistics import median
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from extractors.geometry import Box, area, height, width
from extractors.grammar.captions import parse_label
from extractors.grammar.subjects import head_of, subjects_of
from extractors.grammar.words import LABELS, SUBJECTS
from extractors.look import Look
from extractors.pairing.drafts import Draft
from extractors.records import Kind, Region

WEIGHTS = "kinds.json"
DESCRIBED = 80
"""Characters of a description that are looked at: its first sentences say what is shown."""
WHITE, BLACK = 235, 60
"""Lightness (of 255) of a white and of a black ground."""
CROSSED = ("motif", "cloth", "garment")
"""Subjects that are a pattern or a textile as the picture looks ..."""
CROSSED_LOOKS = ("repeat", "ground apart", "uneven", "ground white", "ground black")
"""... in these measures."""
ROLES = ("pattern", "textile", "cropped")
"""Parts in a catalogue entry that are kinds by themselves."""


@dataclass(frozen=True, slots=True)
class KindModel:
    """Fitted weights: the score of a kind is its row of `weights` times the features, the last of them 1."""

    kinds: tuple[Kind, ...]
    features: tuple[str, ...]
    weights: NDArray[np.float64]
    """Kinds x (features + 1)."""

    def scores(self, features: Mapping[str, float]) -> dict[Kind, float]:
        """How probable each kind is, 0..1."""
        values = np.array([*(features.get(name, 0.0) for name in self.features), 1.0])
        logits = self.weights @ values
        shares = np.exp(logits - logits.max())
        return dict(zip(self.kinds, (shares / shares.sum()).tolist(), strict=True))

    def best(self, features: Mapping[str, float]) -> Kind:
        """The most probable kind."""
        scores = self.scores(features)
        return max(scores, key=lambda kind: (scores[kind], kind))


@cache
def shipped_model() -> KindModel:
    """The model in use."""
    stored = json.loads(files("extractors.pairing").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return KindModel(tuple(stored["kinds"]), tuple(stored["features"]), np.array(stored["weights"]))


class Captioned(Protocol):
    """A figure with its words: a draft, or a pair of a book that was read before."""

    @property
    def title(self) -> str: ...
    @property
    def caption(self) -> str: ...
    @property
    def bbox(self) -> Box: ...


@dataclass(frozen=True, slots=True)
class BookFigures:
    """What the figures of a book have in common."""

    subjects: Mapping[str, float]
    """The share of its captioned figures whose words name each kind of subject, 0..1."""
    usual_area: float
    """The median area of its figures in square points."""

    @classmethod
    def of(cls, drafts: Sequence[Captioned]) -> BookFigures:
        """Those of all figures of a book."""
        told = [subjects_of(f"{d.title} {d.caption}") for d in drafts if d.caption or d.title]
        counts = Counter(kind for kinds in told for kind in kinds)
        usual = median(area(draft.bbox) for draft in drafts) if drafts else 1.0
        return cls({kind: count / len(told) for kind, count in sorted(counts.items())}, usual)


def kinds_of(drafts: Sequence[Draft], looks: Sequence[Look | None]) -> list[Kind]:
    """The kinds of all figures of a book; their looks as far as they are known."""
    book = BookFigures.of(drafts)
    found: list[Kind] = []
    for draft, look in zip(drafts, looks, strict=True):
        if draft.kind is not None:
            found.append(draft.kind)
        elif draft.role in ROLES:
            found.append(cast(Kind, draft.role))
        else:
            found.append(shipped_model().best(features_of(draft, look, book)))
    return found


def kind_of_drawn(
    bbox: Box, title: str, caption: str, description: str, look: Look | None, book: BookFigures
) -> Kind:
    """The kind of a figure that a person drew at `bbox` (points), by the same words and looks."""
    draft = Draft(1, Region(bbox, "image"), title=title, caption=caption, description=description)
    features = features_of(draft, look, book)
    if label := parse_label(caption):
        features |= {"label none": 0.0, f"label {label[0].kind}": 1.0}
    return shipped_model().best(features)


def features_of(draft: Draft, look: Look | None, book: BookFigures) -> dict[str, float]:
    """What speaks for one kind or another, by name; what is missing is 0."""
    found = {f"book {kind}": share for kind, share in book.subjects.items()}
    if head := head_of(draft.title):
        found[f"head {head}"] = 1.0
    texts = {"title": draft.title, "caption": draft.caption, "description": draft.description[:DESCRIBED]}
    for place, text in texts.items():
        found |= {f"{place} {kind}": 1.0 for kind in subjects_of(text)}
    label = draft.candidate.label if draft.candidate is not None else None
    found[f"label {label.kind if label is not None else 'none'}"] = 1.0
    found[f"source {draft.region.source}"] = 1.0
    found["longer"] = log(max(width(draft.bbox), 1.0) / max(height(draft.bbox), 1.0))
    found["larger"] = log(max(area(draft.bbox), 1.0) / max(book.usual_area, 1.0)) / 2
    if look is None:
        return found
    seen = _look_features(look)
    named = [kind for kind in CROSSED if f"title {kind}" in found]
    return found | seen | {f"{kind} x {name}": seen[name] for kind in named for name in CROSSED_LOOKS}


def _look_features(look: Look) -> dict[str, float]:
    """The measures of a look, each about as wide as the others."""
    apart = float(np.hypot(look.ground[1] - look.main[1], look.ground[2] - look.main[2])) / 40
    return {
        "grey": look.grey,
        "ground light": look.ground[0] / 255,
        "ground white": float(look.ground[0] >= WHITE),
        "ground black": float(look.ground[0] <= BLACK),
        "main light": look.main[0] / 255,
        "ground apart": apart + abs(look.ground[0] - look.main[0]) / 128,
        "uneven": look.uneven / 64,
        "paper": look.paper,
        "ink": look.ink,
        "drawn": look.paper * look.grey,
        "strokes": look.strokes * 10,
        "tones": look.tones,
        "chroma": look.chroma * 4,
        "hues": look.hues * 4,
        "edges": look.edges * 5,
        "repeat": look.repeat,
        "repeat coloured": look.repeat * (1 - look.grey),
        "warm": (look.main[2] - 128) / 32,
    }


FEATURES = (
    *(
        f"{place} {kind}"
        for place in ("head", "title", "caption", "description", "book")
        for kind in SUBJECTS
    ),
    *(f"label {kind}" for kind in (*LABELS, "none")),
    *(f"source {source}" for source in ("image", "drawing", "scan")),
    "longer",
    "larger",
    *_look_features(Look((0, 0, 0), (0, 0, 0), 0)),
    *(f"{kind} x {name}" for kind in CROSSED for name in CROSSED_LOOKS),
)
"""The names of all features."""
