"""The review page in Chromium, as a curator meets it who tries everything: several checks in one sitting."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dataset_cards.review.corrections import Correction, read
from dataset_cards.review.decisions import in_force
from flows.review.session import Session
from flows.workspace import Workspace
from tests.dataset_cards.browser import needs_browser
from tests.flows.review.conftest import ERRORS
from tests.flows.review.hands import Desk, Hands, serving
from tests.flows.review.made_workspace import made_truths, read_again

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra dev)")
pytestmark = needs_browser
TRUTHS = made_truths(6, ERRORS)


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "workspace")
    Workspace(tmp_path / "workspace").shelf()
    return tmp_path / "workspace"


def counting(root: Path) -> list[Correction]:
    """What counts, oldest first."""
    return [line for line in in_force(read(root / "corrections.jsonl").lines) if line.action != "undo"]


def written(root: Path) -> int:
    return len(read(root / "corrections.jsonl").lines)


def jump(page: Any, number: int) -> None:
    page.fill("#page", str(number))
    page.press("#page", "Enter")
    page.locator("#panel .quiet", has_text=f"第 {number} 页").first.wait_for()


def hint(page: Any, text: str) -> None:
    page.locator("#hint", has_text=text).wait_for()


def alert(page: Any, text: str) -> None:
    page.locator("#alert:not([hidden])", has_text=text).wait_for()


def test_links_boxes_and_drafts(chromium: Any, root: Path) -> None:
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        page = desk.page
        hands = Hands(page, session, TRUTHS, mouse=False)

        # Blank paper is no text: nothing is written, whether it is clicked or surrounded.
        page.keyboard.press("c")
        box = page.locator("rect.figure").first.bounding_box()
        corner = (box["x"] - 20, box["y"] - 20)
        page.mouse.click(*corner)
        alert(page, "此处没有文字")
        page.mouse.move(*corner)
        page.mouse.down()
        page.mouse.move(corner[0] + 15, corner[1] + 15, steps=3)
        page.mouse.up()
        hint(page, "Enter")
        page.keyboard.press("Escape")
        assert written(root) == 0

        # By keyboard a text is marked before it is taken; Enter takes one and ends it, Esc takes none.
        page.keyboard.press("c")
        page.locator("rect.text.target").wait_for()
        first = page.locator("#hint").text_content()
        page.keyboard.press("ArrowDown")
        assert page.locator("#hint").text_content() != first
        page.keyboard.press("Escape")
        page.locator("rect.text.target").wait_for(state="detached")
        assert written(root) == 0
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        page.locator(".history li").wait_for()
        page.locator("rect.text.target").wait_for(state="detached")
        assert [line.action for line in counting(root)] == ["relink"]
        page.keyboard.press("Backspace")
        page.locator(".history li").wait_for(state="detached")

        # A box of one's own is there when it is saved, not before.
        figures = page.locator("rect.figure:not(.drawn)").count()
        before = written(root)
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.locator("rect.figure.drawn").wait_for()
        page.keyboard.press("Escape")
        page.locator("rect.figure.drawn").wait_for(state="detached")
        assert written(root) == before
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.locator("rect.figure.added").wait_for()
        assert page.locator("rect.figure").count() == figures + 1
        page.keyboard.press("Escape")
        page.keyboard.press("Backspace")
        page.locator("rect.figure.added").wait_for(state="detached")

        # What was typed before a reload is part of what A saves.
        item = hands.item()
        page.keyboard.press("e")
        page.keyboard.press("End")
        page.keyboard.type("补")
        page.reload()
        page.wait_for_selector("body[data-ready]")
        assert hands.value("title").endswith("补")
        page.keyboard.press("a")
        hands.until(lambda: hands.item() != item)
        edit, accept = counting(root)
        assert (edit.action, accept.action) == ("edit", "accept")
        assert str(edit.data.title).endswith("补")  # type: ignore[union-attr]
        page.locator(f"#queue [data-id='{item}'] .sign.accept").wait_for()
        assert page.locator(f"#queue [data-id='{item}'] b").text_content() != ""
        assert desk.complaints == []
        page.close()


def test_parts_merges_and_places(chromium: Any, root: Path) -> None:
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        page = desk.page
        hands = Hands(page, session, TRUTHS, mouse=False)

        # The parts of a split can be chosen, named and split again.
        jump(page, 6)
        page.keyboard.press("s")
        page.keyboard.press("Enter")
        page.locator("rect.figure.part").wait_for()
        page.keyboard.press("ArrowDown")
        page.locator("rect.figure.part.selected").wait_for()
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("右半")
        page.keyboard.press("Enter")
        page.locator(".fields label.changed").wait_for()
        page.keyboard.press("s")
        page.keyboard.press("Enter")
        page.locator("rect.figure.part").nth(1).wait_for()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("s")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator("rect.figure.part").nth(2).wait_for()
        assert page.locator("rect.figure").count() == 5
        page.locator(".shape .restore").click()  # all of it is taken back
        page.locator("rect.figure.part").first.wait_for(state="detached")

        # Merging by keyboard; the caption of the merged figure is free, and R brings the figure back.
        jump(page, 5)
        page.keyboard.press("2")
        page.locator("#panel").wait_for()
        hands.until(lambda: "beside=6" in page.url)
        page.keyboard.press("m")
        page.locator("rect.figure.target").wait_for()
        hint(page, "空格")
        page.keyboard.press("Enter")
        page.locator("rect.figure.merge").wait_for()
        page.locator("rect.text.loose", has_text=TRUTHS[8].text).wait_for(state="attached")
        merge = counting(root)[-1]
        assert merge.action == "merge"
        page.keyboard.press("ArrowDown")
        page.locator("rect.figure.merge.selected").wait_for()
        page.keyboard.press("r")
        page.locator("rect.figure.merge").wait_for(state="detached")
        assert merge not in counting(root)
        assert "beside=6" in page.url  # undoing closes no page
        page.keyboard.press("Backspace")
        page.locator("rect.figure.merge").wait_for()
        assert "beside=6" in page.url
        page.keyboard.press("r")
        page.locator("rect.figure.merge").wait_for(state="detached")
        page.locator(".actions .merge").click()  # without a keyboard: the button, a figure, the button
        page.locator("rect.figure:not(.selected)").first.click()
        page.locator("rect.figure.together").wait_for()
        page.locator(".actions .merge").click()
        page.locator("rect.figure.merge").wait_for()

        # The address holds book, page and item.
        page.fill("#page", "99")
        page.press("#page", "Enter")
        alert(page, "没有第 99 页")
        item = hands.item()
        page.reload()
        page.wait_for_selector("body[data-ready]")
        assert page.locator("#page").input_value() == "5"
        assert hands.item() == item
        page.keyboard.press("/")
        page.locator("#filters").wait_for()
        page.keyboard.press("Escape")
        page.locator("#filters").wait_for(state="hidden")
        assert desk.complaints == []
        page.close()


def test_another_person_another_server_another_version(chromium: Any, root: Path) -> None:
    with serving(root) as (session, address):
        port = urlsplit(address).port or 0
        desk = Desk(chromium, address)
        page = desk.page
        hands = Hands(page, session, TRUTHS, mouse=False)
        item = session.version.by_id[hands.item()]
        about = {"book": item.book, "page": item.page, "bbox": item.bbox, "pair_id": item.id}
        page.keyboard.press("e")
        page.keyboard.press("End")
        page.keyboard.type("甲")
        page.keyboard.press("Enter")
        page.locator(".fields label.changed").wait_for()
        (own,) = counting(root)

        # Another person decides: the page shows it, and an undo that changes nothing says so.
        other = Session(Workspace.open(root), session._settings, "王明")
        other.decide({"action": "edit", "data": {"title": "他人所定"}, **about})
        look(page)
        hands.until(lambda: hands.value("title") == "他人所定")
        hands.until(lambda: page.locator(f"#queue [data-id='{item.id}'] b").text_content() == "他人所定")
        page.locator(f"#queue [data-id='{item.id}'] .sign.change").wait_for()
        page.keyboard.press("Backspace")
        alert(page, "另有决定")
        assert hands.value("title") == "他人所定"
        assert own not in counting(root)

        # What another person saves while one types is not overwritten unseen.
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("己见")
        other.decide({"action": "edit", "data": {"title": "他人又定"}, **about})
        page.keyboard.press("Enter")
        alert(page, "其间已另存为：题名“他人又定”。再按 Enter")
        assert counting(root)[-1].who == "王明"
        page.locator("[data-field=title]:focus").wait_for()
        assert hands.value("title") == "己见"
        page.keyboard.press("Enter")
        hands.until(lambda: counting(root)[-1].who == "李娜")
        page.locator("#alert").wait_for(state="hidden")
        assert hands.value("title") == "己见"
        other.close()
        page.keyboard.press("e")
        page.keyboard.press("End")
        page.keyboard.type("草稿")

    # The server stops; the next one on this port, opened in this browser, is found by the old page.
    page.locator("#panel h2").click()  # out of the field: it cannot be kept now
    page.locator("#alert.wrong").wait_for()
    look(page)
    page.locator("body[data-lost=offline]").wait_for()
    with serving(root, port=port) as (session, address):
        look(page)
        page.locator("body[data-lost=restarted]").wait_for()
        page.context.new_page().goto(address)
        look(page)
        page.locator("body:not([data-lost])").wait_for()
        assert hands.value("title").endswith("草稿")
        page.keyboard.press("a")
        hands.until(lambda: hands.item() != item.id)
        assert [line.action for line in counting(root)][-2:] == ["edit", "accept"]

        # The address of the new run, opened in the old tab, shows the item that one was on.
        here = hands.item()
        page.keyboard.press("ArrowRight")
        hands.until(lambda: hands.item() != here)
        here = hands.item()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        assert hands.item() == here

        # A build makes a version: the page offers it.
        read_again(root, TRUTHS, jitter=0.0)
        look(page)
        page.locator("#notice button").click()
        page.locator("#name", has_text="v0002").wait_for()
        page.wait_for_selector("body[data-ready]")

    # At another address the drafts are there too.
    page.context.close()
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        desk.page.keyboard.press("e")
        desk.page.keyboard.type("未完")
        desk.page.wait_for_timeout(600)
        desk.page.close()
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        assert "未完" in Hands(desk.page, session, TRUTHS, mouse=False).value("title")
        desk.page.close()


def test_what_is_typed_linked_and_drawn_is_one_decision(chromium: Any, root: Path) -> None:
    with serving(root) as (session, address):
        desk = Desk(chromium, address)
        page = desk.page
        hands = Hands(page, session, TRUTHS, mouse=False)

        # A title is typed, then Accept is clicked: both are kept in this order, and undone as one.
        item = hands.item()
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("键入之题")
        page.locator(".actions .accept").click()
        hands.until(lambda: hands.item() != item)
        assert [line.action for line in counting(root)] == ["edit", "accept"]
        assert page.locator(f"#queue [data-id='{item}'] b").text_content() == "键入之题"
        assert page.evaluate("document.activeElement.dataset.field") is None
        page.keyboard.press("Backspace")
        hands.until(lambda: hands.item() == item)
        assert counting(root) == []

        # Restore at a linked text takes back its place, too.
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        page.locator(".history li").wait_for()
        page.locator("label:has([data-field=caption]) .restore").click()
        page.locator("label.changed").first.wait_for(state="detached")
        assert counting(root) == []

        # After a figure was drawn the keys are keys: C links.
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.locator("rect.figure.added.selected").wait_for()
        page.keyboard.press("c")
        page.locator("rect.text.target").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Backspace")
        hands.until(lambda: counting(root) == [])

        # A caption that is no figure's is settled by its button or by 0, and undone.
        stray = next(one for one in session.version.queue if one.type == "caption")
        for press in (page.locator(".actions .noFigure").click, lambda: page.keyboard.press("0")):
            go_to(page, hands, stray.id)
            page.locator(".actions .noFigure").wait_for()
            press()
            hands.until(lambda: [line.action for line in counting(root)] == ["no_figure"])
            hands.until(lambda: hands.item() != stray.id)
            page.locator(f"#queue [data-id='{stray.id}'] .sign.no_figure").wait_for()
            page.keyboard.press("Backspace")
            hands.until(lambda: counting(root) == [])
        assert desk.complaints == []
        page.close()


def look(page: Any) -> None:
    """Come back to the window: the page looks for news at once."""
    page.wait_for_timeout(200)
    page.evaluate("dispatchEvent(new Event('focus'))")


def go_to(page: Any, hands: Hands, item: str) -> None:
    """Go on, item by item, to this one, as fast as pages open."""
    while hands.item() != item:
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
