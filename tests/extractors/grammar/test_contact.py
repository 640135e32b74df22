"""What sells or gives an address, and what names a picture."""

from __future__ import annotations

import pytest

from extractors.grammar.contact import is_contact


@pytest.mark.parametrize(
    "text",
    [
        "定价：98.00元",
        "订购热线 010-12345678",
        "扫码看高清大图",
        "官方公众号",
        "www.example.org",
        "ISBN 978-7-00-0",
    ],
)
def test_contact(text: str) -> None:
    assert is_contact(text)


@pytest.mark.parametrize(
    "text", ["莲花纹锦", "清 1745年 长 98 厘米", "金元宝纹缎", "电影纹样", "M14：2 铜镜"]
)
def test_names(text: str) -> None:
    assert not is_contact(text)
