from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional

from alignment.training.losses.contrast import (
    multi_positive_contrast,
    sigmoid_contrast,
    symmetric_contrast,
    unit,
)
from alignment.training.losses.distillation import cross_lingual_distillation, relation_divergence
from alignment.training.losses.transport import transport_cost, transport_plan


def features(seed: int, rows: int, dim: int = 8) -> Tensor:
    return torch.randn(rows, dim, generator=torch.Generator().manual_seed(seed))


def naive_contrast(logits: Tensor, positive: Tensor, ignored: Tensor) -> float:
    """The formula of the docstring, in loops."""
    total, rows = 0.0, 0
    for i in range(logits.shape[0]):
        owned = [j for j in range(logits.shape[1]) if positive[i, j]]
        seen = [j for j in range(logits.shape[1]) if positive[i, j] or not ignored[i, j]]
        if not owned:
            continue
        norm = sum(math.exp(logits[i, k]) for k in seen)
        total -= sum(math.log(math.exp(logits[i, j]) / norm) for j in owned) / len(owned)
        rows += 1
    return total / max(rows, 1)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_contrast_is_its_formula(seed: int, rows: int, columns: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(rows, columns, generator=generator)
    positive = torch.rand(rows, columns, generator=generator) < 0.4
    ignored = torch.rand(rows, columns, generator=generator) < 0.3
    found = multi_positive_contrast(logits, positive, ignored)
    assert found.item() == pytest.approx(naive_contrast(logits, positive, ignored), abs=1e-5)


def test_unique_pairs_give_plain_contrast() -> None:
    images, texts, scale = features(0, 6), features(1, 6), torch.tensor(14.0)
    logits = scale * functional.normalize(texts) @ functional.normalize(images).T
    plain = (
        functional.cross_entropy(logits, torch.arange(6))
        + functional.cross_entropy(logits.T, torch.arange(6))
    ) / 2
    found = symmetric_contrast(images, texts, scale, torch.eye(6, dtype=torch.bool))
    assert torch.allclose(found, plain, atol=1e-6)


def test_equal_captions_put_no_floor_under_the_loss() -> None:
    """128 rows of 3 captions: even a perfect model has ln(128/3) of plain contrast, none of ours to gain."""
    text = torch.arange(128) % 3
    positive = text[:, None] == text[None, :]
    perfect = functional.one_hot(text, 8).float()
    scale = torch.tensor(100.0)
    logits = (scale * perfect @ perfect.T).requires_grad_()
    assert functional.cross_entropy(logits, torch.arange(128)).item() == pytest.approx(
        math.log(128 / 3), abs=0.01
    )
    multi_positive_contrast(logits, positive).backward()
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-6


def test_ignored_columns_take_no_part() -> None:
    logits = features(2, 4, 4)
    positive = torch.eye(4, dtype=torch.bool)
    ignored = torch.zeros(4, 4, dtype=torch.bool)
    ignored[0, 1] = ignored[2, 2] = True
    changed = logits.clone()
    changed[0, 1] = 50.0
    changed.requires_grad_()
    loss = multi_positive_contrast(changed, positive, ignored)
    assert torch.allclose(loss, multi_positive_contrast(logits, positive, ignored))
    loss.backward()
    assert changed.grad is not None
    assert changed.grad[0, 1] == 0
    assert changed.grad[2, 2] != 0  # a positive is never ignored
    assert changed.grad.isfinite().all()


def test_rows_without_a_positive_give_zero_and_no_nan() -> None:
    logits = features(3, 3, 3).requires_grad_()
    loss = multi_positive_contrast(logits, torch.zeros(3, 3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert logits.grad.abs().sum() == 0


def sigmoid_loss(logits: Tensor, positive: Tensor, ignored: Tensor, bias: float) -> float:
    """The formula of the docstring, in loops, at one bias."""
    total, rows = 0.0, 0
    for i in range(logits.shape[0]):
        if positive[i].any():
            rows += 1
            for j in range(logits.shape[1]):
                if positive[i, j] or not ignored[i, j]:
                    answer = (float(logits[i, j]) + bias) * (1 if positive[i, j] else -1)
                    total += math.log1p(math.exp(-answer))
    return total / max(rows, 1)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 7), st.sampled_from([0.0, 40.0]))
@settings(max_examples=40, deadline=None)
def test_sigmoid_contrast_is_its_formula_at_the_best_bias(
    seed: int, rows: int, columns: int, level: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = level + 3 * torch.randn(rows, columns, generator=generator)
    positive = torch.rand(rows, columns, generator=generator) < 0.4
    ignored = torch.rand(rows, columns, generator=generator) < 0.3
    positive[:, -1] = ignored[:, -1] = False  # positives alone would have an endless bias
    found = sigmoid_contrast(logits, positive, ignored).item()
    best = minimize_scalar(lambda bias: sigmoid_loss(logits, positive, ignored, bias - level))
    assert found == pytest.approx(best.fun, abs=2e-3)


def test_the_gradient_of_sigmoid_contrast_is_that_of_the_minimum() -> None:
    logits = features(20, 5, 5).requires_grad_()
    positive = torch.eye(5, dtype=torch.bool)
    sigmoid_contrast(logits, positive).backward()
    assert logits.grad is not None
    for place in ((0, 0), (1, 3)):
        moved = []
        for step in (0.01, -0.01):
            other = logits.detach().clone()
            other[place] += step
            moved.append(sigmoid_contrast(other, positive).item())
        assert logits.grad[place].item() == pytest.approx((moved[0] - moved[1]) / 0.02, abs=2e-4)
    assert logits.grad.sum().abs() < 1e-5  # no level is better than another: the bias takes it up


def test_sigmoid_contrast_without_a_positive_is_zero() -> None:
    logits = features(21, 3, 3).requires_grad_()
    loss = sigmoid_contrast(logits, torch.zeros(3, 3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert logits.grad.abs().sum() == 0


def test_divergence_is_its_formula() -> None:
    teacher, student = features(4, 5, 5), features(5, 5, 5)
    total = 0.0
    for t, s in ((teacher, student), (teacher.T, student.T)):
        for i in range(5):
            p, q = t[i].softmax(0), s[i].softmax(0)
            total += sum(float(p[j] * math.log(p[j] / q[j])) for j in range(5)) / 5
    assert relation_divergence(teacher, student).item() == pytest.approx(total / 2, abs=1e-6)
    assert relation_divergence(teacher, teacher).item() == pytest.approx(0, abs=1e-6)


def test_a_one_hot_teacher_adds_nothing_but_contrast() -> None:
    images, texts, tau = features(6, 5), features(7, 5), 0.07
    teacher = torch.eye(5)  # orthogonal and equal: one-hot once divided by a small temperature
    distilled = relation_divergence(1e4 * teacher, unit(images) @ unit(texts).T / tau)
    plain = symmetric_contrast(images, texts, torch.tensor(1 / tau), torch.eye(5, dtype=torch.bool))
    assert torch.allclose(distilled, plain, atol=1e-5)
    agreed = relation_divergence(1e4 * teacher, 1e4 * teacher)
    assert agreed.item() == pytest.approx(0, abs=1e-6)


def test_the_teacher_receives_no_gradient() -> None:
    source, target = features(8, 4).requires_grad_(), features(9, 4).requires_grad_()
    images, texts = features(10, 4).requires_grad_(), features(11, 4).requires_grad_()
    cross_lingual_distillation(images, texts, source, target, 0.07).backward()
    assert source.grad is None
    assert target.grad is None
    assert images.grad is not None
    assert images.grad.abs().sum() > 0


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_marginals_of_the_plan_hold(seed: int, n: int, m: int, batch: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    cost = 2 * torch.rand(batch, n, m, generator=generator)
    rows = torch.rand(batch, n, generator=generator) < 0.7
    columns = torch.rand(batch, m, generator=generator) < 0.7
    rows[:, 0] = columns[:, 0] = True
    plan = transport_plan(cost, rows, columns)
    assert (plan >= 0).all()
    assert torch.allclose(plan.sum(2), rows / rows.sum(1, keepdim=True), atol=1e-5)
    assert torch.allclose(plan.sum(1), columns / columns.sum(1, keepdim=True), atol=1e-5)


def test_the_plan_is_the_naive_one_and_near_the_best() -> None:
    cost = torch.rand(1, 4, 4, generator=torch.Generator().manual_seed(3))
    every = torch.ones(1, 4, dtype=torch.bool)
    kernel = torch.exp(-cost[0].double() / 0.1)
    u = v = torch.full((4,), 1.0, dtype=torch.double)
    for _ in range(500):
        u = 0.25 / (kernel @ v)
        v = 0.25 / (kernel.T @ u)
    plan = transport_plan(cost, every, every, iterations=500)[0]
    assert torch.allclose(plan.double(), u[:, None] * kernel * v[None, :], atol=1e-5)
    sharp = transport_plan(cost, every, every, epsilon=0.005, iterations=500)[0]
    from scipy.optimize import linear_sum_assignment

    best = cost[0].numpy()[linear_sum_assignment(cost[0].numpy())].mean()
    assert (sharp * cost[0]).sum().item() == pytest.approx(best, abs=0.01)


def test_words_in_another_order_cost_next_to_nothing() -> None:
    words = 5 * features(12, 6, 32)
    mask = torch.ones(1, 6, dtype=torch.bool)
    same = transport_cost(words[None], mask, words[[3, 1, 0, 2, 5, 4]][None], mask)
    other = transport_cost(words[None], mask, features(13, 6, 32)[None], mask)
    assert same < 0.05 < other


def test_padding_changes_nothing_and_gradients_flow() -> None:
    words, others = features(14, 5).requires_grad_(), features(15, 4)
    mask, other_mask = torch.ones(1, 5, dtype=torch.bool), torch.ones(1, 4, dtype=torch.bool)
    bare = transport_cost(words[None], mask, others[None], other_mask)
    padded = transport_cost(
        torch.cat([words, features(16, 2)])[None],
        torch.tensor([[True] * 5 + [False] * 2]),
        torch.cat([others, features(17, 3)])[None],
        torch.tensor([[True] * 4 + [False] * 3]),
    )
    assert torch.allclose(bare, padded, atol=1e-5)
    bare.backward()
    assert words.grad is not None
    assert words.grad.isfinite().all()
    assert words.grad.abs().sum() > 0
