"""What one `tuwen review` works on: the current version, its pictures, and the decisions on it."""

from __future__ import annotations

from typing import Any, get_args

from dataset_cards.review.choice import Choice, choose
from dataset_cards.review.corrections import CORRECTIONS_FILE, Correction
from dataset_cards.review.page_state import page_state
from dataset_cards.review.version_items import WHYS, Item, VersionItems
from extractors.grammar.shown import SUBJECTS
from extractors.pairing.shown import OTHER
from extractors.records import Kind, Medium
from flows.review.desk import version_to_review
from flows.review.journal import Journal
from flows.review.pictures import LEVELS, NoPictureError, Pictures
from flows.review.printed_text import PrintedTexts
from flows.settings import Settings
from flows.workspace import Workspace

_NAMES = ("title", "caption", "text", "description", "number")
SENT_AT_ONCE = 2000
"""Items of the queue sent to the page at a time: hours of work, some 300 KB."""


class Session:
    """A workspace under review; for several threads."""

    def __init__(self, workspace: Workspace, settings: Settings, who: str) -> None:
        """Read the current version. Raises DamagedWorkspaceError when there is none, or it is not
        whole, BusyError where nothing is published and a build runs."""
        self.workspace = workspace
        self.version = VersionItems(version_to_review(workspace, settings))
        self.journal = Journal(workspace.root / CORRECTIONS_FILE, who)
        self.texts = PrintedTexts(workspace)
        found = {item.row.get("subject") or OTHER for item in self.version.queue if item.type == "pair"}
        self.subjects = dict.fromkeys(
            (*SUBJECTS, *settings.extract.subjects, *sorted(found - {OTHER}), OTHER)
        )
        """What a figure may be said to show."""
        self.pictures = Pictures(workspace, self.version, settings.extract.limits)

    def close(self) -> None:
        """End what the session started."""
        self.pictures.close()

    def start(self) -> dict[str, Any]:
        """What the page needs once."""
        items = [item for item in self.version.queue if item.type == "pair"]
        return {
            "dataset": self.version.dataset,
            "version": self.version.version,
            "digest": self.version.digest[:16],
            "who": self.journal.who,
            "books": [{"id": b.sha256, "title": b.title, "pages": b.pages} for b in self.version.books],
            "kinds": list(get_args(Kind)),
            "mediums": list(get_args(Medium)),
            "subjects": list(self.subjects),
            "rules": sorted({item.row["rule"] for item in items}),
            "whys": list(WHYS),
        }

    def queue(self, choice: Choice) -> dict[str, Any]:
        """The items asked for, the first `SENT_AT_ONCE` of them, and how many there are in all."""
        found = choose(self.version, choice, self.journal.decisions(), SENT_AT_ONCE)
        items = [_listed(item, decided) for item, decided in found.items]
        return {"items": items, "left": found.left, "total": found.total, "damaged": self.journal.damaged}

    def page(self, book: str, page: int) -> dict[str, Any]:
        """Everything on a page. Raises KeyError for a page that the version has not."""
        if not 1 <= page <= self.version.book(book).pages:
            raise KeyError(page)
        decisions = self.journal.decisions()
        state = page_state(self.version, decisions.of_book(book), book, page)
        here = [item for item in self.version.on_page(book, page) if item.page == page]
        state["undecided"] = [item.id for item in here if not decisions.has(item)]
        try:
            width, height = self.pictures.size(book, page)
        except NoPictureError as error:
            return state | {"width": 0, "height": 0, "levels": [], "lost": str(error)}
        levels = self.pictures.levels(book, page)
        shares = [LEVELS[level] / max(width, height) for level in levels]
        sizes = [[round(width * share), round(height * share)] for share in shares]
        return state | {"width": width, "height": height, "levels": sizes, "lost": ""}

    def decide(self, given: dict[str, Any]) -> Correction:
        """Keep a decision of the page. Raises ValueError or KeyError for what is none, OSError."""
        self.version.book(given["book"])
        return self.journal.write(
            given["action"],
            given.get("data") or {},
            book=given["book"],
            page=given["page"],
            bbox=given.get("bbox"),
            pair_id=given.get("pair_id"),
            phash=given.get("phash"),
            reading=self.version.digest,
        )


def _listed(item: Item, decided: bool) -> dict[str, Any]:
    row = item.row
    return {
        "id": item.id,
        "type": item.type,
        "why": item.why,
        "book": item.book,
        "page": item.page,
        "title": next((row[name] for name in _NAMES if row.get(name)), ""),
        "confidence": row.get("confidence"),
        "picture": bool(item.picture),
        "decided": decided,
    }
