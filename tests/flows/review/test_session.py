"""What the server tells of a version, and what becomes of a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dataset_cards.files import read_json_lines
from dataset_cards.review.corrections import append, decide, read
from dataset_cards.review.freed_captions import OF_NONE
from dataset_cards.verify import read_current
from flows.review.access import WRITE_HEADER
from tests.flows.review.conftest import BASE, Reviewing, start


def whys(review: Reviewing, **choice: Any) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in choice.items())
    return [item["why"] for item in review.get(f"/api/queue?{query}")["items"]]


def figure_of(review: Reviewing, page: int, place: int = 0) -> Any:
    return review.page(page)["figures"][place]


def undecided(review: Reviewing, page: int) -> list[str]:
    return [item["id"] for item in review.page(page)["items"] if not item["decided"]]


def test_the_queue_begins_with_what_is_least_sure(review: Reviewing) -> None:
    found = review.get("/api/queue")
    doubtful = [item for item in found["items"] if item["why"] == "doubtful"]
    assert [item["confidence"] for item in doubtful] == [0.3, 0.303, 0.308, 0.309]
    order = list(dict.fromkeys(whys(review)))
    assert order == ["doubtful", "unmatched", "failed", "counts", "sure"]
    assert found["left"] == found["total"] == len(found["items"])


def test_filters_choose_by_book_kind_rule_confidence_and_cause(review: Reviewing) -> None:
    assert set(whys(review, why="unmatched")) == {"unmatched"}
    assert len(whys(review, low=0.9)) == len(whys(review, why="sure"))
    assert whys(review, kind="mural") == whys(review, rule="none") == whys(review, book="0" * 64) == []
    assert len(whys(review, kind="pattern", rule="same-page%2Bline")) == 10
    assert review.client.get("/api/queue?low=x").status_code == 404


def test_a_page_shows_figures_texts_and_failures(review: Reviewing) -> None:
    page = review.page(3)
    assert (page["width"], page["height"]) == (420, 595)
    assert [figure["type"] for figure in page["figures"]] == ["figure", "pair"]
    assert [caption["text"] for caption in page["captions"]] == ["图5 云龙纹第5号"]
    assert review.page(7)["failures"][0]["reason"] == "timeout"
    assert review.client.get(f"/api/page/{review.book}/8").status_code == 404
    assert review.client.get(f"/api/page/{'0' * 64}/1").status_code == 404


def test_a_decision_is_kept_beside_what_the_program_read(review: Reviewing) -> None:
    figure = figure_of(review, 1)
    read_title = figure["read"]["title"]
    review.decide("edit", figure, title="联珠对鸟纹第1号")
    review.decide("accept", figure)
    shown = figure_of(review, 1)
    assert (shown["read"]["title"], shown["now"]["title"]) == (read_title, "联珠对鸟纹第1号")
    assert shown["verdict"] == "accept"
    assert [line["action"] for line in shown["history"]] == ["edit", "accept"]
    lines = read(review.root / "corrections.jsonl").lines
    assert [(line.action, line.who, line.reading) for line in lines] == [
        (action, "李娜", review.session.version.digest) for action in ("edit", "accept")
    ]
    assert figure["id"] not in {item["id"] for item in review.get("/api/queue")["items"]}
    assert figure["id"] in {item["id"] for item in review.get("/api/queue?decided=1")["items"]}


def test_an_undone_decision_leaves_the_item_open(review: Reviewing) -> None:
    figure = figure_of(review, 1)
    left = review.get("/api/queue")["left"]
    made = review.decide("reject", figure, reason="duplicate")
    assert review.get("/api/queue")["left"] == left - 1
    review.post({"action": "undo", "data": {"of": made}, "book": review.book, "page": 1}).raise_for_status()
    assert review.get("/api/queue")["left"] == left
    assert figure_of(review, 1)["verdict"] is None


def test_shapes_and_links_show_as_they_are_to_be(review: Reviewing) -> None:
    first, second = review.page(2)["figures"]
    review.decide("box", second, bbox=[60, 320, 360, 520])
    box = [60, 300, 350, 310]
    review.decide("relink", first, caption={"text": "图9", "page": 5, "bbox": box})
    first, second = review.page(2)["figures"]
    assert second["now"]["boxes"] == [[60, 320, 360, 520]]
    assert second["read"]["boxes"] != second["now"]["boxes"]
    assert first["now"]["caption_place"] == {"page": 5, "bbox": box}
    assert first["now"]["caption"] == "图9"
    review.decide("split", second, boxes=[[60, 320, 200, 520], [200, 320, 360, 520]])
    _, left, part = review.page(2)["figures"]
    assert [one["now"]["boxes"] for one in (left, part)] == [[[60, 320, 200, 520]], [[200, 320, 360, 520]]]
    review.decide("merge", first, boxes=[second["target"]["bbox"]], bbox=[60, 60, 360, 520])
    merged, gone, _ = review.page(2)["figures"]
    assert merged["now"]["boxes"] == [[60, 60, 360, 520]]
    assert gone["verdict"] == "merge"


def test_a_figure_that_a_person_adds_can_be_decided_on(review: Reviewing) -> None:
    new = {"target": {"page": 4, "bbox": [60, 60, 360, 260]}}
    review.decide("add", new, title="缠枝莲纹")
    added = next(figure for figure in review.page(4)["figures"] if figure["type"] == "added")
    assert added["now"]["title"] == "缠枝莲纹"
    review.decide("box", added, bbox=[50, 50, 360, 260])
    caption = review.page(4)["captions"][0]
    place = {"text": caption["text"], "page": 4, "bbox": caption["bbox"]}
    review.decide("relink", added, caption=place)
    added = next(figure for figure in review.page(4)["figures"] if figure["type"] == "added")
    assert added["now"]["boxes"] == [[50, 50, 360, 260]]
    assert added["target"]["bbox"] == [60, 60, 360, 260]
    assert caption["id"] not in undecided(review, 4)  # it has its figure now


def test_a_page_that_is_done_leaves_nothing_open(review: Reviewing) -> None:
    assert len(undecided(review, 3)) == 3
    review.post({"action": "page_done", "book": review.book, "page": 3}).raise_for_status()
    assert undecided(review, 3) == []
    assert {item["mark"] for item in review.page(3)["items"]} == {"done"}
    assert review.page(3)["done"]["who"] == "李娜"


def test_two_people_see_each_other(review: Reviewing) -> None:
    other = start(review.root, "王明")
    try:
        review.decide("accept", figure_of(review, 1))
        other.decide("reject", figure_of(other, 2), reason="duplicate")
        assert figure_of(other, 1)["history"][0]["who"] == "李娜"
        assert figure_of(review, 2)["history"][0]["who"] == "王明"
    finally:
        other.session.close()


def test_what_is_no_decision_is_refused_and_not_kept(review: Reviewing) -> None:
    figure = figure_of(review, 1)
    good = {"action": "accept", "book": review.book, **figure["target"]}
    for bad in (
        good | {"action": "burn"},
        good | {"book": "0" * 64},
        good | {"bbox": [5, 5, 5, 5]},
        good | {"page": 0},
        good | {"action": "edit", "data": {"kind": "none"}},
        {"action": "accept"},
        [],
    ):
        assert review.post(bad).status_code == 400, bad
    half = json.dumps(good | {"action": "edit", "data": {"title": "\ud800"}}).encode()
    headers = {"origin": BASE, WRITE_HEADER: review.write}
    for body in (half, b"[" * 100_000, b"\xff\xfe", b""):
        assert review.client.post("/api/decide", content=body, headers=headers).status_code == 400
    assert not (review.root / "corrections.jsonl").exists()


def test_damaged_lines_are_counted_and_the_rest_holds(review: Reviewing) -> None:
    path = review.root / "corrections.jsonl"
    figure = figure_of(review, 1)
    path.write_text('{"id": "torn\n', "utf-8")
    about = figure["target"]
    made = decide(
        "accept", who="王明", book=review.book, page=1, bbox=tuple(about["bbox"]), pair_id=about["pair_id"]
    )
    append(path, made)
    assert review.get("/api/queue")["damaged"] == 1
    assert figure_of(review, 1)["verdict"] == "accept"


def test_the_parts_of_a_split_are_figures_that_can_be_named_and_split(review: Reviewing) -> None:
    whole = figure_of(review, 2)
    review.decide("split", whole, boxes=[[60, 60, 160, 260], [160, 60, 360, 260]])
    part = next(one for one in review.page(2)["figures"] if one["type"] == "part")
    review.decide("edit", part, title="右半")
    review.decide("split", part, boxes=[[160, 60, 260, 260], [260, 60, 360, 260]])
    lowest = next(one for one in review.page(2)["figures"] if one["now"]["boxes"][0][0] == 260)
    review.decide("edit", lowest, title="最右")
    titles = [one["now"]["title"] for one in review.page(2)["figures"]][:3]
    assert titles == [whole["now"]["title"], "右半", "最右"]
    shape = figure_of(review, 2)["undoes"]["shape"]
    assert len(shape) == 4  # all of it is taken back together
    for correction in shape:
        review.undo(correction, 2)
    assert figure_of(review, 2)["id"] == whole["id"]
    assert len(review.page(2)["figures"]) == 2


def test_a_linked_caption_shows_what_the_build_publishes(review: Reviewing) -> None:
    figure = figure_of(review, 1)
    review.decide("relink", figure, caption={"text": "图99 云气纹锦", "page": 1, "bbox": [1, 2, 30, 9]})
    now = figure_of(review, 1)["now"]
    assert [now[name] for name in ("number", "title", "description")] == ["图99", "云气纹锦", "云气纹锦"]
    assert now["description_place"] == now["caption_place"] == {"page": 1, "bbox": [1, 2, 30, 9]}
    other = figure_of(review, 2)
    review.decide("relink", other, description={"text": "图98 龙纹", "page": 2, "bbox": [1, 2, 30, 9]})
    assert figure_of(review, 2)["now"]["description"] == "龙纹"
    row = review.built()[figure["id"]]
    columns = ("number", "title", "description", "kind", "subject")
    assert {name: row[name] for name in columns}.items() <= now.items()
    assert (row["description_page"], list(row["description_bbox"])) == (1, [1, 2, 30, 9])


def test_a_drawn_figure_shows_the_kind_that_the_build_gives_it(review: Reviewing) -> None:
    new = {"target": {"page": 4, "bbox": [60, 60, 360, 260]}}
    review.decide("add", new, caption="图98 联珠对鸟纹锦")
    (drawn,) = [one for one in review.page(4)["figures"] if one["type"] == "added"]
    assert (drawn["now"]["title"], drawn["now"]["kind"]) == ("联珠对鸟纹锦", "textile")
    assert drawn["read"] == drawn["now"]  # nobody changed what the program tells by itself
    (row,) = [row for row in review.built().values() if row["number"] == "图98"]
    assert (row["kind"], row["medium"]) == (drawn["now"]["kind"], drawn["now"]["medium"])


def test_what_people_took_out_is_shown_after_a_build_and_comes_back(review: Reviewing) -> None:
    rejected, merged = review.page(2)["figures"]
    kept = figure_of(review, 1)
    removed = figure_of(review, 1, 1)
    review.decide("reject", rejected, reason="duplicate")
    review.decide("remove", removed)
    review.decide("merge", kept, boxes=[removed["target"]["bbox"]], bbox=[60, 60, 360, 520])
    review.built()
    again = start(review.root)
    try:
        (found,) = [one for one in again.page(2)["figures"] if one["gone"]]
        assert (found["id"], found["verdict"], found["why"]) == (rejected["id"], "reject", "duplicate")
        assert found["now"]["title"] == rejected["now"]["title"]
        for correction in found["undoes"]["verdict"]:
            again.undo(correction, 2)
        (found,) = [one for one in again.page(2)["figures"] if one["gone"]]
        assert found["verdict"] is None
        (gone,) = [one for one in again.page(1)["figures"] if one["gone"]]
        assert (gone["id"], gone["verdict"]) == (removed["id"], "merge")
        again.undo(gone["undoes"]["verdict"][0], 1)
        (gone,) = [one for one in again.page(1)["figures"] if one["gone"]]
        assert gone["verdict"] == "remove"
        assert rejected["id"] in again.built()
        assert merged["id"] in again.built()
    finally:
        again.session.close()


def test_a_link_that_is_restored_leaves_text_place_and_captions_as_they_were_read(review: Reviewing) -> None:
    before = review.page(1)
    figure, other = before["figures"]
    built = review.built()
    text = {"text": other["now"]["caption"], "page": 1, "bbox": other["now"]["caption_place"]["bbox"]}
    review.decide("relink", figure, caption=text)
    linked = figure_of(review, 1)
    assert linked["now"]["number"] == other["now"]["number"]
    review.decide("edit", linked, caption="图1 乱写", number="图1")
    for step in figure_of(review, 1)["unlinks"]["caption"]:
        review.decide(step["action"], linked, **step["data"])
    shown = figure_of(review, 1)
    assert (shown["now"], shown["unlinks"]) == (shown["read"], {})
    again = review.built()[figure["id"]]
    places = ("caption", "caption_page", "caption_bbox", "title", "number", "description")
    assert [again[name] for name in places] == [built[figure["id"]][name] for name in places]
    left = [row["text"] for row in read_json_lines(version_of(review) / "unmatched.jsonl")]
    assert figure["read"]["caption"] not in left


def test_decisions_that_are_sent_together_are_kept_in_order_or_not_at_all(review: Reviewing) -> None:
    about = {"book": review.book, **figure_of(review, 1)["target"]}
    edit = {"action": "edit", "data": {"title": "新题"}, **about}
    steps = [edit, {"action": "accept", **about}] * 3
    assert review.post([edit, {"action": "burn", **about}]).status_code == 400
    made = review.post(steps).raise_for_status().json()
    lines = read(review.root / "corrections.jsonl").lines
    assert [line.id for line in lines] == [one["id"] for one in made]
    assert [line.action for line in lines] == ["edit", "accept"] * 3
    assert len({line.when for line in lines}) == 6
    assert [line.when for line in lines] == sorted(line.when for line in lines)


def test_a_caption_that_a_person_freed_is_no_open_item_of_the_next_version(review: Reviewing) -> None:
    figure = figure_of(review, 1)
    review.decide("remove", figure)
    review.built()
    review.session.reopen()
    freed = [item for item in review.page(1)["items"] if item["type"] == "caption"]
    assert [(item["title"], item["decided"]) for item in freed] == [(figure["read"]["caption"], True)]


def test_a_caption_that_belongs_to_no_figure_is_settled_for_good(review: Reviewing) -> None:
    item = next(one for one in review.session.version.queue if one.type == "caption")

    def shown() -> tuple[bool, str]:
        (now,) = [one for one in review.page(item.page)["items"] if one["type"] == "caption"]
        return now["decided"], now["mark"]

    step = {"action": "no_figure", "book": item.book, "page": item.page, "bbox": item.bbox}
    first = review.post([step]).raise_for_status().json()[0]["id"]
    assert shown() == (True, "no_figure")
    review.undo(first, item.page)
    assert shown()[0] is False
    review.post([step]).raise_for_status()
    review.built()
    rows = read_json_lines(version_of(review) / "unmatched.jsonl")
    assert [row["reason"] for row in rows if row["text"] == item.row["text"]] == [OF_NONE]
    review.session.reopen()
    assert shown() == (True, "no_figure")
    uneven = [(one.book, one.page) for one in review.session.version.queue if one.why == "counts"]
    assert (item.book, item.page) not in uneven


def test_a_page_that_is_uneven_by_peoples_decisions_alone_is_not_listed(review: Reviewing) -> None:
    before = {one.page for one in review.session.version.queue if one.why == "counts"}
    assert 1 not in before
    review.decide("add", {"target": {"page": 1, "bbox": [5, 5, 40, 40], "pair_id": None}})
    review.built()
    review.session.reopen()
    assert {one.page for one in review.session.version.queue if one.why == "counts"} <= before


def version_of(review: Reviewing) -> Path:
    return read_current(review.root / "datasets" / "tuwen")
