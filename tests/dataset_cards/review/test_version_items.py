from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dataset_cards.review.choice import Choice, choose
from dataset_cards.review.corrections import decide
from dataset_cards.review.page_decisions import Decisions
from dataset_cards.review.page_state import page_state
from dataset_cards.review.version_items import WHYS, VersionItems
from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs


@pytest.fixture(scope="module")
def version(version_dir: Path) -> VersionItems:
    return VersionItems(version_dir)


def test_everything_of_the_version_is_in_the_queue_once(version: VersionItems) -> None:
    types = [item.type for item in version.queue]
    assert (types.count("pair"), types.count("figure"), types.count("caption")) == (90, 3, 3)
    assert types.count("failure") == 3
    assert len(version.by_id) == len(version.queue)


def test_the_least_sure_come_first_and_the_sure_last(version: VersionItems) -> None:
    order = [WHYS.index(item.why) for item in version.queue]
    assert order == sorted(order)
    for why in ("doubtful", "sure"):
        confidences = [item.row["confidence"] for item in version.queue if item.why == why]
        assert confidences == sorted(confidences)
    doubtful = [item for item in version.queue if item.why == "doubtful"]
    assert all(item.row["confidence"] < 0.8 for item in doubtful)
    assert {"doubtful", "unmatched", "failed", "crop", "counts"} <= {item.why for item in version.queue}


def test_pages_with_as_many_captions_as_figures_are_not_listed(tmp_path: Path) -> None:
    book = make_book(tmp_path / "objects", "小书", 3)
    apart = tuple(
        replace(pair, caption_bbox=(60, 470 + 20 * number, 300, 486 + 20 * number))
        for number, pair in enumerate(book.result.pairs)
    )
    for pairs, expected in ((apart, 0), (book.result.pairs, 1)):
        own = replace(book, result=replace(book.result, pairs=pairs, unmatched=()))
        path = publish_version([own], tmp_path / str(expected), DatasetSettings()).path
        assert sum(item.why == "counts" for item in VersionItems(path).queue) == expected


def test_a_figure_stands_on_the_page_of_its_text_too(tmp_path: Path) -> None:
    book = with_pairs(make_book(tmp_path / "objects", "小书", 6), caption_page=2)
    version = VersionItems(publish_version([book], tmp_path / "demo", DatasetSettings()).path)
    moved = next(
        item for item in version.queue if item.type == "pair" and item.row["caption_page"] != item.page
    )
    state = page_state(version, Decisions().of_book(moved.book), moved.book, 2)
    assert [figure["id"] for figure in state["elsewhere"]] == [moved.id]
    assert moved.id not in {figure["id"] for figure in state["figures"]}


def test_only_undecided_items_are_chosen_unless_asked(version: VersionItems) -> None:
    item = version.queue[0]
    accepted = decide("accept", who="a", book=item.book, page=item.page, bbox=item.bbox, pair_id=item.id)
    decisions = Decisions([accepted])
    total = len(version.queue)
    undecided = choose(version, Choice(), decisions, most=total)
    assert item not in [found for found, _ in undecided.items]
    assert (len(undecided.items), undecided.left, undecided.total) == (total - 1, total - 1, total)
    everything = choose(version, Choice(decided=True), decisions, most=total)
    assert [found for found, decided in everything.items if decided] == [item]
    assert (len(everything.items), everything.left) == (total, total - 1)
    assert len(choose(version, Choice(), decisions, most=2).items) == 2


def test_confidence_bounds_leave_pairs_alone(version: VersionItems) -> None:
    some = choose(version, Choice(low=0.5, high=0.6), Decisions(), most=100)
    found = [item for item, _ in some.items]
    assert found
    assert all(item.type == "pair" and 0.5 <= item.row["confidence"] <= 0.6 for item in found)


def test_what_a_version_has_from_a_person_is_decided_and_stands_beside_what_was_read(
    version_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "v0002"
    shutil.copytree(version_dir, path)
    item = VersionItems(version_dir).queue[0]
    x0, y0, x1, y1 = item.bbox or (0, 0, 0, 0)
    about = {"who": "a", "book": item.book, "page": item.page, "bbox": item.bbox}
    split = decide("split", {"boxes": [(x0, y0, x1, y0 + 9), (x0, y0 + 9, x1, y1)]}, pair_id=item.id, **about)
    box = decide("box", {"bbox": item.bbox}, pair_id=item.id, **about)
    title = decide("edit", {"title": "海东青逐兔"}, pair_id=item.id, **about)
    new = decide("add", {"title": "甲"}, **about)
    line = {
        "state": "edited",
        "reason": "",
        "pair_id": item.id,
        "read": {"title": "旧题", "bbox": [1, 1, 9, 9]},
    }
    (path / "reviewed.jsonl").write_text(
        json.dumps(
            line
            | {
                "corrections": [split.id, box.id, title.id, new.id],
                "book_sha256": item.book,
                "page": item.page,
            }
        )
        + "\n",
        "utf-8",
    )
    version, decisions = VersionItems(path), Decisions([split, box, title, new])
    assert decisions.has(version.by_id[item.id])
    figures = page_state(version, decisions.of_book(item.book), item.book, item.page)["figures"]
    (figure,) = [one for one in figures if one["id"] == item.id]
    assert (figure["read"]["title"], figure["now"]["title"]) == ("旧题", "海东青逐兔")
    assert figure["read"]["boxes"] == [[1, 1, 9, 9]]
    assert figure["now"]["boxes"] == [list(item.bbox or ())]  # the parts are figures of their own now
    assert {"added", "part"}.isdisjoint(one["type"] for one in figures)
