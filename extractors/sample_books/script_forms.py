"""Simplified to traditional characters, for the words that the sample books use."""

from __future__ import annotations

_PAIRS = (
    "与與专專东東丝絲严嚴个個为為乐樂书書于於云雲从從伫佇侧側兰蘭养養内內几幾划劃制製剑劍剥剝动動劲勁"
    "匀勻历歷压壓厘釐县縣叁叄双雙发發变變叠疊只隻台臺叶葉号號后後员員团團围圍国國图圖圆圓场場坏壞壶壺"
    "处處备備头頭夹夾妆妝学學宝寶宽寬宾賓对對导導寿壽层層岚嵐岭嶺带帶并並应應开開张張弹彈当當录錄径徑"
    "态態戏戲扬揚扰擾抛拋护護报報捣搗摄攝摆擺数數无無显顯晕暈杂雜条條杨楊松鬆样樣检檢椁槨残殘沟溝浅淺"
    "测測涂塗润潤湾灣满滿灵靈点點烟煙状狀猎獵环環现現瓮甕画畫盗盜盘盤着著睁睜砖磚砚硯禅禪积積称稱窝窩"
    "竖豎笔筆简簡类類系繫红紅纤纖约約纬緯纹紋纺紡线線细細织織经經结結绕繞绘繪绛絳统統绢絹绣繡绫綾绮綺"
    "绳繩维維绶綬绸綢绺綹绿綠缀綴缂緙缎緞编編缘緣缝縫缠纏罗羅翘翹联聯肤膚胁脅脱脫腾騰节節药藥莲蓮萨薩"
    "蓝藍衔銜补補衬襯袄襖见見观觀计計设設该該说說诸諸谱譜质質跃躍转轉轮輪轻輕较較边邊辽遼这這远遠连連"
    "迹跡选選遗遺邻鄰里裡钩鉤钱錢钵缽铁鐵铅鉛铜銅错錯锦錦镜鏡长長门門间間阶階陆陸陈陳随隨鞯韉页頁顶頂"
    "项項须須顾顧领領颈頸颜顏风風飘飄飞飛饰飾饱飽馆館马馬驼駝骑騎鱼魚鳍鰭鳜鱖鳞鱗鸟鳥鸡雞鸯鴦鸳鴛鸾鸞"
    "鸿鴻鹉鵡鹤鶴鹦鸚黄黃齐齊龙龍龛龕龟龜"
    "丛叢两兩仓倉仪儀体體兽獸净淨减減库庫执執构構楼樓汇匯渐漸炉爐盏盞窃竊绞絞识識诗詩谓謂贴貼资資趋趨车車还還酱醬"
    "铭銘针針钉釘钮鈕阙闕队隊题題骞騫鲁魯鲜鮮鉴鑒论論证證讯訊认認尔爾战戰敛斂"
    "组組规規写寫据據师師旧舊凤鳳区區时時来來响響盖蓋汉漢种種蚀蝕争爭实實归歸断斷艺藝议議复復"
)
"""Simplified and traditional character, by turns; only such as have one traditional form in these books."""
_WORDS = {"须发": "鬚髮"}
"""Words whose characters would be taken otherwise by themselves."""
_TABLE = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


def to_traditional(text: str) -> str:
    """`text` with each simplified character that this module knows in its traditional form."""
    for simple, old in _WORDS.items():
        text = text.replace(simple, old)
    return text.translate(_TABLE)
