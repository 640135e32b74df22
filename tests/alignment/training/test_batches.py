from __future__ import annotations

from collections import Counter
from pathlib import Path

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.data import Sample
from alignment.training.batches import BatchSampler
from alignment.training.relations import Relations, relate

numbers = st.integers(0, 9)


def relations_of(rows: list[tuple[int, int, int]]) -> Relations:
    samples = [
        Sample(str(pair), str(text), None, "", "", ("book", str(group)), str(image), Path())
        for pair, (text, image, group) in enumerate(rows)
    ]
    return relate(samples, torch.tensor([[text] for text, _, _ in rows]))


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=40))
@settings(deadline=None)
def test_positives_and_akin_are_what_pairs_say(rows: list[tuple[int, int, int]]) -> None:
    relations = relations_of(rows)
    positive, akin = relations.within(torch.arange(len(rows)))
    owned = {(text, image) for text, image, _ in rows}
    grouped = {(group, image) for _, image, group in rows}
    for i, (text, _, group) in enumerate(rows):
        for j, (_, image, _) in enumerate(rows):
            assert positive[i, j] == ((text, image) in owned)
            assert akin[i, j] == ((group, image) in grouped)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=60), st.integers(1, 20))
@settings(deadline=None)
def test_an_epoch_holds_every_pair_once_in_batches_of_even_size(
    rows: list[tuple[int, int, int]], batch_size: int
) -> None:
    sampler = BatchSampler(relations_of(rows), batch_size, seed=1)
    batches = sampler.batches(3)
    assert sorted(pair for batch in batches for pair in batch) == list(range(len(rows)))
    sizes = [len(batch) for batch in batches]
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1
    assert len(batches) == sampler.count


def test_no_batch_repeats_a_text_a_picture_or_a_group() -> None:
    """Groups of 3 of which 2 share a caption and, across groups, pictures that come twice."""
    rows = [
        (3 * group + min(place, 1), 100 * (group % 40) + place, group)
        for group in range(80)
        for place in range(3)
    ]
    relations = relations_of(rows)
    sampler = BatchSampler(relations, 16, seed=0)
    for epoch in range(5):
        for batch in sampler.batches(epoch):
            for values in (relations.texts, relations.images, relations.groups):
                assert max(Counter(values[batch].tolist()).values()) == 1


def test_batches_depend_on_seed_and_epoch_alone() -> None:
    relations = relations_of([(n, n, n // 3) for n in range(50)])
    sampler = BatchSampler(relations, 8, seed=0)
    first = sampler.batches(0)
    assert sampler.batches(1) != first
    assert sampler.batches(0) == first == BatchSampler(relations, 8, seed=0).batches(0)
    assert BatchSampler(relations, 8, seed=1).batches(0) != first


def test_batches_mix_anew_each_epoch() -> None:
    """Over 40 epochs a pair meets nearly every other: the dealing keeps no two always together or apart."""
    sampler = BatchSampler(relations_of([(n, n, n) for n in range(40)]), 10, seed=0)
    met = {pair for epoch in range(40) for batch in sampler.batches(epoch) if 0 in batch for pair in batch}
    assert len(met) == 40
