"""Kinds of picture: by role, by words, by look."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from extractors.grammar.captions import parse_label
from extractors.grammar.titles import title_of
from extractors.look import Look
from extractors.pairing.drafts import Draft
from extractors.pairing.kinds import FEATURES, BookFigures, features_of, kinds_of, shipped_model
from extractors.records import RegionSource
from tests.extractors.made import figure

PHOTO = Look(
    (200.0, 128.0, 128.0), (150.0, 129.0, 132.0), 0.9, 20, 0.1, 0.1, 0.04, 0.85, 0.02, 0.02, 0.1, 0.2
)
CLOTH = Look((120.0, 150.0, 140.0), (120.0, 150.0, 140.0), 0.1, 30, 0.0, 0.1, 0.05, 0.6, 0.25, 0.1, 0.1, 0.3)
INK = Look((250.0, 128.0, 128.0), (250.0, 128.0, 128.0), 1.0, 30, 0.88, 0.02, 0.05, 0.28, 0.0, 0.0, 0.08, 0.2)
WALL = Look(
    (140.0, 134.0, 146.0), (140.0, 134.0, 146.0), 0.1, 20, 0.0, 0.03, 0.03, 0.75, 0.12, 0.06, 0.1, 0.3
)


def draft(caption: str = "", *, source: RegionSource = "image", role: str = "") -> Draft:
    parsed = parse_label(caption)
    title = title_of(parsed[1]) if parsed else ""
    return Draft(1, figure(0, 0, 200, 200, source), caption=caption, title=title, role=role)


@pytest.mark.parametrize("role", ["pattern", "textile", "cropped"])
def test_the_role_in_an_entry_decides(role: str) -> None:
    assert kinds_of([draft("图1 莫高窟壁画", role=role)], [WALL]) == [role]


@pytest.mark.parametrize(
    ("caption", "look", "kind"),
    [
        ("图版12 莫高窟第二二〇窟 西方净土变", WALL, "mural"),
        ("圖三 說法圖 壁畫局部", WALL, "mural"),
        ("图3 墓葬平、剖面图", INK, "drawing"),
        ("图6 各期陶器数量统计图", INK, "chart"),
        ("图7 绫地彩绣袍", CLOTH, "textile"),
        ("图8 联珠对鸟纹", replace(CLOTH, repeat=0.9), "pattern"),
        ("图9 遗址发掘现场照片", PHOTO, "photo"),
        ("图4 双耳陶罐", PHOTO, "photo"),
        ("Fig. 3 Plan and section of tomb M12", INK, "drawing"),
    ],
)
def test_words_and_look_decide(caption: str, look: Look, kind: str) -> None:
    assert kinds_of([draft(caption)], [look]) == [kind]


def test_without_words_the_look_decides() -> None:
    plain = [draft("图1"), draft("图1")]
    assert kinds_of(plain, [PHOTO, INK]) == ["photo", "drawing"]


def test_the_model_knows_just_the_features_there_are() -> None:
    model = shipped_model()
    assert model.features == FEATURES
    assert model.weights.shape == (len(model.kinds), len(FEATURES) + 1)
    scores = model.scores(features_of(draft("图7 绫地彩绣袍"), CLOTH, BookFigures({}, 1.0)))
    assert sum(scores.values()) == pytest.approx(1)


def test_measured_features_are_those_of_the_model() -> None:
    told = draft("图版7 联珠纹锦袍")
    found = features_of(told, CLOTH, BookFigures.of([told]))
    assert set(found) <= set(FEATURES)
    assert {"head garment", "title motif", "caption cloth", "book garment", "motif x repeat"} <= set(found)


def test_a_figure_takes_a_few_milliseconds() -> None:
    drafts = [draft(f"图{n} 联珠纹锦袍") for n in range(1, 101)]
    kinds_of(drafts, [CLOTH] * 100)  # reads the weights
    began = time.process_time()
    kinds_of(drafts, [CLOTH] * 100)
    assert time.process_time() - began < 0.5
