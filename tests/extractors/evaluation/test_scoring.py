"""What counts as a figure found and as a right pair."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.evaluation.labels import BookLabels, LabelledFigure, Negative
from extractors.evaluation.predictions import Prediction
from extractors.evaluation.scoring import match, score_book
from extractors.evaluation.summary import Summary, summarise
from extractors.geometry import iou
from tests.extractors.evaluation.made import CAPTIONS, figure, labels, place, right

FIGURES = [figure(n) for n in range(6)]


def scored(book: BookLabels, predictions: list[Prediction], **options: Any) -> Summary:
    return summarise([score_book(book, predictions, **options)])


@given(st.sets(st.integers(0, 5), min_size=1), st.booleans())
def test_perfect_predictions_score_one(chosen: set[int], scan: bool) -> None:
    figures = [FIGURES[n] for n in sorted(chosen)]
    summary = scored(labels(figures, scan=scan), [right(f) for f in figures])
    assert summary.figures.f1 == summary.pairs.f1 == summary.captions.recall == 1
    assert summary.captions.error_rate == 0


@given(st.permutations(range(6)).filter(lambda order: all(i != n for i, n in enumerate(order))))
def test_shuffled_texts_score_nothing(order: list[int]) -> None:
    shuffled = [right(f, caption=CAPTIONS[n]) for f, n in zip(FIGURES, order, strict=True)]
    summary = scored(labels(FIGURES), shuffled)
    assert (summary.figures.f1, summary.pairs.f1) == (1, 0)


@given(st.integers(1, 5), st.integers(0, 8))
def test_a_false_figure_lowers_precision_alone(found: int, false: int) -> None:
    predictions = [right(f) for f in FIGURES[:found]]
    before = scored(labels(FIGURES), predictions)
    false_ones = [Prediction(1, place(n, row=3), "图99 别处的图") for n in range(false + 1)]
    after = scored(labels(FIGURES), predictions + false_ones)
    for one, other in ((before.figures, after.figures), (before.pairs, after.pairs)):
        assert one.recall == other.recall
        assert other.precision == found / (found + false + 1)


boxes = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3)).map(
    lambda b: (10.0 * b[0], 10.0 * b[1], 10.0 * (b[0] + b[2]), 10.0 * (b[1] + b[3]))
)
texts = st.sampled_from([*CAPTIONS[:3], "图1 联珠对鸟", "图1", "如图2所示，壁画", ""])
predictions = st.lists(
    st.builds(Prediction, page=st.integers(1, 2), bbox=boxes, caption=texts, description=texts), max_size=4
)
figure_parts = st.tuples(st.integers(1, 2), boxes, texts.filter(bool), st.booleans())
figures = st.lists(figure_parts, max_size=4).map(
    lambda parts: [
        figure(n, fid=f"f{n}", page=page, bbox=bbox, caption=caption, optional=optional)
        for n, (page, bbox, caption, optional) in enumerate(parts)
    ]
)
negatives = st.lists(
    st.builds(
        Negative,
        page=st.integers(1, 2),
        bbox=boxes,
        kind=st.sampled_from(["logo", "frame-rule"]),
        ignore=st.booleans(),
    ),
    max_size=2,
)


@given(figures, predictions, negatives, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(
    marked: list[LabelledFigure], came: list[Prediction], no_figures: list[Negative], chance: random.Random
) -> None:
    book = labels(marked, no_figures)
    before = scored(book, came)
    chance.shuffle(came)
    assert scored(book, came) == before


@settings(max_examples=200)
@given(figures, predictions, st.sampled_from([0.3, 0.5, 0.7]))
def test_matching_finds_the_best_of_all_ways(
    marked: list[LabelledFigure], came: list[Prediction], least: float
) -> None:
    """Against trying every way there is: first the number of matches, then the overlap."""

    def overlap(i: int, j: int) -> float:
        same = marked[i].page == came[j].page
        value = iou(marked[i].bbox, came[j].bbox) if same else 0.0
        return value if value >= least else 0.0

    slots = [*range(len(came)), *[None] * len(marked)]
    ways = (
        [(i, j) for i, j in enumerate(way) if j is not None and overlap(i, j)]
        for way in itertools.permutations(slots, len(marked))
    )
    best = max((len(way), round(sum(overlap(i, j) for i, j in way), 9)) for way in ways)
    found = match(marked, came, least)
    assert len(set(found.values())) == len(found)
    assert (len(found), round(sum(overlap(i, j) for i, j in found.items()), 9)) == best


def distance(a: str, b: str) -> int:
    """Edit distance, the slow way."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(CAPTIONS), min_size=1, max_size=5), st.data())
