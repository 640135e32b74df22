"""Pairs of three sample books as they were when somebody last looked: any change shows as a difference.

`pytest tests/extractors/test_golden.py --regenerate-golden` writes them anew; read the diff, then commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from extractors.records import BookResult
from tests.extractors.conftest import SampleBook

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("facing_captions", "silk_catalogue", "vertical_traditional")
DIGESTS = ("pair_id", "book_sha256", "figure_id", "image", "image_sha256", "image_phash")
"""Fields that hang on the bytes of the drawn PDF and of its pictures, not on what was understood."""
POINTS = 1.0
"""Boxes may differ by this much ..."""
CONFIDENCE = 0.05
"""... and confidences by this much, before a difference is one."""

Row = dict[str, Any]


def golden_rows(result: BookResult) -> list[Row]:
    """The pairs without digests; groups are numbered as they come, parents are rows where they have one."""
    groups: dict[str, int] = {}
    rows_of = {pair.figure_id: index for index, pair in enumerate(result.pairs)}
    rows = []
    for pair in result.pairs:
        row = {key: value for key, value in asdict(pair).items() if key not in DIGESTS}
        row["parent"] = rows_of.get(pair.parent, "whole figure") if pair.parent else None
        row["group"] = groups.setdefault(pair.group, len(groups))
        rows.append(row)
    return rows


def unlike(one: Row, other: Row) -> dict[str, tuple[Any, Any]]:
    """The fields in which two rows differ, boxes and confidences beyond their tolerance."""

    def same(key: str) -> bool:
        a, b = one.get(key), other.get(key)
        if (
            a is None
            or b is None
            or key not in ("bbox", "caption_bbox", "parent_bbox", "description_bbox", "confidence")
        ):
            return bool(a == b)
        allowed = CONFIDENCE if key == "confidence" else POINTS
        return bool(b == pytest.approx(a, abs=allowed))

    return {key: (one.get(key), other.get(key)) for key in {*one, *other} if not same(key)}


@pytest.mark.parametrize("name", NAMES)
def test_pairs_are_those_of_the_golden_file(
    name: str, sample_book: Callable[[str], SampleBook], request: pytest.FixtureRequest
) -> None:
    rows = json.loads(json.dumps(golden_rows(sample_book(name).result)))
    path = GOLDEN / f"{name}.jsonl"
    if request.config.getoption("--regenerate-golden"):
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    kept = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    changes = [
        (row["page"], change) for row, old in zip(rows, kept, strict=False) if (change := unlike(old, row))
    ]
    assert not changes
    assert len(rows) == len(kept)


def test_golden_files_have_no_strangers() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.jsonl")) == sorted(NAMES)


def test_golden_files_are_never_written_by_machines() -> None:
    root = GOLDEN.parents[2]
    for name in (".ci/run", "Makefile", "pyproject.toml"):
        assert "regenerate-golden" not in (root / name).read_text(encoding="utf-8"), name
