from __future__ import annotations

import hashlib
import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.review.corrections import ACTIONS, Correction, append, decide, read
from dataset_cards.review.decisions import in_force

BOOK = "ab" * 32
BOX = (10.0, 20.0, 110.5, 220.25)
DATA: dict[str, dict[str, Any]] = {
    "accept": {},
    "reject": {"reason": "the text is of another figure"},
    "edit": {"title": "联珠对鸟纹锦", "number": ""},
    "box": {"bbox": [12, 20, 100, 200]},
    "add": {"title": "宝相花", "description": "宝相花纹锦", "kind": "textile"},
    "remove": {},
    "split": {"boxes": [[10, 20, 60, 220], [60, 20, 110, 220]]},
    "merge": {"boxes": [[110, 20, 210, 220]], "bbox": [10, 20, 210, 220]},
    "relink": {"caption": {"text": "图3 锦", "page": 9, "bbox": [10, 230, 60, 240]}},
    "no_figure": {},
    "page_done": {},
    "undo": {"of": "0123"},
}


def made(action: Any, **about: Any) -> Correction:
    return decide(action, DATA[action], who="陈", **({"book": BOOK, "page": 7, "bbox": BOX} | about))


def test_every_action_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    written = [made(action, pair_id="7b490b3dcc179865", phash="f0" * 8) for action in ACTIONS]
    for correction in written:
        append(path, correction)
    assert read(path).lines == tuple(written)
    assert "联珠对鸟纹锦" in path.read_text("utf-8")


def test_no_file_holds_no_correction(tmp_path: Path) -> None:
    assert read(tmp_path / "corrections.jsonl").lines == ()


def test_a_line_cut_short_is_named_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    append(path, made("accept"))
    append(path, made("reject"))
    path.write_bytes(path.read_bytes()[:-30])
    append(path, made("remove"))
    found = read(path)
    assert [c.action for c in found.lines] == ["accept", "remove"]
    assert [(d.line, d.why) for d in found.damaged] == [(2, "it is cut short, or is no JSON")]


def test_a_line_changed_by_hand_is_named(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    append(path, made("edit"))
    path.write_text(path.read_text("utf-8").replace("联珠", "團窠"), "utf-8")
    found = read(path)
    assert not found.lines
    assert "checksum" in found.damaged[0].why


def forged(**fields: Any) -> bytes:
    """A line with a checksum that fits, whatever it says."""
    given = made("edit").as_json() | fields
    text = json.dumps(given, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return json.dumps(given | {"sum": hashlib.sha256(text.encode()).hexdigest()[:16]}).encode() + b"\n"


HOSTILE = {
    "brackets": b"[" * 200_000 + b"\n",
    "braces": b'{"a":' * 200_000 + b"\n",
    "no text": b"\xff\xfe\0\n",
    "half a character": forged(data={"title": "\ud800"}),
    "half a name": forged(who="\ud800"),
    "half a field": forged(**{"\ud800": 1}),
    "a page no number holds": forged(page=10**300),
    "a text on such a page": forged(
        action="relink", data={"caption": {"text": "图1", "page": 10**300, "bbox": BOX}}
    ),
    "a box without bounds": forged(bbox=[-1e308, -1e308, 1e308, 1e308]),
    "a new box without bounds": forged(action="box", data={"bbox": [0, 0, 1e308, 1e308]}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_line_counts_for_nothing_and_the_next_one_is_whole(what: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    path.write_bytes(HOSTILE[what])
    append(path, made("accept"))
    found = read(path)
    assert [line.line for line in found.damaged] == [1]
    assert [c.action for c in in_force(found.lines)] == ["accept"]


def test_fields_of_a_later_program_are_kept(tmp_path: Path) -> None:
    fields = made("reject").as_json()
    fields |= {"device": "tablet", "data": {**fields["data"], "seen_for_seconds": 4}}
    append(tmp_path / "c.jsonl", Correction.model_validate(fields))
    (again,) = read(tmp_path / "c.jsonl").lines
    assert again.as_json() == fields


@pytest.mark.parametrize(
    ("action", "data", "about"),
    [
        ("edit", {}, {}),
        ("edit", {"kind": "poem"}, {}),
        ("box", {"bbox": [10, 20, 10, 30]}, {}),
        ("box", {"bbox": [10, 20, float("nan"), 30]}, {}),
        ("split", {"boxes": [[0, 0, 1, 1]]}, {}),
        ("relink", {}, {}),
        ("reject", {}, {}),
        ("accept", {}, {"bbox": None}),
        ("accept", {}, {"page": 0}),
        ("accept", {}, {"book": "silk.pdf"}),
        ("praise", {}, {}),
        ("edit", {"title": "\ud800"}, {}),
        ("box", {"bbox": [0, 0, 1e308, 1e308]}, {}),
    ],
)
def test_what_says_nothing_or_nothing_possible_is_refused(
    action: Any, data: dict[str, Any], about: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        decide(action, data, **({"who": "", "book": BOOK, "page": 7, "bbox": BOX} | about))


def _write_many(path: Path, who: str) -> None:
    for n in range(40):
        append(path, decide("edit", {"title": who * 200}, who=who, book=BOOK, page=n + 1, bbox=BOX))


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(path, who)) for who in ("甲", "乙")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = read(path)
    assert not found.damaged
    assert [[c.page for c in found.lines if c.who == who] for who in "甲乙"] == [list(range(1, 41))] * 2


def test_a_line_is_one_json_object_with_its_checksum(tmp_path: Path) -> None:
    append(tmp_path / "c.jsonl", made("accept"))
    (line,) = (tmp_path / "c.jsonl").read_text("utf-8").splitlines()
    assert set(json.loads(line)) == {
        "id", "when", "who", "book", "reading", "page", "bbox", "action", "data", "sum"
    }  # fmt: skip
