"""Word lists and sentence templates of the field, in simplified characters.

Written for this package; no sentence comes from a printed book. A template holds slots in braces:
{a|b} one of these, {4..60} a whole number, {2.0..5.0} a number with two decimals, {name} a word given.
"""

from __future__ import annotations

from extractors.sample_books.pictures.base import Colour


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _listed(**lists: str) -> dict[str, tuple[str, ...]]:
    return {key: _words(text) for key, text in lists.items()}


# ---------------------------------------------------------------------- textiles
COLOURS: dict[str, Colour] = {
    "绛红": (142, 38, 42),
    "石青": (38, 66, 108),
    "明黄": (206, 168, 62),
    "墨绿": (48, 80, 62),
    "月白": (214, 222, 226),
    "驼色": (176, 142, 100),
    "藕荷": (176, 138, 160),
    "深褐": (92, 64, 48),
    "米白": (238, 232, 216),
    "宝蓝": (30, 60, 140),
}
FIGURE_COLOURS: dict[str, Colour] = {
    "金黄": (226, 190, 104),
    "浅绿": (150, 186, 140),
    "粉红": (226, 160, 160),
    "乳白": (244, 240, 230),
    "赭石": (172, 100, 60),
}
CREATURES = _listed(
    bird="海东青 孔雀 仙鹤 鸿雁 鹦鹉 锦鸡 鸾鸟 鸳鸯",
    beast="天鹿 翼马 瑞羊 麒麟 獬豸 灵犬",
    hare="玉兔 奔兔",
    dragon="团龙 蟠龙 行龙 螭龙",
    lotus="缠枝莲 折枝莲 并蒂莲 宝莲",
    rosette="宝相花 八瓣花 团窠花 四季花",
    fish="游鱼 双鱼 鳜鱼",
    cloud="如意云 四合云 流云",
)
DEEDS = _listed(
    bird="衔绶 衔枝 逐兔 穿花 对立",
    beast="奔走 衔草 卧云 对立",
    hare="捣药 奔走 回首",
    dragon="戏珠 穿云 捧寿",
    lotus="托宝 间蝶",
    rosette="间蝶 间雀",
    fish="戏水 衔莲",
    cloud="间鹤 间蝠",
)
STILL = ("lotus", "rosette", "cloud")
"""Subjects that do nothing: no 作…之态 for them."""
POSES = _listed(
    bird="振翅欲飞，尾羽分作三绺 曲颈回望，足踏花台 双翅平展，羽纹层层叠压",
    beast="四足腾空，长尾上扬 昂首前行，颈系绶带 屈膝而卧，双目圆睁",
    hare="伏身疾走，双耳后掠 回首张望，前足腾起",
    dragon="身躯盘曲，五爪张开 昂首吐珠，须发飘动",
    lotus="花头饱满，花瓣三重 枝蔓相连，叶作钩状",
    rosette="花心圆整，八瓣外展 层层退晕，瓣端卷曲",
    fish="鳞片细密，首尾相衔 逐浪而游，鳍尾舒展",
    cloud="云头三卷，云尾拖曳 朵朵相连，疏密有致",
)
MANNERS = _listed(
    bird="飞翔 展翅 伫立",
    beast="奔跑 行走 回首",
    hare="奔跑 蹲伏",
    dragon="腾跃 盘踞",
    lotus="盛开 含苞",
    rosette="八瓣 层叠",
    fish="游动 跃起",
    cloud="舒卷 飘动",
)
MEASURE_WORDS = {"lotus": "朵", "rosette": "朵", "cloud": "朵", "dragon": "条", "fish": "尾"}
FRAMES = {"pearl": "联珠", "petal": "瓣窠", "lattice": "菱格", "tortoise": "龟背", "scroll": "卷草"}
FRAME_TEXTS = {
    "pearl": "以联珠圈为窠，珠粒圆润而排列匀整",
    "petal": "外以花瓣连缀成窠，瓣尖微翘",
    "lattice": "以菱格为骨架，格线细劲",
    "tortoise": "以六边龟背为骨架，交点饰小花",
    "scroll": "卷草盘绕成窠，枝叶翻转",
}
GARMENTS = _listed(
    robe="长袍 窄袖袍 交领袍",
    jacket="短袄 半臂 妆金胸背",
    skirt="百褶裙 马面裙",
    panel="经帙 帷幔 被面",
    fragment="残片 袖缘残片",
)
WEAVES = _words("锦 绮 罗 绫 缂丝 织金锦 妆花缎 绢地刺绣")
PATTERN = (
    "{ground}地上织{figure}色花纹，{frame}。窠内{creature}{pose}{deed}，"
    "{空隙处点缀小花|四角填以忍冬|宾花作十字形|上下间以飘带|地部散布杂宝|四周环以折枝}。{repeat}。"
)
REPEATS = (
    "图案作二二错排",
    "左右对称，上下循环",
    "循环宽约{6..48}厘米",
    "经向高{6..48}厘米，纬向宽{6..48}厘米",
)
CROPPED = (
    "一{measure}{manner}的{creature}"
    "{，轮廓以细线勾边|，身上饰圆点|，下有折枝|，以{figure}色丝线显花|，形态生动|，周围留白}。"
)
KEEPING = "{dynasty}，{tomb}{chinese}号墓出土，{museum}藏"
DETAIL = (
    "{weave}，长{28..180}厘米，宽{20..120}厘米。经线{Z捻|S捻|无捻}，每厘米{28..60}根；纬线每厘米{18..44}根。"
    "{领口与袖缘有缝补痕迹|下摆残缺|幅边完整|背面可见抛梭|局部褪色，边缘脆裂|衬里为素绢}。"
)

