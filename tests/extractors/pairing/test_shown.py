"""Medium apart from subject: a rubbing of a bronze, a drawing of a robe."""

import pytest

from extractors.grammar.captions import parse_label
from extractors.grammar.shown import SUBJECTS, subject_named
from extractors.grammar.titles import title_of
from extractors.grammar.words import words_added
from extractors.pairing.shown import Told, medium_of, subject_of
from extractors.records import Kind


def told(caption: str, kind: Kind = "photo", description: str = "") -> Told:
    parsed = parse_label(caption)
    return Told(kind, title_of(parsed[1] if parsed else caption), caption, description)


@pytest.mark.parametrize(
    ("caption", "kind", "medium"),
    [
        ("图3 双耳陶罐", "photo", "photograph"),
        ("图版12 西方净土变", "mural", "plate"),
        ("Plate 3 Bronze tripod", "photo", "plate"),
        ("图版三 墓葬平面图", "drawing", "drawing"),
        ("图5 铜镜拓片", "other", "rubbing"),
        ("圖五 畫像石拓本", "drawing", "rubbing"),
        ("图2 遗址分布图", "drawing", "map"),
        ("Map 1 The site and its surroundings", "other", "map"),
        ("图6 各期陶器统计图", "chart", "chart"),
        ("图7 拓荒壁画", "mural", "photograph"),
        ("图2-6 画像砖拓片：人马出行（M18北壁）", "mural", "rubbing"),
        ("图一 墓地位置示意图", "drawing", "map"),
        ("图10 各墓陶片数量变化曲线", "drawing", "chart"),
        ("图3 联珠纹比例尺", "drawing", "drawing"),
    ],
)
def test_what_a_figure_is(caption: str, kind: Kind, medium: str) -> None:
    assert medium_of(told(caption, kind)) == medium


def test_a_plan_is_no_map_for_words_of_its_english_caption() -> None:
    caption = "图4 大殿平面及取样点 Fig. 4 Plan of the main hall and locations of samples"
    assert medium_of(Told("drawing", "大殿平面及取样点", caption, "")) == "drawing"


@pytest.mark.parametrize(
    ("caption", "kind", "subject"),
    [
        ("图1 莲花纹青釉碗", "photo", "ceramic"),
        ("图1 白玉龙纹璧", "photo", "jade"),
        ("图1 兽面纹鼎", "photo", "bronze"),
        ("图1 青铜鼎", "photo", "bronze"),
        ("图1 大鼎", "photo", "bronze"),
        ("图1 陶鼎（M3:2）", "photo", "ceramic"),
        ("图1 唐墓出土鎏金佛像", "photo", "sculpture"),
        ("图1 M12墓室全景（西—东）", "photo", "site"),
        ("图1 对襟锦袍线图", "drawing", "textile"),
        ("图1 佛光寺大殿", "photo", "architecture"),
        ("圖一 敦煌寫經", "photo", "document"),
        ("图1 铜器成分统计", "chart", "other"),
        ("图1 西方净土变", "mural", "mural"),
        ("图1 骑马出行图　佛光寺东大殿", "mural", "mural"),
        ("图1 玉壶春瓶", "photo", "ceramic"),
        ("图1 彩塑菩萨头像", "mural", "sculpture"),
        ("图1 供养菩萨立像", "mural", "mural"),
        ("图1 石雕菩萨立像", "mural", "sculpture"),
        ("图2-6 画像砖拓片：人马出行（M18北壁）", "mural", "sculpture"),
        ("Fig. 1 Jar with lotus pattern", "photo", "ceramic"),
        ("Fig. 2 Two bronze bells", "photo", "bronze"),
        ("图1 联珠对鸟纹锦", "pattern", "pattern"),
        ("图1 联珠对鸟纹", "cropped", "textile"),
        ("图1", "photo", "other"),
    ],
)
def test_what_a_figure_shows(caption: str, kind: Kind, subject: str) -> None:
    assert subject_of(told(caption, kind), {}) == subject


def test_where_the_title_says_nothing_its_texts_do() -> None:
    assert subject_of(told("图1 正面", description="泥质灰陶，侈口。"), {}) == "ceramic"
    assert subject_of(told("图1 正面", description="正面。" * 40 + "泥质灰陶。"), {}) == "other"


def test_a_setting_adds_words_and_subjects() -> None:
    assert subject_of(told("图1 百宝嵌插屏"), {"furniture": ["插屏"]}) == "furniture"
    assert subject_of(told("图1 宣德炉"), {"bronze": ["宣德炉"]}) == "bronze"
    assert subject_of(told("图1 宣德炉"), {}) == "ceramic"


def test_words_added_to_a_kind_count_for_its_subject() -> None:
    with words_added({"cloth": ["氍毹"]}):
        assert subject_of(told("图1 氍毹"), {}) == "textile"


def test_every_subject_has_words() -> None:
    named = {"textile", "mural", "sculpture", "ceramic", "bronze", "jade", "painting", "document"}
    assert named <= set(SUBJECTS)


def test_a_shape_of_one_character_counts_where_a_word_ends() -> None:
    named = {
        "祁连山下的戈壁 秋": "",
        "青铜戈两件": "bronze",
        "戈": "bronze",
        "盘口壶": "ceramic",
        "镜 局部": "bronze",
    }
    assert {title: subject_named(title, {}) for title in named} == named
