"""What speaks for and against a pair on one page: every cost by name, with its reason.

The cost of pairing a page is linear in these: the sum of each cost times how much of its matter is there
(`page_pairing` measures that). `python -m extractors.fitting` fits them on labelled pages and reports how
fitted and present values do on pages left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from extractors.errors import UsageError


@dataclass(frozen=True, slots=True)
class PairingCosts:
    """The costs of one page's pairing; none is negative (what saves is measured negatively)."""

    null_figure: float = 3.15
    """Leaving a figure without text: costs more than any close caption, less than one across the page."""
    null_labelled: float = 3.0
    """Leaving a caption without a figure: its printed label promises one. Weak labels count for less."""
    null_pointer: float = 0.6
    """Leaving a pointer (右图) without a figure: it may speak of another page."""
    pointer: float = 0.8
    """A pointer says less surely than a label that it is a caption."""
    points_away: float = 1.2
    """A pointer (上图, ↓, 对页) to another side than the figure's."""
    tag: float = 1.2
    """A bare number or letter says still less."""
    plain: float = 1.1
    """So does a line with no label at all."""
    weak_label: float = 1.5
    """A label that is hardly one: running text that begins with 图3 is no bargain."""
    distance: float = 1.25
    """Per natural log of (1 + gap in units of 2.5 characters): near captions differ, far ones hardly."""
    side: float = 0.75
    """Per unit of -log of how usual the caption's side is in this book."""
    misaligned: float = 0.85
    """A caption whose ends and centre agree with no part of the figure's."""
    figure_between: float = 1.6
    """Another figure stands between the two."""
    text_between: float = 1.2
    """Other text stands between the two."""
    same_group: float = 0.35
    """Reaching a caption as a member of a group of figures instead of alone."""
    second_figure: float = 1.2
    """A further figure for a caption that names one."""
    named_figure: float = 0.15
    """A further figure for a caption that names several (1.… 2.…, 图3—5)."""
    placed_figure: float = 0.6
    """Saved by a further figure for a caption that names several by their places (上：… 下：…)."""
    body_sized: float = 1.1
    """An unlabelled line in the size of running text is rather running text."""
    heading: float = 1.6
    """An unlabelled line in larger type is rather a heading."""
    sentence: float = 1.2
    """An unlabelled line that ends as a sentence does, or goes on after one."""
    unusual: float = 0.85
    """An unlabelled line in a book whose captions carry labels."""
    numbered: float = 0.4
    """Saved by an unlabelled line that begins with a number (1. 罐): parts of a plate do."""
    with_data: float = 0.9
    """Saved by an unlabelled line with data or lines in smaller type below it: names of things have them."""
    usual_place: float = 1.6
    """Saved by an unlabelled line that stands at its figure as others do at theirs."""
    listed: float = 0.8
    """Saved by an unlabelled line that names several pictures (上图：… 下图：…)."""

    entry: float = 0.5
    """A figure within an entry: it is the entry's unless a caption says otherwise."""
    out_of_order: float = 0.8
    """A figure of an entry without labels that does not stand between its heading and the next."""
    null_entry: float = 1.0
    """An entry without any figure."""
    line: float = 0.6
    """A keyed line, per unit of distance from the panel it stands at."""
    key_agrees: float = 0.2
    """A keyed line for the panel with the same label: hardly a doubt."""
    key_in_order: float = 1.6
    """A keyed line for the panel at its place in the order."""
    in_list: float = 0.3
    """A caption of a list, for the figure that it is dealt to."""
    facing: float = 1.0
    """A caption on another page than its figure."""
    untold: float = 0.8
    """A caption for a plate on the page beside that neither points there nor carries its number."""
    facing_pages: float = 0.2
    """Per page of distance beyond the facing one."""

    def price(self, features: Mapping[str, float]) -> float:
        """The cost of what `features` measure: name of a cost -> how much of its matter is there."""
        return float(sum(getattr(self, name) * amount for name, amount in features.items()))

    @staticmethod
    def decided(decision: str) -> float:
        """The margin that a decision by other means counts as (`DECISIONS`)."""
        return DECISIONS[decision]


COSTS = PairingCosts()
"""The shipped costs."""


def costs_with(given: Mapping[str, float]) -> PairingCosts:
    """The shipped costs with those `given` in their place. Raises UsageError for one that does not exist."""
    unknown = sorted(given.keys() - {field.name for field in fields(PairingCosts)})
    if unknown:
        raise UsageError(f"extract.costs: there is no cost {', '.join(unknown)}")
    return replace(COSTS, **given)


DECISIONS: Mapping[str, float] = {
    "role_by_field": 2.6,
    "role_by_look": 1.6,
    "role_by_guess": 0.5,
    "shared_text": -0.3,
    "panel_by_label": 2.6,
    "panel_by_place": 2.0,
    "panel_by_order": 1.0,
    "panel_number": 1.8,
    "plate_by_number": 2.6,
    "plate_by_order": 1.0,
    "facing_by_number": 2.6,
    "facing_told": 2.0,
    "facing_untold": 0.0,
    "caption_led": 0.6,
    "number": 0.0,
    "mark": -0.1,
}
"""Decisions that no assignment makes, each as sure as a pair of this margin: a figure's text in its entry, by
label, look or guess; a panel's part of a caption; a description by number or order; a caption of another
page, by number, by pointer or habit, or neither; a figure that only a caption promises; a line of a mark."""
