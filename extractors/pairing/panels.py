"""Pictures that share one caption: they become panels of a group, each with its own part of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from extractors.geometry import Box, gap, union
from extractors.grammar.caption_parts import Part, plain_label
from extractors.grammar.titles import title_of
from extractors.layout.book_layout import row_order
from extractors.layout.candidate import Candidate
from extractors.pairing.costs import COSTS, PairingCosts
from extractors.pairing.drafts import Draft, Place, place_of
from extractors.pairing.edges import fits_spot

TAG_REACH = 20.0
"""A panel's label stands inside its panel or within this many points of it."""
MIN_READ = 2
"""This many printed labels that fit the key show that it is these panels' key."""
NUMBERED_PIECES = ("plate", "catalogue")
"""What the details of catalogues count on from; 图3 has panels, and 3.1 heads a section."""


def numbered_panels(drafts: Sequence[Draft]) -> list[tuple[int, Candidate]]:
    """Drafts (indices) with a number alone that the key of one caption of the page names: its further panels.

    A caption with parts 1–6 may stand near the lower row of its pictures only.
    """
    keyed = {
        place_of(draft.candidate): draft.candidate
        for draft in drafts
        if draft.candidate is not None and draft.candidate.kind != "tag" and draft.candidate.parts
    }
    found = []
    for index, draft in enumerate(drafts):
        tag = draft.candidate
        if tag is None or tag.kind != "tag" or draft.has_text:
            continue
        number = plain_label(tag.text)
        owners = [
            c for c in keyed.values() if number in {plain_label(k) for part in c.parts for k in part.keys}
        ]
        if len(owners) == 1:
            found.append((index, owners[0]))
    return found


def share_parts(
    drafts: Sequence[Draft], tags: Sequence[Candidate], costs: PairingCosts = COSTS
) -> list[Draft]:
    """Drafts of one page with each panel of a shared caption given its own part of it.

    `tags` are the panel labels printed in and beside the figures: 1, (a), ②.
    """
    by_caption: dict[Place, list[int]] = defaultdict(list)
    for index, draft in enumerate(drafts):
        if draft.candidate is not None and draft.candidate.kind != "tag":
            by_caption[place_of(draft.candidate)].append(index)
    result = list(drafts)
    for members in by_caption.values():
        if len(members) < 2:
            continue
        candidate = drafts[members[0]].candidate
        assert candidate is not None
        group = _group_of(candidate)
        whole = union([drafts[i].bbox for i in members])
        boxes = [drafts[i].bbox for i in members]
        parts = _assign(boxes, candidate.parts, tags, from_right=candidate.vertical)
        for index, (part, how) in zip(members, parts, strict=True):
            draft = drafts[index].with_(group=group, parent=(drafts[index].page, whole))
            if part is not None:
                label = "、".join(part.keys) or part.position or ""
                draft = draft.with_(
                    description=_joined(candidate.stem, part.text),
                    sub=label,
                    title=_title(candidate, part.text),
                    margin=min(draft.margin, costs.decided(how)),
                    rule=draft.rule + "+part",
                )
            result[index] = draft
    return result


def with_own_line(draft: Draft, line: Candidate) -> Draft:
    """`draft`, which shares a caption with its neighbours, with the line printed for it alone (（1）飞天).

    A line that counts on from the caption's own number (18.1 局部, 24.A 口沿) is itself the caption.
    """
    common = draft.candidate
    assert common is not None
    own = _counts_parts_of(line, common)
    return draft.with_(
        caption=line.printed if own else draft.caption,
        number=line.text.removesuffix(line.body).strip(" 　.、") if own else draft.number,
        group=_group_of(common),
        title=line.title,
        description=_joined(common.stem or common.body, line.body),
        sub=_part_named(line),
        rule=draft.rule + "+line",
    )


_ASPECT = re.compile(
    r"[正背反侧側內内外顶頂底][面部视視]?|局部|细部|細部|剖面|俯[视視]"
    r"|(?i:front|back|side|detail)"
)


def _title(caption: Candidate, part: str) -> str:
    """The name of a panel: its own, or what it shows of the thing that the caption names (背面)."""
    named = title_of(part)
    if caption.stem and _ASPECT.fullmatch(named):
        return re.sub(r"[（(][^（）()]*[）)]$", "", title_of(caption.stem)) + named
    return named


def _part_named(line: Candidate) -> str:
    """The part that a line names: 1 for (1) 飞天, 1 for 18.1 局部, a for (a) 绢."""
    if line.number is None:
        return line.key
    return line.number.sub or str(line.number.key[-1])


