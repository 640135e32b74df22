"""The figures of a catalogue entry made into CulTi's records: pattern, original textile, cropped motif.

The largest figure of an entry about a pattern takes the pattern's paragraph; the original textile its own
title with collection and detail; a cropped motif its own sentence (METHODS A; CulTi). The figures of an entry
about an object all take what the entry says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.geometry import area, gap, overlap_x, width
from extractors.layout.blocks import Block
from extractors.layout.book_layout import row_order
from extractors.layout.candidate import Candidate
from extractors.layout.entries import Entry
from extractors.layout.template import PROSE
from extractors.look import Look
from extractors.pairing.costs import COSTS
from extractors.pairing.drafts import Draft

BY_FIELD, BY_LOOK, BY_GUESS, SHARED = "role_by_field", "role_by_look", "role_by_guess", "shared_text"
"""How a figure's part in its entry was found: no choice, by the look of the pictures, by size and order; and
text that is not its own (`costs.DECISIONS`)."""
OTHER_GROUND = 20.0
"""Lab units (8 bits) from the pattern's colour beyond which a picture lies on a ground of its own."""
SAME_GROUND = 12.0
"""Within this difference the grounds of two pictures do not tell them apart; their order does."""
NAME_GAP, NAME_CLOSE, NAME_OVER = 2.0, 0.5, 0.8
"""An object's name stands under its picture: within this many characters (the second where paragraphs follow
it), by this share of its width."""
PATTERN_FIELDS = ("pattern", "note")
"""What an entry says of the pattern."""
OBJECT_FIELDS = ("collection", "detail", "date", "material", "technique", "size", "provenance", "note")
"""What an entry says of the original textile, in the order it is read."""

_PATTERN_NAME = re.compile(
    r"[纹紋文][样樣饰飾]?(?:[(（].*[)）])?$|图案$|圖案$|(?i:patterns?|motifs?|designs?)$"
)
_DETAIL = re.compile(r"局部|细部|細部|放大|特写|特寫|(?i:detail)")


def is_about_pattern(entry: Entry) -> bool:
    """Whether an entry is about a pattern and the object it is on, not about an object alone."""
    named = _PATTERN_NAME.search(entry.heading.title.strip()) is not None
    return bool(entry.texts.get("pattern") or entry.texts.get("crop")) or (named and entry.name is not None)


def entry_drafts(entry: Entry, drafts: Sequence[Draft], looks: Sequence[Look | None]) -> list[Draft]:
    """`drafts`, the entry's figures, with their roles and texts; `looks` as far as known."""
    order = sorted(range(len(drafts)), key=lambda i: -area(drafts[i].bbox))
    if not is_about_pattern(entry):
        return [_of_object(entry, draft, first=i == order[0]) for i, draft in enumerate(drafts)]
    roles: dict[int, tuple[str, str]] = {order[0]: ("pattern", BY_FIELD)}
    roles.update(_smaller_roles(entry, drafts, looks, order[0], order[1:]))
    crops = [i for i in _in_reading_order(drafts, order) if roles[i][0] == "cropped"]
    result = []
    for i, draft in enumerate(drafts):
        role, how = roles[i]
        nth = crops.index(i) if role == "cropped" else 0
        described = _described(entry, draft, role, how, nth, len(crops))
        if role == "cropped":
            pattern = drafts[order[0]]
            described = described.with_(parent=(pattern.page, pattern.bbox))
        result.append(described)
    return result