def test_a_pair_is_right_as_the_plain_formula_says(told: list[str], data: st.DataObject) -> None:
    """Every figure is found; what is right is counted anew from the definition in docs/evaluating.md."""
    said = [data.draw(st.text(alphabet=caption, max_size=12) | st.sampled_from(told)) for caption in told]
    marked = [figure(n, caption=caption) for n, caption in enumerate(told)]
    came = [right(f, caption=text) for f, text in zip(marked, said, strict=True)]

    def likeness(truth: str, text: str) -> float:
        truth, text = truth.replace(" ", ""), text.replace(" ", "")
        return max(0.0, 1 - distance(truth, text) / len(truth)) if text else 0.0

    rightly = sum(
        likeness(told[i], said[i]) >= 0.8
        and likeness(told[i], said[i]) >= max(likeness(other, said[i]) for other in told) - 1e-9
        for i in range(len(told))
    )
    pairs = scored(labels(marked), came).pairs
    assert (pairs.right, pairs.labelled) == (rightly, len(told))
    assert pairs.predicted == sum(bool(text.replace(" ", "")) for text in said)


@pytest.mark.parametrize("caption", ["图１　联珠对鸟纹锦", "图1：联珠，对鸟纹锦。", "图\n1 联珠对鸟纹绵"])
def test_form_and_a_slip_are_forgiven(caption: str) -> None:
    assert scored(labels(FIGURES), [right(FIGURES[0], caption=caption)]).pairs.right == 1


def test_a_circle_may_be_a_zero() -> None:
    dated = figure(caption="一九○三", description="")
    assert scored(labels([dated]), [right(dated, caption="一九〇三")]).captions.error_rate == 0


def test_a_scan_may_be_read_with_more_slips() -> None:
    misread = [right(FIGURES[0], caption="图1 联珠对口口口")]  # 6 of 9 characters
    worse = [right(FIGURES[0], caption="图1 联珠对鸟口口")]  # 7 of 9
    assert scored(labels(FIGURES, scan=True), misread).pairs.right == 0
    assert scored(labels(FIGURES, scan=True), worse).pairs.right == 1
    assert scored(labels(FIGURES), worse).pairs.right == 0


def test_a_text_that_fits_another_figure_better_is_wrong() -> None:
    twins = [figure(0, caption="图版一〇 南壁 说法图"), figure(1, caption="图版一一 南壁 说法图")]
    swapped = [right(twins[0], caption=twins[1].caption), right(twins[1], caption=twins[0].caption)]
    assert scored(labels(twins), swapped).pairs.right == 0


def test_accepted_forms_and_caption_with_description_are_right() -> None:
    described = figure(caption="图版五", description="地部织联珠团窠，窠内对鸟，尾羽上扬。")
    accepting = figure(1, also_captions=("北壁说法图局部",))
    came = [
        right(described, caption="图版五地部织联珠团窠，窠内对鸟，尾羽上扬。", description=""),
        right(accepting, caption="北壁说法图局部"),
    ]
    assert scored(labels([described, accepting]), came).pairs.right == 2


def test_an_optional_text_counts_only_when_it_is_of_something_else() -> None:
    free = figure(0, caption="", optional=True, title="A型陶钵", neighbours=("表1 出土器物",))
    for text, counted in (("", 0), ("A型陶钵", 0), ("表1 出土器物", 0), (CAPTIONS[1], 1)):
        pairs = scored(labels([free, figure(1)]), [right(free, title="", caption=text)]).pairs
        assert (pairs.predicted, pairs.labelled) == (counted, 1)


def test_ignored_places_count_neither_way() -> None:
    portrait = Negative(1, place(3), "portrait", ignore=True)
    came = [right(FIGURES[0]), Prediction(1, place(3), "作者像")]
    assert scored(labels(FIGURES[:1], [portrait]), came).figures.precision == 1
    plain = replace(portrait, ignore=False)
    assert scored(labels(FIGURES[:1], [plain]), came).figures.precision == 0.5


def test_pages_without_labels_are_passed_over() -> None:
    book = replace(labels(FIGURES), pages=frozenset({1}))
    came = [*map(right, FIGURES), Prediction(2, place(0), "图7 没有标注的一页")]
    assert scored(book, came).figures.precision == 1


def test_a_false_figure_belongs_to_the_layout_nearest_to_it() -> None:
    book = labels([figure(0, layout="grids"), figure(5, layout="plates")])
    false = Prediction(1, place(4), "")
    (outcome,) = score_book(book, [false]).predictions
    assert outcome.layout == "plates"
    (elsewhere,) = score_book(book, [replace(false, page=2)]).predictions
    assert elsewhere.layout == book.layout


def test_the_threshold_of_overlap_is_a_choice() -> None:
    x0, y0, x1, y1 = FIGURES[0].bbox
    short = [right(FIGURES[0], bbox=(x0, y0, x1, y0 + 0.6 * (y1 - y0)))]
    assert scored(labels(FIGURES[:1]), short).figures.f1 == 0
    assert scored(labels(FIGURES[:1]), short, same_figure=0.5).figures.f1 == 1
