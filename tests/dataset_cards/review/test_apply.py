"""Corrections applied to readings of books: what each does, and that it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_cards.assembly import Assembly, BookEntry
from dataset_cards.review.corrections import Correction
from dataset_cards.review.figures import made_id
from extractors.geometry import Box
from extractors.records import Pair, Unmatched
from tests.dataset_cards.identity.readings import Drawn, Memory, Studio, moved_pages, two_a_page

FIGURES = two_a_page("锦", 10)
Make = Callable[..., Correction]


def correction(number: int, about: Pair | Drawn | BookEntry, action: str, **data: Any) -> Correction:
    """The decision with this number, in time as well, about a pair, or about a place of a book."""
    place: dict[str, Any] = {"page": data.pop("page", 1), "bbox": data.pop("at", None)}
    if isinstance(about, Pair):
        place = {"page": about.page, "bbox": about.bbox, "pair_id": about.pair_id}
    book = about.book_sha256 if isinstance(about, Pair) else about.result.sha256  # type: ignore[union-attr]
    when = f"2026-11-30T12:00:{number:02}.000000Z"
    head = {"id": f"c{number}", "when": when, "who": "甲", "book": book}
    return Correction.model_validate({**head, **place, "action": action, "data": data})


def pairs_of(assembly: Assembly) -> dict[str, Pair]:
    return {item.pair.pair_id: item.pair for item in assembly.pairs}


def in_order(assembly: Assembly) -> list[Pair]:
    """By page and place, not by split."""
    return sorted(pairs_of(assembly).values(), key=lambda pair: (pair.page, pair.bbox))


def states(assembly: Assembly) -> dict[str, str]:
    return {item.pair_id: item.state for item in assembly.reviewed}


def all_kinds(pairs: list[Pair], book: BookEntry) -> list[Correction]:
    """One decision of every kind, each about another figure of `FIGURES`."""
    left, right, bottom = (
        (60, 80, 130, 185),
        (130, 80, 200, 185),
        (220, 300, 360, 405),
    )
    return [
        correction(1, pairs[0], "accept"),
        correction(2, pairs[1], "reject", reason="another figure's text"),
        correction(3, pairs[2], "edit", title="新题", description="新的说明"),
        correction(4, pairs[3], "box", bbox=[225, 310, 300, 400]),
        correction(5, pairs[4], "split", boxes=[left, right]),
        correction(6, pairs[5], "remove"),
        correction(7, pairs[6], "merge", boxes=[bottom], bbox=[60, 80, 360, 405]),
        correction(8, pairs[8], "relink", caption={"text": "图9 鸟纹", "page": 4, "bbox": [1, 2, 30, 9]}),
        correction(9, book, "add", page=2, at=[300, 20, 380, 70], caption="图20 花", kind="pattern"),
    ]


def outcome(assembly: Assembly) -> dict[str, Any]:
    """What review made of a version: what must last through any reading of the same book."""
    decided = {item.pair_id: item for item in assembly.reviewed}
    splits = {item.pair.pair_id: item.split for item in assembly.pairs}
    return {
        "splits": splits,
        "states": {pair_id: (item.state, item.reason) for pair_id, item in decided.items()},
        "texts": {
            pair.pair_id: (pair.title, pair.description, pair.description_source, pair.kind, pair.review)
            for pair in pairs_of(assembly).values()
        },
        "drawn": {
            pair.pair_id: (pair.bbox, pair.image_sha256)
            for pair in pairs_of(assembly).values()
            if "image_sha256" in getattr(decided.get(pair.pair_id), "columns", ())
        },
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=3), jitter=st.floats(0, 3))
def test_corrections_survive_jitter(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory, seeds: list[int], jitter: float
) -> None:
    memory = Memory(tmp_path_factory.mktemp("memory"))
    book = studio.read("锦", FIGURES)
    corrections = all_kinds(in_order(memory.publish(book)), book)
    first = outcome(memory.publish(book, corrections=corrections))
    for seed in seeds:
        again = studio.read("锦", FIGURES, jitter=jitter, seed=seed)
        assert outcome(memory.publish(again, corrections=corrections)) == first


def test_what_each_decision_does(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    pairs = in_order(memory.publish(book))
    made = memory.publish(book, corrections=all_kinds(pairs, book))
    now = pairs_of(made)
    accepted, rejected, edited, boxed, halved, removed, merged, gone, relinked, _ = (p.pair_id for p in pairs)
    part, added = made_id(all_kinds(pairs, book)[4], 1), made_id(all_kinds(pairs, book)[8])

    assert now[accepted] == replace(pairs[0], review="accepted")
    assert {rejected, removed, gone}.isdisjoint(now)
    assert (now[edited].title, now[edited].description, now[edited].description_raw) == (
        "新题", "新的说明", pairs[2].description
    )  # fmt: skip
    assert (now[edited].review, now[edited].description_source) == ("edited", "reviewed")
    assert now[boxed].bbox == (225, 310, 300, 400)
    assert now[boxed].image_sha256 != pairs[3].image_sha256
    assert (now[halved].bbox[2], now[part].bbox[0], now[part].title) == (130, 130, pairs[4].title)
    assert now[merged].bbox == (60, 80, 360, 405)
    assert (now[relinked].caption, now[relinked].number, now[relinked].description) == (
        "图9 鸟纹", "图9", "鸟纹"
    )  # fmt: skip
    assert (now[relinked].caption_page, now[relinked].caption_bbox) == (4, (1, 2, 30, 9))
    assert (now[added].title, now[added].kind, now[added].rule) == ("花", "pattern", "review")
    assert states(made) == {
        accepted: "accepted", rejected: "rejected", edited: "edited", boxed: "edited", halved: "edited",
        part: "added", removed: "removed", merged: "edited", gone: "merged", relinked: "edited",
        added: "added",
    }  # fmt: skip
    reasons = {item.pair_id: item.reason for item in made.reviewed}
    assert reasons[rejected] == "another figure's text"
    read = {item.pair_id: item.read for item in made.reviewed}
    assert read[edited]["title"] == pairs[2].title
    assert read[boxed]["bbox"] == pairs[3].bbox


def test_undoing_everything_brings_the_reading_back(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    pairs = in_order(memory.publish(book))
    corrections = all_kinds(pairs, book)
    memory.publish(book, corrections=corrections)
    undone = [correction(n + 20, pairs[0], "undo", of=c.id) for n, c in enumerate(corrections)]
    assert in_order(memory.publish(book, corrections=[*corrections, *undone])) == pairs


def test_corrections_follow_a_book_that_is_saved_again_with_pages_before(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", FIGURES)
    corrections = all_kinds(in_order(memory.publish(book)), book)
    first = memory.publish(book, corrections=corrections)
    moved = moved_pages(FIGURES, {page: page + 2 for page in range(1, 6)})
    for turn in range(2):
        saved = studio.read("锦", moved, file="second", encoded_again=True, jitter=1, seed=turn)
        again = memory.publish(saved, corrections=corrections)
        assert outcome(again)["states"] == outcome(first)["states"]
        assert outcome(again)["splits"] == outcome(first)["splits"]
        assert outcome(again)["texts"] == outcome(first)["texts"]
        pages = {pair.pair_id: pair.page for pair in pairs_of(again).values()}
        assert all(pages[p.pair_id] == p.page + 2 for p in pairs_of(first).values())


def test_corrections_follow_a_renamed_book(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    corrections = all_kinds(in_order(memory.publish(book)), book)
    first = outcome(memory.publish(book, corrections=corrections))
    again = memory.publish(studio.read("锦", FIGURES, name="织锦"), corrections=corrections)
    assert outcome(again) == first


def test_what_no_longer_applies_is_listed_and_applies_when_it_can_again(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", FIGURES)
    pairs = in_order(memory.publish(book))
    edit = correction(1, pairs[2], "edit", title="新题")
    fewer = studio.read("锦", [figure for figure in FIGURES if figure.page != 2])
    (lost,) = memory.publish(fewer, corrections=[edit]).reviewed
    assert (lost.state, lost.page, lost.corrections) == ("not applied", 2, ("c1",))
    (nowhere,) = memory.publish(studio.read("绫", two_a_page("绫", 4)), corrections=[edit]).reviewed
    assert nowhere.reason == "its book is not on the shelf"
    assert pairs_of(memory.publish(book, corrections=[edit]))[pairs[2].pair_id].title == "新题"


FREE: Box = (220.0, 80.0, 360.0, 185.0)
"""A place on page 3 where `FIGURES` has none."""


def without_text(book: BookEntry) -> Unmatched:
    """A figure there without text."""
    return Unmatched("figure", 3, FREE, "", "no text found for it", book.result.pairs[0].image)


def unmatched(book: BookEntry, *rows: Unmatched) -> BookEntry:
    return replace(book, result=replace(book.result, unmatched=rows))


def test_a_figure_without_text_becomes_a_pair_by_a_link_to_a_caption_without_figure(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", FIGURES)
    figure = without_text(book)
    caption = Unmatched("caption", 4, (60, 500, 200, 512), "图30 鹿纹", "no figure found for this caption")
    link = {"text": "图30 鹿纹", "page": 4, "bbox": [60, 500, 200, 512]}
    link_it = correction(1, book, "relink", page=3, at=FREE, caption=link)
    made = memory.publish(unmatched(book, figure, caption), corrections=[link_it])
    pair = pairs_of(made)[made_id(link_it)]
    assert (pair.title, pair.number, pair.caption_page, pair.review) == ("鹿纹", "图30", 4, "edited")
    assert (pair.width, pair.height) == (160, 120)
    assert made.unmatched == ()
    # It keeps its id when later decisions name it, and when the program finds the text by itself.
    edit = correction(2, pair, "edit", title="奔鹿纹")
    moved = replace(figure, bbox=(221.0, 81.0, 359.0, 186.0))
    again = memory.publish(unmatched(book, moved, caption), corrections=[link_it, edit])
    assert pairs_of(again)[pair.pair_id].title == "奔鹿纹"
    found = studio.read("锦", [*FIGURES, Drawn("鹿", 3, FREE)])
    assert pairs_of(memory.publish(found, corrections=[link_it, edit]))[pair.pair_id].title == "奔鹿纹"


def test_no_figure_here_takes_a_figure_without_text_off_the_list(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    figure = without_text(book)
    remove = correction(1, book, "remove", page=3, at=(218, 82, 360, 185))
    made = memory.publish(unmatched(book, figure), corrections=[remove])
    assert made.unmatched == ()
    assert [item.state for item in made.reviewed] == ["removed"]


def test_a_picture_that_cannot_be_cut_leaves_the_figure_as_it_was_read(
    studio: Studio, memory: Memory
) -> None:
    book = replace(studio.read("锦", FIGURES), cut=None)
    pairs = in_order(memory.publish(book))
    made = memory.publish(book, corrections=[correction(1, pairs[3], "box", bbox=[225, 310, 300, 400])])
    assert in_order(made) == pairs
    assert [item.state for item in made.reviewed] == ["not applied"]


def test_a_new_figure_on_a_test_figure_belongs_to_test(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    first = memory.publish(book)
    old = next(item for item in first.pairs if item.split == "test").pair
    x0, y0, x1, y1 = old.bbox
    add = correction(1, book, "add", page=old.page, at=[x0, y0, (x0 + x1) / 2, y1], title="局部")
    made = memory.publish(book, corrections=[add])
    assert {item.pair.pair_id: item.split for item in made.pairs}[made_id(add)] == "test"


def test_decisions_on_a_figure_that_a_later_reading_pairs_by_itself_last_through_every_build(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", FIGURES)
    figure = without_text(book)
    link = {"text": "图30 鹿纹", "page": 4, "bbox": [60, 500, 200, 512]}
    link_it = correction(1, book, "relink", page=3, at=FREE, caption=link)
    memory.publish(unmatched(book, figure))  # the decision comes when this version is published
    found = studio.read("锦", [*FIGURES, Drawn("鹿", 3, FREE)])
    outcomes = [outcome(memory.publish(found, corrections=[link_it])) for _ in range(3)]
    assert [state for state, _ in outcomes[0]["states"].values()] == ["edited"]
    assert outcomes[1] == outcomes[2] == outcomes[0]


def test_a_figure_drawn_roughly_and_then_exactly_is_the_one_that_a_later_reading_finds(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", FIGURES)
    memory.publish(book)
    add = correction(1, book, "add", page=3, at=[100, 200, 300, 400], caption="图30 鹿纹")
    exact = correction(2, book, "box", page=3, at=[100, 200, 300, 400], bbox=list(FREE))
    exact = exact.model_copy(update={"pair_id": made_id(add)})
    found = studio.read("锦", [*FIGURES, Drawn("鹿", 3, FREE)])
    for _ in range(3):
        made = memory.publish(found, corrections=[add, exact])
        assert len(made.pairs) == len(FIGURES) + 1
        assert set(states(made).values()) == {"edited"}


def test_a_merged_figure_is_listed_with_the_person_who_merged_it(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    pairs = in_order(memory.publish(book))
    made = memory.publish(book, corrections=all_kinds(pairs, book))
    assert [item.who for item in made.reviewed if item.state == "merged"] == [("甲",)]


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("48 石雕禅定佛像三件", "48", "石雕禅定佛像三件"),
        ("040 绛地流云纹缂丝边饰", "40", "绛地流云纹缂丝边饰"),
        ("石雕禅定佛像三件", "", "石雕禅定佛像三件"),
        ("2016年驿站遗址", "", "2016年驿站遗址"),
    ],
)
def test_a_linked_caption_gives_the_number_that_it_begins_with_and_keeps_no_other(
    studio: Studio, memory: Memory, text: str, number: str, title: str
) -> None:
    read = studio.read("锦", FIGURES)
    pairs = [replace(pair, number="033", caption=f"033 {pair.title}") for pair in read.result.pairs]
    book = replace(read, result=replace(read.result, pairs=tuple(pairs)))
    first = in_order(memory.publish(book))[0]
    link = correction(1, first, "relink", caption={"text": text, "page": 5, "bbox": [1, 2, 30, 9]})
    pair = pairs_of(memory.publish(book, corrections=[link]))[first.pair_id]
    assert (pair.number, pair.title) == (number, title)


def test_a_linked_caption_gives_what_it_gave_to_the_pair_that_the_program_made_with_it(
    studio: Studio, memory: Memory
) -> None:
    read = studio.read("锦", FIGURES)
    pairs = list(read.result.pairs)
    own = replace(pairs[1], number="038", title="如意云纹缎", caption="038 如意云纹缎明 · 万历")
    pairs[1] = replace(own, caption_bbox=(60.0, 200.0, 200.0, 210.0), description="如意云纹缎明 · 万历")
    book = replace(read, result=replace(read.result, pairs=tuple(pairs)))
    first = in_order(memory.publish(book))[0]
    place = {"text": own.caption, "page": own.page, "bbox": [60, 199, 200, 211]}
    link = correction(1, first, "relink", caption=place)
    pair = pairs_of(memory.publish(book, corrections=[link]))[first.pair_id]
    assert (pair.number, pair.title) == ("038", "如意云纹缎")
