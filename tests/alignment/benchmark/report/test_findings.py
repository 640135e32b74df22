from __future__ import annotations

import pytest
import torch
from PIL import Image

from alignment.benchmark.ladder import FINE_TUNED, ModelBanks, Rung, climb, steps
from alignment.benchmark.report.findings import (
    HUB_ENDS,
    RANK_ENDS,
    Findings,
    class_names,
    examine,
    main_ladder,
)
from alignment.laclip.crops import CropSettings, crop_boxes
from alignment.laclip.vectors import crop_weights
from alignment.retrieval.gallery import Gallery, Item, make_gallery
from tests.alignment.scorers.made import make_banks, make_validation

COUNT, CROPS = 60, CropSettings(count=5)
SIZE = (40, 30)


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    picture = Image.new("RGB", SIZE)
    return make_gallery(
        [Item(f"k{n}", lambda: (picture,), f"文{n}", ("b", str(n))) for n in range(COUNT)], "made"
    )


@pytest.fixture(scope="module")
def banks() -> ModelBanks:
    return ModelBanks(make_banks(80, 1), make_validation(50), make_banks(COUNT, 3, hub=1.5))


@pytest.fixture(scope="module")
def rungs(gallery: Gallery, banks: ModelBanks) -> list[Rung]:
    return climb(steps([FINE_TUNED]), {FINE_TUNED: banks}, gallery, resamples=10)


@pytest.fixture(scope="module")
def findings(rungs: list[Rung], gallery: Gallery, banks: ModelBanks) -> Findings:
    return examine(rungs, {FINE_TUNED: banks}, gallery, CROPS, "softmax")


def test_the_headline_is_the_top_of_the_ladder_whatever_scores_best(
    rungs: list[Rung], findings: Findings
) -> None:
    plain = [{"name": r.name, "below": r.below, "transductive": r.transductive} for r in rungs]
    chain = main_ladder(plain)
    assert findings.headline == chain[-1]
    assert not {"CSLS", "QB-Norm", "dual softmax"} & set(chain)


def test_every_query_has_one_rank_class(findings: Findings) -> None:
    for by_rung in findings.ranks.values():
        assert set(by_rung) == {FINE_TUNED, "laclip", findings.headline}
        assert all(sum(counts) == COUNT and len(counts) == len(RANK_ENDS) + 1 for counts in by_rung.values())


def test_hubs_are_counted_as_by_hand(findings: Findings, banks: ModelBanks) -> None:
    hub = findings.hubs["text_to_image"][FINE_TUNED]
    first = (banks.test.texts @ banks.test.whole.T).topk(10, dim=1).indices
    occurs = torch.bincount(first.reshape(-1), minlength=COUNT).double()
    assert hub["greatest"] == int(occurs.max())
    assert hub["never"] == pytest.approx(float((occurs == 0).double().mean()))
    centred = occurs - occurs.mean()
    skew = float((centred**3).mean() / (centred**2).mean() ** 1.5)
    assert hub["skew"] == pytest.approx(skew)
    assert sum(hub["counts"]) == COUNT


def test_best_stand_first_and_worst_furthest_down(findings: Findings) -> None:
    for direction, examples in findings.best.items():
        assert all(example.answers[0].right for example in examples), direction
    for examples in findings.worst.values():
        ranks = [example.rank for example in examples]
        assert ranks == sorted(ranks, reverse=True)
        for example in examples:
            assert any(answer.right for answer in example.answers)
            assert all(answer.rank <= 5 for answer in example.answers[:5])
            beyond = example.answers[5:]
            assert all(answer.right and answer.rank > 5 for answer in beyond)


def test_the_box_is_the_crop_of_greatest_weight(findings: Findings, banks: ModelBanks) -> None:
    test = banks.test
    assert test.crops is not None
    for number, box in findings.boxes.items():
        weights = crop_weights(test.whole[number, None], test.crops[number, None])[0]
        left, top, right, bottom = crop_boxes(SIZE, f"k{number}", CROPS)[int(weights.argmax())]
        assert (box.left * SIZE[0], box.bottom * SIZE[1]) == pytest.approx((left, bottom))
        assert (box.right * SIZE[0], box.top * SIZE[1]) == pytest.approx((right, top))
        assert box.weight == pytest.approx(float(weights.max()), abs=1e-6)


def test_classes_are_named_by_their_ends() -> None:
    assert class_names(RANK_ENDS, 1)[:3] == ["1", "2–5", "6–10"]
    assert class_names(HUB_ENDS, 0)[:2] == ["0", "1–5"]
    assert class_names(HUB_ENDS, 0)[-1] == "> 100"
