"""Figures keep their ids and splits however they are read again."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_cards.identity.inherit import inherit
from dataset_cards.identity.records import Figure, History
from extractors.geometry import Box
from extractors.records import Pair
from tests.dataset_cards.duplicates.drawn import families
from tests.dataset_cards.identity.readings import (
    Drawn,
    Memory,
    Studio,
    by_key,
    moved_pages,
    two_a_page,
)

STEPS = (
    "jitter",
    "shake",
    "saved again",
    "encoded again",
    "other order",
    "pages inserted",
    "renamed",
    "away",
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "dataset")


def figure(pair: Pair, split: str = "train", **changes: object) -> Figure:
    """What is remembered of a pair."""
    made = Figure(
        pair.pair_id, split, pair.book_sha256, pair.book_title, pair.page, pair.bbox, pair.figure_id,
        pair.group, pair.parent, pair.image_sha256, pair.image_phash, pair.width, pair.height, "v0001",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def history_of(*figures: Figure) -> History:
    return History({item.pair_id: item for item in figures})


@pytest.mark.parametrize("jitter", [0.5, 2.0, 5.0])
def test_edges_that_move_change_no_id(studio: Studio, memory: Memory, jitter: float) -> None:
    figures = two_a_page("丝绸", 60)
    first = by_key(memory.publish(studio.read("丝绸", figures)))
    for seed in range(3):
        again = memory.publish(studio.read("丝绸", figures, jitter=jitter, seed=seed))
        assert by_key(again) == first


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sets(st.sampled_from(STEPS), min_size=1, max_size=4), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_once_test_always_test(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory, steps: list[set[str]], seed: int
) -> None:
    memory = Memory(tmp_path_factory.mktemp("dataset"))
    rng = random.Random(seed)
    figures, other = two_a_page("壁画", 14), two_a_page("石窟", 8)
    known = by_key(memory.publish(studio.read("壁画", figures), studio.read("石窟", other)))
    file, name = "first", "壁画"
    for number, step in enumerate(steps):
        if step & {"saved again", "encoded again", "other order", "pages inserted"}:
            file = f"file {number}"
        if "other order" in step:
            pages = sorted({drawn.page for drawn in figures})
            figures = moved_pages(figures, dict(zip(pages, rng.sample(pages, len(pages)), strict=True)))
        if "pages inserted" in step:
            at = rng.randint(1, 7)
            figures = moved_pages(figures, {d.page: d.page + 2 if d.page >= at else d.page for d in figures})
        if "renamed" in step:
            name = f"壁画{number}"
        jitter = 4.0 if "shake" in step else 0.5 if "jitter" in step else 0.0
        again = studio.read(
            "壁画", figures, file=file, name=name, jitter=jitter, seed=number,
            encoded_again="encoded again" in step,
        )  # fmt: skip
        shelf = [studio.read("石窟", other, jitter=0.5, seed=number)]
        if "away" not in step:
            shelf.append(again)
        for key, found in by_key(memory.publish(*shelf)).items():
            assert known[key] == found


BOXES = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(40, 200), st.integers(40, 200)).map(
    lambda v: (float(v[0]), float(v[1]), float(v[0] + v[2]), float(v[1] + v[3]))
)


@settings(max_examples=200, deadline=None)
@given(first=BOXES, second=BOXES, moves=st.lists(st.floats(-1.5, 1.5), min_size=8, max_size=8))
def test_two_figures_of_a_page_never_swap_their_ids(
    studio: Studio, first: Box, second: Box, moves: list[float]
) -> None:
    boxes = (first, second)
    if max(abs(a - b) for a, b in zip(first, second, strict=True)) < 6:
        return  # two readings of one figure rather than two figures
    book = studio.read("对页", [Drawn(f"对页-{n}", 1, box) for n, box in enumerate(boxes)])
    history = history_of(*(figure(pair) for pair in book.result.pairs))
    again = [
        Drawn(f"对页-{n}", 1, tuple(edge + move for edge, move in zip(box, moves[4 * n :], strict=False)))  # type: ignore[arg-type]
        for n, box in enumerate(boxes)
    ]
    read = studio.read("对页", again)
    kept = inherit([(pair, Path()) for pair in reversed(read.result.pairs)], history).pairs
    assert {pair.number: pair.pair_id for pair, _ in kept} == {
        pair.number: pair.pair_id for pair in book.result.pairs
    }


def test_a_figure_beside_a_test_figure_is_free_of_it(studio: Studio) -> None:
    left = Drawn("左", 1, (60.0, 80.0, 200.0, 200.0))
    touching = Drawn("右", 1, (197.0, 80.0, 340.0, 200.0))
    (old,) = studio.read("相接", [left]).result.pairs
    read = studio.read("相接", [left, touching], jitter=2.0).result.pairs
    kept = inherit([(pair, Path()) for pair in read], history_of(figure(old, "test")))
    assert kept.pairs[0][0].pair_id == old.pair_id
    assert kept.follows == {}


@pytest.mark.parametrize("cut", [165.0, 130.0, 95.0])
def test_of_a_figure_taken_apart_the_larger_part_keeps_the_id_and_both_the_split(
    studio: Studio, memory: Memory, cut: float
) -> None:
    whole, beside = Drawn("全", 1, (60.0, 80.0, 200.0, 200.0)), Drawn("旁", 2, (60.0, 80.0, 200.0, 200.0))
    (old, _) = studio.read("分图", [whole, beside]).result.pairs
    parts = [Drawn("甲", 1, (60.0, 80.0, cut, 200.0)), Drawn("乙", 1, (cut, 80.0, 200.0, 200.0)), beside]
    read = studio.read("分图", parts).result.pairs
    kept = inherit([(pair, Path()) for pair in read], history_of(figure(old, "test")))
    ids = {pair.number: pair.pair_id for pair, _ in kept.pairs}
    heir, other = ("甲", "乙") if cut >= 130 else ("乙", "甲")
    assert ids[heir] == old.pair_id
    assert len(set(ids.values())) == 3
    assert kept.follows == {ids[other]: "test"}


def test_a_training_figure_that_grows_over_a_test_figure_becomes_a_new_test_figure(studio: Studio) -> None:
    large, small = Drawn("大", 1, (60.0, 80.0, 200.0, 200.0)), Drawn("小", 1, (200.0, 80.0, 250.0, 200.0))
    train, test = studio.read("并图", [large, small]).result.pairs
    (read,) = studio.read("并图", [Drawn("并", 1, (60.0, 80.0, 250.0, 200.0))]).result.pairs
    kept = inherit([(read, Path())], history_of(figure(train), figure(test, "test")))
    ((pair, _),) = kept.pairs
    assert pair.pair_id not in (train.pair_id, test.pair_id)
    assert kept.follows == {pair.pair_id: "test"}


def test_a_new_figure_never_gets_the_id_of_an_old_one(studio: Studio) -> None:
    (read,) = studio.read("同号", [Drawn("新", 3, (60.0, 80.0, 200.0, 200.0))]).result.pairs
    elsewhere = figure(read, page=9, image_sha256="0", image_phash="")
    ((pair, _),) = inherit([(read, Path())], history_of(elsewhere)).pairs
    assert pair.pair_id != read.pair_id
    assert len(pair.pair_id) == 16


def test_an_old_figure_of_which_only_the_id_is_known_is_known_by_it(studio: Studio) -> None:
    (read,) = studio.read("旧版", [Drawn("新", 3, (60.0, 80.0, 200.0, 200.0))]).result.pairs
    ((pair, _),) = inherit([(read, Path())], history_of(figure(read, page=0))).pairs
    assert pair.pair_id == read.pair_id


@pytest.mark.parametrize("file", ["first", "again"])
def test_of_two_readings_of_one_figure_that_of_the_version_before_counts(studio: Studio, file: str) -> None:
    drawn = Drawn("重号", 1, (60.0, 80.0, 200.0, 200.0))
    (old,) = studio.read("重号", [drawn]).result.pairs
    (read,) = studio.read("重号", [drawn], file=file).result.pairs
    before = figure(old, pair_id="ffff", bbox=(61.0, 79.0, 203.0, 201.0))
    earlier = figure(old, pair_id="0000", held=False)
    ((pair, _),) = inherit([(read, Path())], history_of(before, earlier)).pairs
    assert pair.pair_id == "ffff"


def test_groups_and_parents_go_with_the_ids(studio: Studio) -> None:
    boxes: list[Box] = [(60.0, 80.0, 200.0, 200.0), (60.0, 220.0, 200.0, 300.0), (60.0, 320.0, 200.0, 400.0)]
    figures = [Drawn(f"组-{n}", 1, box, group="entry-1") for n, box in enumerate(boxes)]
    old = list(studio.read("组图", figures).result.pairs)
    old[1] = replace(old[1], parent=old[0].figure_id)
    read = list(studio.read("组图", figures, file="again", jitter=3.0).result.pairs)
    read[1] = replace(read[1], parent=read[0].figure_id)
    stranger = studio.read(
        "组图", [Drawn("别", 2, boxes[0], group="entry-1-other")], file="again"
    ).result.pairs[0]
    stranger = replace(stranger, group=old[0].group)  # a name that an old group has
    kept = [
        p for p, _ in inherit([(p, Path()) for p in [*read, stranger]], history_of(*map(figure, old))).pairs
    ]
    assert [(p.pair_id, p.figure_id, p.group, p.parent) for p in kept[:3]] == [
        (p.pair_id, p.figure_id, p.group, p.parent) for p in old
    ]
    assert kept[3].group != old[0].group
    assert all(pair.book_sha256 == read[0].book_sha256 for pair in kept)


def test_a_picture_printed_again_in_another_book_stays_in_its_split_under_an_id_of_its_own(
    studio: Studio, memory: Memory
) -> None:
    figures = two_a_page("全集", 30)
    first = by_key(memory.publish(studio.read("全集", figures)))
    key = next(key for key, (_, split) in first.items() if split == "test")
    shown = next(drawn for drawn in figures if drawn.key == key)
    other = [replace(shown, page=1), *two_a_page("选本", 9)]
    # The book is gone, the other one holds a tenth of its figures from it: no copy of the book.
    second = by_key(memory.publish(studio.read("选本", other, file="other", encoded_again=True)))
    assert second[key][0] != first[key][0]
    assert second[key][1] == "test"


def test_two_books_put_into_one_file_and_taken_apart_again(studio: Studio, memory: Memory) -> None:
    one, two = two_a_page("上册", 10), two_a_page("下册", 6)
    first = by_key(memory.publish(studio.read("上册", one), studio.read("下册", two)))
    both = [*one, *(replace(drawn, page=drawn.page + 5) for drawn in two)]
    assert by_key(memory.publish(studio.read("合订", both))) == first
    assert (
        by_key(memory.publish(studio.read("上册", one, file="b"), studio.read("下册", two, file="b")))
        == first
    )


def test_another_book_with_the_same_page_layout_inherits_nothing(studio: Studio, memory: Memory) -> None:
    first = by_key(memory.publish(studio.read("甲", two_a_page("甲", 20))))
    second = by_key(memory.publish(studio.read("乙", two_a_page("乙", 20), file="other")))
    assert not {pair_id for pair_id, _ in first.values()} & {pair_id for pair_id, _ in second.values()}


def test_pictures_of_one_series_are_told_apart_when_their_book_is_saved_again(
    studio: Studio, memory: Memory
) -> None:
    bowls = {name: p for name, p in families(np.random.default_rng(3)).items() if name.startswith("bowl")}
    studio.given |= bowls
    figures = [Drawn(name, page, (60.0, 80.0, 200.0, 255.0)) for page, name in enumerate(bowls, start=1)]
    first = by_key(memory.publish(studio.read("瓷器", figures)))
    pages = list(range(1, len(figures) + 1))
    moved = moved_pages(figures, dict(zip(pages, random.Random(4).sample(pages, len(pages)), strict=True)))
    assert by_key(memory.publish(studio.read("瓷器", moved, file="again", encoded_again=True))) == first


def test_a_plate_that_a_later_printing_replaced_is_a_new_figure(studio: Studio, memory: Memory) -> None:
    figures = two_a_page("图版", 10)
    first = by_key(memory.publish(studio.read("图版", figures)))
    again = [*figures[:-1], replace(figures[-1], key="换图")]
    second = by_key(memory.publish(studio.read("图版", again, file="again", encoded_again=True)))
    assert second.pop("换图")[0] not in {pair_id for pair_id, _ in first.values()}
    assert second.items() <= first.items()


def test_the_order_of_pairs_does_not_matter(studio: Studio) -> None:
    figures = two_a_page("次序", 12)
    history = history_of(*(figure(p) for p in studio.read("次序", figures).result.pairs))
    read = [(p, Path()) for p in studio.read("次序", figures, file="again", jitter=2.0).result.pairs]
    shuffled = random.Random(1).sample(read, len(read))
    ids = {pair.number: pair for pair, _ in inherit(read, history).pairs}
    assert ids == {pair.number: pair for pair, _ in inherit(shuffled, history).pairs}
