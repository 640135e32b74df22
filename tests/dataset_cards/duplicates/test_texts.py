from __future__ import annotations

import random
from dataclasses import replace

import pytest

from dataset_cards.duplicates.texts import compared, nearly_equal, normal_text, numbers, text_links
from dataset_cards.settings import DuplicateSettings
from extractors.records import Pair
from tests.dataset_cards.shelf import make_book

SETTINGS = DuplicateSettings()
LONG = "以联珠圈为骨架，圈内对鸟立于花台之上，颈系绶带，圈外饰十样花，此类纹样盛行于隋唐。"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_book(tmp_path_factory.mktemp("shelf"), "样书", 1).result.pairs[0]


def links(model: Pair, *texts: str) -> list[tuple[str, str, str]]:
    pairs = [replace(model, pair_id=f"p{n}", description=text) for n, text in enumerate(texts)]
    return [(link.first, link.second, link.why) for link in text_links(pairs, SETTINGS)]


def test_spaces_punctuation_width_and_case_make_no_difference(model: Pair) -> None:
    assert normal_text("莲 花纹（Ａ）\n。") == "莲花纹a"
    assert links(model, "莲花纹。", "莲 花纹", "荷花纹") == [("p0", "p1", "same text")]


def test_a_slip_in_a_long_text_is_near_and_in_a_short_one_another_text(model: Pair) -> None:
    assert links(model, LONG, LONG.replace("绶", "缓")) == [("p0", "p1", "near text")]
    assert links(model, "缠枝莲花纹", "缠枝莲华纹") == []


@pytest.mark.parametrize(
    ("one", "other"), [("图版三", "图版四"), ("第257窟", "第275窟"), ("图3a", "图3b"), ("图十二", "图廿二")]
)
def test_texts_with_other_numbers_are_others(model: Pair, one: str, other: str) -> None:
    assert numbers(normal_text(one)) != numbers(normal_text(other))
    assert links(model, one + LONG, other + LONG) == []
    assert links(model, one + LONG, one + LONG[:-1]) == [("p0", "p1", "same text")]


def test_many_pairs_with_one_text_are_linked_to_the_first(model: Pair) -> None:
    found = links(model, *["莲花纹"] * 50)
    assert found == [("p0", f"p{n}", "same text") for n in range(1, 50)]


def test_planted_near_texts_are_found_among_others_of_the_same_phrases() -> None:
    rng = random.Random(3)
    words = (
        "宝相莲花龙凤云鹤鹿鸟兽鱼缠枝联珠团窠卷草菱格龟背折枝绶带花台口衔羽毛双翅平展首尾相连左右对称".strip()
    )
    base = sorted({"".join(rng.choice(words) for _ in range(40)) for _ in range(2000)})
    planted = []
    for text in rng.sample(base, 300):
        place = rng.randrange(40)
        planted.append((text, text[:place] + "獬" + text[place + 1 :]))
    texts = sorted({*base, *(other for _, other in planted)})
    found = {(texts[i], texts[j]) for i, j, _ in compared(texts, 0.95)}
    hits = sum((min(pair), max(pair)) in found for pair in planted)
    assert hits / len(planted) > 0.98
    assert len(found) <= len(planted) * 1.01


def test_near_and_equal_have_their_ratio() -> None:
    one, other = normal_text(LONG), normal_text(LONG.replace("绶", "缓"))
    assert nearly_equal(one, one, SETTINGS) == 1.0
    assert nearly_equal(one, other, SETTINGS) == pytest.approx(1 - 1 / len(one), abs=0.001)
    assert nearly_equal(one, other[:20], SETTINGS) is None


def test_no_text_or_one_proposes_nothing() -> None:
    assert list(compared([])) == list(compared(["莲"])) == []
