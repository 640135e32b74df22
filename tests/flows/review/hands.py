"""A person at the review page: sets right what was read wrong, item by item, by keyboard or by mouse."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from flows.review.app import make_app
from flows.review.server import HOST, listen
from flows.review.session import Session
from flows.settings import load_settings
from flows.workspace import Workspace
from tests.flows.review.made_workspace import Truth

PATIENCE = 120.0
"""Seconds that anything on the page may take on a busy machine."""
MOST_TEXTS = 8
"""On one page: arrows go through all of them."""
STEP = 2
"""Points that an arrow key moves a box by."""


@contextmanager
def serving(root: Path, who: str = "李娜", port: int = 0) -> Iterator[tuple[Session, str]]:
    """A review server on a thread: its session, and the address to open."""
    session = Session(Workspace.open(root), load_settings(environ={}), who)
    listener = listen(port)
    app = make_app(session, listener.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield session, f"http://{HOST}:{listener.getsockname()[1]}/open/{app.token}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        session.close()


class Desk:
    """A browser with the review open."""

    def __init__(self, chromium: Any, address: str) -> None:
        self.complaints: list[str] = []
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        self.page = context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector("body[data-ready]")

    def _note(self, message: Any) -> None:
        if not message.text.startswith("Ignoring tile"):  # a page that was left before its picture came
            self.complaints.append(message.text)


class Hands:
    """What a person does at a page of Playwright that shows the review of a made workspace."""

    def __init__(self, page: Any, session: Session, truths: Sequence[Truth], *, mouse: bool) -> None:
        self.page = page
        self.session = session
        self.truths = truths
        self.mouse = mouse
        self.pressed = 0
        """Keys, clicks and drags so far."""

    def item(self) -> str:
        """The id of the item that is shown, "" at the end."""
        found: str = parse_qs(self.page.url.partition("#")[2]).get("item", [""])[0]
        return found

    def decide(self) -> None:
        """Set the present item right, and wait for the next."""
        here = self.item()
        item = self.session.version.by_id[here]
        truth = self.truth(item.page, item.bbox)
        if item.type in ("failure", "page"):
            self.press("done")
        else:
            assert truth is not None
            getattr(self, f"_{truth.error or 'right'}")(truth)
        self.until(lambda: self.item() != here)

    def press(self, action: str, times: int = 1) -> None:
        """A key, or its button; by mouse wherever there is one."""
        keys = {
            "accept": "a",
            "done": "d",
            "edit": "e",
            "caption": "c",
            "add": "n",
            "box": "b",
            "undo": "Backspace",
        }
        for _ in range(times):
            self.pressed += 1
            button = self.page.locator(f".actions .{action}")
            if self.mouse and action in keys and button.count():
                button.click()
            else:
                self.page.keyboard.press(keys.get(action, action))

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "the page did not come to it"
            self.page.wait_for_timeout(4)

    def value(self, name: str) -> str:
        """What a field shows."""
        found: str = self.page.locator(f"[data-field={name}]").input_value()
        return found

    def truth(self, page: int, box: Any) -> Truth | None:
        """The figure that an item is about, None for a whole page."""
        for truth in self.truths:
            if truth.page == page and box and (_meets(box, truth.box) or _meets(box, truth.caption_box)):
                return truth
        return None

    def _right(self, _: Truth) -> None:
        self.press("accept")

    def _title(self, truth: Truth) -> None:
        self.press("edit")
        self.page.keyboard.press("End")
        self.page.keyboard.type(truth.text[-1])
        self.pressed += 2
        self.press("Enter")
        self.until(lambda: self.page.locator(".fields label.changed").count() == 1)
        self.press("accept")

    def _box(self, truth: Truth) -> None:
        if self.mouse:
            self._drag_corner(truth)
        else:
            self.press("box")
            self.press("ArrowLeft", 40 // STEP)
            self.press("ArrowUp", 30 // STEP)
            self.press("Shift+ArrowRight", 40 // STEP)
            self.press("Shift+ArrowDown", 30 // STEP)
            self.press("Enter")
        self.until(lambda: self.page.locator(".history li").count() == 1)
        self.press("accept")

    def _drag_corner(self, truth: Truth) -> None:
        corner = self.page.locator(".handle.nw").bounding_box()
        opposite = self.page.locator(".handle.se").bounding_box()
        scale = (opposite["x"] - corner["x"]) / (truth.box[2] - truth.box[0] - 40)
        x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
        self._drag((x, y), (x - 40 * scale, y - 30 * scale))

    def _swapped(self, truth: Truth) -> None:
        self._link(truth)
        self.press("accept")

    def _figure(self, truth: Truth) -> None:
        self._link(truth)
        self.press("accept")

    def _link(self, truth: Truth) -> None:
        """Give the figure its caption: a click on it, or arrows until it is marked, and Enter."""
        self.press("caption")
        if self.mouse:
            texts = self.page.locator("rect.text")
            places = [texts.nth(place) for place in range(texts.count())]
            next(one for one in places if one.text_content() == truth.text).click()
            self.pressed += 1
            self.until(lambda: self.value("caption") == truth.text)
            return
        hint = self.page.locator("#hint")
        for _ in range(MOST_TEXTS):
            if truth.text in hint.text_content():
                break
            self.press("ArrowDown")
        self.press("Enter")
        self.until(lambda: self.value("caption") == truth.text)

    def _caption(self, truth: Truth) -> None:
        """Draw the figure that belongs to the caption that is shown; then accept it."""
        self.press("add")
        if self.mouse:
            shown = self.page.locator(".text.loose.selected").bounding_box()
            scale = shown["width"] / (truth.caption_box[2] - truth.caption_box[0])
            left = shown["x"] - truth.caption_box[0] * scale
            top = shown["y"] - truth.caption_box[1] * scale
            x0, y0, x1, y1 = (side * scale for side in truth.box)
            self._drag((left + x0, top + y0), (left + x1, top + y1))
        else:
            self.press("Enter", 2)
        self.until(lambda: self.page.locator(".history li").count() >= 2)
        self.press("accept")

    def _drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.pressed += 1
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=5)
        self.page.mouse.up()


def _meets(box: Any, other: Any) -> bool:
    return bool(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3])
