from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from dataset_cards.duplicates.likeness import Sketch, likeness, sketch
from dataset_cards.duplicates.records import Link
from dataset_cards.duplicates.search import find_links, sketches_of
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.settings import DuplicateSettings
from extractors.crops import phash
from extractors.records import Pair
from extractors.sample_books.pictures.base import Picture
from extractors.sample_books.pictures.murals import mural
from tests.dataset_cards.duplicates.drawn import PRINTS, blank, families, pair_of
from tests.dataset_cards.shelf import make_book

SETTINGS = DuplicateSettings()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_book(tmp_path_factory.mktemp("shelf"), "样书", 1).result.pairs[0]


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    return families(np.random.default_rng(5), subjects=4)


def links(shown: list[tuple[Pair, Path]], **changes: object) -> list[Link]:
    settings = DuplicateSettings.model_validate(changes)
    with sketches_of(shown) as sketches:
        return [link for link in find_links(shown, sketches, settings) if "picture" in link.why]


def seen(picture: Picture) -> Sketch:
    return sketch(np.ascontiguousarray(picture[..., ::-1]))


def test_sketches_come_back_from_their_bytes(pictures: dict[str, Picture]) -> None:
    one = seen(next(iter(pictures.values())))
    again = Sketch.from_bytes(one.to_bytes())
    assert (again.grey == one.grey).all()
    assert (again.hue == one.hue).all()
    assert likeness(one, again) > 0.97


@pytest.mark.parametrize("print_of", PRINTS.values(), ids=PRINTS.keys())
def test_prints_of_one_picture_are_confirmed(pictures: dict[str, Picture], print_of: object) -> None:
    rng = np.random.default_rng(1)
    found = [likeness(seen(p), seen(print_of(p, rng))) for p in pictures.values()]  # type: ignore[operator]
    assert np.mean(np.array(found) >= SETTINGS.picture_likeness) > 0.9


def test_other_patterns_that_their_hashes_take_for_the_same_are_not_confirmed(
    pictures: dict[str, Picture],
) -> None:
    hashes = {name: int(phash(picture), 16) for name, picture in pictures.items()}
    proposed = [
        (one, other)
        for one, other in combinations(pictures, 2)
        if (hashes[one] ^ hashes[other]).bit_count() <= SETTINGS.picture_bits
    ]
    assert len(proposed) > 10  # the hash alone would link them
    wrong = [
        (one, other)
        for one, other in proposed
        if likeness(seen(pictures[one]), seen(pictures[other])) >= SETTINGS.picture_likeness
    ]
    assert wrong == []


def test_a_print_of_a_picture_is_linked_and_nothing_else(
    pictures: dict[str, Picture], model: Pair, tmp_path: Path
) -> None:
    rng = np.random.default_rng(2)
    names = ["pearl bird", "robe bird", "robe beast", "mural bird"]
    shown = [pair_of(model, tmp_path, name.replace(" ", "-"), pictures[name]) for name in names]
    shown.append(pair_of(model, tmp_path, "z-print", PRINTS["rescaled to 45 %"](pictures["pearl bird"], rng)))
    shown.append(pair_of(model, tmp_path, "z-same", pictures["mural bird"]))
    found = links(shown)
    assert [(link.first, link.second, link.why) for link in found] == [
        ("mural-bird", "z-same", "same picture"),
        ("pearl-bird", "z-print", "near picture"),
    ]
    assert links(list(reversed(shown))) == found
    assert links(shown, picture_bits=0, picture_likeness=1.0) == found[:1]


def test_plain_cloth_is_linked_to_nothing_however_much_there_is(model: Pair, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    shown = [pair_of(model, tmp_path, f"p{n}", blank(rng, 64, 64), image_phash="0" * 16) for n in range(60)]
    assert links(shown) == []


def test_many_prints_with_one_hash_are_one_chain(model: Pair, tmp_path: Path) -> None:
    picture = mural(np.random.default_rng(4), "seated", 200, 160)
    shown = []
    for n in range(20):
        marked = picture.copy()
        marked[0, 0] = n
        shown.append(pair_of(model, tmp_path, f"p{n:02d}", marked, image_phash="f0" * 8))
    found = links(shown)
    assert [(link.first, link.second) for link in found] == [("p00", f"p{n:02d}") for n in range(1, 20)]


def test_mirrored_and_turned_prints_are_linked_only_on_demand(model: Pair, tmp_path: Path) -> None:
    picture = mural(np.random.default_rng(6), "seated", 300, 280)
    turned = [
        np.ascontiguousarray(np.rot90(side, turn))
        for side in (picture, picture[:, ::-1])
        for turn in range(4)
    ]
    shown = [pair_of(model, tmp_path, f"p{n}", each) for n, each in enumerate(turned)]
    assert links(shown) == []
    found = links(shown, turned=True)
    joined = {"p0"}
    for _ in pairwise(range(9)):
        joined |= {
            name for link in found if {link.first, link.second} & joined for name in (link.first, link.second)
        }
    assert joined == {f"p{n}" for n in range(8)}


def test_a_crop_that_is_missing_or_no_picture_is_named(model: Pair, tmp_path: Path) -> None:
    picture = mural(np.random.default_rng(7), "seated", 100, 100)
    other = picture.copy()
    other[0, 0] = 0
    shown = [pair_of(model, tmp_path, "a", picture), pair_of(model, tmp_path, "b", other)]
    shown[1][1].write_bytes(b"")
    with pytest.raises(DamagedWorkspaceError, match=r"样书, page 1: the crop .*b\.png.*verify --repair"):
        links(shown)
    shown[1][1].unlink()
    with pytest.raises(DamagedWorkspaceError, match="cannot be read"):
        links(shown)
