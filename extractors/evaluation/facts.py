"""What a pair says besides its caption, against the labels: title, number, kind, medium, subject and so on.

A fact is scored on figures that were found and whose label states it, so that the share right says how far
it can be trusted where there is a figure to look at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from extractors.evaluation.labels import LabelledFigure
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.texts import OwnTexts, bare, best, similarity
from extractors.grammar.characters import fold
from extractors.grammar.numerals import ENCLOSED, NUMBER_PATTERN, parse_number

Fact = Literal["title", "number", "kind", "medium", "subject", "description", "description page", "group"]
FACTS: tuple[Fact, ...] = get_args(Fact)

_TOKEN = re.compile(rf"[A-Za-z]+|{ENCLOSED}|{NUMBER_PATTERN}")
_LEADING_NUMBER = re.compile(rf"[(（]?{NUMBER_PATTERN}[)）\s.、,:：]*")


def score_facts(
    figures: Sequence[LabelledFigure], shown: Mapping[int, Prediction], same: float
) -> dict[int, dict[Fact, bool]]:
    """Whether each stated fact of each found figure is right: index of the figure -> fact -> right.

    `shown` maps the index of a found figure to the prediction that shows it; `same` is the similarity (0..1)
    from which two texts are the same. A figure whose text is optional is scored by its kind, its medium
    and its subject alone.
    """
    groups = _right_groups(figures, shown)
    return {i: _facts(figures[i], shown[i], groups.get(i), same) for i in shown}


def number_key(printed: str) -> tuple[str, ...]:
    """The numbers and single letters of a printed number, in one writing: 圖版貳拾 and 20 are both ("20",).

    Words such as 图 and Plate are left out. Empty where nothing is numbered.
    """
    tokens = (_token(found) for found in _TOKEN.findall(fold(printed)))
    return tuple(token for token in tokens if token)


def title_is_printed(figure: LabelledFigure) -> bool:
    """Whether the label's title is printed as it is; one that its own caption lacks was composed."""
    caption = bare(figure.caption)
    return bool(figure.title) and (not caption or any(form in caption for form in _title_forms(figure.title)))


def _facts(
    figure: LabelledFigure, prediction: Prediction, group: bool | None, same: float
) -> dict[Fact, bool]:
    facts: dict[Fact, bool] = {}
    if not figure.optional and title_is_printed(figure):
        titles = (figure.title, *figure.also_titles)
        facts["title"] = any(_same_title(title, prediction.title, same) for title in titles)
    if not figure.optional and figure.number:
        facts["number"] = number_key(figure.number) == number_key(prediction.number)
    for name in ("kind", "medium", "subject"):
        if (told := getattr(figure, name)) and (said := getattr(prediction, name)):
            facts[name] = told == said
    if not figure.optional and (told := OwnTexts.of(figure).descriptions):
        said = bare(prediction.description)
        facts["description"] = best(told, (said, said + bare(prediction.english))) >= same
    if not figure.optional and figure.description_pages:
        facts["description page"] = prediction.description_page in figure.description_pages
    if not figure.optional and group is not None:
        facts["group"] = group
    return facts


def _same_title(told: str, said: str, same: float) -> bool:
    return any(similarity(form, bare(said)) >= same for form in _title_forms(told))


def _title_forms(title: str) -> tuple[str, ...]:
    """A title, bare, with and without the number before it: both are right."""
    return tuple(form for form in (bare(title), bare(_LEADING_NUMBER.sub("", title, count=1))) if form)


def _right_groups(figures: Sequence[LabelledFigure], shown: Mapping[int, Prediction]) -> dict[int, bool]:
    """For each found figure with a labelled group: whether just the same found figures came in its group."""
    labelled, came = defaultdict(set), defaultdict(set)
    for i, prediction in shown.items():
        labelled[figures[i].group or f"alone {i}"].add(i)
        came[prediction.group or f"alone {i}"].add(i)
    return {
        i: labelled[figures[i].group] == came[prediction.group or f"alone {i}"]
        for i, prediction in shown.items()
        if figures[i].group
    }


def _token(text: str) -> str:
    value = parse_number(text)
    if value is not None:
        return str(value)
    return text.lower() if len(text) == 1 else ""
