from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_cards.duplicates.hashes import CROWD, SURE_BITS, Hashes, HashIndex, differing_bits
from dataset_cards.duplicates.pictures import turned_hashes
from extractors.crops import phash
from extractors.sample_books.pictures.murals import mural


def flipped(value: int, bits: set[int]) -> int:
    return value ^ sum(1 << bit for bit in bits)


def random_hashes(count: int, seed: int = 1) -> Hashes:
    return np.random.default_rng(seed).integers(0, 1 << 64, count, np.uint64)


@settings(max_examples=60, deadline=None)
@given(value=st.integers(0, 2**64 - 1), bits=st.sets(st.integers(0, 63), max_size=SURE_BITS))
def test_every_hash_within_the_sure_bits_is_found_wherever_they_lie(value: int, bits: set[int]) -> None:
    hashes = np.array([*random_hashes(50), flipped(value, bits)], np.uint64)
    query, found, far = HashIndex(hashes).near(np.array([value], np.uint64), SURE_BITS, 60)
    assert (50, len(bits)) in list(zip(found.tolist(), far.tolist(), strict=True))
    assert set(query.tolist()) == {0}


def test_near_gives_what_comparing_all_with_all_gives() -> None:
    rng = np.random.default_rng(7)
    seeds = random_hashes(40)
    kin = [flipped(int(v), set(rng.integers(0, 64, 6).tolist())) for v in seeds for _ in range(5)]
    hashes = np.unique(np.array([*seeds, *kin], np.uint64))
    for bits in (0, 6, SURE_BITS):
        query, found, far = HashIndex(hashes).near(hashes, bits, len(hashes))
        apart = [[int(a ^ b).bit_count() for b in hashes.tolist()] for a in hashes.tolist()]
        expected = {(i, j): d for i, row in enumerate(apart) for j, d in enumerate(row) if d <= bits}
        assert (
            dict(zip(zip(query.tolist(), found.tolist(), strict=True), far.tolist(), strict=True)) == expected
        )


def test_the_wide_bands_of_many_hashes_find_all_within_the_sure_bits() -> None:
    rng = np.random.default_rng(9)
    hashes = np.unique(random_hashes(100_000))
    places = rng.choice(len(hashes), 200, replace=False)
    chosen = [set(rng.choice(64, SURE_BITS, replace=False).tolist()) for _ in places]
    queries = np.array(
        [flipped(int(hashes[p]), bits) for p, bits in zip(places, chosen, strict=True)], np.uint64
    )
    query, found, far = HashIndex(hashes).near(queries, SURE_BITS, 5)
    assert set(enumerate(places.tolist())) <= set(zip(query.tolist(), found.tolist(), strict=True))
    assert far.max() <= SURE_BITS


def test_only_the_nearest_are_given_in_order() -> None:
    hashes = np.array([flipped(0, set(range(n))) for n in range(8)], np.uint64)
    query, found, far = HashIndex(hashes).near(hashes[:1], 8, 3)
    assert (query.tolist(), found.tolist(), far.tolist()) == ([0, 0, 0], [0, 1, 2], [0, 1, 2])


def test_a_crowd_in_one_bucket_costs_a_bounded_number_of_comparisons() -> None:
    low = np.random.default_rng(3).choice(1 << 48, 20 * CROWD, replace=False).astype(np.uint64)
    crowd = np.sort((np.uint64(0xABCD) << np.uint64(48)) | low)
    index = HashIndex(crowd)
    looked_at = sum(len(query) for query, _ in index._looked_up(crowd))
    assert looked_at < len(crowd) * CROWD * 200
    query, found, _ = index.near(crowd, 0, 1)
    assert (query == found).all()
    assert len(found) == len(crowd)


def test_an_empty_index_and_no_queries_find_nothing() -> None:
    nothing = np.empty(0, np.uint64)
    assert [len(column) for column in HashIndex(nothing).near(random_hashes(3), 14, 4)] == [0, 0, 0]
    assert [len(column) for column in HashIndex(random_hashes(3)).near(nothing, 14, 4)] == [0, 0, 0]


@pytest.mark.parametrize("turn", range(8))
def test_the_hash_of_a_turned_picture_follows_from_that_of_the_picture(turn: int) -> None:
    far = []
    for seed in range(6):
        picture = mural(np.random.default_rng(seed), "seated", 320, 320)
        mirrored = picture[:, ::-1] if turn >= 4 else picture
        real = int(phash(np.ascontiguousarray(np.rot90(mirrored, turn % 4))), 16)
        guessed = turned_hashes(np.array([int(phash(picture), 16)], np.uint64), turn)
        far.append(int(differing_bits(guessed, np.array([real], np.uint64))[0]))
    assert max(far) <= 10
