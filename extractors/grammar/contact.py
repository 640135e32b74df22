"""Lines that sell or give an address: prices, telephones, web sites, codes to scan. They name no figure."""

from __future__ import annotations

import re

from extractors.grammar.characters import fold

_CONTACT = re.compile(
    r"https?://|www\.|[\w.]+@[\w.]+\.[a-z]{2,}"
    r"|定[价價]|售[价價]|优惠价|[邮郵][购購]|[订訂][购購]|[订訂][阅閱]|[热熱][线線]|[电電][话話]|[传傳]真|[邮郵][编編]"
    r"|[网網]址|微信|公[众眾][号號]"
    r"|(?:扫|掃)(?:码|碼|一扫|描二维码)|二维码|二維碼"
    r"|(?:isbn|issn|cn)[ :-]*[0-9][0-9 -]{6,}|(?<![0-9])0[0-9]{2,3}[- ][0-9]{7,8}(?![0-9])"
    r"|(?:[¥￥$€]|rmb) ?[0-9]+(?:\.[0-9]{2})?|[0-9]+\.[0-9]{2} ?元",
    re.IGNORECASE,
)


def is_contact(text: str) -> bool:
    """Whether `text` gives a price, an address or a number to call: 定价：98.00元, 扫码看大图, www.…"""
    return _CONTACT.search(fold(text)) is not None
