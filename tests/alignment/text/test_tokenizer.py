from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from alignment.errors import UsageError
from alignment.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()
WRITING = st.text(
    st.sampled_from("联珠对鸟纹锦，。《》（）·丝织品abcXYZ0189 \n\té-/缂螭龍鳳𠀀")
    | st.characters(max_codepoint=0x9FFF)
)


@given(st.lists(WRITING, min_size=1, max_size=3), st.sampled_from([3, 10, 60]))
def test_what_needs_no_change_is_read_as_chinese_clip_reads_it(texts: list[str], length: int) -> None:
    from cn_clip.clip import tokenize

    texts = [TOKENIZER.normalise(text) for text in texts]
    assert torch.equal(_tokenizer_of(length)(texts), tokenize(texts, context_length=length))


_TOKENIZERS: dict[int, Tokenizer] = {}


def _tokenizer_of(length: int) -> Tokenizer:
    return _TOKENIZERS.setdefault(length, Tokenizer(length))


def test_quotes_dashes_and_dots_are_no_longer_unknown() -> None:
    text = "“唐”——‘宋’……"
    assert TOKENIZER.unknown(text) == []
    assert TOKENIZER.unknown("缂丝螭纹，缂") == ["缂", "螭", "缂"]


def test_slots_take_the_free_places_and_leave_all_else() -> None:
    slotted = Tokenizer(slots=("缂", "螭"))
    assert slotted.ids("缂丝蟠螭") == [101, 1, *TOKENIZER.ids("丝蟠")[1:-1], 2, 102]
    assert slotted.unknown("缂丝") == []
    assert TOKENIZER.unknown("缂丝") == ["缂"]


def test_a_long_text_is_cut_and_keeps_its_marks() -> None:
    tokens = Tokenizer(10)(["纹" * 50, "纹"])
    assert tokens.shape == (2, 10)
    assert tokens[0].tolist() == [101, *TOKENIZER.ids("纹" * 8)[1:-1], 102]
    assert tokens[1].tolist()[3:] == [0] * 7


@pytest.mark.parametrize(
    "slots", [("丝",), ("缂丝",), ("缂", "缂"), ("”",), tuple(chr(0x20000 + n) for n in range(100))]
)
def test_slots_that_make_no_sense_are_refused(slots: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="slot"):
        Tokenizer(slots=slots)


@pytest.mark.parametrize("length", [2, 513])
def test_a_context_length_out_of_range_is_refused(length: int) -> None:
    with pytest.raises(UsageError, match="3 to 512"):
        Tokenizer(length)
