from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.scorers.clauses import clause_numbers, split_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("莲花纹", ["莲花纹"]),
        ("窠内一飞鸟，羽毛丰满，短尾，口衔一枝叶。", ["窠内一飞鸟", "羽毛丰满，短尾", "口衔一枝叶"]),
        (
            "圈内对鸟立于花台之上；颈系绶带！圈外饰十样花",
            ["圈内对鸟立于花台之上", "颈系绶带", "圈外饰十样花"],
        ),
        ("红地，联珠圈内两只飞鸟", ["红地，联珠圈内两只飞鸟"]),
        ("。；", ["。；"]),
        ("", [""]),
    ],
)
def test_sentences_first_then_commas_and_short_pieces_stay_with_their_neighbour(
    text: str, clauses: list[str]
) -> None:
    assert split_clauses(text) == clauses


@given(st.text("纹样红地莲花一二三，。；！ ,", max_size=60))
def test_nothing_is_lost_but_marks_and_spaces(text: str) -> None:
    def kept(part: str) -> str:
        return part.translate(dict.fromkeys(map(ord, "，。；！ ,")))

    assert kept("".join(split_clauses(text))) == kept(text)


def test_every_text_has_a_clause() -> None:
    clauses, owners = clause_numbers(["红地莲花；蓝地飞鸟", "", "云气"])
    assert clauses == ["红地莲花", "蓝地飞鸟", "", "云气"]
    assert owners.tolist() == [0, 0, 1, 2]
