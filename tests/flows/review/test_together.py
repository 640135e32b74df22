"""Several windows on one workspace: what others decide is told, and what a person left is there again."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.review.corrections import read
from flows.review.access import WRITE_HEADER
from flows.review.server import home_port, listen_at_home
from tests.flows.review.conftest import BASE, Reviewing, start


def send(review: Reviewing, path: str, given: Any) -> Any:
    headers = {"origin": BASE, WRITE_HEADER: review.write}
    return review.client.post(path, json=given, headers=headers)


def test_a_window_hears_of_the_decisions_of_others(review: Reviewing) -> None:
    other = start(review.root, "王明")
    try:
        seen = review.get("/api/start")["seen"]
        assert review.get(f"/api/news?seen={seen}")["pages"] == []
        figure = other.page(2)["figures"][0]
        made = other.decide("edit", figure, title="新题")
        link = {"text": "图11 x", "page": 6, "bbox": [1, 2, 30, 9]}
        other.decide("relink", figure, caption=link)
        news = review.get(f"/api/news?seen={seen}")
        assert [page["page"] for page in news["pages"]] == [2, 6]
        assert made in news["ids"]
        listed = {item["id"]: item for item in news["pages"][0]["items"]}[figure["id"]]
        assert (listed["title"], listed["mark"], listed["decided"]) == ("新题", "change", True)
        assert review.get(f"/api/news?seen={news['seen']}")["pages"] == []
        assert news["workspace"] == review.get("/api/start")["workspace"]
        other.undo(made, 1)  # from whatever page it was undone
        assert 2 in [page["page"] for page in review.get(f"/api/news?seen={news['seen']}")["pages"]]
    finally:
        other.session.close()


def test_lists_tell_the_verdicts_apart(review: Reviewing) -> None:
    first, second = review.page(2)["figures"]
    review.decide("accept", first)
    review.decide("reject", second, reason="duplicate")
    review.decide("edit", review.page(5)["figures"][0], title="新题")
    review.decide("remove", review.page(6)["figures"][0])
    items = review.get("/api/queue?decided=1")["items"]
    assert {item["mark"] for item in items} == {"", "accept", "reject", "change", "remove"}
    assert "新题" in {item["title"] for item in items}


def test_an_undo_that_changes_nothing_says_so(review: Reviewing) -> None:
    figure = review.page(1)["figures"][0]
    first = review.decide("edit", figure, title="甲")
    other = start(review.root, "王明")
    try:
        second = other.decide("edit", figure, title="乙")
        assert review.undo(first, 1)["effect"] == "overruled"
        assert review.page(1)["figures"][0]["now"]["title"] == "乙"
        assert other.undo(second, 1)["effect"] == ""
        assert review.page(1)["figures"][0]["now"]["title"] == figure["now"]["title"]
        lines = len(read(review.root / "corrections.jsonl").lines)
        assert review.undo(second, 1) == {"id": "", "effect": "gone"}
        assert len(read(review.root / "corrections.jsonl").lines) == lines
        done = {"action": "page_done", "book": review.book, "page": 1}
        made = [review.post(done).json()["id"] for _ in range(2)]
        assert [review.undo(one, 1)["effect"] for one in made] == ["overruled", ""]
    finally:
        other.session.close()


def test_a_text_that_was_saved_meanwhile_is_not_overwritten_unseen(review: Reviewing) -> None:
    figure = review.page(1)["figures"][0]
    about = {"book": review.book, **figure["target"]}
    typed = {"action": "edit", "data": {"title": "乙"}, "upon": {"title": figure["now"]["title"]}, **about}
    other = start(review.root, "王明")
    try:
        other.decide("edit", figure, title="甲")
        done = {"action": "page_done", "book": review.book, "page": 1}
        for given in (typed, [typed, done]):  # all or none
            refused = review.post(given)
            assert refused.status_code == 409
            assert refused.json()["values"] == {"title": "甲"}
            assert refused.json()["bbox"] == figure["target"]["bbox"]
        assert len(read(review.root / "corrections.jsonl").lines) == 1
        same = typed | {"data": {"title": "甲"}}
        elsewhere = typed | {"data": {"number": "9"}, "upon": {"number": figure["now"]["number"]}}
        knowing = typed | {"upon": {"title": "甲"}}
        for given in (same, elsewhere, knowing):
            review.post(given).raise_for_status()
        now = review.page(1)["figures"][0]["now"]
        assert (now["title"], now["number"]) == ("乙", "9")
        assert all("upon" not in line.model_dump() for line in read(review.root / "corrections.jsonl").lines)
    finally:
        other.session.close()


def test_a_link_to_blank_paper_is_refused(review: Reviewing) -> None:
    figure = review.page(1)["figures"][0]
    for text in ("", "  \n"):
        link = {"caption": {"text": text, "page": 1, "bbox": [1, 2, 30, 9]}}
        body = {"action": "relink", "data": link, "book": review.book, **figure["target"]}
        assert review.post(body).status_code == 400
    assert not (review.root / "corrections.jsonl").exists()


def test_drafts_and_what_can_be_undone_are_there_for_the_next_server(review: Reviewing) -> None:
    assert review.get("/api/start")["drafts"] == {}
    first, second = {"id": "1", "made": [], "back": {}}, {"id": "2", "made": [], "back": {}}
    given = {"drafts": {"a": "未完", "b": "x"}, "made": [first]}
    send(review, "/api/drafts", given).raise_for_status()
    send(review, "/api/drafts", {"drafts": {"b": None}, "made": [second]}).raise_for_status()
    send(review, "/api/drafts", {"undone": ["1"]}).raise_for_status()  # by another window
    for bad in ({"drafts": [1]}, {"made": [{}]}, []):
        assert send(review, "/api/drafts", bad).status_code == 400
    for who, drafts, undo in (("李娜", {"a": "未完"}, [second]), ("王明", {}, [])):
        other = start(review.root, who)
        found = other.get("/api/start")
        assert (found["drafts"], found["undo"]) == (drafts, undo)
        other.session.close()
    (review.root / "drafts.json").write_text('{"李娜": ', "utf-8")
    assert review.get("/api/start")["drafts"] == {}


def test_drafts_that_cannot_be_kept_are_reported(review: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert send(review, "/api/drafts", {"drafts": {"a": "x"}}).status_code == 507


def test_a_version_that_was_built_meanwhile_is_told_of_and_opened(review: Reviewing) -> None:
    figure = review.page(1)["figures"][0]
    review.decide("edit", figure, title="新题")
    news = review.get("/api/news?seen=1")
    assert news["version"] == "v0001"
    assert review.built()[figure["id"]]["title"] == "新题"
    assert review.get("/api/news?seen=1") == news | {"version": "v0002"}
    assert send(review, "/api/reopen", {}).json() == {"version": "v0002"}
    assert review.get("/api/start")["version"] == "v0002"
    assert review.get("/api/news?seen=1")["digest"] != news["digest"]


def test_a_workspace_has_a_port_of_its_own_and_another_where_that_is_taken(tmp_path: Path) -> None:
    assert home_port(tmp_path) == home_port(tmp_path / "." / "x" / "..")
    with listen_at_home(tmp_path) as first, listen_at_home(tmp_path) as second:
        ports = [one.getsockname()[1] for one in (first, second)]
    assert isinstance(first, socket.socket)
    assert ports[0] != ports[1]
