from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_cards.duplicates.records import link
from dataset_cards.settings import SplitRatios
from dataset_cards.splits import SPLITS, assign_splits, components
from extractors.records import Pair
from tests.dataset_cards.shelf import make_book

RATIOS = SplitRatios()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_book(tmp_path_factory.mktemp("shelf"), "样书", 1).result.pairs[0]


def pair(
    model: Pair, name: str, group: str = "", book: str = "b", picture: str = "", parent: str | None = None
) -> Pair:
    return replace(
        model,
        pair_id=name,
        figure_id=f"figure-{name}",
        book_sha256=book,
        group=group or f"group-{name}",
        image_sha256=picture or f"picture-{name}",
        parent=parent,
    )


# A shelf as (book, group) of each pair; few books and groups, so that groups of several pairs arise.
SHELF = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=60)


def shelf_pairs(model: Pair, shelf: list[tuple[int, int]]) -> list[Pair]:
    return [
        pair(model, f"p{number}", group=str(group), book=str(book))
        for number, (book, group) in enumerate(shelf)
    ]


def test_pairs_that_share_group_parent_or_picture_are_one_component(model: Pair) -> None:
    pairs = [
        pair(model, "a", group="g"),
        pair(model, "b", group="g"),
        pair(model, "c", picture="picture-b"),
        pair(model, "d", parent="figure-c"),
        pair(model, "e"),
    ]
    assert [[p.pair_id for p in part] for part in components(pairs)] == [["a", "b", "c", "d"], ["e"]]


def test_names_given_inside_a_book_do_not_tie_pairs_of_other_books(model: Pair) -> None:
    pairs = [pair(model, "a", group="1", book="x"), pair(model, "b", group="1", book="y")]
    assert len(components(pairs)) == 2


def test_the_same_picture_ties_pairs_of_different_books(model: Pair) -> None:
    pairs = [pair(model, "a", book="x", picture="same"), pair(model, "b", book="y", picture="same")]
    assert len(components(pairs)) == 1


def test_links_tie_pairs_even_through_one_that_is_not_there(model: Pair) -> None:
    pairs = [pair(model, name) for name in ("a", "b", "c", "d")]
    links = [link("a", "b", "near text", 0.96), link("gone", "c", "near picture", 0.95)]
    links.append(link("gone", "d", "same picture", 1.0))
    parts = components(pairs, links)
    assert [[p.pair_id for p in part] for part in parts] == [["a", "b"], ["c", "d"]]
    splits = assign_splits(pairs, RATIOS, {"a": "test", "c": "val"}, parts)
    assert splits == {"a": "test", "b": "test", "c": "val", "d": "val"}


@pytest.mark.parametrize(
    ("sizes", "expected"), [([4], {"train"}), ([2, 2], {"train"}), ([1, 1, 1], {"train", "test"})]
)
def test_with_few_components_train_is_served_first(model: Pair, sizes: list[int], expected: set[str]) -> None:
    pairs = [
        pair(model, f"{part}-{i}", group=str(part)) for part, size in enumerate(sizes) for i in range(size)
    ]
    assert set(assign_splits(pairs, RATIOS).values()) == expected


def test_nothing_in_gives_nothing_out() -> None:
    assert assign_splits([], RATIOS) == {}


@given(shelf=SHELF)
def test_a_group_of_new_pairs_is_never_divided(model: Pair, shelf: list[tuple[int, int]]) -> None:
    pairs = shelf_pairs(model, shelf)
    splits = assign_splits(pairs, RATIOS)
    groups = defaultdict(set)
    for item in pairs:
        groups[item.book_sha256, item.group].add(splits[item.pair_id])
    assert set(splits) == {item.pair_id for item in pairs}
    assert all(len(found) == 1 for found in groups.values())


@given(shelf=SHELF, order=st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(model: Pair, shelf: list[tuple[int, int]], order: object) -> None:
    pairs = shelf_pairs(model, shelf)
    shuffled = list(pairs)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign_splits(shuffled, RATIOS) == assign_splits(pairs, RATIOS)


@given(shelf=SHELF, cut=st.integers(0, 60))
def test_new_books_never_move_old_pairs(model: Pair, shelf: list[tuple[int, int]], cut: int) -> None:
    pairs = shelf_pairs(model, shelf)
    old = assign_splits(pairs[:cut], RATIOS)
    new = assign_splits(pairs, RATIOS, old)
    assert {pair_id: new[pair_id] for pair_id in old} == old


def test_new_pairs_follow_the_old_ones_they_are_tied_to(model: Pair) -> None:
    pairs = [pair(model, "old", group="g"), pair(model, "new", group="g")]
    for split in SPLITS:
        assert assign_splits(pairs, RATIOS, {"old": split})["new"] == split


def test_between_old_pairs_of_two_splits_new_pairs_go_to_the_stricter(model: Pair) -> None:
    pairs = [pair(model, name, group="g") for name in ("a", "b", "new")]
    splits = assign_splits(pairs, RATIOS, {"a": "train", "b": "test"})
    assert splits == {"a": "train", "b": "test", "new": "test"}


def shares(splits: dict[str, str]) -> dict[str, float]:
    counts = Counter(splits.values())
    return {split: counts[split] / len(splits) for split in SPLITS}


def near_target(splits: dict[str, str]) -> bool:
    found = shares(splits)
    return all(abs(found[split] - share) < 0.01 for split, share in zip(SPLITS, (0.7, 0.1, 0.2), strict=True))


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 1000),
    giant=st.sampled_from([0, 300, 900, 2000]),
    largest=st.sampled_from([1, 6, 40]),
)
def test_sizes_are_within_a_point_of_the_target_at_the_size_of_culti(
    model: Pair, seed: int, giant: int, largest: int
) -> None:
    total, pairs = 5726, []
    pairs += [pair(model, f"giant-{i}", group="giant") for i in range(giant)]
    while len(pairs) < total:
        size = 1 + hashlib.sha256(f"{seed} {len(pairs)}".encode()).digest()[0] % largest
        group = f"g{len(pairs)}"
        pairs += [pair(model, f"{group}-{i}", group=group) for i in range(min(size, total - len(pairs)))]
    assert near_target(assign_splits(pairs, RATIOS))


@pytest.mark.parametrize("size", [7, 25, 50])
def test_many_components_of_one_size_are_divided_within_a_point(model: Pair, size: int) -> None:
    pairs = [pair(model, f"p{i}", group=f"g{i // size}") for i in range(5726)]
    assert near_target(assign_splits(pairs, RATIOS))


def test_most_components_fall_where_their_lot_says_whatever_else_there_is(model: Pair) -> None:
    many = [pair(model, f"p{i}") for i in range(4000)]
    some = assign_splits(many[:2000], RATIOS)
    together = assign_splits(many, RATIOS)
    assert np.mean([together[name] == split for name, split in some.items()]) > 0.95


def test_a_giant_goes_to_train(model: Pair) -> None:
    pairs = [pair(model, f"p{i}", group="giant" if i < 150 else "") for i in range(1000)]
    assert assign_splits(pairs, RATIOS)["p0"] == "train"


def test_a_split_without_parts_stays_empty(model: Pair) -> None:
    pairs = [pair(model, str(i)) for i in range(20)]
    splits = assign_splits(pairs, SplitRatios(train=1, val=0, test=1))
    assert Counter(splits.values()) == {"train": 10, "test": 10}