# ---------------------------------------------------------------------- places and times
DYNASTIES = _words("北朝 隋代 唐代 五代 辽代 北宋 南宋 金代 元代 明代 清代")
ENGLISH_DYNASTIES = (
    "Northern Dynasties",
    "Sui dynasty",
    "Tang dynasty",
    "Five Dynasties",
    "Liao dynasty",
    "Northern Song dynasty",
    "Southern Song dynasty",
    "Jin dynasty",
    "Yuan dynasty",
    "Ming dynasty",
    "Qing dynasty",
)
MUSEUMS = _words("青岚博物馆 云岭省考古研究所 河川丝绸馆 望山县文物局 南屏大学博物馆 白石文物保护中心")
ENGLISH_MUSEUMS = (
    "Qinglan Museum",
    "Yunling Provincial Institute of Archaeology",
    "Hechuan Silk Museum",
    "Wangshan County Bureau of Cultural Relics",
    "Nanping University Museum",
    "Baishi Conservation Centre",
)
TOMBS = _words("柳家湾 石佛沟 黑山头 东岭 白杨坡 马鞍梁 沙井 红崖")
CAVES = _words("青岩寺 石门窟 云台寺 金沙洞 莲花山 西崖寺")

# ---------------------------------------------------------------------- murals
SCENES = _listed(
    seated="说法图 坐佛 供养菩萨 禅定佛 思惟菩萨",
    flying="飞天 散花飞天 持巾飞天",
    musician="伎乐天 弹琵琶伎乐 奏乐菩萨",
    rider="出行图 骑马武士 狩猎图",
)
WALLS = _words("东壁 西壁 南壁 北壁 窟顶东披 窟顶西披 甬道北侧 龛内左侧 龛外右侧 前室门上")
PIGMENTS = _words("石青 石绿 朱砂 土红 铅白 赭石 藤黄")
LOOKS = _listed(
    seated="结跏趺坐于莲座之上，双手作说法印 头光与身光数重，袈裟覆双肩 "
    "面相方圆，眉目低垂 左右胁侍各一，合掌恭立",
    flying="凌空而下，长巾绕臂，随风翻卷 一手托花盘，一手散花 身姿轻盈，裙裾掩足 回首后顾，与邻者呼应",
    musician="怀抱琵琶，左手按弦，右手拨奏 坐于圆毯之上，神情专注 头戴花冠，项饰璎珞 帔帛自肩垂下，绕肘飘起",
    rider="乘马徐行，前有导从，后随侍者 马首高昂，鞍鞯齐备 骑者着圆领窄袖袍，腰束革带 人马交错，旌旗招展",
)
MURAL = (
    "{first}，{second}。{colouring}，{线条劲健流畅|用笔疏朗|铁线描匀细有力|兰叶描起伏分明}。"
    "{下部泥皮脱落|画面上端烟熏变黑|面部颜料已变色|左侧有后代刻划|保存尚好|局部经重描}，"
    "高{46..320}厘米，宽{38..420}厘米。"
)
COLOURINGS = (
    "设色以{a}、{b}为主",
    "衣纹先以{a}平涂，再以{b}勾线",
    "{a}地上以{b}晕染肌肤",
    "背景涂{a}，间以{b}小花",
)
SITE_VIEW = (
    "{cave}{外景|窟群远景|崖面现状}，{崖面风化严重|洞窟分上下三层|前临河谷}。"
    "现存洞窟{12..260}个，{多为方形窟|大小不一|部分已坍塌}，崖高{12..60}米。"
)

