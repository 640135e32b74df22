"""The words of the sample books: names, descriptions, captions and running text, from word lists of the field.

Everything is composed here from lists; no sentence comes from a printed book. Texts are written in
simplified characters and turned into traditional ones by `traditional`, which knows the characters used here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.sample_books.pictures.base import Colour
from flows.sample_books.script_forms import to_traditional

DIGITS = "〇一二三四五六七八九"

COLOURS: dict[str, Colour] = {
    "绛红": (142, 38, 42), "石青": (38, 66, 108), "明黄": (206, 168, 62), "墨绿": (48, 80, 62),
    "月白": (214, 222, 226), "驼色": (176, 142, 100), "藕荷": (176, 138, 160), "深褐": (92, 64, 48),
    "米白": (238, 232, 216), "宝蓝": (30, 60, 140),
}  # fmt: skip
FIGURE_COLOURS: dict[str, Colour] = {"金黄": (226, 190, 104), "浅绿": (150, 186, 140), "粉红": (226, 160, 160), "白": (244, 240, 230), "赭石": (172, 100, 60)}  # fmt: skip
SUBJECTS: dict[str, tuple[str, ...]] = {
    "bird": ("海东青", "孔雀", "仙鹤", "鸿雁", "鹦鹉", "锦鸡", "鸾鸟", "鸳鸯"),
    "beast": ("天鹿", "翼马", "瑞羊", "麒麟", "獬豸", "灵犬"),
    "hare": ("玉兔", "奔兔"),
    "dragon": ("团龙", "蟠龙", "行龙", "螭龙"),
    "lotus": ("缠枝莲", "折枝莲", "并蒂莲", "宝莲"),
    "rosette": ("宝相花", "八瓣花", "团窠花", "四季花"),
    "fish": ("游鱼", "双鱼", "鳜鱼"),
    "cloud": ("如意云", "四合云", "流云"),
}
FRAMES: dict[str, str] = {
    "pearl": "联珠",
    "petal": "瓣窠",
    "lattice": "菱格",
    "tortoise": "龟背",
    "scroll": "卷草",
}
_DEEDS: dict[str, tuple[str, ...]] = {
    "bird": ("衔绶", "衔枝", "逐兔", "穿花", "对立"), "beast": ("奔走", "衔草", "卧云", "对立"), "hare": ("捣药", "奔走", "回首"),
    "dragon": ("戏珠", "穿云", "捧寿"), "fish": ("戏水", "衔莲"), "lotus": ("", "托宝"), "rosette": ("", "间蝶"), "cloud": ("", "间鹤"),
}  # fmt: skip
GARMENTS: dict[str, tuple[str, ...]] = {
    "robe": ("长袍", "窄袖袍", "交领袍"), "jacket": ("短袄", "半臂", "妆金胸背"), "skirt": ("百褶裙", "马面裙"),
    "panel": ("经帙", "帷幔", "被面"), "fragment": ("残片", "袖缘残片"),
}  # fmt: skip
_STILL = ("lotus", "rosette", "cloud")
"""Subjects that do nothing: no 作…之态 for them."""
_WEAVES = ("锦", "绮", "罗", "绫", "缂丝", "织金锦", "妆花缎", "绢地刺绣")
DYNASTIES = ("北朝", "隋代", "唐代", "五代", "辽代", "北宋", "南宋", "金代", "元代", "明代", "清代")
_EN_DYNASTY = ("Northern Dynasties", "Sui dynasty", "Tang dynasty", "Five Dynasties", "Liao dynasty", "Northern Song dynasty", "Southern Song dynasty", "Jin dynasty", "Yuan dynasty", "Ming dynasty", "Qing dynasty")  # fmt: skip
_EN_MUSEUMS = (
    "Qinglan Museum",
    "Yunling Provincial Institute of Archaeology",
    "Hechuan Silk Museum",
    "Wangshan County Bureau of Cultural Relics",
    "Nanping University Museum",
    "Baishi Conservation Centre",
)
MUSEUMS = (
    "青岚博物馆",
    "云岭省考古研究所",
    "河川丝绸馆",
    "望山县文物局",
    "南屏大学博物馆",
    "白石文物保护中心",
)
_TOMBS = ("柳家湾", "石佛沟", "黑山头", "东岭", "白杨坡", "马鞍梁", "沙井", "红崖")
CAVES = ("青岩寺", "石门窟", "云台寺", "金沙洞", "莲花山", "西崖寺")
_SCENES: dict[str, tuple[str, ...]] = {
    "seated": ("说法图", "坐佛", "供养菩萨", "禅定佛", "思惟菩萨"), "flying": ("飞天", "散花飞天", "持巾飞天"),
    "musician": ("伎乐天", "弹琵琶伎乐", "奏乐菩萨"), "rider": ("出行图", "骑马武士", "狩猎图"),
}  # fmt: skip
_WALLS = (
    "东壁",
    "西壁",
    "南壁",
    "北壁",
    "窟顶东披",
    "窟顶西披",
    "甬道北侧",
    "龛内左侧",
    "龛外右侧",
    "前室门上",
)
_PIGMENTS = ("石青", "石绿", "朱砂", "土红", "铅白", "赭石", "藤黄")
POTS: dict[str, tuple[str, ...]] = {
    "jar": ("陶罐", "双耳罐", "彩陶壶", "瓮"), "bowl": ("陶钵", "瓷碗", "陶盆"), "vase": ("瓷瓶", "长颈瓶", "玉壶春瓶"), "tripod": ("陶鬲", "铜鼎", "陶斝"),
}  # fmt: skip
_EN = {
    "jar": "Jar", "bowl": "Bowl", "vase": "Vase", "tripod": "Tripod vessel", "bird": "birds", "beast": "confronted beasts", "hare": "hares",
    "dragon": "dragons", "lotus": "lotus", "rosette": "rosettes", "fish": "fish", "cloud": "clouds", "robe": "Robe", "jacket": "Jacket",
    "skirt": "Skirt", "panel": "Panel", "fragment": "Fragment", "pearl": "pearl roundels", "petal": "petalled roundels",
    "lattice": "a lozenge lattice", "tortoise": "a hexagonal lattice", "scroll": "scrolling vines",
}  # fmt: skip


def chinese(number: int, style: str = "positional") -> str:
    """A number in Chinese: "positional" 四〇, "full" 四十, "formal" 肆拾, "short" 卅二 (20..39 only, else full)."""
    if style == "positional" and number > 10:
        return "".join(DIGITS[int(d)] for d in str(number))
    tens, ones = divmod(number, 10)
    if style == "short" and tens in (2, 3):
        return {2: "廿", 3: "卅"}[tens] + (DIGITS[ones] if ones else "")
    if number > 99:
        hundreds, rest = divmod(number, 100)
        tail = (
            ""
            if not rest
            else ("零" if rest < 10 else "") + ("一" if 10 <= rest < 20 else "") + chinese(rest, "full")
        )
        return f"{DIGITS[hundreds]}百{tail}"
    text = ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")
    if style == "formal":
        return text.translate(str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾"))
    return text


def in_chinese_figures(text: str) -> str:
    """Every Arabic number of `text` written digit by digit in Chinese, as vertical books do: 4.11 -> 四點一一."""
    text = re.sub(r"(?<=\d)\.(?=\d)", "點", text)
    return re.sub(r"\d", lambda m: DIGITS[int(m.group())], text)


def circled(number: int) -> str:
    """① .. ⑳."""
    return chr(0x2460 + number - 1)


@dataclass(frozen=True)
class Motif:
    """A named pattern and what is needed to draw it."""

    name: str
    subject: str
    frame: str
    creature: str
    deed: str
    ground: str
    figure: str


class Author:
    """Writes the texts of one book, in one script, never giving the same name twice."""

    def __init__(self, rng: random.Random, traditional: bool = False) -> None:
        self.rng = rng
        self.traditional = traditional
        self._used: set[str] = set()

    def say(self, text: str) -> str:
        """`text` in the script of this book."""
        return to_traditional(text) if self.traditional else text

    def pick(self, words: Sequence[str]) -> str:
        """One of `words`, in the script of this book."""
        return self.say(self.rng.choice(words))

    def fresh(self, make: Callable[[], str]) -> str:
        """What `make` returns, tried again until it is new in this book. Raises RuntimeError after 200 tries."""
        for _ in range(200):
            text = make()
            if text not in self._used:
                self._used.add(text)
                return text
        raise RuntimeError(f"no new text after 200 tries, last {text!r}")

    def _some(self, words: Sequence[str], count: int) -> list[str]:
        return self.rng.sample(list(words), count)

    # ------------------------------------------------------------------ textiles
    def motif(self) -> Motif:
        """A pattern with a name not used before, such as 联珠衔绶孔雀纹."""
        r = self.rng
        made: dict[str, Motif] = {}

        def make() -> str:
            subject, frame = r.choice(sorted(SUBJECTS)), r.choice(sorted(FRAMES))
            creature, deed = r.choice(SUBJECTS[subject]), r.choice(_DEEDS[subject])
            name = r.choice(
                (f"{creature}{deed}纹", f"{FRAMES[frame]}{creature}纹", f"{FRAMES[frame]}{deed}{creature}纹")
            )
            ground, figure = r.choice(sorted(COLOURS)), r.choice(sorted(FIGURE_COLOURS))
            made[name] = Motif(self.say(name), subject, frame, creature, deed, ground, figure)
            return name

        return made[self.fresh(make)]

    def garment(self, motif: Motif, form: str) -> str:
        """海东青逐兔纹妆金胸背: the motif and the garment it is woven on."""
        return motif.name + self.say(
            self.rng.choice((self.rng.choice(_WEAVES), "")) + self.rng.choice(GARMENTS[form])
        )

    def pattern_text(self, motif: Motif) -> str:
        """The 纹样 paragraph, 40..120 characters."""
        r = self.rng
        frame = {
            "pearl": "以联珠圈为窠，珠粒圆润而排列匀整", "petal": "外以花瓣连缀成窠，瓣尖微翘", "lattice": "以菱格为骨架，格线细劲",
            "tortoise": "以六边龟背为骨架，交点饰小花", "scroll": "卷草盘绕成窠，枝叶翻转",
        }[motif.frame]  # fmt: skip
        pose = {
            "bird": ("振翅欲飞，尾羽分作三绺", "曲颈回望，足踏花台", "双翅平展，羽纹层层叠压"), "beast": ("四足腾空，长尾上扬", "昂首前行，颈系绶带", "屈膝而卧，双目圆睁"),
            "hare": ("伏身疾走，双耳后掠", "回首张望，前足腾起"), "dragon": ("身躯盘曲，五爪张开", "昂首吐珠，须发飘动"),
            "lotus": ("花头饱满，花瓣三重", "枝蔓相连，叶作钩状"), "rosette": ("花心圆整，八瓣外展", "层层退晕，瓣端卷曲"),
            "fish": ("鳞片细密，首尾相衔", "逐浪而游，鳍尾舒展"), "cloud": ("云头三卷，云尾拖曳", "朵朵相连，疏密有致"),
        }[motif.subject]  # fmt: skip
        fill = r.choice(
            ("空隙处点缀小花", "四角填以忍冬", "宾花作十字形", "上下间以飘带", "地部散布杂宝", "四周环以折枝")
        )
        order = r.choice(
            ("图案作二二错排", "左右对称，上下循环", "循环宽约{}厘米", "经向高{}厘米，纬向宽{}厘米")
        ).replace("{}", "%d")
        order = order % tuple(r.randint(6, 48) for _ in range(order.count("%d"))) if "%d" in order else order
        deed = f"，作{motif.deed}之态" if motif.deed and motif.subject not in _STILL else ""
        return self.say(
            f"{motif.ground}地上织{motif.figure}色花纹，{frame}。窠内{motif.creature}{r.choice(pose)}{deed}，{fill}。{order}。"
        )

    def cropped_text(self, motif: Motif) -> str:
        """The one sentence on the cropped motif."""
        r = self.rng
        how = {
            "bird": ("飞翔", "展翅", "伫立"), "beast": ("奔跑", "行走", "回首"), "hare": ("奔跑", "蹲伏"), "dragon": ("腾跃", "盘踞"),
            "lotus": ("盛开", "含苞"), "rosette": ("八瓣", "层叠"), "fish": ("游动", "跃起"), "cloud": ("舒卷", "飘动"),
        }[motif.subject]  # fmt: skip
        measure = {"lotus": "朵", "rosette": "朵", "cloud": "朵", "dragon": "条", "fish": "尾"}.get(
            motif.subject, "只"
        )
        tail = r.choice(
            (
                "，轮廓以细线勾边",
                "，身上饰圆点",
                "，下有折枝",
                f"，以{motif.figure}色丝线显花",
                "，形态生动",
                "，周围留白",
            )
        )
        return self.say(f"一{measure}{r.choice(how)}的{motif.creature}{tail}。")

    def keeping_text(self) -> str:
        """The 藏址 paragraph."""
        r = self.rng
        return self.say(
            f"{r.choice(DYNASTIES)}，{r.choice(_TOMBS)}{chinese(r.randint(1, 29), 'full')}号墓出土，{r.choice(MUSEUMS)}藏"
        )

    def detail_text(self) -> str:
        """The 细节 paragraph."""
        r = self.rng
        twist = r.choice(("Z捻", "S捻", "无捻"))
        return self.say(
            f"{r.choice(_WEAVES)}，长{r.randint(28, 180)}厘米，宽{r.randint(20, 120)}厘米。经线{twist}，每厘米{r.randint(28, 60)}根；"
            f"纬线每厘米{r.randint(18, 44)}根。{r.choice(('领口与袖缘有缝补痕迹', '下摆残缺', '幅边完整', '背面可见抛梭', '局部褪色，边缘脆裂', '衬里为素绢'))}。"
        )

    # ------------------------------------------------------------------ murals
    def mural(self, scene: str) -> tuple[str, str, str]:
        """(subject, place, dynasty): 伎乐天, 青岩寺第一六九窟北壁, 西秦."""
        r = self.rng
        subject = r.choice(_SCENES[scene])
        place = self.fresh(lambda: f"{r.choice(CAVES)}第{chinese(r.randint(3, 320))}窟{r.choice(_WALLS)}")
        return self.say(subject), self.say(place), self.pick(DYNASTIES)

    def mural_text(self, scene: str) -> str:
        """A plate description, 50..150 characters."""
        r = self.rng
        look = {
            "seated": ("结跏趺坐于莲座之上，双手作说法印", "头光与身光数重，袈裟覆双肩", "面相方圆，眉目低垂", "左右胁侍各一，合掌恭立"),
            "flying": ("凌空而下，长巾绕臂，随风翻卷", "一手托花盘，一手散花", "身姿轻盈，裙裾掩足", "回首后顾，与邻者呼应"),
            "musician": ("怀抱琵琶，左手按弦，右手拨奏", "坐于圆毯之上，神情专注", "头戴花冠，项饰璎珞", "帔帛自肩垂下，绕肘飘起"),
            "rider": ("乘马徐行，前有导从，后随侍者", "马首高昂，鞍鞯齐备", "骑者着圆领窄袖袍，腰束革带", "人马交错，旌旗招展"),
        }[scene]  # fmt: skip
        first, second = self._some(look, 2)
        a, b = self._some(_PIGMENTS, 2)
        colour = r.choice(
            (
                f"设色以{a}、{b}为主",
                f"衣纹先以{a}平涂，再以{b}勾线",
                f"{a}地上以{b}晕染肌肤",
                f"背景涂{a}，间以{b}小花",
            )
        )
        line = r.choice(("线条劲健流畅", "用笔疏朗", "铁线描匀细有力", "兰叶描起伏分明"))
        state = r.choice(
            ("下部泥皮脱落", "画面上端烟熏变黑", "面部颜料已变色", "左侧有后代刻划", "保存尚好", "局部经重描")
        )
        size = f"高{r.randint(46, 320)}厘米，宽{r.randint(38, 420)}厘米"
        return self.say(f"{first}，{second}。{colour}，{line}。{state}，{size}。")

    # ------------------------------------------------------------------ excavation
    def tomb(self) -> str:
        """A trench or tomb name not used before, such as 柳家湾M12."""
        return self.say(
            self.fresh(
                lambda: (
                    f"{self.rng.choice(_TOMBS)}{self.rng.choice(('M', 'H', 'T', 'F'))}{self.rng.randint(1, 320)}"
                )
            )
        )

    def pot(self, form: str) -> str:
        """A vessel name with its type, such as A型双耳罐."""
        r = self.rng
        return self.say(
            f"{r.choice(('', 'A型', 'Ba型', 'Ⅱ式', '泥质', '夹砂'))}{r.choice(POTS[form])}"
        )

    def find_number(self) -> str:
        """The number of a find: M12:5."""
        return self.fresh(
            lambda: f"{self.rng.choice('MHT')}{self.rng.randint(1, 98)}:{self.rng.randint(1, 60)}"
        )

    def report_sentence(self, mention: str = "") -> str:
        """A sentence of running text, with a mention such as 如图1-2所示 when given."""
        r = self.rng
        m = mention and r.choice((f"（{mention}）", f"，如{mention}所示", f"，见{mention}"))
        return self.say(
            r.choice(
                (
                    f"墓室平面呈{r.choice(('长方形', '梯形', '近方形'))}，长{r.uniform(2, 5):.2f}米，宽{r.uniform(1, 3):.2f}米{m}。",
                    f"填土为{r.choice(('灰褐色', '黄褐色', '红褐色'))}花土，土质{r.choice(('较硬', '疏松', '致密'))}，内含少量{r.choice(('陶片', '炭屑', '碎骨'))}{m}。",
                    f"出土器物共{r.randint(4, 60)}件，以{r.choice(('陶器', '铜器', '瓷器'))}为主，另有{r.choice(('铁器', '骨器', '漆器', '料珠'))}若干{m}。",
                    f"器身饰{r.choice(('绳纹', '弦纹', '附加堆纹', '几何纹'))}，{r.choice(('口沿', '肩部', '腹部'))}有{r.choice(('刻划符号', '修补痕', '烟炱'))}{m}。",
                    f"葬具为一棺一椁，人骨{r.choice(('仰身直肢', '侧身屈肢', '保存较差'))}，头向{r.randint(2, 180)}度{m}。",
                    f"此类遗存与{r.choice(_TOMBS)}遗址{chinese(r.randint(1, 9))}期相近，年代当在{r.choice(DYNASTIES)}前后{m}。",
                    f"壁面{r.choice(('涂白灰', '抹草拌泥', '绘红彩'))}一层，厚约{r.randint(1, 9)}厘米，{r.choice(('表面平整', '多已剥落', '残留工具痕'))}{m}。",
                )
            )
        )

    def report_paragraph(self, sentences: int, mentions: Sequence[str] = ()) -> str:
        """Running text; each mention goes into a sentence of its own."""
        slots = [*mentions, *[""] * max(0, sentences - len(mentions))]
        self.rng.shuffle(slots)
        return "".join(self.report_sentence(m) for m in slots)

    # ------------------------------------------------------------------ English
    def english(self, *keys: str) -> str:
        """An English label from the word keys: "Robe with birds in pearl roundels"."""
        words = [_EN[k] for k in keys]
        links = zip(("with", "in"), words[1:], strict=False)
        return words[0] + "".join(f" {link} {word}" for link, word in links)

    def dynasty(self) -> tuple[str, str]:
        """A dynasty in Chinese and English."""
        k = self.rng.randrange(len(DYNASTIES))
        return self.say(DYNASTIES[k]), _EN_DYNASTY[k]

    def museum(self) -> tuple[str, str]:
        """A museum in Chinese and English."""
        k = self.rng.randrange(len(MUSEUMS))
        return self.say(MUSEUMS[k]), _EN_MUSEUMS[k]

    def pattern_english(self, motif: Motif) -> str:
        """A short English paragraph on a pattern."""
        r = self.rng
        how = r.choice(("arranged in staggered rows", "set in mirrored pairs", "repeated across the width of the loom"))
        end = r.choice(("The edges are worn.", "The lining is plain silk.", "Traces of gold thread remain.", "The hem is lost."))
        return f"The design of {_EN[motif.subject]} in {_EN[motif.frame]} is {how}. {end}"

    def vessel_english(self, form: str) -> str:
        """A short English paragraph on a vessel."""
        r = self.rng
        return (
            f"{_EN[form]} with {r.choice(('a flaring rim', 'a straight neck', 'a rounded shoulder'))} and "
            f"{r.choice(('a flat base', 'a ring foot', 'incised bands'))}. Restored from {r.randint(3, 20)} pieces."
        )
