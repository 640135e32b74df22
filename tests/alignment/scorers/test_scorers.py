"""Each scorer against its formula, written as a loop."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from alignment.retrieval.evaluation import DIRECTIONS, evaluate
from alignment.scorers.base import Banks, Fitted
from alignment.scorers.clauses import ClauseScorer, ClauseVectors
from alignment.scorers.dual_softmax import DualSoftmax, FittedDualSoftmax
from alignment.scorers.hubs import Csls, FittedNnn, FittedQbNorm, Nnn, QbNorm
from alignment.scorers.max_similarity import FittedMaxSimilarity, MaxSimilarity
from alignment.scorers.vectors import FusedVectors, Fusion, Laclip, LaclipVectors, Plain, VectorScores
from tests.alignment.scorers.made import gallery, make_banks, make_validation

COUNT = 40
BANKS = make_banks(COUNT, 1)
TRAIN = make_banks(50, 7)
PLAIN = BANKS.whole @ BANKS.texts.T


def rows(fitted: Fitted, direction: str, banks: Banks = BANKS) -> torch.Tensor:
    """All scores of a direction, as [queries, items], from chunks of seven."""
    scores = fitted.scores(banks)
    return torch.cat(
        [scores.rows(direction, start, min(start + 7, COUNT)) for start in range(0, COUNT, 7)]  # type: ignore[arg-type]
    )


def test_plain_is_the_cosine_both_ways() -> None:
    fitted = Plain().fit(TRAIN, make_validation(), VectorScores())
    assert torch.allclose(rows(fitted, "text_to_image"), PLAIN.T, atol=1e-6)
    assert torch.allclose(rows(fitted, "image_to_text"), PLAIN, atol=1e-6)


def test_laclip_sums_weighted_crop_scores() -> None:
    fitted = Laclip().fit(TRAIN, make_validation(), VectorScores())
    assert BANKS.crops is not None
    weights = (torch.e**4 * (BANKS.crops @ BANKS.whole[:, :, None])[:, :, 0]).softmax(dim=1)
    looped = torch.stack(
        [
            sum(weights[i, k] * (BANKS.texts @ BANKS.crops[i, k]) for k in range(BANKS.crops.shape[1]))
            for i in range(COUNT)
        ]
    )
    assert torch.allclose(rows(fitted, "image_to_text"), looped, atol=1e-5)
    assert torch.allclose(rows(fitted, "text_to_image"), looped.T, atol=1e-5)


def test_renormalising_orders_texts_of_a_picture_as_before_and_pictures_anew() -> None:
    published = Laclip().fit(TRAIN, make_validation(), VectorScores())
    ours = Laclip(renormalize=True).fit(TRAIN, make_validation(), VectorScores())
    for_texts = [rows(fitted, "image_to_text").argsort(dim=1) for fitted in (published, ours)]
    assert (for_texts[0] == for_texts[1]).all()
    assert not torch.allclose(rows(published, "text_to_image"), rows(ours, "text_to_image"))


def test_without_crops_laclip_is_plain() -> None:
    bare = Banks(BANKS.whole, BANKS.texts)
    assert torch.allclose(rows(LaclipVectors(), "image_to_text", bare), PLAIN, atol=1e-6)


def test_fusion_goes_from_the_whole_to_the_crops() -> None:
    below = LaclipVectors(renormalize=True)
    assert torch.allclose(FusedVectors(below=below, share=1.0).images(BANKS), BANKS.whole, atol=1e-6)
    assert torch.allclose(FusedVectors(below=below, share=0.0).images(BANKS), below.images(BANKS), atol=1e-6)
    middle = functional.normalize(0.3 * BANKS.whole + 0.7 * below.images(BANKS), dim=1)
    assert torch.allclose(FusedVectors(below=below, share=0.3).images(BANKS), middle, atol=1e-6)


def test_clauses_join_the_whole_text() -> None:
    assert BANKS.clauses is not None
    fitted = ClauseVectors(VectorScores(), 0.4, "even")
    for text in range(COUNT):
        own = BANKS.clauses.features[BANKS.clauses.text == text]
        joined = 0.4 * BANKS.texts[text] + 0.6 * functional.normalize(own.mean(dim=0), dim=0)
        assert torch.allclose(fitted.texts(BANKS)[text], functional.normalize(joined, dim=0), atol=1e-6)


def test_softmax_weights_prefer_the_clause_nearest_the_whole() -> None:
    assert BANKS.clauses is not None
    fitted = ClauseVectors(VectorScores(), 0.0, "softmax").texts(BANKS)
    for text in range(COUNT):
        own = BANKS.clauses.features[BANKS.clauses.text == text]
        weights = (torch.e**4 * own @ BANKS.texts[text]).softmax(dim=0)
        joined = functional.normalize((weights[:, None] * own).sum(dim=0), dim=0)
        assert torch.allclose(fitted[text], joined, atol=1e-5)


@pytest.mark.parametrize(("k", "alpha"), [(1, 0.5), (16, 1.0), (500, 0.25)])
def test_nnn_takes_off_what_the_training_bank_finds_popular(k: int, alpha: float) -> None:
    fitted = FittedNnn(VectorScores(), TRAIN, k, alpha)
    popular = (BANKS.whole @ TRAIN.texts.T).topk(min(k, 50), dim=1).values.mean(dim=1)
    assert torch.allclose(rows(fitted, "text_to_image"), PLAIN.T - alpha * popular, atol=1e-6)
    popular = (BANKS.texts @ TRAIN.whole.T).topk(min(k, 50), dim=1).values.mean(dim=1)
    assert torch.allclose(rows(fitted, "image_to_text"), PLAIN - alpha * popular, atol=1e-6)


def test_csls_orders_as_its_formula() -> None:
    fitted = FittedNnn(VectorScores(), TRAIN, 4, 0.5)
    item = (BANKS.whole @ TRAIN.texts.T).topk(4, dim=1).values.mean(dim=1)
    query = (BANKS.texts @ TRAIN.whole.T).topk(4, dim=1).values.mean(dim=1)
    formula = 2 * PLAIN.T - query[:, None] - item
    assert (rows(fitted, "text_to_image").argsort(dim=1) == formula.argsort(dim=1)).all()


def test_qb_norm_changes_only_queries_whose_first_item_is_a_hub_of_the_bank() -> None:
    beta = 10.0
    found = rows(FittedQbNorm(VectorScores(), TRAIN, beta), "text_to_image")
    bank = (beta * (TRAIN.texts @ BANKS.whole.T).double()).exp()
    hubs = set((TRAIN.texts @ BANKS.whole.T).argmax(dim=1).tolist())
    changed = 0
    for query in range(COUNT):
        plain = PLAIN.T[query]
        if int(plain.argmax()) in hubs:
            inverted = (beta * plain.double()).exp() / bank.sum(dim=0)
            assert torch.allclose(found[query].double().exp(), inverted, rtol=1e-4)
            changed += 1
        else:
            assert torch.allclose(found[query], plain, atol=1e-6)
    assert 0 < changed < COUNT


def test_dual_softmax_multiplies_by_the_share_of_the_query() -> None:
    found = rows(FittedDualSoftmax(VectorScores(), 20.0), "text_to_image")
    assert torch.allclose(found, PLAIN.T * (20 * PLAIN.T).softmax(dim=0), atol=1e-5)
    assert DualSoftmax().transductive


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_max_similarity_orders_the_first_by_best_crops_and_leaves_the_rest(direction: str) -> None:
    assert BANKS.crops is not None
    assert BANKS.clauses is not None
    depth, share = 6, 0.5
    found = rows(FittedMaxSimilarity(VectorScores(), share, depth), direction)
    plain = PLAIN.T if direction == "text_to_image" else PLAIN
    parts = torch.cat([BANKS.whole[:, None], BANKS.crops], dim=1)
    for query in range(COUNT):
        order = plain[query].argsort(descending=True)
        first, rest = order[:depth].tolist(), order[depth:]
        assert torch.allclose(found[query][rest], plain[query][rest], atol=1e-6)
        lifted = {}
        for item in first:
            image, text = (item, query) if direction == "text_to_image" else (query, item)
            own = BANKS.clauses.features[BANKS.clauses.text == text]
            similar = float((own @ parts[image].T).amax(dim=1).mean())
            lifted[item] = float(plain[query][item]) + share * similar
        assert found[query].argsort(descending=True)[:depth].tolist() == sorted(
            first, key=lambda i: -lifted[i]
        )


@pytest.mark.parametrize("scorer", [Fusion(), ClauseScorer(), Nnn(), Csls(), QbNorm(), MaxSimilarity()])
def test_parameters_are_chosen_on_validation_and_written_down(scorer: Fusion) -> None:
    validation = make_validation(hub=1.5)
    below = Laclip(renormalize=True).fit(TRAIN, validation, VectorScores())
    fitted = scorer.fit(make_banks(80, 11, hub=1.5), validation, below)
    assert fitted.parameters
    if scorer.name.startswith("+"):
        ours = evaluate(fitted.scores(validation.banks), validation.gallery).mr6
        assert ours >= evaluate(below.scores(validation.banks), validation.gallery).mr6 - 1e-9
    assert scorer.fit(make_banks(80, 11, hub=1.5), validation, below).parameters == fitted.parameters


def test_nnn_corrects_hubs() -> None:
    count = 300
    banks, train = (make_banks(size, seed, noise=1.0, hub=2.0) for size, seed in ((count, 21), (500, 31)))
    fitted = Nnn().fit(train, make_validation(count, noise=1.0, hub=2.0), VectorScores())
    before = evaluate(VectorScores().scores(banks), gallery(count))
    after = evaluate(fitted.scores(banks), gallery(count))
    assert float(dict(fitted.parameters)["alpha"]) > 0
    assert after.text_to_image.mr3 > before.text_to_image.mr3 + 0.05
