"""What a decision makes of one figure: the pair with the texts, kind and place that a person gave it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from dataset_cards.cleaning import clean_text
from dataset_cards.review.corrections import Correction
from dataset_cards.review.decisions import Decision, Field
from dataset_cards.review.figures import BookFigure, CutPicture
from extractors.geometry import Box, rounded
from extractors.grammar.captions import parse_label
from extractors.grammar.entry_grammar import parse_entry_heading
from extractors.grammar.titles import title_of
from extractors.pairing.shown import Told, medium_of, subject_of
from extractors.records import Kind, Pair

RULE = "review"
"""`Pair.rule` of a pair that a person made."""
KindOf = Callable[[Pair], Kind]
"""The kind that the program finds by the words and the look of a figure."""
PairAt = Callable[[str, int, Box], Pair | None]
"""The pair that the program made with the caption at this book (sha256), page and box (points), if any."""
_TEXTS = ("title", "description", "caption", "number")
_CHOSEN = ("kind", "medium", "subject")
_NOT_READ = ("pair_id", "figure_id", "group", "parent", "image", "review", "description_raw")
"""Columns that are not what a page shows."""
_BARE_NUMBER = re.compile(r"\s*([0-9０-９]{1,4})(?:\s+|[.、．]\s*)(?=\S)")
"""A caption may begin with its number alone: 48 石雕禅定佛像三件."""


def no_pair(_book: str, _page: int, _box: Box) -> Pair | None:
    """No caption is a pair's."""
    return None


def revised(
    figure: BookFigure,
    decision: Decision,
    bbox: Box,
    cut: CutPicture | None,
    title: str,
    kind_of: KindOf,
    pair_at: PairAt = no_pair,
) -> Pair:
    """The figure as the decision says, at `bbox`, with the crop `cut` (None: the one it has).

    `title` is the book's; `kind_of` tells the kind where neither program nor person did; a linked caption
    says what it said in the pair that `pair_at` has for it. The description is empty where neither book nor
    person gave it one.
    """
    read = original(figure, title)
    values = _decided(read, decision, figure, pair_at)
    pair = replace(read, **values, bbox=rounded(bbox))
    if figure.pair is None and figure.like is None and "kind" not in values:
        pair = replace(pair, kind=kind_of(pair))
    pair = replace(pair, **{name: told for name, told in _shown(read, pair).items() if name not in values})
    if cut is not None:
        pair = replace(
            pair,
            image=cut.file.name,
            width=cut.width,
            height=cut.height,
            image_sha256=cut.sha256,
            image_phash=cut.phash,
        )
    if pair.description != read.description:
        raw = read.description if read.description_raw is None else read.description_raw
        pair = replace(pair, description_source="reviewed", description_raw=raw or None)
    changed = figure.is_made or decision.changes
    return replace(pair, review="edited" if changed else "accepted")


def original(figure: BookFigure, title: str) -> Pair:
    """The figure as it was read; of one without text a pair with empty texts."""
    if figure.pair is not None:
        return figure.pair
    name = f"{figure.book[:12]}-{figure.page:04d}-{figure.pair_id[:6]}"
    like = original(figure.like, title) if figure.like else None
    if like is not None:
        return replace(
            like, pair_id=figure.pair_id, figure_id=name, bbox=figure.bbox, rule=RULE, confidence=1.0
        )
    return Pair(
        pair_id=figure.pair_id,
        book_sha256=figure.book,
        book_title=title,
        page=figure.page,
        page_label="",
        bbox=figure.bbox,
        figure_id=name,
        group=f"{figure.book[:12]}-{figure.pair_id}",
        image=figure.row.image if figure.row else "",
        width=0,
        height=0,
        image_sha256="",
        image_phash="",
        kind="other",
        number="",
        title="",
        caption=figure.row.text if figure.row else "",
        caption_page=None,
        caption_bbox=None,
        description="",
        description_source="reviewed",
        description_en=None,
        text_source="none",
        text_confidence=1.0,
        rule=RULE,
        confidence=1.0,
    )


def read_columns(read: Pair, pair: Pair) -> Mapping[str, Any]:
    """What the program read, of the columns that a person set otherwise."""
    names = (field.name for field in fields(Pair) if field.name not in _NOT_READ)
    return {name: getattr(read, name) for name in names if getattr(read, name) != getattr(pair, name)}


