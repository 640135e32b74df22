from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractors.refine.guard import judge
from extractors.refine.look_alikes import look_alike

BOUND = 0.15
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
PRINTED = st.one_of(HAN, st.sampled_from("，。、；：“”（）《》—·…,.;:()'- \u3000abcXYZ０１２3456789①〇×~%□"))
TEXTS = st.text(PRINTED, min_size=1, max_size=60).filter(lambda text: bool(text.strip()))

SILK = "联珠对鸟纹锦，唐代，长12.5厘米，宽8厘米。吐鲁番阿斯塔那墓地M2:13出土，见图1-2"
PROSE = "天官赐福宫绢，飞天飘带飞舞，衣纹流畅，设色绚丽，为盛唐风格。"
TRADITIONAL = "圖版四〇—四三 供養菩薩，頭戴寶冠，身披瓔珞，赤足立於蓮臺之上，設色古樸。"


def verdict(raw: str, proposed: str | None, *, ocr: bool = False, bound: float = BOUND) -> str | None:
    return judge(raw, proposed, from_ocr=ocr, max_distance=bound)


@given(TEXTS, st.booleans())
def test_the_text_itself_is_accepted(text: str, ocr: bool) -> None:
    assert verdict(text, text, ocr=ocr, bound=0) is None


@given(TEXTS, st.data(), st.booleans())
def test_whatever_is_added_is_refused(text: str, data: st.DataObject, ocr: bool) -> None:
    place = data.draw(st.integers(0, len(text)))
    added = data.draw(st.one_of(HAN, st.sampled_from("0９①〇aZé×%？□")))
    assert verdict(text, text[:place] + added + text[place:], ocr=ocr, bound=1) is not None


@given(st.lists(st.text(HAN, min_size=2, max_size=6), min_size=2, max_size=9), st.data())
def test_spaces_and_marks_may_change_within_the_bound(words: list[str], data: st.DataObject) -> None:
    assume(not any(char.isnumeric() for word in words for char in word))
    joints = st.sampled_from(["", " ", "，", ", ", "。", "、", " ，", "；"])
    chosen = st.lists(joints, min_size=len(words), max_size=len(words))
    raw, proposed = (
        "".join(word + joint for word, joint in zip(words, data.draw(chosen), strict=True)).strip()
        for _ in range(2)
    )
    assert verdict(raw, proposed, bound=1) is None
    assert verdict(raw, proposed, bound=BOUND) in (None, "too-different")


@given(TEXTS, TEXTS, st.booleans())
def test_what_is_accepted_has_the_same_numbers_and_no_more_letters(
    raw: str, proposed: str, ocr: bool
) -> None:
    if verdict(raw, proposed, ocr=ocr, bound=1) is None:
        numerals = [[c for c in unicodedata.normalize("NFKC", t) if c.isnumeric()] for t in (raw, proposed)]
        letters = [sum(char.isalpha() for char in text) for text in (raw, proposed)]
        assert numerals[0] == numerals[1]
        assert letters[1] <= letters[0]


@given(TEXTS, st.lists(st.sampled_from("，。 、"), min_size=1, max_size=40).map("".join))
def test_the_bound_holds(text: str, marks: str) -> None:
    dense = "".join(unicodedata.normalize("NFKC", text).split())
    grown = "".join(unicodedata.normalize("NFKC", text + marks).split())
    if len(grown) - len(dense) > BOUND * len(grown):
        assert verdict(text, text + marks) is not None


@pytest.mark.parametrize(
    ("raw", "proposed"),
    [
        (SILK, SILK.replace("，", ", ")),
        (SILK, SILK.replace("M2", "Ｍ２") + "。"),
        (SILK, SILK.replace("12.5厘米", "12.5 厘米").replace("锦，唐", "锦。唐")),
        (PROSE, PROSE.replace("飞天飘带", "飞天 飘带")),
        ("lotus-scrol l, Tang dynasty ,8th century", "lotus-scroll, Tang dynasty, 8th century"),
        (TRADITIONAL, TRADITIONAL.replace("薩，", "薩。")),
        (TRADITIONAL.replace("於", "⽴"), TRADITIONAL.replace("於", "立")),  # a radical code point
    ],
)
def test_repairs(raw: str, proposed: str) -> None:
    assert verdict(raw, proposed) is None


