from __future__ import annotations

import numpy as np
import pytest
import torch

from alignment.retrieval.bootstrap import mean_of
from alignment.retrieval.evaluation import evaluate
from alignment.retrieval.gallery import make_gallery
from tests.alignment.retrieval.made import Matrix, item, noisy, pairs_gallery


def test_both_directions_against_a_sorted_matrix() -> None:
    gallery, scores = pairs_gallery(60), noisy(60, 1.2, 3)
    found = evaluate(scores, gallery, chunk=7)
    for direction, matrix in (("text_to_image", scores.scores.T), ("image_to_text", scores.scores)):
        ranks = (matrix > matrix.diagonal()[:, None]).sum(dim=1).numpy() + 1
        result = found[direction]  # type: ignore[index]
        for k in (1, 5, 10, 20):
            assert result.mean(k) == pytest.approx((ranks <= k).mean())
        summary = result.summary()
        assert summary["MRR"] == pytest.approx((1 / ranks).mean())
        assert summary["median_rank"] == np.median(ranks)
        assert summary["mAP@R"] == summary["hit@1"]
    six = [found[d].mean(k) for d in ("text_to_image", "image_to_text") for k in (1, 5, 10)]  # type: ignore[index]
    assert found.mr6 == pytest.approx(np.mean(six)) == pytest.approx(mean_of(found.parts["MR6"]))


def test_a_text_may_have_several_pictures_and_each_counts_as_found() -> None:
    gallery = make_gallery([item("a", "一"), item("b", "一"), item("c", "二")], "made")
    found = evaluate(Matrix(torch.tensor([[0.2, 0.1], [0.9, 0.3], [0.5, 0.8]])), gallery)
    assert found.text_to_image.mean(1) == 1
    assert found.text_to_image.summary()["recall@1"] == pytest.approx((0.5 + 1) / 2)
    assert found.image_to_text.mean(1) == 1


def test_k_beyond_the_gallery_is_flagged() -> None:
    found = evaluate(noisy(6, 0.1, 1), pairs_gallery(6))
    assert found.text_to_image.too_many == (10, 20)
    assert found.text_to_image.mean(20) == 1


def test_tables_by_kind_and_book() -> None:
    items = [
        item(f"i{n}", f"纹{n}", kind="mural" if n < 3 else "pattern", book=f"b{n % 2}") for n in range(8)
    ]
    scores = torch.eye(8)
    scores[:, 0] = 2
    found = evaluate(Matrix(scores.T), make_gallery(items, "made"))
    kinds = found.image_to_text.by("kind")
    assert kinds["mural"][0] == 3
    assert kinds["pattern"][1][1] == 1
    assert {name: count for name, (count, _) in found.image_to_text.by("book").items()} == {"b0": 4, "b1": 4}
