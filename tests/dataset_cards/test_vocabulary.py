from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset_cards.vocabulary import CLIP_TOKENS, Vocabulary, open_vocabulary

PRINTED = (
    "窠内一飞鸟，羽毛丰满，短尾，口衔一枝叶。",
    "图1-2 “联珠”对鸟纹锦——唐（公元618—907年），长23.5厘米……",
    "缂丝《螭龙》、獬豸、箜篌、蹀躞带、氍毹、幞头、襕袍、霞帔、裲裆",
    "Ｆｉｇ．１２　全角與繁體：織錦",
    "Café au lait, naïve Ångström; ΟΔΥΣΣΕΥΣ İstanbul ẞ",
    "𠮷野家 㐂 豈\uf900 \U00030000 \U0002b81f \U0002b820",
    "a" * 201 + " " + "b" * 200,
    "カタカナ ガ 한글 \u1100\u1161",
    "\u00adsoft\u200bhyphen\ufeff\u2028line\u3000full\x00nul\ufffd",
    "\ue000私用\ue001 ①②③ ㎝ № $100 <b>|~^`",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return open_vocabulary()


@pytest.fixture(scope="module")
def reference() -> object:
    """The tokenizer of cn_clip, from its file: the package itself imports torch."""
    import importlib.util
    from pathlib import Path

    found = importlib.util.find_spec("cn_clip")
    assert found is not None
    assert found.submodule_search_locations is not None
    path = Path(next(iter(found.submodule_search_locations))) / "clip" / "bert_tokenizer.py"
    spec = importlib.util.spec_from_file_location("reference_tokenizer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FullTokenizer()


@pytest.mark.parametrize("text", PRINTED)
def test_words_are_those_of_cn_clip(vocabulary: Vocabulary, reference: object, text: str) -> None:
    assert vocabulary.tokens(text) == reference.tokenize(text)  # type: ignore[attr-defined]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text("图纹缂螭“—ab1,。 é\u0301Σ\u3000", max_size=40))
@example("İ̇")
def test_words_of_any_text_are_those_of_cn_clip(vocabulary: Vocabulary, reference: object, text: str) -> None:
    assert vocabulary.tokens(text) == reference.tokenize(text)  # type: ignore[attr-defined]


def test_the_characters_that_are_missing_are_named(vocabulary: Vocabulary) -> None:
    count, missing = vocabulary.measure("缂丝“螭龙”——织锦")
    assert (count, missing) == (10, ["缂", "“", "螭", "”", "—", "—"])
    assert vocabulary.measure("织锦") == (2, [])


def test_a_long_text_is_longer_than_the_context(vocabulary: Vocabulary) -> None:
    assert vocabulary.measure("锦" * 51)[0] == CLIP_TOKENS + 1


def test_neither_torch_nor_cn_clip_is_imported() -> None:
    code = (
        "import sys; from dataset_cards.vocabulary import open_vocabulary; open_vocabulary().tokens('锦');"
        "sys.exit(bool({'torch', 'cn_clip'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
