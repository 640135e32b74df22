"""How sure it is that a text is a caption, and mentions of figures in running text."""

from __future__ import annotations

import pytest

from extractors.grammar.captions import caption_strength, is_mention

STRONG = [
    "图 1. 两朵莲花的构图。左侧为正面，右侧为侧面，二者以缠枝相连。",
    "图 9. 上方显示了完整的联珠纹，由四个单元组成。下方显示了其中一个单元。",
    "图 11. 分别显示了展开之前 (默认为 1)，以及展开之后 (为 2 和 3) 的效果。",
    "图 7. p = 1 填充，将 (3, 3) 的输入填充为 (5, 5)。",
    "图 18. Lotus 层的实现过程：依次展开。",
    "Figure 7-26. Lock nuts.",
    "图1 莲花纹",
    "图一　莲花纹",
    "【图1】莲花纹",
    "图版四〇—四三 飞天",
    "Plate XII Lotus",
    "Fig. 3: Lotus",
    "图版八上",
    "图1",
]


@pytest.mark.parametrize("text", STRONG)
def test_captions_are_strong(text: str) -> None:
    assert caption_strength(text) >= 0.7
    assert not is_mention(text)


def test_strength_falls_with_doubt() -> None:
    ladder = [
        "图1：莲花纹",
        "图1 莲花纹",
        "图1莲花纹",
        "图一莲花纹",
        "图1，莲花纹",
        "图1。",
        "图1所示为莲花纹",
    ]
    strengths = [caption_strength(text) for text in ladder]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > 0.85
    assert strengths[-1] == 0


def test_a_space_before_a_verb_tells_caption_from_sentence() -> None:
    """图2 是…: a space only there is the caption's; with spaces around every number it says nothing."""
    assert caption_strength("图2 是日本奈良正仓院藏品") >= 0.5
    assert caption_strength("图2　是日本奈良正仓院藏品") >= 0.5
    assert caption_strength("图 2 是日本奈良正仓院藏品") < 0.5
    assert caption_strength("图2是日本奈良正仓院藏品") == 0


def test_bare_number_words_are_weaker_than_figures() -> None:
    assert caption_strength("No. 12 Lotus") < caption_strength("Fig. 12 Lotus")


@pytest.mark.parametrize(
    "text",
    [
        "如图1-2所示，纹样对称", "见图版三", "这种纹样（图3）常见于唐锦", "图1所示为莲花纹", "参见图5和图6。",
        "see Fig. 3 for the lotus", "as shown in Figure 3",
        "（见圖版四〇）", "纹样见彩版三，1", "Figure 3 shows it",
    ],
)  # fmt: skip
def test_mentions(text: str) -> None:
    assert is_mention(text)


@pytest.mark.parametrize(
    "text", ["莲花纹", "图书馆藏有莲花纹锦", "版本不同", "图案精美", "No one knows", "", "1987年"]
)
def test_text_without_a_number_is_no_mention(text: str) -> None:
    assert not is_mention(text)


@pytest.mark.parametrize(
    "text", ["图3 和田出土", "图3 都城遗址", "Fig. 8 同一题材的不同表现", "图4 里耶秦简"]
)
def test_titles_that_begin_like_a_verb(text: str) -> None:
    assert caption_strength(text) >= 0.7


@pytest.mark.parametrize(
    "text", ["正立面图 1:50", "屋顶仰视平面图 1：100", "剖面图1∶20", "大殿横剖面图　1/50"]
)
def test_a_drawing_named_with_its_scale_is_no_mention(text: str) -> None:
    assert not is_mention(text)
    assert is_mention("如图1所示")
