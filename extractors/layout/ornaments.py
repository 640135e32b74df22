"""Ornaments: what a book repeats, alone or joined to a figure. A figure with a caption is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.geometry import Box, area, gap, union
from extractors.grammar.captions import caption_strength, parse_label
from extractors.grouping import BoxIndex, group_boxes
from extractors.layout.caption_blocks import STARTS_CAPTION
from extractors.layout.furniture import LOGO_SHARE, MIN_PAGES, SAME_PLACE, in_margin
from extractors.records import Dropped, PageContent, Region

BESIDE = 0.75
"""What stands within this many characters of a caption is what it speaks of."""
PARTS_REACH = 8.0
"""The parts of a drawing stand within this many characters of one another."""
REPEATED = "repeated"
"""The reason noted for what is left out."""
FRAGMENTS = ("too-small", "plain-shapes")
"""Reasons for which strokes were left out that may yet belong to a drawing."""

Key = tuple[object, ...]


def without_ornaments(pages: Sequence[PageContent]) -> list[PageContent]:
    """The pages without what is repeated on at least `MIN_PAGES` of them, listed among what was dropped.

    Images are known by their bytes, drawings by their shape and place, pieces in the margin by their place.
    """
    by_key: dict[Key, set[int]] = defaultdict(set)
    for page in pages:
        for key in _keys(page):
            by_key[key].add(page.page)
    repeated = {key for key, seen in by_key.items() if len(seen) >= MIN_PAGES}
    return [_cleared(page, repeated) for page in pages]


def _keys(page: PageContent) -> Iterable[Key]:
    for region in page.regions:
        if key := _key(region, page):
            yield key
        for part in region.parts:
            yield _place(part)
        if _in_margin_only(region):
            yield _place(region.bbox)
    for drop in page.dropped:
        yield _place(drop.bbox)


def _key(region: Region, page: PageContent) -> Key | None:
    """What is equal for the same ornament on every page; None for what can be none."""
    if region.source == "image" and region.signature.strip("+"):
        return ("image", region.signature)
    small = area(region.bbox) < LOGO_SHARE * page.width * page.height
    if region.source == "drawing" and small:
        return ("drawing", region.signature, *_place(region.bbox))
    return None


def _place(box: Box) -> Key:
    return tuple(round(value / SAME_PLACE) for value in box)


def _in_margin_only(region: Region) -> bool:
    """Whether all pieces of a drawing stand in the margin."""
    return bool(region.parts) and union(region.parts) == region.bbox


def _cleared(page: PageContent, repeated: set[Key]) -> PageContent:
    captioned = _captioned(page)
    kept: list[Region] = []
    ornaments: list[Box] = []
    for index, region in enumerate(page.regions):
        if index not in captioned and _key(region, page) in repeated:
            ornaments.append(region.bbox)
            continue
        rest = [part for part in region.parts if _place(part) not in repeated]
        if len(rest) == len(region.parts):
            kept.append(region)
        elif rest:
            kept.append(replace(region, bbox=union(rest), parts=()))
            ornaments += [part for part in region.parts if part not in rest]
        else:
            ornaments.append(region.bbox)
    dropped = [
        replace(drop, reason=REPEATED)
        if drop.reason in FRAGMENTS and in_margin(drop.bbox, page) and _place(drop.bbox) in repeated
        else drop
        for drop in page.dropped
    ]
    dropped += [Dropped(page.page, box, REPEATED) for box in ornaments]
    return replace(page, regions=tuple(kept), dropped=tuple(dropped))


def _captioned(page: PageContent) -> set[int]:
    """Indices of the regions that a printed figure label speaks of.

    That is what stands right beside it, and the nearest region; if this is a drawing, the drawings around it
    too: the parts of one figure.
    """
    boxes = [region.bbox for region in page.regions]
    index = BoxIndex(boxes)
    drawn = {k for k, region in enumerate(page.regions) if region.source == "drawing"}
    inner = [k for k in sorted(drawn) if not in_margin(boxes[k], page)]
    found: set[int] = set()
    for line in page.lines if boxes else ():
        label = parse_label(line.text)
        if label is None or label[0].kind == "table" or caption_strength(line.text) < STARTS_CAPTION:
            continue
        (nearest,) = index.nearest([line.bbox], 1)[0]
        found |= {nearest, *index.near(line.bbox, BESIDE * line.size)}
        # What stands on the other side of the caption, hardly farther away, may be its figure as well.
        either = index.near(line.bbox, 2 * gap(boxes[nearest], line.bbox) + line.size)
        for members in group_boxes([boxes[k] for k in inner], PARTS_REACH * line.size):
            parts = {inner[m] for m in members}
            if parts & {nearest, *either}:
                found |= parts
    return found
