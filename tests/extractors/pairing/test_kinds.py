"""Kinds of picture: by role, by words, by look."""

from __future__ import annotations

import pytest

from extractors.pairing.drafts import Draft
from extractors.pairing.kinds import kind_of
from extractors.pairing.roles import Look
from extractors.records import RegionSource
from tests.extractors.made import figure

COLOURED = Look((120.0, 150.0, 140.0), (120.0, 150.0, 140.0), 0.2)
GREY = Look((200.0, 128.0, 128.0), (200.0, 128.0, 128.0), 1.0)
INK = Look((250.0, 128.0, 128.0), (250.0, 128.0, 128.0), 1.0)


def draft(
    caption: str = "", *, source: RegionSource = "image", role: str = "", description: str = ""
) -> Draft:
    return Draft(1, figure(0, 0, 200, 200, source), caption=caption, role=role, description=description)


@pytest.mark.parametrize("role", ["pattern", "textile", "cropped"])
def test_the_role_in_an_entry_decides(role: str) -> None:
    assert kind_of(draft("10海东青逐兔纹袍", role=role), COLOURED) == role


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("图版12 莫高窟第二二〇窟 西方净土变", "mural"),
        ("圖三 說法圖 壁畫局部", "mural"),
        ("图3 墓葬平、剖面图", "drawing"),
        ("图5 画像石拓片", "drawing"),
        ("图6 各期陶器数量统计图", "chart"),
        ("图7 绫地彩绣袍", "textile"),
        ("图8 联珠对鸟纹", "pattern"),
        ("图9 遗址发掘现场照片", "photo"),
        ("Fig. 3 Plan and section of tomb M12", "drawing"),
    ],
)
def test_words_decide(caption: str, kind: str) -> None:
    assert kind_of(draft(caption), COLOURED) == kind


def test_the_caption_comes_before_the_description() -> None:
    assert kind_of(draft("图3 平面图", description="绘于洞窟壁画之下"), COLOURED) == "drawing"
    assert kind_of(draft("图3", description="莫高窟壁画"), COLOURED) == "mural"


def test_vector_art_is_a_drawing() -> None:
    assert kind_of(draft("图1 陶罐", source="drawing"), COLOURED) == "drawing"
    assert kind_of(draft("图1 壁画布局", source="drawing"), COLOURED) == "drawing"


def test_without_words_the_look_decides() -> None:
    assert kind_of(draft("图1"), COLOURED) == "photo"
    assert kind_of(draft("图1"), GREY) == "photo"
    assert kind_of(draft("图1"), INK) == "other"
    assert kind_of(draft("图1"), None) == "other"
