"""Split and merged figures: parts have names and parts of their own, and later boxes undo none of it."""

from __future__ import annotations

from dataclasses import replace

from dataset_cards.review.corrections import Correction
from dataset_cards.review.figures import made_id
from tests.dataset_cards.identity.readings import Drawn, Memory, Studio, two_a_page
from tests.dataset_cards.review.test_apply import (
    FREE,
    all_kinds,
    correction,
    in_order,
    pairs_of,
    states,
    unmatched,
    without_text,
)

FIGURES = two_a_page("锦", 4)
LEFT, RIGHT = (60.0, 80.0, 120.0, 185.0), (120.0, 80.0, 200.0, 185.0)
UPPER, LOWER = (120.0, 80.0, 200.0, 130.0), (120.0, 130.0, 200.0, 185.0)


def about_part(number: int, split: Correction, part: int, action: str, **data: object) -> Correction:
    """A decision on a part of a split figure, as the page makes it."""
    assert split.data.boxes  # type: ignore[union-attr]
    made = replace_target(split, made_id(split, part), split.data.boxes[part])  # type: ignore[union-attr]
    head = {**made, "id": f"c{number}", "when": f"2026-11-30T12:00:{number:02}.000000Z"}
    return Correction.model_validate({**head, "action": action, "data": data})


def replace_target(split: Correction, pair_id: str, bbox: tuple[float, ...]) -> dict[str, object]:
    return {**split.as_json(), "pair_id": pair_id, "bbox": bbox}


def test_a_part_is_named_and_split_again(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    whole = in_order(memory.publish(book))[0]
    split = correction(1, whole, "split", boxes=[LEFT, RIGHT])
    named = about_part(2, split, 1, "edit", title="右半")
    again = about_part(3, split, 1, "split", boxes=[UPPER, LOWER])
    lowest = about_part(4, again, 1, "edit", title="右下")
    for _ in range(2):  # the version that has the parts changes nothing
        made = pairs_of(memory.publish(book, corrections=[split, named, again, lowest]))
        found = {pair.bbox: pair.title for pair in made.values() if pair.page == 1}
        assert {LEFT: whole.title, UPPER: "右半", LOWER: "右下"}.items() <= found.items()
        assert made[whole.pair_id].bbox == LEFT


def test_what_is_about_a_part_is_not_about_the_whole_when_the_split_is_undone(
    studio: Studio, memory: Memory
) -> None:
    book = studio.read("锦", two_a_page("锦", 10))
    read = unmatched(book, without_text(book))
    x0, y0, x1, y1 = FREE
    middle = (x0 + x1) / 2
    split = correction(1, book, "split", page=3, at=FREE, boxes=[(x0, y0, middle, y1), (middle, y0, x1, y1)])
    named = about_part(2, split, 1, "edit", description="右半")
    undo = correction(3, book, "undo", of="c1")
    made = memory.publish(read, corrections=[split, named, undo])
    assert [(item.row.bbox, item.row.reason) for item in made.unmatched] == [(FREE, "no text found for it")]
    assert [(item.state, item.corrections) for item in made.reviewed] == [("not applied", ("c2",))]


def test_a_second_cut_of_the_first_part_loses_none(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    whole = in_order(memory.publish(book))[0]
    first = correction(1, whole, "split", boxes=[LEFT, RIGHT])
    upper, lower = (60.0, 80.0, 120.0, 130.0), (60.0, 130.0, 120.0, 185.0)
    second = correction(2, whole, "split", boxes=[upper, lower])
    wider = correction(3, whole, "box", bbox=[58, 80, 120, 130])
    made = pairs_of(memory.publish(book, corrections=[first, second, wider]))
    boxes = {pair.bbox for pair in made.values() if pair.page == 1}
    assert {(58.0, 80.0, 120.0, 130.0), lower, RIGHT} <= boxes


def test_a_box_after_a_merge_leaves_the_figures_merged(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", FIGURES)
    pairs = in_order(memory.publish(book))
    merge = correction(1, pairs[0], "merge", boxes=[pairs[1].bbox], bbox=[60, 80, 360, 405])
    box = correction(2, pairs[0], "box", bbox=[58, 80, 360, 405])
    made = memory.publish(book, corrections=[merge, box])
    assert pairs_of(made)[pairs[0].pair_id].bbox == (58, 80, 360, 405)
    assert states(made)[pairs[1].pair_id] == "merged"


def test_captions_that_lose_their_figure_are_unmatched(studio: Studio, memory: Memory) -> None:
    read = studio.read("锦", two_a_page("锦", 10))
    captioned = [
        replace(pair, caption=f"图{n} 鸟", caption_bbox=(60, 500 + 20 * n, 200, 512 + 20 * n))
        for n, pair in enumerate(read.result.pairs)
    ]
    captioned[3] = replace(captioned[3], caption_bbox=captioned[2].caption_bbox)  # one for two figures
    book = replace(read, result=replace(read.result, pairs=tuple(captioned)))
    pairs = in_order(memory.publish(book))
    decided = [c for c in all_kinds(pairs, book) if c.action in ("merge", "remove", "relink", "reject")]
    decided += [correction(20, pairs[3], "remove")]
    made = memory.publish(book, corrections=decided)
    reasons = {item.row.text: item.row.reason for item in made.unmatched}
    assert reasons == {
        "图5 鸟": "a person saw no figure there",
        "图7 鸟": "its figure became a part of another",
        "图8 鸟": "a person said that it is not this figure's",
    }
    left = {item.pair_id: item.read for item in made.reviewed if item.state in ("merged", "rejected")}
    assert {read["caption"] for read in left.values()} == {"图1 鸟", "图7 鸟"}
    # Given to another figure, it is nobody's no more.
    place = {"text": "图7 鸟", "page": pairs[7].page, "bbox": pairs[7].caption_bbox}
    link = correction(21, pairs[0], "relink", caption=place)
    made = memory.publish(book, corrections=[*decided, link])
    assert "图7 鸟" not in {item.row.text for item in made.unmatched}


def test_a_drawn_figure_has_the_kind_that_its_words_and_look_tell(studio: Studio, memory: Memory) -> None:
    book = studio.read("锦", [*FIGURES, Drawn("x", 3, (60.0, 80.0, 200.0, 185.0))])
    memory.publish(book)
    drawn = correction(1, book, "add", page=3, at=[220, 80, 360, 185], caption="图30 联珠纹锦")
    chosen = correction(2, book, "add", page=3, at=[220, 300, 360, 405], caption="图31 壁画", kind="photo")
    old = correction(3, book, "add", page=4, at=[220, 300, 360, 405], caption="图32 飞天壁画", kind="other")
    other = correction(4, book, "edit", page=4, at=[220, 300, 360, 405], kind="other")
    made = pairs_of(memory.publish(book, corrections=[drawn, chosen, old]))
    told = {made[made_id(c)].caption: made[made_id(c)].kind for c in (drawn, chosen, old)}
    assert (told["图30 联珠纹锦"], told["图31 壁画"]) == ("textile", "photo")
    assert told["图32 飞天壁画"] == "mural"
    made = pairs_of(memory.publish(book, corrections=[old, other]))
    assert made[made_id(old)].kind == "other"