def _smaller_roles(
    entry: Entry, drafts: Sequence[Draft], looks: Sequence[Look | None], pattern: int, rest: Sequence[int]
) -> Mapping[int, tuple[str, str]]:
    captions = {i: drafts[i].caption for i in rest if drafts[i].caption}
    details = {i for i, caption in captions.items() if _DETAIL.search(caption)}
    if details and len(captions) == len(rest):
        return {i: ("cropped" if i in details else "textile", BY_FIELD) for i in rest}
    crop_text = bool(entry.texts.get("crop"))
    textile_text = entry.name is not None or bool(entry.text("collection", "detail"))
    if len(entry.crops) > 1 and len(rest) == len(entry.crops) and not textile_text:
        return dict.fromkeys(rest, ("cropped", BY_FIELD))
    if not rest or not (crop_text and textile_text):
        role = "cropped" if crop_text else "textile"
        if role == "textile" and len(rest) > 1:
            return _one_textile(drafts, looks, pattern, rest)
        return dict.fromkeys(rest, (role, BY_FIELD))
    named = _under_its_name(entry, drafts, rest)
    if named is not None:
        return {i: ("textile" if i == named else "cropped", BY_FIELD) for i in rest}
    if len(rest) == 1:
        far = _ground_distance(looks[pattern], looks[rest[0]])
        role = "textile" if far is None or far > OTHER_GROUND else "cropped"
        return {rest[0]: (role, BY_GUESS if far is None else BY_LOOK)}
    # With texts for both, one picture is the textile. Where grounds do not tell, the order of print does.
    fields = [name for name in entry.texts if name == "crop" or name in OBJECT_FIELDS]
    return _one_textile(drafts, looks, pattern, rest, last=not fields or fields[0] == "crop")


def _one_textile(
    drafts: Sequence[Draft],
    looks: Sequence[Look | None],
    pattern: int,
    rest: Sequence[int],
    *,
    last: bool = True,
) -> Mapping[int, tuple[str, str]]:
    """Of several smaller pictures one is the textile: that on a ground of its own, or the last or first."""
    far = {i: _ground_distance(looks[pattern], looks[i]) for i in rest}
    known = all(value is not None for value in far.values())
    distances = {i: value or 0.0 for i, value in far.items()}
    read = _in_reading_order(drafts, rest)
    likely = read[-1] if last else read[0]
    textile = max(rest, key=lambda i: (distances[i] + SAME_GROUND * (i == likely), area(drafts[i].bbox), i))
    sure = known and distances[textile] > OTHER_GROUND
    return {i: ("textile" if i == textile else "cropped", BY_LOOK if sure else BY_GUESS) for i in rest}


def _under_its_name(entry: Entry, drafts: Sequence[Draft], rest: Sequence[int]) -> int | None:
    """The one of the smaller pictures (`rest`) that the object's name stands right below or above.

    A name at the head of the paragraphs must stand closer to it: it may be one of them.
    """
    name = entry.name
    if name is None or name.vertical:
        return None
    paragraphs = [b for blocks in entry.fields.values() for b in blocks if b.page == name.page]
    heads = any(
        abs(block.bbox[0] - name.bbox[0]) <= name.size and gap(block.bbox, name.bbox) <= NAME_GAP * name.size
        for block in [*paragraphs, *(b for b in entry.paragraphs if b.page == name.page)]
    )
    reach = (NAME_CLOSE if heads else NAME_GAP) * name.size
    near = [
        i
        for i in rest
        if drafts[i].page == name.page
        and overlap_x(drafts[i].bbox, name.bbox) >= NAME_OVER * width(name.bbox)
        and gap(drafts[i].bbox, name.bbox) <= reach
    ]
    return near[0] if len(near) == 1 else None


def _in_reading_order(drafts: Sequence[Draft], rest: Sequence[int]) -> list[int]:
    """`rest` as a reader meets the pictures: page by page, those of one row from left to right."""
    ordered: list[int] = []
    for page in sorted({drafts[i].page for i in rest}):
        here = [i for i in rest if drafts[i].page == page]
        ordered += [here[k] for k in row_order([drafts[i].bbox for i in here])]
    return ordered


def _ground_distance(pattern: Look | None, other: Look | None) -> float | None:
    """How far the ground of a picture is from the pattern's colour, in Lab units; None when not known.

    A motif is cut out of the pattern and keeps its colour to the edge; a garment lies on another ground.
    """
    if pattern is None or other is None:
        return None
    return float(sum((a - b) ** 2 for a, b in zip(pattern.main, other.ground, strict=True)) ** 0.5)


