"""What a catalogue prints below caption and data describes the object; a report's running text does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.pairing.drafts import Draft
from extractors.pairing.solve import solve_book
from extractors.records import PageContent, TextLine
from tests.extractors.made import book, figure, line, page, prose

PICTURE = figure(60, 60, 360, 250)
TITLE = "联珠对鸟纹锦"
CAPTION = line(f"图1 {TITLE}", 60, 256)
DATA = ["唐（618—907）", "高12.5厘米，宽8厘米", "云岭省博物馆藏"]
CHINESE = [
    "联珠圈内对鸟相向而立，颈系绶带，足踏花台，联珠",
    "圈外以十样花作宾花，配色以红黄蓝绿为主，富丽典雅。",
]
ENGLISH = [
    "Within the pearl roundel two birds face each other, ribbons",
    "at their necks, upon a flowering stand.",
]


def down(texts: Sequence[str], y: float, size: float = 10, x: float = 60) -> list[TextLine]:
    """Lines one below the other, from the height `y`."""
    return [line(text, x, y + 1.6 * size * k, size) for k, text in enumerate(texts)]


def drafts(lines: Sequence[TextLine], figures: Sequence[object] = (PICTURE,)) -> tuple[Draft, ...]:
    return solve_book(book([page(1, lines, figures)])).drafts  # type: ignore[arg-type]


def only(lines: Sequence[TextLine]) -> Draft:
    (draft,) = drafts(lines)
    return draft


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("apart", [False, True])
def test_the_paragraph_after_caption_and_data_is_the_description(data: str, apart: bool) -> None:
    printed = line(data, 60, 280, 8) if apart else line(data, 60, 272)
    draft = only([CAPTION, printed, *down(CHINESE, 310)])
    assert draft.description == "".join(CHINESE)
    assert (draft.title, draft.description_source, draft.english) == (TITLE, "entry", None)


def test_a_second_paragraph_in_english_is_the_english_description() -> None:
    draft = only([CAPTION, line(DATA[0], 60, 280, 8), *down(CHINESE, 310), *down(ENGLISH, 360)])
    assert (draft.description, draft.english) == ("".join(CHINESE), " ".join(ENGLISH))


def test_without_data_between_the_text_below_is_running_text() -> None:
    draft = only([CAPTION, *down(CHINESE, 310)])
    assert (draft.description, draft.description_source) == (TITLE, "caption")


@pytest.mark.parametrize(
    "below",
    [
        "出土时已残。",
        "高昌墓葬出土织锦的图案复原及其分布概况与相关问题",
        "摄影：云岭省博物馆文物保护中心，二〇一〇年三月于展厅拍摄。",
    ],
)
def test_a_note_a_heading_or_a_credit_is_no_paragraph(below: str) -> None:
    assert only([CAPTION, line(DATA[0], 60, 280, 8), line(below, 60, 310)]).description == TITLE


def test_a_paragraph_may_speak_of_measures_and_museums() -> None:
    texts = [CHINESE[0], "圈直径9厘米，出土后移交云岭省博物馆，富丽典雅。"]
    draft = only([CAPTION, line(DATA[0], 60, 280, 8), *down(texts, 310)])
    assert draft.description == "".join(texts)


def test_a_paragraph_in_english_alone_is_no_description() -> None:
    assert only([CAPTION, line(DATA[0], 60, 280, 8), *down(ENGLISH, 310)]).description == TITLE


def test_a_paragraph_without_its_caption_data_on_another_column_is_not_taken() -> None:
    lines = [line(f"图1 {TITLE}", 40, 256), line(DATA[0], 40, 280, 8), *prose(240, 60, 150, 20)]
    assert [d.description for d in drafts(lines, [figure(40, 60, 200, 250)])] == [TITLE]


def test_the_next_caption_ends_the_paragraph() -> None:
    words = "宝相花纹锦，以宝相花一朵为主题，四周环绕缠枝花叶。"
    lines = [CAPTION, line(DATA[0], 60, 272), *down(CHINESE, 300), line(f"图2 {words}", 60, 486)]
    first, second = drafts(lines, [PICTURE, figure(60, 370, 360, 480)])
    assert first.description == "".join(CHINESE)
    assert (second.description, second.description_source) == (words, "caption")


def test_several_paragraphs_are_one_description() -> None:
    more = ["此锦出土于高昌古墓，同墓伴出纪年文书，可知其年代。"]
    draft = only([CAPTION, line(DATA[0], 60, 272), *down(CHINESE, 300), *down(more, 345)])
    assert draft.description == "".join(CHINESE + more)


def test_figures_of_one_caption_share_its_paragraph() -> None:
    lines = [line("图1 联珠对鸟纹锦两件", 130, 256), line(DATA[0], 130, 272), *down(CHINESE, 300, x=100)]
    both = drafts(lines, [figure(60, 60, 205, 250), figure(215, 60, 360, 250)])
    assert [draft.description for draft in both] == ["".join(CHINESE)] * 2


def test_panels_keep_their_own_parts() -> None:
    panels = [figure(40 + 115 * k, 60, 145 + 115 * k, 250) for k in range(3)]
    lines = [
        line("图4 汉墓陶器 1.罐 2.钵 3.壶", 60, 256),
        line("高12.5厘米", 60, 280, 8),
        *down(CHINESE, 310),
    ]
    assert [(d.title, d.description_source) for d in drafts(lines, panels)] == [
        ("罐", "caption"),
        ("钵", "caption"),
        ("壶", "caption"),
    ]


def test_prose_in_the_captions_own_small_type_tells_its_figure() -> None:
    def beside(number: int, size: float) -> PageContent:
        lines = [*prose(50, 400, 320, 6), line(f"图{number} 卷草边饰", 230, 100, 8)]
        return page(number, [*lines, *prose(230, 120, 140, 4, size)], [figure(50, 60, 220, 300)])

    small, large = (solve_book(book([beside(n, size) for n in (1, 2, 3)])).drafts for size in (8, 10))
    assert all(draft.description.startswith("此处地层") for draft in small)
    assert all(draft.description == "卷草边饰" for draft in large)
