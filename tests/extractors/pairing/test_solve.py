"""Whole books solved: conventions, captions, facing pages, plate descriptions, entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.pairing.drafts import Draft, captioned
from extractors.pairing.roles import entry_drafts
from extractors.pairing.solve import SolvedBook, solve_book
from extractors.records import Dropped, PageContent
from tests.extractors.made import book, caption, figure, line, page, prose

NAMES = ("联珠对鸟纹", "宝相花纹", "缠枝莲纹", "方格兽面纹", "团窠双狮纹", "海东青逐兔纹", "云龙纹", "卷草纹")
LONG = "画面构图饱满，线描劲健，设色以青绿为主，为同期壁画中的佳作。"


def solved(*pages: PageContent) -> SolvedBook:
    return solve_book(book(pages))


def texts(result: SolvedBook) -> list[str]:
    return [draft.description for draft in result.drafts]


def captioned_page(number: int, *, above: bool = False) -> PageContent:
    """A photograph with its caption, and running text."""
    y = 84 if above else 306
    lines = [line(f"图{number} {NAMES[number % len(NAMES)]}", 150, y), *prose(50, 360, 320, 8, start=number)]
    return page(number, lines, [figure(100, 100, 320, 300)])


def test_a_figure_and_its_caption() -> None:
    (draft,) = solved(captioned_page(1)).drafts
    assert (draft.description, draft.key, draft.namespace) == (NAMES[1], (1,), "figure")
    assert draft.caption == f"图1 {NAMES[1]}"
    assert draft.confidence > 0.7


def test_the_book_teaches_where_captions_stand() -> None:
    doubtful = page(
        9, [line("图9 云龙纹", 170, 235)], [figure(100, 100, 320, 225), figure(100, 255, 320, 400)]
    )
    for above in (False, True):
        result = solved(*(captioned_page(n, above=above) for n in range(1, 9)), doubtful)
        upper, lower = (draft.confidence for draft in result.drafts[-2:])
        assert (lower > upper) == above


def test_figures_without_text_and_captions_without_figures_are_left_over() -> None:
    result = solved(
        captioned_page(1),
        page(2, regions=[figure(100, 100, 300, 300)]),
        page(9, [line("图12 卷草纹", 50, 300)]),
    )
    assert texts(result) == [NAMES[1], ""]
    assert [c.text for c in result.free] == ["图12 卷草纹"]


def test_a_mention_in_the_text_is_not_left_over() -> None:
    lines = [line("如图12所示，此类纹样常见于唐代织锦之上，", 50, 100), *prose(50, 116, 320, 6)]
    assert solved(page(1, lines)).free == ()


def test_captions_on_the_facing_page() -> None:
    pages = [
        content
        for k in range(4)
        for content in (
            page(2 * k + 1, [line(f"图版{k + 1} {NAMES[k]}", 60, 250)]),
            page(2 * k + 2, regions=[figure(20, 20, 400, 575)]),
        )
    ]
    assert texts(solved(*pages)) == list(NAMES[:4])


def back_matter(number: int, entries: Sequence[tuple[str, str]]) -> PageContent:
    lines = [line("图版说明", 160, 60, 16)]
    for i, (label, name) in enumerate(entries):
        lines += [line(f"{label} {name}", 50, 110 + 60 * i), line(LONG, 50, 126 + 60 * i)]
    return page(number, lines)


def test_numbered_plates_take_their_descriptions_from_the_back() -> None:
    plates = [page(n, [line(f"图版{n}", 190, 500)], [figure(40, 60, 380, 490)]) for n in range(1, 5)]
    result = solved(*plates, back_matter(5, [(f"{n}.", NAMES[n]) for n in range(1, 5)]))
    assert [draft.key for draft in result.drafts] == [(1,), (2,), (3,), (4,)]
    for draft, name in zip(result.drafts, NAMES[1:5], strict=True):
        assert LONG in draft.description
        assert name in draft.title + draft.description
        assert draft.description_source == "plate_description"
    assert result.free == ()


def test_bare_numbers_and_halves_find_their_descriptions() -> None:
    tags = ["一", "二上", "二下", "三"]
    plates = [page(n, [line(tag, 200, 496)], [figure(40, 60, 380, 490)]) for n, tag in enumerate(tags, 1)]
    result = solved(*plates, back_matter(5, list(zip(tags, NAMES[:4], strict=True))))
    for draft, name in zip(result.drafts, NAMES[:4], strict=True):
        assert name in draft.title + draft.description


def test_plates_without_any_number_go_by_order() -> None:
    plates = [page(n, regions=[figure(0, 0, 420, 595)]) for n in range(1, 5)]
    result = solved(*plates, back_matter(5, [(f"{n}.", NAMES[n]) for n in range(1, 5)]))
    for draft, name in zip(result.drafts, NAMES[1:5], strict=True):
        assert name in draft.title + draft.description
        assert draft.confidence < 0.93


def test_descriptions_are_no_captions_left_over() -> None:
    plates = [page(n, [line(f"图版{n}", 190, 500)], [figure(40, 60, 380, 490)]) for n in range(1, 5)]
    back = back_matter(5, [(f"图版{n}", NAMES[n]) for n in range(1, 5)])
    assert solved(*plates, back).free == ()


def test_entries_own_their_figures() -> None:
    def entry(number: int) -> PageContent:
        lines = [
            line(f"{number} {NAMES[number]}", 50, 60, 14),
            line("纹样：花枝舒卷自如。", 50, 420),
            line("藏址：某馆", 50, 440),
        ]
        return page(number, lines, [figure(50, 85, 370, 290), figure(50, 300, 160, 390)])

    result = solved(entry(1), entry(2))
    assert [(owner.heading.number, members) for owner, members in result.entries] == [
        ("1", (0, 1)),
        ("2", (2, 3)),
    ]
    assert result.free == ()


def report_page(number: int, heading: str = "", fields: Sequence[str] = ()) -> PageContent:
    """A page of a report: perhaps a heading and data in lines, text, a photograph with its caption."""
    lines = [line(heading, 50, 40, 13)] if heading else []
    lines += [line(text, 50, 64 + 18 * i) for i, text in enumerate(fields)]
    lines += [*prose(50, 140, 320, 5, start=number), line(f"图{number} {NAMES[number]}瓦当", 150, 400, 9)]
    return page(number, lines, [figure(100, 235, 320, 390)])


def test_a_report_with_some_labelled_lines_is_no_catalogue() -> None:
    data = ["时代：汉代", "尺寸：长十厘米", "说明：残缺。"]
    headings = {1: "1 地层堆积", 2: "2 出土陶器", 4: "3 出土铜镜", 6: "4 结语"}
    pages = [report_page(n, headings.get(n, ""), data if n == 4 else ()) for n in range(1, 8)]
    result = solved(*pages)
    assert [draft.caption for draft in result.drafts] == [f"图{n} {NAMES[n]}瓦当" for n in range(1, 8)]


def test_a_lone_caption_elsewhere_is_no_sure_pair() -> None:
    pages = [captioned_page(n) for n in range(1, 8)]
    portrait = page(8, prose(50, 60, 320, 20), [figure(60, 430, 120, 500)])
    alone = page(9, [*prose(50, 60, 320, 20), line("图9 天马纹", 150, 405, 9)])
    assert solved(*pages, portrait, alone).drafts[-1].confidence < 0.8


def test_panels_of_a_shared_caption() -> None:
    panels = [figure(40 + 115 * i, 100, 145 + 115 * i, 220) for i in range(3)]
    result = solved(page(1, [line("图4 汉墓陶器 1.罐 2.钵 3.壶", 120, 226)], panels))
    assert [draft.title for draft in result.drafts] == ["罐", "钵", "壶"]
    assert len({draft.group for draft in result.drafts}) == 1


def test_the_key_of_a_drawing_may_be_set_smaller() -> None:
    lines = [
        line("图一二　M3出土陶器", 150, 230, 9),
        line("1. 罐（M3:1） 2. 钵（M3:2） 3. 壶（M3:5）", 130, 244, 8),
    ]
    panels = [figure(60 + 110 * i, 100, 160 + 110 * i, 220) for i in range(3)]
    assert [draft.title for draft in solved(page(1, lines, panels)).drafts] == [
        "罐（M3:1）",
        "钵（M3:2）",
        "壶（M3:5）",
    ]


def test_the_key_of_a_plate_may_be_a_list() -> None:
    key = ("罐（M1:1）", "钵（M1:2）", "壶（M2:4）", "瓮（M3:1）")
    lines = [line("图版一　出土陶器", 150, 330, 11)]
    lines += [line(f"{k}. {text}", 150, 335 + 13 * k, 8) for k, text in enumerate(key, 1)]
    boxes = [(60, 60, 200, 180), (210, 60, 350, 180), (60, 190, 200, 310), (210, 190, 350, 310)]
    result = solved(page(1, lines, [figure(*box) for box in boxes]))
    assert tuple(draft.title for draft in result.drafts) == key


def test_a_bare_number_names_one_figure() -> None:
    row = [figure(30 + 120 * i, 60, 120 + 120 * i, 180) for i in range(3)]
    assert [draft.number for draft in solved(page(1, [line("9", 70, 190, 8)], row)).drafts] == ["9", "", ""]


def test_pieces_of_a_drawing_are_one_figure() -> None:
    pieces = [figure(60 + 80 * i, 100, 130 + 80 * i, 220, "drawing") for i in range(4)]
    (draft,) = solved(page(1, [line("图4 汉墓随葬陶器", 170, 235)], pieces)).drafts
    assert draft.bbox == (60, 100, 370, 220)


def test_vertical_captions_beside_their_pictures() -> None:
    pages = [
        page(n, [line(f"圖{mark}　{NAMES[n]}", 306, 110, vertical=True)], [figure(80, 100, 300, 400)])
        for n, mark in enumerate("一二三四", 1)
    ]
    assert texts(solved(*pages)) == list(NAMES[1:5])


def test_a_plate_may_carry_a_number_and_a_caption() -> None:
    lines = [line("12", 60, 306), line("莫高窟第二二〇窟南壁", 150, 306)]
    (draft,) = solved(page(1, lines, [figure(60, 100, 360, 300)])).drafts
    assert (draft.key, draft.description) == ((12,), "莫高窟第二二〇窟南壁")


def test_a_bare_number_gives_no_description() -> None:
    draft = captioned(Draft(1, figure(0, 0, 100, 100)), caption("图版12", 10, 110), "number", 0.0)
    assert (draft.key, draft.number, draft.description) == ((12,), "图版12", "")


def test_an_empty_book() -> None:
    result = solved(page(1))
    assert (result.drafts, result.entries, result.free) == ((), (), ())


_words = st.sampled_from(
    [
        *(
            "图{} 联珠纹",
            "图版{}",
            "{}",
            "{}. 飞天",
            "图版说明",
            "10 海东青逐兔纹",
            "{} 缠枝莲纹",
            "八上",
            "后记",
        ),
        *(
            "纹样：飞鸟",
            "局部：一鸟",
            "藏址：某馆",
            "(a)",
            "Fig. {} Lotus",
            "右图：瓦当",
            "表{} 统计",
            "第{}页",
        ),
    ]
)
_place = st.tuples(st.integers(0, 38), st.integers(0, 57))


@st.composite
def messy_pages(draw: st.DrawFn, number: int) -> PageContent:
    """Any text and any pictures anywhere."""
    lines = [
        line(
            draw(_words).replace("{}", str(draw(st.integers(1, 4)))),
            10.0 * x,
            10.0 * y,
            vertical=draw(st.booleans()),
        )
        for x, y in draw(st.lists(_place, max_size=7))
    ]
    sides = st.integers(2, 30)
    regions = [
        figure(10.0 * x, 10.0 * y, 10.0 * (x + draw(sides)), 10.0 * (y + draw(sides)))
        for x, y in draw(st.lists(_place, max_size=4))
    ]
    return page(number, lines, regions)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 6))
def test_any_book_is_solved_and_no_picture_lost(data: st.DataObject, count: int) -> None:
    pages = [data.draw(messy_pages(number)) for number in range(1, count + 1)]
    result = solved(*pages)
    assert sorted((d.page, d.bbox) for d in (*result.drafts, *result.left_out)) == sorted(
        (p.page, r.bbox) for p in pages for r in p.regions
    )
    members = [i for _, owned in result.entries for i in owned]
    assert len(set(members)) == len(members)
    for owner, owned in result.entries:
        described = entry_drafts(owner, [result.drafts[i] for i in owned], [None] * len(owned))
        assert [draft.region for draft in described] == [result.drafts[i].region for i in owned]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), unique=True, max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_every_picture_of_a_book_comes_out_once(cells: list[list[tuple[int, int]]]) -> None:
    pages = []
    for number, places in enumerate(cells, 1):
        lines = [
            line(f"图{number}-{i + 1} 纹样", 22 + 95 * x, 112 + 100 * y, 8)
            for i, (x, y) in enumerate(places[::2])
        ]
        regions = [figure(20 + 95 * x, 20 + 100 * y, 100 + 95 * x, 108 + 100 * y) for x, y in places]
        pages.append(page(number, lines, regions))
    result = solved(*pages)
    assert [(d.page, d.bbox) for d in sorted(result.drafts, key=lambda d: (d.page, d.bbox))] == [
        (p.page, box) for p in pages for box in sorted(r.bbox for r in p.regions)
    ]
    used = [id(d.candidate) for d in result.drafts if d.candidate is not None]
    assert not set(used) & {id(c) for c in result.free}


def test_a_caption_left_over_makes_a_figure_of_small_pieces_beside_it() -> None:
    pieces = [(60.0 + 47 * k, 160.0, 94.0 + 47 * k, 174.0) for k in range(3)]
    dropped = tuple(Dropped(1, box, "too-small") for box in pieces)
    text = [line("图8 白杨坡出土陶器", 60, 190), *prose(50, 260, 320, 8)]
    (draft,) = solved(replace(page(1, text), dropped=dropped)).drafts
    assert (draft.bbox, draft.description) == ((60, 160, 188, 174), "白杨坡出土陶器")
    assert draft.confidence <= 0.75
    assert not solved(replace(page(1, text), dropped=dropped[:2])).drafts
    assert not solved(replace(page(1, text[1:]), dropped=dropped)).drafts


def test_a_list_of_places_beside_pictures_is_dealt_out() -> None:
    beside = [
        line("图29", 300, 330, 9),
        line("上：方胜纹锦，清，青岚博物馆", 300, 344, 9),
        line("下：镜袋，五代，云岭出土", 300, 358, 9),
    ]
    pictures = [figure(50, 60, 280, 200), figure(50, 210, 280, 370)]
    pages = [captioned_page(n) for n in range(1, 5)]
    drafts = solved(*pages, page(5, beside, pictures)).drafts[-2:]
    assert [draft.title for draft in drafts] == ["方胜纹锦", "镜袋"]


def test_a_description_elsewhere_is_recorded_with_its_page_and_boxes() -> None:
    plates = [page(n, [line(f"图版{n}", 190, 500)], [figure(50, 60, 370, 480)]) for n in (1, 2, 3)]
    texts = [(f"{n}", f"{'飞天藻井莲花'[n]}纹样，线条流畅，设色沉着，为窟中佳作。") for n in (1, 2, 3)]
    result = solved(*plates, back_matter(4, texts))
    assert [draft.text_page for draft in result.drafts] == [4, 4, 4]
    assert all(draft.text_boxes for draft in result.drafts)
