"""What the words of titles say that a picture shows."""

from __future__ import annotations

import pytest

from extractors.grammar.subjects import head_of, subjects_of
from extractors.grammar.words import words_added


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("莲花纹锦袍", "garment"),
        ("联珠对鸟纹锦（局部）", "cloth"),
        ("缠枝牡丹纹", "motif"),
        ("缠枝牡丹纹线描图", "linework"),
        ("绳纹陶瓮（M10∶7）剖视图", "linework"),
        ("白釉印花碗（M12∶2）", "vessel"),
        ("药师经变", "wall"),
        ("畫像磚拓本", "rubbed"),
        ("Bowl with lotus pattern", "vessel"),
        ("Silk robes", "garment"),
        ("麒麟送子", ""),
        ("", ""),
    ],
)
def test_the_noun_at_the_end_names_what_is_shown(title: str, head: str) -> None:
    assert head_of(title) == head


def test_all_subjects_of_a_text() -> None:
    assert subjects_of("莲花纹锦袍") == {"motif", "cloth", "garment"}
    assert subjects_of("Detail of a silk robe") == {"part", "cloth", "garment"}
    assert not subjects_of("Capital")  # a cap is a word, not a part of one


def test_subjects_take_the_words_of_the_user() -> None:
    assert head_of("八吉祥堆朱") == ""
    with words_added({"vessel": ["堆朱"]}):
        assert head_of("八吉祥堆朱") == "vessel"
