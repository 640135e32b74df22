"""One page as it is shown for review: what the program read of each figure beside what people decided.

Plain values, ready to become JSON. Boxes are lists of four numbers in points.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from dataset_cards.review.corrections import Add, ChangeBox, Correction, Merge, PrintedText, Reject, Split
from dataset_cards.review.decisions import Decision
from dataset_cards.review.page_decisions import DecidedBook
from dataset_cards.review.version_items import Item, VersionItems

TEXTS = ("title", "caption", "description", "number", "kind", "medium", "subject")
State = dict[str, Any]


def page_state(version: VersionItems, decided: DecidedBook, book: str, page: int) -> State:
    """What stands on a page: its figures and texts, and the figures elsewhere that have a text here."""
    items = version.on_page(book, page)
    shown = [i for i in items if i.type in ("pair", "figure") and not decided.is_merged(i)]
    figures = [_figure(item, decided.of(item), version.applied) for item in shown]
    figures += _added(decided, items, version.applied)
    figures.sort(key=_turn)
    here = [figure for figure in figures if figure["target"]["page"] == page]
    done = decided.book.done.get(page) if decided.book.done else None
    return {
        "book": book,
        "page": page,
        "figures": here,
        "elsewhere": [f for f in figures if f["target"]["page"] != page and _has_text_on(f, page)],
        "captions": [_caption(item) for item in items if item.type == "caption"],
        "failures": [dict(item.row) for item in items if item.type == "failure"],
        "done": None if done is None else _line(done),
    }


def _turn(figure: State) -> tuple[float, float, str]:
    """From the top of the page to its foot."""
    x0, y0 = figure["now"]["boxes"][0][:2]
    return y0, x0, figure["id"]


def _figure(item: Item, decision: Decision | None, applied: Set[str]) -> State:
    row = item.row
    published = _values(row, item.page)
    read = _values({**row, **item.read}, item.page)
    return {
        "id": item.id,
        "type": item.type,
        "target": {
            "page": item.page,
            "bbox": row["bbox"],
            "pair_id": item.id if item.type == "pair" else None,
            "phash": row.get("image_phash"),
        },
        "read": read,
        "rule": row.get("rule", ""),
        "confidence": row.get("confidence"),
        "reason": row.get("reason", ""),
        "hints": list(item.hints),
        "split": row.get("split", ""),
        "from": row.get("text_source", ""),
        **_decided(published, decision, applied),
    }


def _values(row: Mapping[str, Any], page: int) -> State:
    """Box, texts and their places, as a row says."""
    return {
        "boxes": [row["bbox"]],
        "caption_place": _place(row, "caption", page),
        "description_place": _place(row, "description", page),
        **{name: row.get(name) or "" for name in TEXTS},
        "kind": row.get("kind") or "other",
        "medium": row.get("medium") or "photograph",
        "subject": row.get("subject") or "other",
    }


def _added(decided: DecidedBook, items: list[Item], applied: Set[str]) -> list[State]:
    """Figures of the book that only people saw, and that are in no version yet."""
    known = {decision.target for item in items if (decision := decided.of(item)) is not None}
    return [
        _new_figure(decision)
        for decision in decided.by_place.values()
        if (added := decision.fields.get("added"))
        and added.by.id not in applied
        and decision.target not in known
    ]


def _new_figure(decision: Decision) -> State:
    target, added = decision.target, decision.fields["added"].value
    assert isinstance(added, Add)
    first = decision.corrections[0].bbox
    box = list(first if first is not None else target.bbox)
    read = {
        "boxes": [box],
        "caption_place": None,
        "description_place": None,
        **{name: getattr(added, name) or "" for name in TEXTS},
    }
    return {
        "id": f"added-{target.page}-{'-'.join(f'{number:g}' for number in box)}",
        "type": "added",
        "target": {"page": target.page, "bbox": box, "pair_id": None, "phash": None},
        "read": read,
        "rule": "",
        "confidence": None,
        "reason": "",
        "hints": [],
        "split": "",
        "from": "",
        **_decided(read, decision, frozenset()),
    }


def _decided(published: Mapping[str, Any], decision: Decision | None, applied: Set[str]) -> State:
    """The values that count now, the verdict, and who decided what; what is applied shows in `published`."""
    now = dict(published)
    if decision is None:
        return {"now": now, "verdict": None, "why": "", "history": []}
    for name, setting in decision.fields.items():
        if setting.by.id in applied:
            continue
        match setting.value:
            case ChangeBox(bbox=box) | Merge(bbox=box):
                now["boxes"] = [list(box)]
            case Split(boxes=boxes):
                now["boxes"] = [list(box) for box in boxes]
            case PrintedText(page=page, bbox=box):
                now[name] = {"page": page, "bbox": list(box)}
            case str(text):
                now[name] = text
    last = decision.fields.get("verdict")
    return {
        "now": now,
        "verdict": last.by.action if last else None,
        "why": last.value.reason if last and isinstance(last.value, Reject) else "",
        "history": [_line(correction) for correction in decision.corrections],
    }


def _line(correction: Correction) -> State:
    return {"id": correction.id, "action": correction.action, "who": correction.who, "when": correction.when}


def _caption(item: Item) -> State:
    return {"id": item.id, "bbox": item.row["bbox"], "text": item.row["text"], "reason": item.row["reason"]}


def _place(row: Mapping[str, Any], name: str, page: int) -> State | None:
    box = row.get(f"{name}_bbox")
    return {"page": row.get(f"{name}_page") or page, "bbox": box} if box else None


def _has_text_on(figure: State, page: int) -> bool:
    places = (figure["now"]["caption_place"], figure["now"]["description_place"])
    return any(place is not None and place["page"] == page for place in places)
