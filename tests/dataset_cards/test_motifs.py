from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from dataset_cards.errors import UsageError
from dataset_cards.motifs import OTHERS, motif_list, read_motif_file


def test_no_form_stands_twice_and_all_are_in_nfc() -> None:
    motifs = motif_list().motifs
    forms = [form for motif in motifs for form in motif.forms]
    assert len(forms) == len(set(forms))
    assert forms == [unicodedata.normalize("NFC", form) for form in forms]
    assert all(motif.name == motif.forms[0] for motif in motifs)
    assert {"莲", "龙", "凤", "云"} <= {motif.name for motif in motifs}


def test_simplified_and_traditional_count_together_and_a_text_counts_once() -> None:
    counts = motif_list().count(["雲龍紋與龍鳳", "云龙纹", "缠枝莲", "無"])
    assert (counts["云"], counts["龙"], counts["凤"], counts["缠枝"], counts["莲"]) == (2, 2, 1, 1, 1)
    assert counts.total() == 7


def test_the_longest_form_counts() -> None:
    assert motif_list().in_text("龟背地上有龟") == {"龟背", "龟"}
    assert motif_list().in_text("龟背地") == {"龟背"}
    assert motif_list().in_text("海东青逐兔") == {"鹰", "兔"}


def test_lines_of_ones_own_come_after_or_join(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("\ufeff# mine\n\n## 神怪 Spirits\n白泽 白澤\n莲 藕花\n", "utf-8")
    motifs = motif_list(["三足乌", *read_motif_file(path)])
    assert [(motif.name, motif.group) for motif in motifs.motifs[-2:]] == [
        ("三足乌", OTHERS),
        ("白泽", "神怪 Spirits"),
    ]
    assert motifs.in_text("白澤與藕花，三足乌") == {"白泽", "莲", "三足乌"}


def test_a_line_that_joins_two_motifs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="joins 凤 and 龙"):
        motif_list(["龍 鳳"])
    (tmp_path / "bad.txt").write_bytes("莲".encode("gb18030"))
    for name in ("bad.txt", "none.txt"):
        with pytest.raises(UsageError, match=name):
            read_motif_file(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "马鞍梁M12出土双耳罐",
        "龙首村唐墓壁画",
        "鹿石沟遗址全景",
        "馬王堆漢墓",
        "龙泉窑青釉碗",
        "象牙雕",
        "云冈石窟第六窟",
        "竹简",
        "云台寺第一九三窟",
        "雲臺寺第一七六窟南壁",
        "云岭省考古研究所",
        "石佛沟三号墓出土",
        "石佛溝T一四七出土泥質彩陶壺",
        "鹿城市博物馆藏",
        "西千佛洞第353窟",
    ],
)
def test_places_and_things_named_after_a_motif_are_left_out(text: str) -> None:
    assert motif_list().in_text(text) == set()


def test_a_motif_beside_a_place_still_counts() -> None:
    assert motif_list().in_text("马鞍梁M12出土对马纹锦") == {"马"}
    assert motif_list().in_text("云龙纹，龙泉窑") == {"云", "龙"}
    assert motif_list().in_text("石佛沟三号墓出土鹿纹锦") == {"鹿"}
    assert motif_list().in_text("云山一抹，鱼市图，龙州官窑") == {"云", "鱼", "龙"}


def test_words_of_ones_own_may_be_left_out_too() -> None:
    assert motif_list(["## 不计", "马球"]).in_text("马球图") == set()
    assert motif_list().in_text("马球图") == {"马"}
