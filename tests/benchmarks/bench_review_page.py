"""A person-like script at the review page: seconds an item, milliseconds from a decision to the next.

    python tests/benchmarks/bench_review_page.py [--pages 25] [--look 0]

Two figures a page; every third was read with an error, which is corrected; the others are accepted. Then the
dataset is built, and built once more from a reading with the same errors and other boxes: what was corrected
must hold in both. The script looks at each item for --look seconds before it acts; the times leave that out.
Seconds hold what Playwright itself takes; milliseconds are the browser's own, from the key to the next item
drawn.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

from measure import print_table
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.dataset_cards.browser import CHROMIUM
from tests.flows.review.hands import Hands, serving
from tests.flows.review.kept import wrong
from tests.flows.review.made_workspace import Truth, make_workspace, read_again

ERRORS = ("title", "box", "figure", "caption")
EVERY = 3
BY_HAND = 3
"""Points: how exactly a box is drawn."""
# The panel is drawn last of what an item shows; an observer is called when the drawing is done.
WATCH = """
window.took = [];
let since = 0;
const begin = () => { since = performance.now(); };
addEventListener("keydown", (event) => event.key === "a" && begin(), true);
addEventListener("click", (event) => event.target.closest?.(".accept") && begin(), true);
new MutationObserver((changes) => {
  if (!since || !changes.some((change) => change.target.id === "panel")) return;
  window.took.push(performance.now() - since);
  since = 0;
}).observe(document, { childList: true, subtree: true });
"""


def errors(figures: int) -> dict[int, str]:
    """The error of every third figure, in turn."""
    return {number: ERRORS[number // EVERY % len(ERRORS)] for number in range(0, figures, EVERY)}


def review(root: Path, truths: list[Truth], look: float, mouse: bool) -> list[list[str]]:
    """Rows: sort of item, how many, median seconds, presses."""
    times: dict[str, list[float]] = defaultdict(list)
    presses: dict[str, int] = defaultdict(int)
    with sync_playwright() as running, serving(root) as (session, address):
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        page.add_init_script(WATCH)
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        hands = Hands(page, session, truths, mouse=mouse)
        start = time.perf_counter()
        while hands.item():
            page.wait_for_timeout(1000 * look)
            item = session.version.by_id[hands.item()]
            truth = hands.truth(item.page, item.bbox)
            sort = item.type if item.type in ("failure", "page") or truth is None else truth.error or "right"
            before, begun = hands.pressed, time.perf_counter()
            hands.decide()
            times[sort].append(time.perf_counter() - begun)
            presses[sort] += hands.pressed - before
        whole = time.perf_counter() - start
        asked = {"expression": "window.took", "returnByValue": True}
        steps = page.context.new_cdp_session(page).send("Runtime.evaluate", asked)["result"]["value"]
        browser.close()
    count = sum(map(len, times.values()))
    rows = [
        [sort, str(len(own)), f"{median(own):.2f}", f"{presses[sort] / len(own):.1f}"]
        for sort, own in sorted(times.items())
    ]
    way = "mouse" if mouse else "keyboard"
    print(f"by {way}: {count} items, {whole / count - look:.2f} s an item; from A to the next item:", end=" ")
    print(f"median {median(steps):.0f} ms, 95 % {quantiles(steps, n=20)[-1]:.0f} ms")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=25)
    parser.add_argument("--look", type=float, default=0.0)
    given = parser.parse_args()
    for mouse in (False, True):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name) / "workspace"
            truths = make_workspace(root, given.pages, errors(2 * given.pages))
            rows = review(root, truths, given.look, mouse)
            for jitter in (0.0, 4.0):
                faults = wrong(read_again(root, truths, jitter=jitter), truths, BY_HAND + jitter)
                read = "rebuilt" if not jitter else f"read again, boxes off by up to {jitter:g} points"
                print(f"{read}: {len(faults)} of {len(truths)} figures wrong", *faults, sep="\n  ")
        print_table(["item", "count", "seconds", "presses"], rows)


if __name__ == "__main__":
    main()
