"""Nobody but the page that was opened by its address reads or writes anything."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows.review.access import LARGEST_BODY, WRITE_HEADER
from tests.flows.review.conftest import BASE, PORT, Reviewing

EVIL = "http://evil.example"
PATHS = ("/", "/main.js", "/api/start", "/api/queue", "/vendor/openseadragon/openseadragon.min.js")


@pytest.mark.parametrize("path", PATHS)
def test_without_the_cookie_there_is_nothing(review: Reviewing, path: str) -> None:
    stranger = TestClient(review.client.app, base_url=BASE)
    assert stranger.get(path).status_code == 403
    assert stranger.get("/open/" + "x" * len(review.token)).status_code == 403
    stranger.cookies.set(f"tuwen-review-{PORT}", "wrong")
    assert stranger.get(path).status_code == 403
    assert review.client.get(path).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(review: Reviewing) -> None:
    cookie = review.client.get(f"/open/{review.token}").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1:1"},
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_another_host_or_origin_is_refused(review: Reviewing, headers: dict[str, str]) -> None:
    assert review.client.get("/api/start", headers=headers).status_code == 403
    assert review.post({}, **headers).status_code == 403


def test_a_write_needs_its_own_token_and_an_origin(review: Reviewing) -> None:
    figure = review.page(1)["figures"][0]
    body = {"action": "accept", "book": review.book, **figure["target"]}
    right = {"origin": BASE, WRITE_HEADER: review.write}
    for headers in (
        {},
        {"origin": BASE},
        {WRITE_HEADER: review.write},
        right | {WRITE_HEADER: "x"},
        right | {WRITE_HEADER: review.token},
    ):
        assert review.client.post("/api/decide", json=body, headers=headers).status_code == 403
    assert review.client.put("/api/decide", json=body, headers=right).status_code == 405
    assert not (review.root / "corrections.jsonl").exists()
    assert review.client.post("/api/decide", json=body, headers=right).status_code == 200


def test_a_body_without_bounds_is_refused(review: Reviewing) -> None:
    headers = {"origin": BASE, WRITE_HEADER: review.write}
    large = review.client.post("/api/decide", content=b" " * (LARGEST_BODY + 1), headers=headers)
    endless = review.client.post("/api/decide", content=iter([b" "]), headers=headers)
    assert (large.status_code, endless.status_code) == (413, 413)


@pytest.mark.parametrize("path", [*PATHS, "/nothing", "/../flows/cli.py"])
def test_the_page_may_load_and_run_its_own_files_alone(review: Reviewing, path: str) -> None:
    headers = review.client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_files_beside_the_page_are_out_of_reach(review: Reviewing) -> None:
    for path in (
        "/..%2fapp.py",
        "/%2e%2e/app.py",
        "/vendor/..%2f..%2fapp.py",
        "/pictures/x/crop/..%2f..%2fCURRENT",
    ):
        assert review.client.get(path).status_code in (403, 404)


def content(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_written_but_corrections_and_the_cache(review: Reviewing) -> None:
    before = content(review.root)
    start, queue = review.get("/api/start"), review.get("/api/queue")
    for item in queue["items"]:
        page = review.get(f"/api/page/{item['book']}/{item['page']}")
        picture = f"/pictures/{start['digest']}/page/{item['book']}/{item['page']}/1"
        assert review.client.get(picture).status_code == 200
        if item["picture"]:
            assert review.client.get(f"/pictures/{start['digest']}/crop/{item['id']}").status_code == 200
        for figure in page["figures"]:
            review.decide("accept", figure)
    after = content(review.root)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert "corrections.jsonl" in changed
    assert all(name == "corrections.jsonl" or name.startswith(".cache/review/") for name in changed)