# ---------------------------------------------------------------------- excavation
POTS = _listed(
    jar="陶罐 双耳罐 彩陶壶 陶瓮", bowl="陶钵 瓷碗 陶盆", vase="瓷瓶 长颈瓶 玉壶春瓶", tripod="陶鬲 铜鼎 陶斝"
)
POT_TYPES = ("", "A型", "Ba型", "Ⅱ式", "泥质", "夹砂")
FINDS = _words("陶罐 铜镜 铁剑 漆盘 骨簪 石磨 陶灶 铜钱 玉璧 木俑")
REPORT = (
    "墓室平面呈{长方形|梯形|近方形}，长{2.0..5.0}米，宽{1.0..3.0}米{m}。",
    "填土为{灰褐色|黄褐色|红褐色}花土，土质{较硬|疏松|致密}，内含少量{陶片|炭屑|碎骨}{m}。",
    "出土器物共{4..60}件，以{陶器|铜器|瓷器}为主，另有{铁器|骨器|漆器|料珠}若干{m}。",
    "器身饰{绳纹|弦纹|附加堆纹|几何纹}，{口沿|肩部|腹部}有{刻划符号|修补痕|烟炱}{m}。",
    "葬具为一棺一椁，人骨{仰身直肢|侧身屈肢|保存较差}，头向{2..180}度{m}。",
    "此类遗存与{tomb}遗址第{chinese}期相近，年代当在{dynasty}前后{m}。",
    "壁面{涂白灰|抹草拌泥|绘红彩}一层，厚约{1..9}厘米，{表面平整|多已剥落|残留工具痕}{m}。",
    "墓道位于墓室{东|南|西|北}侧，为{斜坡式|竖穴式|阶梯式}，残长{2.0..9.0}米{m}。",
    "随葬品多置于{棺内头端|墓室前部|壁龛之中}，{排列有序|已被扰动|层层叠放}{m}。",
    "该层出土陶片{120..980}片，其中{绳纹|素面|弦纹}者约占{20..70}%{m}。",
    "封土残高{1.0..6.0}米，{夯层清晰|多被平整|顶部有盗洞}，夯窝直径{4..9}厘米{m}。",
    "丝织品多已{炭化|朽坏|粘连}，经{显微观察|纤维检测|清洗展平}，可辨者有{weave}等{m}。",
)
MENTIONS = ("（{mention}）", "，如{mention}所示", "，见{mention}")

# ---------------------------------------------------------------------- English
ENGLISH = {
    "jar": "Jar",
    "bowl": "Bowl",
    "vase": "Vase",
    "tripod": "Tripod vessel",
    "bird": "birds",
    "beast": "confronted beasts",
    "hare": "hares",
    "dragon": "dragons",
    "lotus": "lotus",
    "rosette": "rosettes",
    "fish": "fish",
    "cloud": "clouds",
    "robe": "Robe",
    "jacket": "Jacket",
    "skirt": "Skirt",
    "panel": "Panel",
    "fragment": "Fragment",
    "pearl": "pearl roundels",
    "petal": "petalled roundels",
    "lattice": "a lozenge lattice",
    "tortoise": "a hexagonal lattice",
    "scroll": "scrolling vines",
}
PATTERN_ENGLISH = (
    "The design of {subject} in {frame} is {arranged in staggered rows|set in mirrored pairs|"
    "repeated across the width of the loom}. {The edges are worn|The lining is plain silk|"
    "Traces of gold thread remain|The hem is lost}."
)
VESSEL_ENGLISH = (
    "{form} with {a flaring rim|a straight neck|a rounded shoulder} and {a flat base|a ring foot|"
    "incised bands}. Restored from {3..20} pieces."
)