def _described(entry: Entry, draft: Draft, role: str, how: str, nth: int, crops: int) -> Draft:
    """A figure of an entry about a pattern, in its role; the `nth` of this many `crops`."""
    title = entry.heading.title
    caption = ""
    if role == "pattern":
        name, caption = entry.number + title, entry.block.text
        text, used = _of_pattern(entry)
    elif role == "textile":
        name, caption = entry.number + (entry.object_name or title), entry.name.text if entry.name else ""
        text, used = _of_textile(entry)
    else:
        name = f"{entry.number}{title}{nth + 2}"
        text = entry.crops.get(nth + 1, entry.texts.get("crop", "")) if crops > 1 else entry.text("crop")
        used = entry.fields.get("crop", [])
    if not text:  # no words of its own: what the entry says of the pattern, else of the object
        text, used = _of_pattern(entry)
        how = SHARED if role != "pattern" else BY_GUESS
    return _told(entry, draft, name, draft.caption or caption, text or title, used, how).with_(
        role=role, rule=f"entry-{role}"
    )


def _of_pattern(entry: Entry) -> tuple[str, list[Block]]:
    """What an entry says of the pattern: its field, else its first paragraph, else anything."""
    fields = [name for name in PATTERN_FIELDS if entry.texts.get(name)]
    if fields:
        return entry.text(*fields), [b for name in fields for b in entry.fields[name]]
    if entry.paragraphs:
        return entry.paragraphs[0].text, entry.paragraphs[:1]
    fields = [name for name in OBJECT_FIELDS if entry.texts.get(name)]
    return entry.text(*fields), [b for name in fields for b in entry.fields[name]]


def _of_textile(entry: Entry) -> tuple[str, list[Block]]:
    """What an entry says of the object: its fields, and the paragraphs after the pattern's."""
    rest = (
        entry.paragraphs[1:]
        if len(entry.paragraphs) > 1 and "pattern" not in entry.texts
        else entry.paragraphs
    )
    detailed = entry.texts.get("detail")
    fields = [name for name in OBJECT_FIELDS if entry.texts.get(name)]
    blocks = [b for name in fields for b in entry.fields[name]]
    if rest and not detailed:
        data = "" if "pattern" not in entry.texts else entry.text(*fields)
        return " ".join(filter(None, (data, "".join(b.text for b in rest)))), [*blocks, *rest]
    return entry.text(*fields), blocks


def _of_object(entry: Entry, draft: Draft, *, first: bool) -> Draft:
    """A figure of an entry about an object."""
    fields = [name for name in entry.texts if name != "title"]
    prose = [name for name in fields if len(entry.texts[name]) >= PROSE and entry.texts[name].endswith("。")]
    if prose or entry.paragraphs:  # data alone tells little beside what is written about the object
        fields = prose
    parts = ["".join(b.text for b in entry.paragraphs), entry.text(*fields)]
    used = [*entry.paragraphs, *(b for name in fields for b in entry.fields[name])]
    name = entry.texts.get("title") or entry.object_name or entry.heading.title
    text = " ".join(filter(None, parts)) or name
    told = _told(
        entry, draft, name, draft.caption or entry.block.text, text, used, BY_FIELD if first else BY_LOOK
    )
    return told.with_(role="", rule="entry-object")


def _told(
    entry: Entry,
    draft: Draft,
    title: str,
    caption: str,
    text: str,
    used: Sequence[Block],
    how: str,
) -> Draft:
    blocks = list(used) or [entry.block]
    block = entry.name if entry.name is not None and caption == entry.name.text else entry.block
    candidate = draft.candidate or (_as_candidate(block, caption) if caption else None)
    return draft.with_(
        candidate=candidate,
        caption=caption,
        description=text,
        description_source="entry",
        title=title,
        number=entry.number,
        group=f"entry-{entry.block.page}-{int(entry.block.bbox[0])}-{int(entry.block.bbox[1])}",
        margin=min(draft.margin, COSTS.decided(how)),
        text_confidence=sum(b.confidence for b in blocks) / len(blocks),
        text_page=blocks[0].page,
        text_boxes=tuple(b.bbox for b in blocks if b.page == blocks[0].page),
    )


def _as_candidate(block: Block, text: str) -> Candidate:
    return Candidate(
        "plain",
        block.page,
        block.bbox,
        text,
        None,
        None,
        text,
        1.0,
        block.size,
        block.vertical,
        block.confidence,
    )
