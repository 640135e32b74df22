"""What kind of picture a figure is: by its role, the words about it, and how it looks."""

from __future__ import annotations

import re

from extractors.pairing.drafts import Draft
from extractors.pairing.roles import Look
from extractors.records import Kind

_WORDS: tuple[tuple[Kind, str], ...] = (
    ("chart", r"统计图|統計圖|柱状图|折线图|比例图|曲线|曲線|分布统计|\bchart\b|\bhistogram\b"),
    (
        "drawing",
        r"线图|線圖|线描图|線描圖|摹本|墨线|平面图|平面圖|剖面|平、?剖|平剖|地层|地層|示意图|示意圖|分布图|分布圖|位置图|位置圖"
        r"|器物图|复原图|復原圖|结构图|組織圖|组织图|地图|地圖|拓片|拓本|\bdrawing\b|\bplan\b|\bsection\b|\bmap\b|\brubbing\b",
    ),
    (
        "photo",
        r"照片|外景|全景|近景|发掘现场|發掘現場|远景|遠景|远眺|遠眺|工作照|崖面|[（(][东东東西南北由]+[—―-]"
        r"|\bphotograph|\bview of\b",
    ),
    (
        "mural",
        r"壁画|壁畫|石窟|第[〇一二三四五六七八九十百0-9]+[窟号號]|窟|经变|經變|飞天|飛天|伎乐天|供养人|供養人|藻井|说法图|說法圖"
        r"|本生|佛传|佛傳|龛|龕|\bmural\b|\bcave\b|\bwall painting",
    ),
    (
        "textile",
        r"袍|衫|袄|襖|裙|裤|褲|半臂|坎肩|披帛|云肩|雲肩|裲裆|裲襠|帽|冠套|靴|鞋|履|袜|襪|手套|幡|帷幔|帐|帳|经帙|經帙|被面|枕|荷包|香囊"
        r"|[镜鏡经經针針]袋|残片|殘片|胸背|补子|補子|方补|方補|袖缘|袖緣|领缘|領緣|衣领|衣領|衣料"
        r"|\brobe\b|\bgarment\b|\bjacket\b|\bskirt\b|\bbanner\b",
    ),
    (
        "pattern",
        r"纹样|紋樣|图案|圖案|[纹紋]$|[纹紋].{0,4}[锦錦绫綾罗羅绮綺绢絹缎緞纱紗绸綢]$"
        r"|(?:印花|提花|妆花|妝花|织金|織金).{0,2}[锦錦绫綾罗羅绮綺绢絹缎緞纱紗绸綢]$|\bpattern\b|\bmotif\b",
    ),
    (
        "photo",
        r"[瓶罐壶壺盘盤碗钵缽杯鼎簋尊爵镜鏡炉爐盒俑瓮甕罍盂豆觚盆樽][^，。一-鿿]{0,12}$|瓦当|瓦當",
    ),
)
"""Words that tell the kind, most telling first."""
DRAWN_GREY = 0.97
"""Line drawings have no colour ..."""
PAPER_LIGHT = 235.0
"""... and are white over most of their area and border (lightness of 255)."""


def kind_of(draft: Draft, look: Look | None) -> Kind:
    """The kind of a figure: entry role, then words of its caption and text, then what it looks like."""
    if draft.kind is not None:
        return draft.kind
    if draft.role in ("pattern", "textile", "cropped"):
        return draft.role  # type: ignore[return-value]
    for text in (draft.title, draft.caption, draft.description):
        for kind, words in _WORDS:
            if re.search(words, text.strip(), re.IGNORECASE):
                return _checked(kind, draft)
    if draft.region.source == "drawing":
        return "drawing"
    return "other" if look is None or _is_line_art(look) else "photo"


def _is_line_art(look: Look) -> bool:
    """Whether a picture is ink on paper: without colour, and paper for the most part."""
    return look.grey >= DRAWN_GREY and min(look.main[0], look.ground[0]) >= PAPER_LIGHT


def _checked(kind: Kind, draft: Draft) -> Kind:
    """Vector art is never a mural or a photograph, whatever is said of its subject."""
    if draft.region.source == "drawing" and kind in ("mural", "photo", "textile", "pattern"):
        return "drawing"
    return kind
