from __future__ import annotations

import pytest

from alignment.text.reading import choose_context_length, read_texts
from alignment.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()


def test_unknown_characters_and_lost_ends_are_counted() -> None:
    report = read_texts(["缂丝缂", "螭纹", "纹" * 60], TOKENIZER)
    assert report.unknown == {"缂": 2, "螭": 1}
    assert report.unknown_rate == pytest.approx(3 / 65)
    assert (report.texts, report.truncated, report.lost_tokens, report.longest) == (3, 1, 10, 60)
    assert "缂×2" in report.summary
    assert "1 of 3 texts cut at 52" in report.summary


def test_no_texts_give_no_rates() -> None:
    report = read_texts([], TOKENIZER)
    assert (report.unknown_rate, report.truncated_rate, report.longest) == (0, 0, 0)


@pytest.mark.parametrize(
    ("lengths", "fitting", "expected"),
    [
        ([], 0.99, 52),
        ([10] * 100, 0.99, 52),
        ([50] * 100, 1.0, 52),
        ([51] * 100, 1.0, 56),
        ([10] * 99 + [200], 0.99, 52),
        ([10] * 99 + [200], 1.0, 208),
        ([10] * 50 + [120] * 50, 0.99, 128),
        ([600] * 3, 0.99, 512),
    ],
)
def test_the_context_fits_the_share_asked_for(lengths: list[int], fitting: float, expected: int) -> None:
    assert choose_context_length(["纹" * length for length in lengths], TOKENIZER, fitting) == expected
