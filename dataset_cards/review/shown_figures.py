"""Figures as a review shows them: what the program read, and what the next build publishes of each.

The second is made by the code that the build runs (`revising`), so that the page shows no other title, text
or kind than the version will have.
"""

from __future__ import annotations

from typing import Any

from dataset_cards.review.corrections import (
    Accept,
    ChangeBox,
    Correction,
    Edit,
    Merge,
    Reject,
    Relink,
    Remove,
    Split,
)
from dataset_cards.review.decisions import Decision, Target, fold
from dataset_cards.review.figures import BookFigure, drawn_box, part_ids
from dataset_cards.review.page_decisions import DecidedBook
from dataset_cards.review.revising import RULE, KindOf, PairAt, no_pair, revised
from dataset_cards.review.version_items import Item
from extractors.geometry import Box
from extractors.records import Pair, Unmatched

TEXTS = ("title", "caption", "description", "number", "kind", "medium", "subject")
MERGED = "merge"
"""Said of a figure that became a part of another, beside accept, reject and remove."""
State = dict[str, Any]


def book_figure(item: Item, decided: DecidedBook) -> BookFigure:
    """The figure of an item as the program read it."""
    assert item.bbox is not None
    row = {**item.row, **item.read}
    bbox = _box(row["bbox"]) or item.bbox
    about = decided.of(item)
    if item.type == "pair" and row.get("rule") == RULE and about and "added" in about.fields:
        return BookFigure(item.book, item.page, bbox, pair_id=item.id)
    whole_text = item.type == "pair" and (row.get("rule") != RULE or not item.read)
    if whole_text:
        return BookFigure(item.book, item.page, bbox, _pair(item, row, bbox), pair_id=item.id)
    text = row.get("caption") or row.get("text") or ""
    left = Unmatched("figure", item.page, bbox, text, row.get("reason", ""))
    return BookFigure(item.book, item.page, bbox, row=left, pair_id=item.id)


def _pair(item: Item, row: State, bbox: Box) -> Pair:
    rule = row.get("rule") or ""
    return Pair(
        pair_id=item.id,
        book_sha256=item.book,
        book_title="",
        page=item.page,
        page_label=row.get("page_label") or "",
        bbox=bbox,
        figure_id="",
        group=row.get("group") or "",
        image="",
        width=row.get("width") or 0,
        height=row.get("height") or 0,
        image_sha256="",
        image_phash=row.get("image_phash") or "",
        kind=row.get("kind") or "other",
        medium=row.get("medium") or "photograph",
        subject=row.get("subject") or "other",
        number=row.get("number") or "",
        title=row.get("title") or "",
        caption=row.get("caption") or "",
        caption_page=row.get("caption_page"),
        caption_bbox=_box(row.get("caption_bbox")),
        description=row.get("description") or "",
        description_source=row.get("description_source") or "caption",
        description_en=None,
        text_source=row.get("text_source") or "none",
        text_confidence=1.0,
        rule=rule,
        confidence=row.get("confidence") or 0.0,
        description_page=row.get("description_page"),
        description_bbox=_box(row.get("description_bbox")),
    )


def values(
    figure: BookFigure, decision: Decision | None, kind_of: KindOf, pair_at: PairAt = no_pair
) -> State:
    """`read`: what the program makes of the figure alone; `now`: what the decision makes of it."""
    given = [c for c in decision.corrections if c.action == "add"] if decision else []
    nothing = Decision(Target(figure.book, figure.page, figure.bbox), {}, ())
    first = fold(given[:1]) if given else nothing
    read = _told(revised(figure, first, _drawn(figure, first), None, "", kind_of))
    if decision is None or not decision.changes:
        return {"read": read, "now": dict(read)}
    now = revised(figure, decision, _drawn(figure, decision), None, "", kind_of, pair_at)
    return {"read": read, "now": _told(now)}


def _drawn(figure: BookFigure, decision: Decision) -> Box:
    for name in ("shape", "added"):
        if (setting := decision.fields.get(name)) and (box := drawn_box(setting.by)):
            return box
    return figure.bbox


def _told(pair: Pair) -> State:
    return {
        "boxes": [list(pair.bbox)],
        "caption_place": _place(pair.caption_page, pair.caption_bbox, pair.page),
        "description_place": _place(pair.description_page, pair.description_bbox, pair.page),
        **{name: getattr(pair, name) for name in TEXTS},
    }


