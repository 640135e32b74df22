"""What one `tuwen review` works on: the current version, its pictures, and the decisions on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from dataset_cards.review.choice import Choice, choose
from dataset_cards.review.corrections import CORRECTIONS_FILE, Correction, Relink, decide
from dataset_cards.review.freed_captions import ReadCaptions
from dataset_cards.review.page_decisions import DecidedBook, Decisions
from dataset_cards.review.page_state import page_state
from dataset_cards.review.shown_figures import book_figure, mark, title_now
from dataset_cards.review.told_kind import BookKinds
from dataset_cards.review.version_items import WHYS, Item, VersionItems
from extractors.grammar.shown import SUBJECTS
from extractors.pairing.shown import OTHER
from extractors.records import Kind, Medium, Pair
from flows.outcomes import dataset_dir
from flows.review.desk import version_to_review
from flows.review.drafts import Drafts
from flows.review.journal import Effect, Journal
from flows.review.meanwhile import check_upon
from flows.review.pictures import NoPictureError, Pictures
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
        self._settings = settings
        self.journal = Journal(workspace.root / CORRECTIONS_FILE, who)
        self.drafts = Drafts(workspace.root, who)
        self.texts = PrintedTexts(workspace)
        self._show(VersionItems(version_to_review(workspace, settings)))

    def _show(self, version: VersionItems) -> None:
        self.version = version
        found = {item.row.get("subject") or OTHER for item in version.queue if item.type == "pair"}
        self.subjects = dict.fromkeys(
            (*SUBJECTS, *self._settings.extract.subjects, *sorted(found - {OTHER}), OTHER)
        )
        """What a figure may be said to show."""
        self.pictures = Pictures(self.workspace, version, self._settings.extract.limits)
        self._kinds: BookKinds | None = None
        self._captions: ReadCaptions | None = None

    def reopen(self) -> None:
        """Show the version that is current now. Raises as the session itself does."""
        old = self.pictures
        self._show(VersionItems(version_to_review(self.workspace, self._settings)))
        self.texts = PrintedTexts(self.workspace)
        old.close()

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
            "workspace": _name_of(self.workspace.root),
            "seen": self.journal.since(0)[0],
            **self.drafts.read().model_dump(mode="json"),
        }

    def news(self, seen: int) -> dict[str, Any]:
        """What happened since the first `seen` lines of the corrections: the pages that were decided on, with
        their items, and the newest version, which a build may have made meanwhile."""
        count, lines = self.journal.since(seen)
        pages = sorted({(line.book, page) for line in lines for page in self._pages_of(line)})
        current = dataset_dir(self.workspace, self._settings.dataset) / "CURRENT"
        name = current.read_text("utf-8").partition(" ")[0].strip() if current.exists() else ""
        return {
            "seen": count,
            "ids": [line.id for line in lines],
            "pages": [{"book": book, "page": page, "items": self._items(book, page)} for book, page in pages],
            "workspace": _name_of(self.workspace.root),
            "digest": self.version.digest[:16],
            "version": name or self.version.version,
        }

    def _pages_of(self, correction: Correction) -> set[int]:
        about = self.journal.undone_by(correction) or correction
        texts = (about.data.caption, about.data.description) if isinstance(about.data, Relink) else ()
        return {correction.page, about.page, *(text.page for text in texts if text)}

    def _items(self, book: str, page: int) -> list[dict[str, Any]]:
        """The items of a page as the queue lists them."""
        decisions = self.journal.decisions()
        here = [item for item in self.version.on_page(book, page) if item.page == page and not item.gone]
        return [self._listed(item, decisions.has(item), decisions) for item in here]

    def queue(self, choice: Choice) -> dict[str, Any]:
        """The items asked for, the first `SENT_AT_ONCE` of them, and how many there are in all."""
        found = choose(self.version, choice, self.journal.decisions(), SENT_AT_ONCE)
        decisions = self.journal.decisions()
        items = [self._listed(item, decided, decisions) for item, decided in found.items]
        return {"items": items, "left": found.left, "total": found.total, "damaged": self.journal.damaged}

    def page(self, book: str, page: int) -> dict[str, Any]:
        """Everything on a page. Raises KeyError for a page that the version has not."""
        if not 1 <= page <= self.version.book(book).pages:
            raise KeyError(page)
        state = self._page_state(book, page)
        state["items"] = self._items(book, page)
        try:
            width, height = self.pictures.size(book, page)
            levels = self.pictures.levels(book, page)
        except NoPictureError as error:
            return state | {"width": 0, "height": 0, "levels": [], "lost": str(error)}
        return state | {"width": width, "height": height, "levels": levels, "lost": ""}

    def _page_state(self, book: str, page: int) -> dict[str, Any]:
        decided = self.journal.decisions().of_book(book)
        return page_state(self.version, decided, book, page, self._kind_of, self._read().pair_at)

    def decide(self, *given: dict[str, Any]) -> list[dict[str, Any]]:
        """Keep decisions of the page, all or none, in this order: of each its id, and for an undo what it
        changes (`journal.Effect`); one that was undone before is not undone again. Raises ValueError or
        KeyError where one is none, MeanwhileError (`meanwhile.check_upon`), OSError."""
        if not given:
            raise ValueError("nothing is decided")
        effects = [self._effect(one) for one in given]
        kept = [one for one, effect in zip(given, effects, strict=True) if effect != "gone"]
        ids = iter(self.journal.write(map(self._made, kept)))
        return [{"id": "" if effect == "gone" else next(ids).id, "effect": effect} for effect in effects]

    def _effect(self, given: dict[str, Any]) -> Effect:
        """Raises ValueError or KeyError for no decision."""
        data = given.get("data") or {}
        if given["action"] == "undo":
            return self.journal.effect(data["of"])
        self.version.book(given["book"])
        if given["action"] == "relink" and not all(text["text"].strip() for text in data.values()):
            raise ValueError("a link needs a text; there is none at this place")
        if given["action"] == "edit" and given.get("upon"):
            check_upon(given, self._page_state(given["book"], given["page"])["figures"])
        return ""

    def _made(self, given: dict[str, Any]) -> Correction:
        return decide(
            given["action"],
            given.get("data"),
            who=self.journal.who,
            book=given["book"],
            page=given["page"],
            bbox=given.get("bbox"),
            pair_id=given.get("pair_id"),
            phash=given.get("phash"),
            reading=self.version.digest,
        )

    def _kind_of(self, pair: Pair) -> Kind:
        """The kind of a figure that a person drew, as the next build tells it."""
        if self._kinds is None:
            self._kinds = BookKinds(self._pairs())
        return self._kinds.of(pair, self.pictures.look(pair.book_sha256, pair.page, pair.bbox))

    def _read(self) -> ReadCaptions:
        if self._captions is None:
            self._captions = ReadCaptions(self._pairs())
        return self._captions

    def _pairs(self) -> Iterator[Pair]:
        """The pairs of the version as the program read them."""
        nobody = DecidedBook()
        items = (*self.version.queue, *self.version.gone)
        read = (book_figure(item, nobody).pair for item in items if item.type == "pair")
        return (pair for pair in read if pair is not None)

    def _listed(self, item: Item, decided: bool, decisions: Decisions) -> dict[str, Any]:
        row = item.row
        book = decisions.of_book(item.book)
        title = title_now(item, book, self._read().pair_at) if decided else ""
        return {
            "id": item.id,
            "type": item.type,
            "why": item.why,
            "book": item.book,
            "page": item.page,
            "title": title or next((row[name] for name in _NAMES if row.get(name)), ""),
            "confidence": row.get("confidence"),
            "picture": bool(item.picture),
            "decided": decided,
            "mark": mark(book, item) if decided else "",
        }


def _name_of(root: Path) -> str:
    """A name for a workspace, by which a browser tells what it holds for it from what it holds for others."""
    return hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