def _decided(read: Pair, decision: Decision, figure: BookFigure, pair_at: PairAt) -> dict[str, Any]:
    """The columns that the decision sets."""
    given: dict[str, Any] = {name: setting.value for name, setting in decision.fields.items()}
    values: dict[str, Any] = {}
    if "added" in given:
        added = given["added"]
        texts = {name: clean_text(getattr(added, name)) for name in _TEXTS}
        chosen = {name: value for name in _CHOSEN if (value := getattr(added, name)) is not None}
        if chosen.get("kind") == "other":
            del chosen["kind"]  # older programs wrote it where nobody chose
        values = {name: text for name, text in texts.items() if text} | chosen
    values |= {name: clean_text(given[name]) for name in _TEXTS if name in given}
    values |= {name: given[name] for name in _CHOSEN if name in given}
    if "description_place" in given and _by(decision, "description") is _by(decision, "description_place"):
        values["description"] = _parts(values["description"])[1] or values["description"]
    for part in ("caption", "description"):
        if place := given.get(f"{part}_place"):
            # A link names pages as the correction does; the book may have been saved with others since.
            moved = figure.page - decision.fields[f"{part}_place"].by.page  # type: ignore[index]
            values |= {f"{part}_page": place.page + moved, f"{part}_bbox": rounded(place.bbox)}
    if "caption" in values:
        told = _told_by_caption(read, values["caption"], linked="caption_place" in given)
        if "caption_place" in given:
            own = pair_at(figure.book, values["caption_page"], values["caption_bbox"])
            told |= _told_by_pair(own, values["caption"]) if own else {}
        if "caption_place" in given and "description" in told and "description" not in values:
            told |= {f"description_{at}": values[f"caption_{at}"] for at in ("page", "bbox")}
        values = told | values
    if figure.is_made and not (values.get("description") or read.description) and values.get("title"):
        values["description"] = values["title"]  # all that the person says of it
    return values


def _by(decision: Decision, name: Field) -> Correction:
    return decision.fields[name].by


def _shown(read: Pair, pair: Pair) -> dict[str, Any]:
    """Medium and subject, where what a person gave tells others than what was read did."""
    before, now = (Told(p.kind, p.title, p.caption, p.description) for p in (read, pair))
    told: dict[str, Any] = {}
    if (medium := medium_of(now)) != medium_of(before):
        told["medium"] = medium
    if (subject := subject_of(now, {})) != subject_of(before, {}):
        told["subject"] = subject
    return told


def _told_by_caption(read: Pair, caption: str, *, linked: bool) -> dict[str, Any]:
    """What another caption says of the columns that the reading had from its caption; one that was `linked`
    names its figure itself."""
    number, body = _parts(caption)
    told = {"number": number} if number or (linked and _is_of_caption(read)) else {}
    title = title_of(body)
    if read.title in ("", title_of(_parts(read.caption)[1])) or (linked and title):
        told["title"] = title
    if not read.description or read.description_source == "caption":
        told["description"] = body
    return told


def _is_of_caption(read: Pair) -> bool:
    """Whether a number was read in the caption, where zeros may stand before it."""
    caption, number = ("".join(text.split()).lstrip("0") for text in (read.caption, read.number))
    return caption.startswith(number)


def _told_by_pair(own: Pair, caption: str) -> dict[str, Any]:
    """Number and title that `caption` gave to its `own` pair; nothing where that begins with other words."""
    read, now = ("".join(text.split()) for text in (own.caption, caption))
    if not read.startswith(now) and not now.startswith(read):
        return {}
    named = "".join(own.title.split()) in now
    return {"number": own.number} | ({"title": own.title} if own.title and named else {})


def _parts(caption: str) -> tuple[str, str]:
    """The label of a caption, or the bare number that it begins with, "" without one; and the rest."""
    if label := parse_label(caption):
        return label[0].raw, label[1]
    bare = _BARE_NUMBER.match(caption)
    if bare and (heading := parse_entry_heading(f"{bare[1]} {title_of(caption[bare.end() :])}")):
        return heading.number, caption[bare.end() :]
    return "", caption
