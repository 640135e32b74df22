"""The review page in Chromium, as a person uses it: by keyboard alone, and by mouse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import Correction, read
from dataset_cards.review.decisions import in_force, resolve
from flows.workspace import Workspace
from tests.dataset_cards.browser import needs_browser
from tests.flows.review.conftest import ERRORS
from tests.flows.review.hands import Desk, Hands, serving
from tests.flows.review.kept import wrong
from tests.flows.review.made_workspace import Truth, make_workspace, read_again

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra dev)")
pytestmark = needs_browser
BY_HAND = 3
"""Points, two pixels of the screen: how exactly a box is drawn."""
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Truth]]:
    root = tmp_path_factory.mktemp("drawn") / "workspace"
    return root, make_workspace(root, 6, ERRORS)


@pytest.fixture
def root(drawn: tuple[Path, list[Truth]], tmp_path: Path) -> Path:
    shutil.copytree(drawn[0], tmp_path / "workspace")
    Workspace(tmp_path / "workspace").shelf()
    return tmp_path / "workspace"


def lines(root: Path) -> list[Correction]:
    """What counts, oldest first."""
    return [line for line in in_force(read(root / "corrections.jsonl").lines) if line.action != "undo"]


def assert_right(root: Path, truths: list[Truth], *, exact: bool) -> None:
    """Every error is corrected, and every figure accepted, or its page done."""
    (book,) = resolve(lines(root)).values()
    found = {(d.target.page, d.target.bbox[1] > 290): d for d in book.figures}
    for truth in truths:
        if truth.page in book.done and not truth.error:
            continue
        decision = found[truth.page, truth.box[1] > 290]
        assert decision.verdict is not None
        values = {name: setting.value for name, setting in decision.fields.items()}
        if truth.error == "title":
            assert values["title"] == truth.text.partition(" ")[2]
        elif truth.error in ("swapped", "figure", "caption"):
            assert values["caption"] == truth.text
            assert values["caption_place"].bbox == truth.caption_box
        if truth.error == "box":
            assert values["shape"].bbox == pytest.approx(truth.box, abs=BY_HAND)
        elif truth.error == "caption" and exact:
            assert decision.target.bbox == pytest.approx(truth.box, abs=BY_HAND)


@pytest.mark.parametrize("mouse", [False, True], ids=["keyboard", "mouse"])
def test_seeded_errors_are_corrected(
    chromium: Any, drawn: tuple[Path, list[Truth]], root: Path, mouse: bool
) -> None:
    truths = drawn[1]
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        hands = Hands(desk.page, session, truths, mouse=mouse)
        while hands.item():
            hands.decide()
        desk.page.get_by_text("队列已空").filter(has_text="tuwen build").wait_for()
        desk.page.close()
    assert_right(root, truths, exact=mouse)
    assert desk.complaints == []


def test_what_was_corrected_is_built_and_kept_when_the_book_is_read_again(
    chromium: Any, drawn: tuple[Path, list[Truth]], root: Path
) -> None:
    truths = drawn[1]
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        hands = Hands(desk.page, session, truths, mouse=False)
        while hands.item():
            hands.decide()
        desk.page.close()
    built = read_again(root, truths, jitter=0.0)
    again = read_again(root, truths, jitter=4.0)
    assert wrong(built, truths, BY_HAND) == []
    assert wrong(again, truths, BY_HAND + 4) == []
    assert {row["pair_id"] for row in iter_rows(built)} == {row["pair_id"] for row in iter_rows(again)}
    splits = [{row["pair_id"]: row["split"] for row in iter_rows(version)} for version in (built, again)]
    assert splits[0] == splits[1]


def test_nothing_is_lost_on_reload(chromium: Any, drawn: tuple[Path, list[Truth]], root: Path) -> None:
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        hands = Hands(desk.page, session, drawn[1], mouse=False)
        first = hands.item()
        hands.press("accept")
        hands.until(lambda: hands.item() != first)
        second = hands.item()
        hands.press("edit")
        desk.page.keyboard.type("未完")
        desk.page.reload()
        desk.page.wait_for_selector("body[data-ready]")
        assert hands.item() == second
        assert "未完" in hands.value("title")
        assert [line.action for line in lines(root)] == ["accept"]
        hands.press("undo")
        hands.until(lambda: hands.item() == first)
        assert lines(root) == []
        desk.page.close()


def test_a_value_stands_beside_what_was_read_and_texts_stay_text(chromium: Any, root: Path) -> None:
    with serving(root) as (_, address):
        desk = Desk(chromium, address)
        page = desk.page
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type(HOSTILE)
        page.keyboard.press("Enter")
        page.locator("label.changed q").wait_for()
        assert page.locator("label.changed q").text_content().startswith("联珠对鸟纹")
        assert page.locator("#queue b").first.text_content()
        page.locator("label.changed .restore").click()
        page.locator("label.changed").wait_for(state="detached")
        page.keyboard.press("l")
        page.locator("#left", has_text="left").wait_for()
        assert page.locator("img[src=x]").count() == 0
        assert page.title() == "tuwen v0001"
        assert desk.complaints == []
        page.close()


def test_rules_reasons_and_numbers_are_words_of_the_language(chromium: Any, root: Path) -> None:
    with serving(root) as (_, address):
        desk = Desk(chromium, address)
        page = desk.page
        notes = page.locator("#panel .notes")
        notes.get_by_text("规则 · 同页图题 + 自有一行").wait_for()
        page.keyboard.press("l")
        notes.get_by_text("Rule · caption on the same page + line of its own").wait_for()
        page.locator("#filters").evaluate("filters => { filters.hidden = false; }")
        rules = page.locator("#filters label", has_text="Rule").locator("option").all_text_contents()
        assert rules == ["All", "caption on the same page + line of its own"]
        page.select_option("#filters label:has-text('Reason') select", "unmatched")
        page.get_by_text("no text found for it").wait_for()
        page.fill("#page", "7")
        page.press("#page", "Enter")
        page.get_by_text("0 figures on this page").wait_for()
        assert "timeout" not in page.locator("#panel .failure").text_content().split(" · ")[1]
        page.keyboard.press("l")
        page.get_by_text("超时 · ").wait_for()
        assert desk.complaints == []
        page.close()


def test_a_page_says_when_a_decision_was_not_kept(chromium: Any, root: Path) -> None:
    with serving(root) as (_, address):
        desk = Desk(chromium, address)
    desk.page.keyboard.press("a")
    desk.page.locator("#alert.wrong").wait_for()
    assert not (root / "corrections.jsonl").exists()
    desk.page.close()


def test_split_merge_and_another_page_of_the_book(chromium: Any, root: Path) -> None:
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        page = desk.page
        page.fill("#page", "5")
        page.press("#page", "Enter")
        page.locator("#panel .quiet", has_text="第 5 页").first.wait_for()
        page.keyboard.press("s")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator("rect.figure.part").wait_for()
        page.keyboard.press("Backspace")
        page.locator("rect.figure.part").wait_for(state="detached")
        page.locator(".handle.nw").wait_for()
        page.locator("rect.figure:not(.selected)").first.click(modifiers=["Shift"])
        page.keyboard.press("m")
        page.locator(".history li").wait_for()
        assert page.locator("rect.figure:not(.merge)").count() == 1
        page.close()
    kinds = [line.action for line in lines(root)]
    assert kinds == ["merge"]
    assert session.version.version == "v0001"