# ---------------------------------------------------------------------- objects of a catalogue
WARES = ("bronze", "ceramic", "textile")
"""What an object catalogue is about."""
SHAPES = {
    "bronze": _listed(
        jar="罍 瓿 卣 盉 匏壶", bowl="簋 盂 敦 鉴", vase="壶 觚 尊 提梁壶", tripod="鼎 斝 鬲 方鼎"
    ),
    "ceramic": _listed(
        jar="罐 四系罐 盖罐 塔式罐",
        bowl="碗 盏 钵 洗",
        vase="瓶 执壶 梅瓶 净瓶 花口瓶",
        tripod="三足炉 鬲式炉 三足樽",
    ),
}
DECORS = {
    "bronze": {
        "波曲纹": "wave bands",
        "窃曲纹": "curled bands",
        "蟠螭纹": "interlaced serpents",
        "云雷纹": "spirals",
        "垂鳞纹": "hanging scales",
        "夔龙纹": "one-legged dragons",
        "蕉叶纹": "plantain leaves",
        "乳钉纹": "bosses",
        "凤鸟纹": "crested birds",
        "弦纹": "raised lines",
    },
    "ceramic": {
        "青釉刻花": "carved flowers under a green glaze",
        "白釉贴花": "applied flowers on a white glaze",
        "黑釉剔花": "flowers cut through a black glaze",
        "酱釉弦纹": "ribs under a brown glaze",
        "三彩贴花": "applied rosettes in three colours",
        "绿釉莲瓣纹": "lotus petals under a lead glaze",
        "褐彩诗文": "a poem in brown",
        "绞胎": "marbled clay",
    },
}
"""Decorations, and how the English line of a catalogue puts them."""
PERIODS = {
    "商代晚期": "Late Shang period",
    "西周早期": "Early Western Zhou",
    "西周": "Western Zhou",
    "春秋": "Spring and Autumn period",
    "春秋晚期": "Late Spring and Autumn period",
    "战国": "Warring States period",
    "西汉": "Western Han",
}
"""Periods of bronzes."""
MATERIALS = {
    "bronze": ("青铜", "Bronze"),
    "ceramic": ("瓷胎施釉", "Glazed stoneware"),
    "textile": ("彩色丝线", "Polychrome silk"),
}
DETAILS = {
    "bronze": _words("盖钮 铭文 兽首 足部 口沿 鋬部"),
    "ceramic": _words("口沿 底足 肩部贴花 流部 釉面 款识"),
    "textile": _words("窠内主纹 宾花 幅边 领口 背面 缝线"),
}
OBJECT_TEXT = (
    "{口微侈|敛口|直口方唇|平折沿}，{束颈|短颈|长颈微曲}，{鼓腹下收|腹壁斜直|垂腹}，{圈足外撇|平底|下承三足}。"
    "{通体|颈肩之间|腹部上段}饰{decor}{一周|三周|，以弦纹为界}，{纹饰规整|线条流畅|局部磨蚀}。"
    "{year}年{tomb}{chinese}号{墓|窖藏}出土，{同出者尚有|与之成组的还有}{find}{2..9}件。"
)
CLOTH_TEXT = (
    "{weave}地，{图案作二二错排|两窠之间饰小花|四周以联珠为缘}，{经向|纬向}循环{8..64}厘米。"
    "{色彩鲜明，晕色三层|褪色较甚，轮廓尚清|背面可见浮纬}。{year}年得自{tomb}，{曾经拼缝|边缘有针孔|残存幅边}。"
)
OBJECT_ENGLISH = (
    "{The vessel|This piece} is decorated with {decor} on {the shoulder|the body|both sides}. It was "
    "{excavated in {year} with {3..20} other finds|acquired in {year} from a private collection}; "
    "{the rim is chipped|the foot has been repaired|traces of soot remain inside|the cover is lost}."
)
CLOTH_ENGLISH = (
    "The cloth is woven with {decor} {in staggered rows|in mirrored pairs}. It {was found in {year} in a "
    "tomb|came to the collection in {year}}; {the edges are worn|one selvedge is kept|the dyes have faded}."
)
REMARKS = (
    (
        "此类作品多见于{dynasty}，{器形|构图|工艺}与{tomb}所出者相近，可资比较。",
        "Comparable pieces are known from {several tombs|a hoard|two collections} of the same region.",
    ),
    (
        "{修复时|清洗后|入藏之初}曾作{成分|显微|染料}分析，结果见附录{2..9}。",
        "It was {cleaned|analysed|restored} in {1979..2015}; the results are given in appendix {2..9}.",
    ),
    (
        "曾于{1986..2018}年在{museum}展出，{展后归库|图录著录为第{12..90}号|未见他处著录}。",
        "Shown in {1986..2018}; {published here for the first time|no. {12..90} of that catalogue}.",
    ),
    (
        "从{磨痕|缝迹|残留物}看，{当为实用之物|使用时间不长|后世曾经改动}，{年代尚有争议|断代大致可信}。",
        "Traces of wear suggest that it was {in daily use|used only briefly|altered later}.",
    ),
)
"""Further sentences on a piece, in Chinese and English."""

