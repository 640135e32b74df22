"""A book refined through a service on this machine that does well, badly, or nothing at all."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from extractors.errors import UsageError
from extractors.records import BookResult, Pair, Refinement
from extractors.refine.endpoint import MOST_BYTES
from extractors.refine.refiner import GIVE_UP_AFTER, open_refiner
from extractors.settings import RefineSettings
from tests.chat_service import Reply, chat, serve

KEY = "sk-not-to-be-seen"
SLIP, CORRECTED = "缠枝莲纹 ，金黄 地 ， 花心饰 联珠一周", "缠枝莲纹，金黄地，花心饰联珠一周"
RIGHT = "宝相花纹，深蓝地，花瓣八出，叶脉细密"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUWEN_REFINE_API_KEY", raising=False)


def book(*texts: str, ocr: bool = False) -> BookResult:
    """A book with a pair for each of `texts`."""
    pairs = (_pair(number, text, ocr) for number, text in enumerate(texts, start=1))
    return BookResult("0" * 64, "书", len(texts), tuple(pairs), (), ())


def _pair(number: int, text: str, ocr: bool) -> Pair:
    return Pair(
        pair_id=f"p{number}",
        book_sha256="0" * 64,
        book_title="书",
        page=number,
        page_label="",
        bbox=(0, 0, 9, 9),
        figure_id=f"f{number}",
        group=f"g{number}",
        image="images/a.png",
        width=9,
        height=9,
        image_sha256="",
        image_phash="",
        kind="pattern",
        number="",
        title="",
        caption=f"图 {text}",
        caption_page=number,
        caption_bbox=None,
        description=text,
        description_source="caption",
        description_en=None,
        text_source="ocr" if ocr else "text_layer",
        text_confidence=1.0,
        rule="same-page",
        confidence=0.9,
    )


def refine(
    result: BookResult, base_url: str, cache: Path, **settings: object
) -> tuple[BookResult, Refinement, str | None]:
    """The refined book, what came of it, and the warning of the run."""
    given = RefineSettings.model_validate(
        {"enabled": True, "base_url": base_url, "model": "m", "timeout": 5, "retries": 0, **settings}
    )
    with open_refiner(given, cache) as refiner:
        assert refiner is not None
        refined = refiner.refine(result)
        assert refined.refined is not None
        return refined, refined.refined, refiner.warning()


def correct(text: str, _number: int) -> Reply:
    """What a good model does."""
    return chat(text.replace(SLIP, CORRECTED))


def descriptions(result: BookResult) -> list[tuple[str, str, str | None]]:
    return [(pair.description, pair.description_source, pair.description_raw) for pair in result.pairs]


def test_a_good_answer_replaces_the_description_and_nothing_else(tmp_path: Path) -> None:
    before = book(SLIP, RIGHT, SLIP)
    with serve(correct) as service:
        after, counts, warning = refine(before, service.base_url, tmp_path)
    corrected = (CORRECTED, "refined", SLIP)
    assert descriptions(after) == [corrected, (RIGHT, "caption", None), corrected]
    assert [pair.caption for pair in after.pairs] == [pair.caption for pair in before.pairs]
    assert sorted(service.texts) == sorted([SLIP, RIGHT])  # a text that two pairs share is asked for once
    assert counts == Refinement(asked=2, cached=0, changed=1, unchanged=1)
    assert (after.refusals, warning) == ((), None)
    assert {request["temperature"] for request in service.requests} == {0}
    assert {request["model"] for request in service.requests} == {"m"}


def test_what_was_asked_once_is_not_asked_again(tmp_path: Path) -> None:
    with serve(lambda text, _: correct(text, 0) if text == SLIP else chat(f"{text}甚美")) as service:
        first, _, _ = refine(book(SLIP, RIGHT), service.base_url, tmp_path)
        second, counts, _ = refine(book(SLIP, RIGHT), service.base_url, tmp_path)
        assert len(service.requests) == 2
        assert counts == Refinement(asked=0, cached=2, changed=1, unchanged=0, refused={"added-content": 1})
        assert (second.pairs, second.refusals) == (first.pairs, first.refusals)
        refine(book(SLIP, RIGHT), service.base_url, tmp_path, max_distance=0.5, timeout=9)
        assert len(service.requests) == 2  # answers are kept, not judgements
        refine(book(SLIP), service.base_url, tmp_path, model="another")
        assert len(service.requests) == 3


def test_a_folder_for_the_answers_may_be_set(tmp_path: Path) -> None:
    with serve(correct) as service:
        refine(book(SLIP), service.base_url, tmp_path / "a", cache_dir=tmp_path / "b")
    assert (tmp_path / "b").is_dir()
    assert not (tmp_path / "a").exists()


def test_a_damaged_answer_is_asked_for_again(tmp_path: Path) -> None:
    with serve(correct) as service:
        refine(book(SLIP), service.base_url, tmp_path)
        (kept,) = tmp_path.glob("*/*.json")
        for damage in ("", kept.read_text("utf-8")[:30], "[]", json.dumps({"raw": "别的", "answer": "x"})):
            kept.write_text(damage, "utf-8")
            after, counts, _ = refine(book(SLIP), service.base_url, tmp_path)
            assert (after.pairs[0].description, counts.asked) == (CORRECTED, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"{RIGHT}，为盛唐遗物", "added-content"),
        (f"Sure, here is the corrected text:\n{RIGHT}", "wrapped"),
        (f"```\n{RIGHT}\n```", "wrapped"),
        ("一种图案", "numbers-changed"),
        ("花纹", "numbers-changed"),
        (RIGHT.replace("深蓝", "朱红"), "rewritten"),
        (RIGHT.replace("花瓣八出", "花瓣九出"), "numbers-changed"),
        (RIGHT[:-2], "dropped-content"),
        ("", "no-text"),
        (" \n ", "no-text"),
        (None, "no-text"),
        (["宝相花纹"], "no-text"),
        ("\ud800" + RIGHT, "added-content"),
    ],
)
def test_a_bad_answer_is_refused_and_listed(content: object, reason: str, tmp_path: Path) -> None:
    with serve(lambda *_: chat(content)) as service:
        after, counts, warning = refine(book(RIGHT), service.base_url, tmp_path)
        again, counts_again, _ = refine(book(RIGHT), service.base_url, tmp_path)
        assert len(service.requests) == 1
    assert descriptions(after) == [(RIGHT, "caption", None)]
    assert (counts.refused, counts_again.refused) == ({reason: 1}, {reason: 1})
    assert counts.asked == 1
    assert warning is None
    (refusal,) = after.refusals
    assert (refusal.pair_id, refusal.raw, refusal.reason) == ("p1", RIGHT, reason)
    assert again.refusals == after.refusals


def test_misreadings_are_corrected_where_every_pair_was_read_by_ocr(tmp_path: Path) -> None:
    read = RIGHT.replace("深蓝", "深篮")
    with serve(lambda *_: chat(RIGHT)) as service:
        scanned, _, _ = refine(book(read, ocr=True), service.base_url, tmp_path)
        typeset, counts, _ = refine(book(read), service.base_url, tmp_path)
    assert scanned.pairs[0].description == RIGHT
    assert typeset.pairs[0].description == read
    assert counts.refused == {"rewritten": 1}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b"<html><body>Bad gateway</body></html>"), "not-the-protocol"),
        (Reply(b'{"choices": [{"mess'), "not-the-protocol"),
        (Reply(b'{"error": "no such model"}'), "not-the-protocol"),
        (Reply(b'{"choices": []}'), "not-the-protocol"),
        (Reply(b"[" * 100_000), "not-the-protocol"),
        (Reply(b"\xff\xfe\x00"), "not-the-protocol"),
        (chat("莲" * MOST_BYTES), "too-large"),
        (Reply(b"{}", 401), "status-401"),
        (Reply(b"{}", 404), "status-404"),
        (Reply(b"", 302, {"Location": "http://elsewhere.invalid/"}), "status-302"),
        (Reply(b"", 500), "status-500"),
        (Reply(b"", 429), "rate-limited"),
        (Reply(chat(RIGHT).body, pause=0.6), "timeout"),
    ],
)
def test_a_text_without_an_answer_stays_and_is_asked_for_again(
    reply: Reply, reason: str, tmp_path: Path
) -> None:
    with serve(lambda *_: reply) as service:
        after, counts, warning = refine(book(SLIP), service.base_url, tmp_path, timeout=0.5)
    assert descriptions(after) == [(SLIP, "caption", None)]
    assert counts == Refinement(asked=1, cached=0, changed=0, unchanged=0, failed={reason: 1})
    assert after.unanswered == 1
    assert warning is not None
    assert f"{reason} 1" in warning
    with serve(correct) as service:
        after, counts, warning = refine(book(SLIP), service.base_url, tmp_path)
    assert (after.pairs[0].description, counts.asked, warning) == (CORRECTED, 1, None)


DRIPS = {
    "status line": b"HTTP/1.1 2",
    "headers": b"HTTP/1.1 200 OK\r\nX-Filler: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
}


@contextmanager
def dripping(beginning: bytes) -> Iterator[str]:
    """The address of a service that sends `beginning` and then a byte every 50 ms, without an end."""

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(beginning)
            while True:
                time.sleep(0.05)
                connection.sendall(b"0")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("part", DRIPS)
def test_a_response_that_drips_cannot_outlast_the_time_limit(part: str, tmp_path: Path) -> None:
    with dripping(DRIPS[part]) as base_url:
        begin = time.monotonic()
        _, counts, _ = refine(book(SLIP), base_url, tmp_path, timeout=1)
        assert time.monotonic() - begin < 20
    assert counts.failed == {"timeout": 1}


@pytest.mark.parametrize(
    "first",
    [Reply(b"", 500), Reply(b"", 503, {"Retry-After": "0"}), Reply(b"", 429, {"Retry-After": "0"})],
    ids=["500", "503", "429"],
)
def test_a_service_that_is_busy_is_asked_again(first: Reply, tmp_path: Path) -> None:
    with serve(lambda text, number: correct(text, 0) if number else first) as service:
        after, counts, warning = refine(book(SLIP), service.base_url, tmp_path, retries=1)
        assert len(service.requests) == 2
    assert (after.pairs[0].description, counts.changed, warning) == (CORRECTED, 1, None)


@pytest.mark.parametrize(
    "reply", [Reply(b"", 400), Reply(b"", 429, {"Retry-After": "3600"}), Reply(b"nonsense")]
)
def test_what_asking_again_would_not_mend_is_asked_once(reply: Reply, tmp_path: Path) -> None:
    with serve(lambda *_: reply) as service:
        refine(book(SLIP), service.base_url, tmp_path, retries=3)
        assert len(service.requests) == 1


def test_a_service_that_is_down_is_left_alone(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        texts = [f"{SLIP}，{char}地" for char in "红黄蓝白黑青紫绿"]
        after, counts, warning = refine(book(*texts), url, tmp_path, concurrency=1)
    assert [pair.description for pair in after.pairs] == texts
    assert counts.failed == {"unreachable": GIVE_UP_AFTER, "not-asked": len(texts) - GIVE_UP_AFTER}
    assert counts.asked == GIVE_UP_AFTER
    assert warning is not None
    assert warning.count("\n") == 0


def test_one_failure_among_answers_does_not_end_the_asking(tmp_path: Path) -> None:
    texts = [f"{SLIP}，{char}地" for char in "红黄蓝白黑青"]
    bad = Reply(b"", 500)
    with serve(lambda text, number: bad if number % 2 else correct(text, 0)) as service:
        _, counts, _ = refine(book(*texts), service.base_url, tmp_path, concurrency=1)
    assert (counts.changed, counts.failed) == (3, {"status-500": 3})


def test_no_more_texts_are_asked_for_at_once_than_allowed(tmp_path: Path) -> None:
    waiting: list[int] = []
    most = 0

    def slow(text: str, number: int) -> Reply:
        nonlocal most
        waiting.append(number)
        most = max(most, len(waiting))
        time.sleep(0.05)
        waiting.remove(number)
        return chat(text)

    with serve(slow) as service:
        refine(
            book(*(f"{RIGHT}{char}" for char in "红黄蓝白黑青紫绿")),
            service.base_url,
            tmp_path,
            concurrency=2,
        )
        assert len(service.requests) == 8
    assert most <= 2


def test_the_key_goes_into_the_header_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY + "\n")
    with serve(lambda *_: Reply(b"", 401)) as service:
        after, _, warning = refine(book(SLIP), service.base_url, tmp_path, api_key_env="MY_KEY")
        assert service.headers[0]["Authorization"] == f"Bearer {KEY}"
    with serve(correct) as service:
        refine(book(SLIP), service.base_url, tmp_path)
        assert "Authorization" not in service.headers[0]
    told = repr(after) + str(warning) + "".join(p.read_text("utf-8") for p in tmp_path.glob("*/*.json"))
    assert KEY not in told


def test_a_key_no_header_can_carry_is_said_without_saying_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUWEN_REFINE_API_KEY", "sk-钥匙")
    with pytest.raises(UsageError, match="TUWEN_REFINE_API_KEY") as told:
        refine(book(SLIP), "http://127.0.0.1:9/v1", tmp_path)
    assert "钥匙" not in str(told.value)


@pytest.mark.parametrize(
    ("base_url", "model"),
    [
        ("", "m"),
        ("http://127.0.0.1:9/v1", ""),
        ("127.0.0.1:9/v1", "m"),
        ("ftp://a/v1", "m"),
        ("http://", "m"),
    ],
)
def test_settings_that_name_no_service_are_a_slip(base_url: str, model: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"extract\.refine\.base_url"):
        refine(book(SLIP), base_url, tmp_path, model=model)


def test_it_is_off_unless_asked_for(tmp_path: Path) -> None:
    with open_refiner(RefineSettings(), tmp_path / "cache") as refiner:
        assert refiner is None
    assert not (tmp_path / "cache").exists()
