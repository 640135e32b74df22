"""The review page by finger, on a tablet held either way; and what the keyboard's focus shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.workspace import Workspace
from tests.dataset_cards.browser import CHROMIUM, needs_browser
from tests.flows.review.hands import PATIENCE, serving

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra dev)")
pytestmark = needs_browser
TOUCH = 24
"""Pixels that a finger needs (WCAG 2.2, 2.5.8)."""
BUTTONS = ("#show-queue", "#item-back", "#item-on", "#page-back", "#page-on", "#show-filters", "#language")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(made: Path, tmp_path: Path) -> Iterator[str]:
    root = tmp_path / "workspace"
    shutil.copytree(made, root)
    Workspace(root).shelf()
    with serving(root) as (_, where):
        yield where


def opened(chromium: Any, address: str, width: int, height: int, *, touch: bool) -> Any:
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch, locale="zh-CN"
    )
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    return page


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (1024, 768)], ids=["upright", "across"])
def test_all_is_reached_by_finger(chromium: Any, address: str, width: int, height: int) -> None:
    page = opened(chromium, address, width, height, touch=True)
    for button in BUTTONS:
        box = page.locator(button).bounding_box()
        assert min(box["width"], box["height"]) >= TOUCH, button
        assert 0 <= box["x"] <= width - box["width"], button
        assert 0 <= box["y"] <= height - box["height"], button
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for handle in page.locator(".handle:visible").all():
        box = handle.bounding_box()
        assert min(box["width"], box["height"]) >= TOUCH
    assert page.locator("#item-on").get_attribute("aria-label") == "下一项"
    first = page.url
    page.tap("#item-on")
    page.wait_for_url(lambda url: url != first)
    page.tap("#item-back")
    page.wait_for_url(first)
    assert not page.locator("#queue").is_visible()
    page.tap("#show-queue")
    page.locator("#queue .row").nth(2).tap()
    page.wait_for_url(lambda url: url != first)
    assert not page.locator("#queue").is_visible()
    here = int(page.input_value("#page"))
    page.tap("#page-on" if here == 1 else "#page-back")
    playwright.expect(page.locator("#page")).not_to_have_value(str(here))
    page.context.close()


def test_handles_of_a_small_figure_leave_room_between_them(chromium: Any, address: str) -> None:
    page = opened(chromium, address, 400, 400, touch=True)
    page.locator(".handle.e").wait_for(state="hidden")
    assert page.locator(".handle.nw").is_visible()
    page.context.close()


def test_the_focus_of_the_page_area_is_seen(chromium: Any, address: str) -> None:
    page = opened(chromium, address, 1440, 900, touch=False)
    canvas = page.locator("#viewer .openseadragon-canvas")
    canvas.evaluate("canvas => canvas.focus({ focusVisible: true })")
    playwright.expect(canvas).to_have_css("outline-style", "solid")
    playwright.expect(canvas).to_have_css("outline-width", "2px")
    page.context.close()