# ---------------------------------------------------------------------- art history
KEEPERS = _words(
    "青海省文物考古研究所藏 日本正仓院藏 中国丝绸博物馆藏 新疆维吾尔自治区博物馆藏 甘肃省博物馆藏"
)
SITES = _words("和田 吐鲁番 都兰 楼兰 库车 敦煌")
JOURNEYS = _words("张骞出使西域图 文成公主入藏图 玄奘取经图 胡商牵驼图 明妃出塞图 商旅遇盗图")
"""Subjects of paintings whose names begin like other things: a counter, a verb, a reference."""
ART_CAPTIONS = (
    "{weave}上的{name}，{keeper}",
    "{name}锦，{keeper}",
    "{keeper}{name}{锦|绫|缂丝残片}",
    "{site}出土{dynasty}{name}{锦|绮|刺绣}",
    "同一题材的{name}，{dynasty}，{keeper}",
    "{journey}（局部），{cave}第{chinese}窟，{dynasty}",
    "{cave}{journey}，{dynasty}壁画",
)
ESSAY = (
    "{这一|此种}图样在{dynasty}已{相当流行|趋于定型|渐渐少见}{m}，{工匠|画师|织工}多{据粉本摹写|依旧样增减}。",
    "{从构图|从用色|从题材}看，它与{site}所见者{十分接近|同出一源|略有出入}{m}。",
    "{西来的|本土的|旧有的}{联珠|卷草|狩猎}母题被{重新组合|逐步改造|吸收}，{成为一时风尚|遂有新貌}{m}。",
    "画中人物{衣冠|鞍马|仪仗}皆{合于|近于|异于}当时制度，{足资参证|可补史阙}{m}。",
    "{商旅|使节|僧侣}往来，{绢帛|画样|织工}随之东西，{影响及于邻邦|遂见于各地}{m}。",
    "{有学者|早年的研究者|发掘者}认为其年代当在{dynasty}，{近年的检测支持此说|尚待证实}{m}。",
)
FOOTNOTES = (
    "参见《{tomb}发掘简报》，《{考古汇刊|文物通讯|丝路学报}》{1982..2016}年第{1..12}期，第{3..96}页。",
    "{林远|周砚|方舟}：《{site}出土{织物|文书|壁画}研究》，{1988..2019}年，第{12..320}页。",
    "此说又见{陈书|沈青|陆野}《{dynasty}{纹样|服饰|绘画}丛考》，第{12..240}页，与本书所论略异。",
)
BOXES = (
    "{site}与织锦",
    "何谓{name}",
    "{site}的商队",
    "染料从何而来",
    "粉本与工匠",
    "一件{dynasty}衣料的来历",
)
"""Headings of a book's sidebars."""
