"""The title in a caption: the name, without place, collection, credit and what follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.grammar.titles import title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("忍冬纹（北魏）", "忍冬纹"),
        ("缎地(×50)", "缎地"),
        ("M3墓砖拓片（约1/4）", "M3墓砖拓片"),
        ("墓地远景（由东向西摄）", "墓地远景（由东向西摄）"),
        ("绳纹陶瓮（M14∶7）剖视图口径21.6、腹径38.4厘米", "绳纹陶瓮（M14∶7）剖视图"),
        ("坐佛 北魏", "坐佛"),
        ("A CELADON-GLAZED BOWL\nSONG DYNASTY\n宋　青釉印花碗", "宋　青釉印花碗"),
        ("Detail 团窠局部", "团窠局部"),
        ("千秋萬歲瓦當\n徑一六·五釐米", "千秋萬歲瓦當"),
        ("徑一六釐米，千秋萬歲瓦當", "千秋萬歲瓦當"),
        ("绳纹陶瓮\n口径21.6、腹径38.4、高35.2厘米", "绳纹陶瓮"),
        ("素面玉琮 齐家文化 高7.1厘米", "素面玉琮"),
        ("马家窑文化半山类型　彩陶旋涡纹罐", "彩陶旋涡纹罐"),
        ("第三開　蟠桃", "蟠桃"),
        ("十 绿地仙鹤纹方补", "绿地仙鹤纹方补"),
        ("12 莲花纹瓦当", "莲花纹瓦当"),
        ("铜戈（M3:11）（1/4）", "铜戈（M3:11）"),
        ("張公方殘碑局部（原大）", "張公方殘碑局部"),
        ("M3 墓室结构", "M3 墓室结构"),
        (
            "清乾隆　青花缠枝莲纹梅瓶　高21.1厘米",
            "清乾隆　青花缠枝莲纹梅瓶",
        ),
        ("孔雀羽織金妝花紗　明萬曆　殘長四十七公分", "孔雀羽織金妝花紗"),
        ("明　緙絲十二章袞服　定陵博物館藏", "明　緙絲十二章袞服"),
        ("莫高窟第217窟　主室北壁 阿弥陀经变（局部）　西夏", "阿弥陀经变（局部）"),
        ("莫高窟第61窟 东壁门上　张议潮统军出行图　晚唐", "张议潮统军出行图"),
        ("左上　榆林窟第25窟　窟顶西披 飞天　中唐", "飞天"),
        ("莫高窟九层楼外景　摄影　吴健", "莫高窟九层楼外景"),
        ("莫高窟九层楼外景 摄影 吴健", "莫高窟九层楼外景"),
        ("第172窟北壁建筑布局线描图（李其琼　绘）", "第172窟北壁建筑布局线描图"),
        ("凤凰牡丹 广东佛山 佚名　1957年", "凤凰牡丹"),
        ("故宫博物院藏 青铜鼎", "青铜鼎"),
        ("宋　建窑兔毫盏 A JIAN HARES FUR BOWL 直径 19.3 cm", "宋　建窑兔毫盏"),
        ("M12 墓室", "M12 墓室"),
        ("《簪花仕女图》 唐", "《簪花仕女图》"),
        ("组织图（纹部用斜纹，地部用平纹）", "组织图"),
        ("Lotus pattern, Tang dynasty", "Lotus pattern"),
        ("Lotus tile end", "Lotus tile end"),
        ("福", "福"),
        ("唐", "唐"),
    ],
)
def test_the_name_is_the_title(text: str, title: str) -> None:
    """A date before the name is a part of it, one after it is not."""
    assert title_of(text) == title


DATES = ["清", "明", "明代", "15世纪", "（1465—1487）", "Ming", "18th century"]
OTHERS = [
    "莫高窟",
    "北壁",
    "十",
    "12.",
    "青花梅瓶",
    "（局部）",
    "高8厘米",
    "故宫博物院藏",
    "张三摄",
    "，",
    "：",
    "（",
]
WORDS = st.sampled_from([*DATES, *OTHERS])


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "\u3000", "\n"]))))
def test_any_caption_has_a_title_that_it_holds(words: list[tuple[str, str]]) -> None:
    """A title is a part of its caption, whatever stands in it; dates alone (清 18th century) end no book."""
    text = "".join(word + blank for word, blank in words)
    title = title_of(text)
    assert "".join(title.split()) in "".join(text.split()) or set(title.split()) <= set(text.split())


def test_dates_alone_have_a_title() -> None:
    assert title_of("清 18th century") != ""


def test_a_photographer_after_the_name_is_no_part_of_it() -> None:
    assert title_of("祁连山下的戈壁 秋 余青 摄") == "祁连山下的戈壁 秋"
    assert title_of("张三 李四 摄") == "张三 李四 摄"  # two persons and no name
