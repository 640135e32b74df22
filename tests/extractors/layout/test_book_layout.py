"""Pages laid out: reading order, and what is set apart as figure, furniture or text inside a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.geometry import Box
from extractors.layout.book_layout import body_size, lay_out, reading_indices
from extractors.records import Dropped, PageContent, Region
from tests.extractors.made import book, figure, line, page, prose

HEADING: Box = (40, 40, 380, 60)
LEFT: list[Box] = [(40, 80, 200, 150), (40, 160, 200, 300)]
RIGHT: list[Box] = [(220, 80, 380, 200), (220, 210, 380, 300)]


def test_two_columns_under_a_heading_across() -> None:
    boxes = [RIGHT[0], LEFT[1], HEADING, RIGHT[1], LEFT[0]]
    assert [boxes[i] for i in reading_indices(boxes, vertical=False)] == [HEADING, *LEFT, *RIGHT]


def test_what_spans_the_columns_divides_the_page() -> None:
    bar: Box = (40, 310, 380, 330)
    low_left, low_right = (40.0, 340.0, 200.0, 500.0), (220.0, 340.0, 380.0, 500.0)
    boxes = [low_right, *RIGHT, bar, low_left, *LEFT]
    assert [boxes[i] for i in reading_indices(boxes, vertical=False)] == [
        *LEFT,
        *RIGHT,
        bar,
        low_left,
        low_right,
    ]


def test_one_column_is_read_down() -> None:
    boxes = [(50.0, y, 350.0, y + 30) for y in (300, 100, 200)]
    assert reading_indices(boxes, vertical=False) == [1, 2, 0]


def test_a_centred_heading_is_read_before_the_short_line_under_it() -> None:
    heading, number, body = (
        (170.0, 54.0, 234.0, 73.0),
        (50.0, 100.0, 200.0, 112.0),
        (50.0, 117.0, 365.0, 157.0),
    )
    after = (50.0, 190.0, 200.0, 202.0)
    boxes = [number, heading, body, after]
    assert [boxes[i] for i in reading_indices(boxes, vertical=False)] == [heading, number, body, after]


def test_vertical_text_is_read_from_right_to_left() -> None:
    boxes = [(x, 50.0, x + 30, 400.0) for x in (100, 300, 200)]
    assert reading_indices(boxes, vertical=True) == [1, 2, 0]


def test_vertical_text_in_two_tiers_is_read_tier_by_tier() -> None:
    upper = [(300.0, 50.0, 330.0, 250.0), (100.0, 50.0, 130.0, 250.0)]
    lower = [(300.0, 300.0, 330.0, 500.0), (100.0, 300.0, 130.0, 500.0)]
    boxes = [lower[1], upper[1], lower[0], upper[0]]
    assert [boxes[i] for i in reading_indices(boxes, vertical=True)] == [*upper, *lower]


_corner = st.integers(0, 60).map(lambda n: n * 10.0)
_boxes = st.lists(
    st.tuples(_corner, _corner, st.integers(1, 40), st.integers(1, 40)).map(
        lambda b: (b[0], b[1], b[0] + 10.0 * b[2], b[1] + 10.0 * b[3])
    ),
    max_size=14,
)


@given(_boxes, st.booleans())
def test_every_box_is_read_once(boxes: list[Box], vertical: bool) -> None:
    assert sorted(reading_indices(boxes, vertical=vertical)) == list(range(len(boxes)))


@given(_boxes, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_distinct_boxes_does_not_depend_on_how_they_are_listed(
    boxes: list[Box], vertical: bool, chance: object
) -> None:
    boxes = sorted(set(boxes))
    shuffled = list(boxes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one = [boxes[i] for i in reading_indices(boxes, vertical=vertical)]
    assert one == [shuffled[i] for i in reading_indices(shuffled, vertical=vertical)]


def test_text_inside_a_figure_is_set_apart() -> None:
    label, outside = line("T1", 120, 120, 8), line("图1 探方平面图", 100, 310)
    (layout,) = lay_out(book([page(lines=[label, outside], regions=[figure(100, 100, 300, 300, "drawing")])]))
    assert layout.inner == (label,)
    assert [block.text for block in layout.blocks] == ["图1 探方平面图"]


def test_cells_of_a_table_are_no_text_but_a_grid_of_pictures_is_no_table() -> None:
    cell = line("数量", 60, 360)
    grid = (50.0, 100.0, 370.0, 400.0)
    (plain,) = lay_out(book([page(lines=[cell], tables=[grid])]))
    assert plain.blocks == ()
    (pictures,) = lay_out(book([page(lines=[cell], tables=[grid], regions=[figure(60, 110, 200, 350)])]))
    assert [block.text for block in pictures.blocks] == ["数量"]


def test_running_heads_are_no_blocks() -> None:
    pages = [page(n, [line("丝绸纹样全集", 150, 20), *prose(50, 100, 300, 5)]) for n in range(1, 6)]
    for layout in lay_out(book(pages)):
        assert [n.text for n in layout.furniture] == ["丝绸纹样全集"]
        assert all("丝绸纹样" not in block.text for block in layout.blocks)


def test_a_logo_on_every_page_is_counted_as_dropped() -> None:
    logo = figure(350, 20, 390, 60, name="logo")
    pages = [page(n, regions=[logo, figure(50, 100, 300, 400, name=f"photo {n}")]) for n in range(1, 6)]
    for layout in lay_out(book(pages)):
        assert [region.signature for region in layout.figures] == [f"photo {layout.page}"]
        assert [drop.bbox for drop in layout.dropped] == [logo.bbox]


def test_the_body_size_is_that_of_most_characters() -> None:
    pages = [page(1, [line("很大的标题", 50, 40, 20), *prose(50, 100, 300, 10, 9)])]
    assert body_size(lay_out(book(pages))) == 9
    assert body_size(lay_out(book([page(1)]))) is None


def full_plate(number: int, regions: list[Region], dropped: tuple[Dropped, ...] = ()) -> PageContent:
    """A page that one image fills, with its number printed over it."""
    return replace(page(number, [line("Cat. 7", 380, 20)], regions), is_scan=True, dropped=dropped)


@pytest.mark.parametrize(
    ("seen", "toned"), [((60, 80, 380, 560), ()), (None, ((0, 40, 420, 595),))], ids=["cut", "pale"]
)
def test_a_full_plate_of_a_typeset_book_is_whole(seen: Box | None, toned: tuple[Box, ...]) -> None:
    drops = tuple(Dropped(3, box, "low-score") for box in toned)
    plate = full_plate(3, [Region(seen, "scan")] if seen else [], drops)
    text = [page(n, prose(50, 100, 300, 12)) for n in (1, 2)]
    assert [f.bbox for f in lay_out(book([*text, plate]))[2].figures] == [(0, 0, 420, 595)]
    scanned = [full_plate(n, [Region((60, 80, 380, 560), "scan")]) for n in (1, 2)]
    assert [f.bbox for f in lay_out(book([*scanned, plate]))[2].figures] == ([seen] if seen else [])


def test_names_with_their_data_are_no_running_text() -> None:
    lines = [line("双凤纹锦", 50, 100), line("长32厘米，宽20厘米", 50, 116), line("青岚博物馆藏", 50, 132)]
    assert body_size(lay_out(book([page(1, lines)]))) is None


def test_images_that_do_not_fill_their_page_are_plates_of_a_typeset_book() -> None:
    boxes: tuple[Box, ...] = ((40, 40, 380, 280), (40, 300, 380, 550))
    plate = replace(full_plate(3, [Region((60, 80, 200, 160), "scan")]), pasted=boxes)
    text = [page(n, prose(50, 100, 300, 12)) for n in (1, 2)]
    assert [f.bbox for f in lay_out(book([*text, plate]))[2].figures] == list(boxes)
    scanned = [full_plate(n, []) for n in (1, 2)]
    assert [f.bbox for f in lay_out(book([*scanned, plate]))[2].figures] == [(60, 80, 200, 160)]
    told = replace(plate, lines=(line("图版说明与图版目录并列于此，共十二幅。", 50, 40),))
    assert [f.bbox for f in lay_out(book([*text, told]))[2].figures] == [(60, 80, 200, 160)]
