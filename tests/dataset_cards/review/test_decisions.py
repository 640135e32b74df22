from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_cards.review.corrections import Accept, Correction, Reject, append, read
from dataset_cards.review.decisions import in_force, resolve

BOOK, OTHER = "a" * 64, "b" * 64
BOX = [10.0, 20.0, 110.0, 220.0]


def at(second: int, action: str, data: dict[str, Any] | None = None, **about: Any) -> Correction:
    """A correction made at a second; its id is its time unless given."""
    values = {
        "id": f"{second:04}",
        "when": f"2026-11-30T12:00:{second:02}.000000Z",
        "who": "a",
        "book": BOOK,
        "page": 1,
        "bbox": BOX,
        "action": action,
        "data": data or {},
    }
    return Correction.model_validate(values | about)


actions = st.sampled_from(
    [
        ("accept", {}),
        ("reject", {"reason": "no"}),
        ("edit", {"title": "锦"}),
        ("edit", {"title": "绫", "kind": "textile"}),
        ("box", {"bbox": [1, 2, 3, 4]}),
        ("relink", {"caption": {"text": "图1", "page": 2, "bbox": [1, 2, 3, 4]}}),
        ("page_done", {}),
    ]
)


on_a_busy_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@st.composite
def files(draw: st.DrawFn) -> list[Correction]:
    """Corrections of a few figures, pages and books, many at one time, some undone."""
    made: list[Correction] = []
    for number in range(draw(st.integers(1, 14))):
        second = draw(st.integers(0, 4))
        about: dict[str, Any] = {
            "id": f"{number:02}",
            "book": draw(st.sampled_from([BOOK, OTHER])),
            "pair_id": draw(st.sampled_from(["p", "q", None])),
        }
        if made and draw(st.booleans()):
            of = draw(st.sampled_from(made))
            made.append(at(second, "undo", {"of": of.id}, **about))
        else:
            action, data = draw(actions)
            made.append(at(second, action, data, **about))
    return made


@on_a_busy_machine
@given(files(), st.integers(0, 10**6))
def test_the_order_of_lines_and_lines_given_twice_do_not_matter(made: list[Correction], seed: int) -> None:
    shuffled = [*made, *made[::2]]
    random.Random(seed).shuffle(shuffled)
    assert resolve(shuffled) == resolve(made)


@on_a_busy_machine
@given(files(), st.integers(0, 14))
def test_two_files_one_after_the_other_are_one_file(made: list[Correction], cut: int) -> None:
    assert resolve(made[cut:] + made[:cut]) == resolve(made)


def test_concatenated_files_are_read_as_one(tmp_path: Path) -> None:
    mine, theirs = at(1, "edit", {"title": "甲"}, id="x"), at(2, "edit", {"title": "乙"}, id="y")
    append(tmp_path / "a", mine)
    append(tmp_path / "b", theirs)
    (tmp_path / "c").write_bytes((tmp_path / "b").read_bytes() + (tmp_path / "a").read_bytes())
    (figure,) = resolve(read(tmp_path / "c").lines)[BOOK].figures
    assert figure.fields["title"].value == "乙"


def test_the_latest_counts_field_by_field() -> None:
    made = [
        at(1, "edit", {"title": "旧", "kind": "mural"}, pair_id="p"),
        at(2, "reject", {"reason": "blurred"}, pair_id="p"),
        at(3, "edit", {"title": "新"}, pair_id="p", bbox=[11, 20, 110, 220]),
        at(4, "accept", pair_id="p", bbox=[12, 20, 110, 220]),
    ]
    (figure,) = resolve(made)[BOOK].figures
    assert {name: setting.value for name, setting in figure.fields.items()} == {
        "title": "新",
        "kind": "mural",
        "verdict": Accept(),
    }
    assert figure.target.bbox == (12, 20, 110, 220)


def test_of_decisions_at_one_time_the_greater_id_counts() -> None:
    made = [at(1, "accept", id="b"), at(1, "reject", {"reason": "no"}, id="a")]
    assert resolve(made)[BOOK].figures[0].verdict == Accept()


def test_an_undone_decision_does_not_count_and_an_undone_undo_brings_it_back() -> None:
    reject, undo = at(1, "reject", {"reason": "no"}), at(2, "undo", {"of": "0001"})
    again = at(3, "undo", {"of": "0002"})
    assert resolve([reject, undo]) == {}
    assert resolve([reject, undo, again])[BOOK].figures[0].verdict == Reject(reason="no")


def test_no_decision_undoes_a_later_one_or_itself() -> None:
    made = [at(1, "undo", {"of": "0002"}), at(2, "undo", {"of": "0002"})]
    assert in_force(made) == made


def test_a_page_is_done_until_that_is_undone() -> None:
    done = at(1, "page_done", bbox=None, page=4)
    assert list(resolve([done])[BOOK].done) == [4]
    assert resolve([done, at(2, "undo", {"of": "0001"})]) == {}


def test_figures_that_were_no_pairs_are_told_apart_by_their_boxes() -> None:
    made = [at(1, "remove"), at(2, "remove", bbox=[200, 20, 300, 220]), at(3, "remove", page=2)]
    assert [(d.target.page, d.target.bbox[0]) for d in resolve(made)[BOOK].figures] == [
        (1, 10),
        (1, 200),
        (2, 10),
    ]
