"""A review of a small made workspace, without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dataset_cards.reading import iter_rows
from flows.review.access import WRITE_HEADER
from flows.review.app import make_app
from flows.review.session import Session
from flows.settings import load_settings
from flows.workspace import Workspace
from tests.dataset_cards.browser import CHROMIUM
from tests.flows.review.made_workspace import made_truths, make_workspace, read_again

PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"
ERRORS = {0: "title", 3: "box", 4: "figure", 6: "caption", 8: "swapped", 9: "swapped"}


@dataclass
class Reviewing:
    """A session and a browser that has its cookie."""

    root: Path
    session: Session
    client: TestClient
    token: str
    write: str

    def get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def page(self, page: int) -> Any:
        return self.get(f"/api/page/{self.book}/{page}")

    @property
    def book(self) -> str:
        return self.session.version.books[0].sha256

    def post(self, decision: Any, **headers: str) -> Any:
        given = {"origin": BASE, WRITE_HEADER: self.write} | headers
        return self.client.post("/api/decide", json=decision, headers=given)

    def decide(self, action: str, figure: Any, **data: Any) -> str:
        body = {"action": action, "data": data, "book": self.book, **figure["target"]}
        return str(self.post(body).raise_for_status().json()["id"])

    def undo(self, correction: str, page: int) -> Any:
        body = {"action": "undo", "data": {"of": correction}, "book": self.book, "page": page}
        return self.post(body).raise_for_status().json()

    def built(self) -> dict[str, Any]:
        """The rows of the version that the next build makes, by pair_id."""
        made = read_again(self.root, made_truths(6, ERRORS), jitter=0.0)
        return {row["pair_id"]: row for row in iter_rows(made)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, for tests that are marked `needs_browser`."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "workspace"
    make_workspace(root, 6, ERRORS)
    return root


def start(root: Path, who: str = "李娜") -> Reviewing:
    session = Session(Workspace.open(root), load_settings(environ={}), who)
    app = make_app(session, PORT)
    client = TestClient(app, base_url=BASE)
    client.get(f"/open/{app.token}").raise_for_status()
    return Reviewing(root, session, client, app.token, app.write_token)


@pytest.fixture
def review(made: Path, tmp_path: Path) -> Iterator[Reviewing]:
    """A copy with stamps of its own, so the shelf is indexed again."""
    root = tmp_path / "workspace"
    shutil.copytree(made, root)
    Workspace(root).shelf()
    reviewing = start(root)
    yield reviewing
    reviewing.session.close()
