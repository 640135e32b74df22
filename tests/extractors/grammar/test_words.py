"""The words of words.toml, and words added by a user."""

from __future__ import annotations

import pytest

from extractors.errors import UsageError
from extractors.grammar.captions import is_mention, parse_label
from extractors.grammar.entry_grammar import parse_labelled
from extractors.grammar.words import FIELDS, LABELS, SUBJECTS, vocabulary, words_added
from extractors.settings import WordSettings
from flows.settings import load_settings


@pytest.mark.parametrize(
    ("text", "kind", "key", "body"),
    [
        ("第4図　土師器甕", "figure", (4,), "土師器甕"),
        ("挿図5　木棺の出土状況", "figure", (5,), "木棺の出土状況"),
        ("写真6　漆器の細部", "photo", (6,), "漆器の細部"),
        ("图表1-2　彩绘木俑", "figure", (1, 2), "彩绘木俑"),
        ("附录图9　纱罗组织", "figure", (9,), "纱罗组织"),
        ("題簽二　靜齋", "figure", (2,), "靜齋"),
        ("Abb. 12 Seidenstoff", "figure", (12,), "Seidenstoff"),
        ("Tafel XII Fragment", "plate", (12,), "Fragment"),
        ("Рис. 3. Ваза", "figure", (3,), "Ваза"),
        ("도판 7 청자", "plate", (7,), "청자"),
        ("Cat.No. 8 Bowl", "catalogue", (8,), "Bowl"),
    ],
)
def test_labels_of_many_languages(text: str, kind: str, key: tuple[int, ...], body: str) -> None:
    parsed = parse_label(text)
    assert parsed is not None
    assert (parsed[0].kind, parsed[0].key, parsed[1]) == (kind, key, body)


@pytest.mark.parametrize("text", ["第一版 2003年", "照壁 砖雕", "版本 三种", "Tafelberg 3", "图书馆 3 楼"])
def test_no_labels(text: str) -> None:
    assert parse_label(text) is None


def test_a_word_of_the_user_is_read_while_it_is_added() -> None:
    assert parse_label("圖像資料 3　瓦當") is None
    with words_added({"figure": ["圖像資料"], "pattern": ["地纹"]}):
        parsed = parse_label("圖像資料 3　瓦當")
        assert parsed is not None
        assert (parsed[0].kind, parsed[0].key, parsed[1]) == ("figure", (3,), "瓦當")
        assert is_mention("详见圖像資料 3")
        assert parse_labelled("地纹：卍字") == ("pattern", "卍字")
    assert parse_label("圖像資料 3　瓦當") is None


def test_a_word_may_be_printed_without_its_space() -> None:
    with words_added({"plate": ["Coloured plate"]}):
        assert parse_label("Coloured plate 4 Robe") is not None
        assert parse_label("Colouredplate 4 Robe") is not None


def test_settings_take_words_by_kind_and_no_other_kind() -> None:
    settings = load_settings(environ={}, overrides=['extract.words.figure=["圖像資料"]'])
    assert settings.extract.words.figure == ("圖像資料",)
    with pytest.raises(UsageError, match="figur"):
        load_settings(environ={}, overrides=['extract.words.figur=["圖像資料"]'])


def test_settings_have_every_kind() -> None:
    assert [*WordSettings().by_kind()] == [*LABELS, *FIELDS, *SUBJECTS]


def test_every_word_has_one_kind() -> None:
    words = vocabulary()
    assert {*words.words} == {*LABELS, *FIELDS, *SUBJECTS}
    assert sum(len({w.lower().replace(" ", "") for w in words.words[k]}) for k in LABELS) == len(
        words.label_kinds
    )


def test_words_added_within_others_are_read_besides_them_and_no_longer() -> None:
    with words_added({"figure": ["圖像資料"]}):
        with words_added({"figure": ["款式"], "plate": ["彩页"]}):
            assert [parse_label(f"{word} 3 瓦當") is not None for word in ("圖像資料", "款式", "彩页")] == [
                True
            ] * 3
        assert [parse_label(f"{word} 3 瓦當") is not None for word in ("圖像資料", "款式")] == [True, False]
        with words_added({"figure": []}):
            assert parse_label("圖像資料 3 瓦當") is not None
    assert parse_label("圖像資料 3 瓦當") is None


def test_words_of_an_unknown_kind_are_refused() -> None:
    with pytest.raises(KeyError, match="figur"), words_added({"figur": ["款式"]}):
        pass
    assert parse_label("款式 3 瓦當") is None