@pytest.mark.parametrize(
    ("raw", "proposed"),
    [
        (PROSE, PROSE.replace("宫绢", "官绢")),
        (PROSE.replace("天官", "夭官"), PROSE),
        (PROSE.replace("纹", "绞").replace("官", "宫"), PROSE),
        (TRADITIONAL.replace("寶冠", "寶冦"), TRADITIONAL),
        (PROSE.replace("，设", "|，设"), PROSE),
    ],
)
def test_misreadings_are_corrected_only_where_ocr_read(raw: str, proposed: str) -> None:
    assert verdict(raw, proposed, ocr=True) is None
    assert verdict(raw, proposed, ocr=False) in ("rewritten", "dropped-content")


@pytest.mark.parametrize(
    ("raw", "proposed", "reason"),
    [
        (SILK, None, "no-text"),
        (SILK, " \n", "no-text"),
        (SILK, f"```\n{SILK}\n```", "wrapped"),
        (SILK, f"“{SILK}”", "wrapped"),
        (PROSE, PROSE.replace("，衣", "，\n衣"), "wrapped"),
        (SILK, f"好的，修正如下：{SILK}", "added-content"),
        (SILK, f"Sure, here is the corrected text: {SILK}", "added-content"),
        (PROSE, f"{PROSE}此类图案始见于北朝。", "added-content"),
        (PROSE, PROSE.replace("设色", "未设色"), "added-content"),
        (SILK, SILK.replace("唐代", "唐代？"), "added-content"),
        (SILK, "唐代联珠对鸟纹锦", "added-content"),  # words moved are words added
        (SILK, SILK.replace("12.5", "125"), "numbers-changed"),
        (SILK, SILK.replace("12.5", "12，5"), "numbers-changed"),
        (SILK, SILK.replace("M2:13", "M21:3"), "numbers-changed"),
        (SILK, SILK.replace("1-2", "1—2"), "numbers-changed"),
        (SILK, SILK.replace("1-2", "1-3"), "numbers-changed"),
        (SILK, SILK.replace("厘米，宽", "毫米，宽"), "numbers-changed"),
        ("罐二件，高18厘米、高16厘米", "罐二件，高16厘米、高18厘米", "numbers-changed"),
        (TRADITIONAL, TRADITIONAL.replace("〇—四", "〇、四"), "numbers-changed"),
        (TRADITIONAL, TRADITIONAL.replace("四〇", "四一"), "numbers-changed"),
        (PROSE, PROSE.replace("风格", "風格"), "script-changed"),
        (PROSE, PROSE.replace("纹", "紋"), "script-changed"),  # looks alike all the same
        (TRADITIONAL, TRADITIONAL.replace("頭戴寶冠", "头戴宝冠"), "script-changed"),
        (PROSE, PROSE.replace("飘带", "彩带"), "rewritten"),
        (PROSE, PROSE.replace("唐", "宋"), "rewritten"),
        (
            "佛左侧立弟子，衣纹疏朗，设色清雅，保存完好",
            "佛右侧立弟子，衣纹疏朗，设色清雅，保存完好",
            "rewritten",
        ),
        (PROSE, PROSE.replace("盛唐", "唐"), "dropped-content"),
        (PROSE, PROSE[:-8], "dropped-content"),
        (
            "A型罐，直口，圆肩，平底，素面磨光，器壁较薄，胎质细腻",
            "型罐，直口，圆肩，平底，素面磨光，器壁较薄，胎质细腻",
            "dropped-content",
        ),
        ("飞天", "飞天。", "too-different"),
    ],
)
def test_refusals(raw: str, proposed: str | None, reason: str) -> None:
    assert verdict(raw, proposed, ocr=True) == reason


def test_too_many_misreadings_are_no_misreadings() -> None:
    raw = "官末间免干天土折茶风" * 2
    assert verdict(raw, raw.replace("官", "宫"), ocr=True) is None
    assert verdict(raw, raw.replace("官", "宫").replace("免", "兔"), ocr=True) == "rewritten"


def test_an_endless_answer_is_judged_at_once() -> None:
    assert verdict(PROSE, PROSE * 20_000, ocr=True) == "added-content"


@pytest.mark.parametrize("pair", ["官宫", "末未", "己已", "问间", "免兔", "锦绵", "茶荼", "折拆", "治冶"])
def test_confusions_look_alike(pair: str) -> None:
    assert look_alike(pair[0], pair[1])
    assert look_alike(pair[1], pair[0])


@pytest.mark.parametrize(
    "pair", ["左右", "上下", "龙凤", "鸳鸯", "雌雄", "高宽", "唐宋", "红绿", "金银", "\U000f0000\U000f0001"]
)
def test_what_tells_facts_does_not(pair: str) -> None:
    assert not look_alike(pair[0], pair[1])