def named_details(drafts: Sequence[Draft]) -> list[Draft]:
    """`drafts` (page order), each numbered detail (18.1 线图, 24.A 口沿) named after the piece it shows.

    The piece is the one whose caption carries that number, on the same page or a neighbouring one.
    """
    pieces: defaultdict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.candidate is not None and draft.candidate.kind == "labelled" and draft.has_text:
            pieces[draft.page].append(draft)
    result = []
    for draft in drafts:
        line = draft.candidate
        counted = line is not None and line.number is not None and bool(line.body)
        near = [p for offset in (-1, 0, 1) if counted for p in pieces.get(draft.page + offset, ())]
        piece = next((p for p in near if line and _counts_parts_of(line, p.candidate)), None)
        if piece is None or line is None or piece.candidate is None or draft.rule.endswith("+line"):
            result.append(draft)
            continue
        common = piece.candidate
        text = _joined(common.stem or common.body, line.body)
        result.append(draft.with_(description=text, group=_group_of(common), rule=draft.rule + "+line"))
    return result


def _counts_parts_of(line: Candidate, common: Candidate | None) -> bool:
    """Whether the number of `line` is that of `common` and one level more."""
    if common is None or common.label is None or common.label.kind not in NUMBERED_PIECES:
        return False
    if line.number is None or line.kind == "labelled" or line.number.key[:1] != common.label.key[:1]:
        return False
    return len(line.number.key) > len(common.label.key) or bool(line.number.sub)


def _group_of(caption: Candidate) -> str:
    return f"p{caption.page}-{int(caption.bbox[0])}-{int(caption.bbox[1])}"


def _joined(stem: str, part: str) -> str:
    stem = stem.strip(" 　：:，,。.；;")
    return f"{stem}：{part}" if stem and part else stem or part


def _assign(
    boxes: Sequence[Box], parts: Sequence[Part], tags: Sequence[Candidate], *, from_right: bool
) -> list[tuple[Part | None, str]]:
    """For each panel its part of the caption, and by what it was found (`costs.DECISIONS`).

    `from_right`: the caption is vertical, and so rows of panels are read from the right.
    """
    none: list[tuple[Part | None, str]] = [(None, "")] * len(boxes)
    if not parts:
        return none
    labels = [_tag_of(box, boxes, tags) for box in boxes]
    by_key = {plain_label(key): part for part in parts for key in part.keys}
    if by_key and all(label in by_key for label in labels) and len(set(labels)) == len(labels):
        return [(by_key[label], "panel_by_label") for label in labels]
    placed = _by_place(boxes, parts)
    if placed is not None:
        return [(part, "panel_by_place") for part in placed]
    expanded = [part for part in parts for _ in range(max(1, len(part.keys)))]
    if len(expanded) == len(boxes):
        order = row_order([(-x1, y0, -x0, y1) for x0, y0, x1, y1 in boxes] if from_right else boxes)
        return [(expanded[order.index(i)], "panel_by_order") for i in range(len(boxes))]
    # OCR lost a number here and there: those that are sure have their part, the others the whole caption.
    read = [by_key.get(label) if labels.count(label) == 1 else None for label in labels]
    if sum(part is not None for part in read) >= MIN_READ:
        return [(part, "panel_by_label" if part else "") for part in read]
    return none


def _tag_of(box: Box, boxes: Sequence[Box], tags: Sequence[Candidate]) -> str:
    """The label printed in or nearest to a panel; "" when none is nearer to it than to another panel."""
    own = [
        tag
        for tag in tags
        if gap(tag.bbox, box) <= TAG_REACH and min(boxes, key=lambda b: gap(tag.bbox, b)) == box
    ]
    if not own:
        return ""
    return plain_label(min(own, key=lambda tag: (gap(tag.bbox, box), tag.bbox)).text)


def _by_place(boxes: Sequence[Box], parts: Sequence[Part]) -> list[Part] | None:
    """Parts named by place (左, 右上) given to the panels there; None when the places do not fit."""
    if any(part.position is None for part in parts) or len(parts) != len(boxes):
        return None
    whole = union(list(boxes))
    result: list[Part] = []
    for box in boxes:
        fits = [p for p in parts if p.position and fits_spot(p.position, box, whole)]
        if len(fits) != 1:
            return None
        result.append(fits[0])
    return result if len({p.position for p in result}) == len(result) else None
