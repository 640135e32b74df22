from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_cards.audit import (
    LEAST_PER_STRATUM,
    Sample,
    Stratum,
    allocate,
    band_of,
    draw_sample,
    read_audit,
    store_audit,
)
from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.reading import iter_rows

populations = st.dictionaries(
    st.builds(Stratum, st.sampled_from(["pattern", "mural", "photo", "drawing"]), st.just("high")),
    st.integers(1, 5000),
    min_size=1,
)


def answers(sample: Sample, **changes: object) -> dict[str, object]:
    """A reviewer's file: every third pair wrong."""
    head = {name: getattr(sample, name) for name in ("dataset", "version", "digest", "size", "seed")}
    marks = {pair_id: "wrong" if n % 3 == 2 else "right" for n, pair_id in enumerate(sample.pairs)}
    return {"tuwen_audit": 1, **head, "decisions": marks} | changes


def save(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture
def dataset_dir(version_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(version_dir, tmp_path / "demo" / "v0001")
    return tmp_path / "demo"


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another(version_dir: Path) -> None:
    first = draw_sample(version_dir, 40)
    assert first == draw_sample(version_dir, 40)
    assert list(first.pairs) == list(draw_sample(version_dir, 40).pairs)
    assert set(first.pairs) != set(draw_sample(version_dir, 40, seed=1).pairs)
    assert len(first.pairs) == 40


def test_a_sample_takes_from_every_stratum_what_is_there(version_dir: Path) -> None:
    sample = draw_sample(version_dir, 60)
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    for pair_id, stratum in sample.pairs.items():
        row = rows[pair_id]
        assert (row["kind"], band_of(row["confidence"])) == (stratum.kind, stratum.band)
    drawn = Counter(sample.pairs.values())
    assert sum(sample.population.values()) == len(rows)
    for stratum, count in sample.population.items():
        assert min(count, 60 // len(sample.population), LEAST_PER_STRATUM) <= drawn[stratum] <= count


def test_more_than_there_is_gives_all(version_dir: Path) -> None:
    assert len(draw_sample(version_dir, 500).pairs) == 90


@given(populations, st.integers(0, 400))
def test_allocation_is_whole_fair_and_never_more_than_there_is(
    population: dict[Stratum, int], more: int
) -> None:
    size = len(population) + more
    drawn = allocate(population, size)
    total = sum(population.values())
    assert sum(drawn.values()) == min(size, total)
    least = min(LEAST_PER_STRATUM, size // len(population))
    for stratum, count in population.items():
        assert min(least, count) <= drawn[stratum] <= count
        # Nobody gets above its proportion but for the minimum and for rounding.
        assert drawn[stratum] <= max(least, size * count / total + 1) or size > total


def test_a_sample_that_would_leave_strata_out_is_refused(version_dir: Path) -> None:
    with pytest.raises(UsageError, match="ask for --sample"):
        draw_sample(version_dir, 2)


def test_an_audit_is_kept_and_quoted(dataset_dir: Path, tmp_path: Path) -> None:
    assert read_audit(dataset_dir) is None
    sample = draw_sample(dataset_dir / "v0001", 45, seed=3)
    result, place = store_audit(save(tmp_path / "mine.json", answers(sample)), dataset_dir)
    assert place == dataset_dir / "audits" / "v0001-45-3.json"
    assert read_audit(dataset_dir) == read_audit(dataset_dir, "v0001") == result
    assert read_audit(dataset_dir, "v0002") is None
    assert (result.right, result.wrong, result.sampled) == (30, 15, 45)
    assert result.precision is not None
    low, high = result.interval()
    assert low < result.precision < high
    weighted = sum(s.pairs * (s.precision or 0) for s in result.strata) / 90
    assert result.precision == pytest.approx(weighted)
    assert sum(stratum.pairs for stratum in result.strata) == 90


def test_skipped_and_open_pairs_do_not_count(dataset_dir: Path, tmp_path: Path) -> None:
    sample = draw_sample(dataset_dir / "v0001", 45)
    ids = list(sample.pairs)
    marks = {ids[0]: "right", ids[1]: "skip"}
    result, _ = store_audit(save(tmp_path / "a.json", answers(sample, decisions=marks)), dataset_dir)
    assert (result.right, result.wrong, sum(s.skipped for s in result.strata)) == (1, 0, 1)
    assert result.precision == 1
    assert result.interval()[0] < 0.2  # of nearly all strata nothing is known


def test_a_later_file_may_add_but_not_lose_decisions(dataset_dir: Path, tmp_path: Path) -> None:
    sample = draw_sample(dataset_dir / "v0001", 45)
    whole = answers(sample)
    half = answers(sample, decisions=dict(list(whole["decisions"].items())[:20]))  # type: ignore[attr-defined]
    store_audit(save(tmp_path / "half.json", half), dataset_dir)
    result, place = store_audit(save(tmp_path / "whole.json", whole), dataset_dir)
    with pytest.raises(UsageError, match="holds 25 decisions"):
        store_audit(tmp_path / "half.json", dataset_dir)
    assert read_audit(dataset_dir) == result
    place.write_text("{}")
    with pytest.raises(DamagedWorkspaceError, match="cannot be read as an audit"):
        read_audit(dataset_dir)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"digest": "0" * 64}, "other bytes"),
        ({"version": "v0007"}, "which is not in"),
        ({"version": "../v0001"}, "which is not in"),
        ({"seed": 8}, "not drawn"),
        ({"decisions": {"nobody": "right"}}, "not drawn: nobody"),
        ({"decisions": {"nobody": "maybe"}}, r"decisions\.nobody"),
        ({"size": 0}, "size"),
        ({"tuwen_audit": 2}, "tuwen_audit"),
    ],
)
def test_a_file_that_is_about_something_else_is_refused(
    dataset_dir: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    sample = draw_sample(dataset_dir / "v0001", 40)
    with pytest.raises(UsageError, match=message):
        store_audit(save(tmp_path / "a.json", answers(sample, **change)), dataset_dir)
    assert read_audit(dataset_dir) is None


@pytest.mark.parametrize("text", ["", "[]", '{"tuwen_audit": 1}', "\x00"])
def test_what_no_page_wrote_is_refused(dataset_dir: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError, match="not a file of an audit page"):
        store_audit(tmp_path / "a.json", dataset_dir)
    with pytest.raises(UsageError, match="cannot be read"):
        store_audit(tmp_path / "nothing.json", dataset_dir)