def verdict(decision: Decision | None, merge: Correction | None) -> State:
    """The last word on a figure, who decided what, and what to undo to bring back figure and box."""
    made = decision.corrections if decision else ()
    last = decision.fields.get("verdict") if decision else None
    said = [c for c in made if isinstance(c.data, Accept | Reject | Remove)]
    return {
        "verdict": MERGED if merge else last.by.action if last else None,
        "why": last.value.reason if last and not merge and isinstance(last.value, Reject) else "",
        "history": [line(correction) for correction in (*made, *([merge] if merge else ()))],
        "undoes": {"verdict": [c.id for c in ([merge] if merge else said)], "shape": []},
        "unlinks": unlinks(decision),
    }


def unlinks(decision: Decision | None) -> dict[str, list[State]]:
    """By linked text: the decisions that take the link back with all that was written over it. What these
    also said of other fields is decided again."""
    found: dict[str, list[State]] = {}
    for role, other in (("caption", "description"), ("description", "caption")):
        if decision is None or f"{role}_place" not in decision.fields:
            continue
        steps: list[State] = []
        kept: dict[str, str] = {}
        for correction in decision.corrections:
            data = correction.data
            if isinstance(data, Edit) and role in data.changes():
                steps.append({"action": "undo", "data": {"of": correction.id}})
                kept |= {
                    n: v for n, v in data.changes().items() if n != role and _counts(decision, n, correction)
                }
            elif isinstance(data, Relink) and getattr(data, role) is not None:
                steps.append({"action": "undo", "data": {"of": correction.id}})
                if _counts(decision, f"{other}_place", correction):
                    text = getattr(data, other).model_dump() | {"text": decision.fields[other].value}  # type: ignore[index]
                    steps.append({"action": "relink", "data": {other: text}})
        found[role] = [*steps, *([{"action": "edit", "data": kept}] if kept else [])]
    return found


def _counts(decision: Decision, name: str, correction: Correction) -> bool:
    """Whether it is `correction` that decides on a field."""
    setting = decision.fields.get(name)  # type: ignore[call-overload]
    return bool(setting and setting.by is correction)


def undoes_shape(decision: Decision | None, decided: DecidedBook) -> list[str]:
    """The ids of all that changed the box of a figure, and of all that was decided on its parts."""
    found: list[str] = []
    for correction in decision.corrections if decision else ():
        if isinstance(correction.data, ChangeBox | Split | Merge):
            found.append(correction.id)
        if isinstance(correction.data, Split):
            for part in part_ids(correction):
                of_part = decided.by_id.get(part)
                found += [c.id for c in of_part.corrections] if of_part else []
                found += undoes_shape(of_part, decided)
    return list(dict.fromkeys(found))


def mark(decided: DecidedBook, item: Item) -> str:
    """What a list shows of an item: accept, reject, remove, merge, change, done, "" for nothing decided."""
    decision = decided.of(item)
    if decided.merge_of(item):
        return MERGED
    if decision and decision.verdict:
        return str(decision.fields["verdict"].by.action)
    if decision and decision.changes:
        return "change"
    if decided.is_settled(item):
        return "no_figure"
    if decided.is_done(item.page):
        return "done"
    if item.reviewed:
        return "accept" if item.state == "accepted" else "change"
    return "change" if decided.is_linked(item) else ""


def line(correction: Correction) -> State:
    """A decision as the page lists it."""
    return {"id": correction.id, "action": correction.action, "who": correction.who, "when": correction.when}


def title_now(item: Item, decided: DecidedBook, pair_at: PairAt = no_pair) -> str:
    """The title of a pair or figure as it will be published, "" where nobody changed it."""
    decision = decided.of(item)
    if decision is None or not decision.changes or item.bbox is None:
        return ""
    now = values(book_figure(item, decided), decision, lambda pair: pair.kind, pair_at)["now"]
    return str(now["title"] or now["caption"] or now["description"])


def _box(numbers: Any) -> Box | None:
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if numbers else None


def _place(page: int | None, box: Box | None, own: int) -> State | None:
    return {"page": page or own, "bbox": list(box)} if box else None
