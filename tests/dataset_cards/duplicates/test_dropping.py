from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dataset_cards.duplicates.dropping import dropped_pairs
from dataset_cards.duplicates.search import find_links, sketches_of
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair
from extractors.sample_books.pictures.murals import mural
from tests.dataset_cards.duplicates.drawn import pair_of, scaled
from tests.dataset_cards.shelf import make_book

TEXT = "以联珠圈为骨架，圈内对鸟立于花台之上，颈系绶带，圈外饰十样花，此类纹样盛行于隋唐。"


@pytest.fixture
def shown(tmp_path: Path) -> dict[str, tuple[Pair, Path]]:
    """a and b repeat each other; c has their picture, d their text; e is a smaller print with a slip."""
    model = make_book(tmp_path / "shelf", "样书", 1).result.pairs[0]
    rng = np.random.default_rng(1)
    picture, other = mural(rng, "seated", 300, 220), mural(rng, "flying", 300, 220)
    drawn = {
        "a": (picture, TEXT),
        "b": (picture, TEXT.replace("，", " ")),
        "c": (picture, "一只飞翔的海东青，口衔绶带，双翅平展。"),
        "d": (other, TEXT),
        "e": (scaled(picture, rng), TEXT.replace("绶", "缓")),
    }
    return {
        name: pair_of(model, tmp_path, name, image, description=text, confidence=0.5)
        for name, (image, text) in drawn.items()
    }


def dropped(
    shown: dict[str, tuple[Pair, Path]], drop: str, published: Container[str] = ()
) -> list[tuple[str, str, str | None]]:
    settings = DuplicateSettings.model_validate({"drop": drop})
    pairs = list(shown.values())
    with sketches_of(pairs) as sketches:
        links = find_links(pairs, sketches, settings)
        found = dropped_pairs([pair for pair, _ in pairs], links, sketches, settings, published)
    return [(item.pair.pair_id, item.reason, item.of) for item in found]


def changed(shown: dict[str, tuple[Pair, Path]], name: str, **changes: object) -> None:
    pair, source = shown[name]
    shown[name] = replace(pair, **changes), source  # type: ignore[arg-type]


def test_nothing_is_dropped_unless_asked_for(shown: dict[str, tuple[Pair, Path]]) -> None:
    assert dropped(shown, "none") == []


def test_only_what_repeats_both_picture_and_text_is_dropped(shown: dict[str, tuple[Pair, Path]]) -> None:
    assert dropped(shown, "same") == [("b", "same-pair", "a")]
    assert dropped(shown, "near") == [("b", "same-pair", "a"), ("e", "near-pair", "a")]


def test_the_kept_one_is_the_published_the_reviewed_the_surest_the_largest(
    shown: dict[str, tuple[Pair, Path]],
) -> None:
    changed(shown, "e", width=4000, height=2933)
    assert ("a", "near-pair", "e") in dropped(shown, "near")
    changed(shown, "a", confidence=0.6)
    assert dropped(shown, "near") == [("b", "same-pair", "a"), ("e", "near-pair", "a")]
    changed(shown, "b", review="accepted")
    assert dropped(shown, "near") == [("a", "same-pair", "b"), ("e", "near-pair", "b")]
    assert dropped(shown, "near", published={"a"}) == [("b", "same-pair", "a"), ("e", "near-pair", "a")]
