"""names.json has Chinese and English for all that the program may say of a pair, a leftover or a page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import dataset_cards
import extractors
from dataset_cards.names import chinese, names, names_script
from dataset_cards.review import apply, freed_captions
from dataset_cards.review.record import NO_BOOK, State
from dataset_cards.review.settled_captions import NO_CAPTION
from extractors import book_pairs
from extractors.book_pages import REMEDIES
from extractors.errors import PageError
from extractors.grammar.shown import SUBJECTS
from extractors.pairing import leftovers
from extractors.pairing.kinds import ROLES
from extractors.pairing.rules import RULES
from extractors.records import Kind, Medium

TREES = [
    ast.parse(path.read_text("utf-8"))
    for package in (extractors, dataset_cards)
    for path in sorted(Path(package.__path__[0]).rglob("*.py"))
    if not {"sample_books", "fitting"} & set(path.parts)
]


def literals(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def calls(*functions: str) -> Iterator[ast.Call]:
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions:
                yield node


def rules() -> set[str]:
    """The rules, and what code writes behind or in place of them: `rule=draft.rule + "+part"`."""
    written = {
        text
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "rule"
        for text in literals(node.value)
    }
    parts = {part for text in written for part in text.split("+")}
    assert {"entry-", "line", "plate-number"} <= parts
    ends = {f"entry-{role}" for role in ROLES}
    return {rule.name for rule in RULES} | {part for part in parts if part and part[-1] != "-"} | ends


def leftover_reasons() -> set[str]:
    """The texts of `Unmatched` rows: in the calls that make them, or set before."""
    found = {text for call in calls("Unmatched", "_lost") for text in literals(call) if " " in text}
    for node in ast.walk(ast.parse(Path(book_pairs.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["reason"]:
            found |= set(literals(node.value))
    assert "no text found for it" in found
    freed = {freed_captions.MERGED, freed_captions.NO_FIGURE, freed_captions.TAKEN}
    return found | freed | {leftovers.UNREAD, leftovers.UNUSED, freed_captions.NO_TEXT}


def failure_reasons() -> set[str]:
    written = {
        call.args[0].value
        for call in calls("JobFailure", "failure_message")
        if isinstance(call.args[0], ast.Constant)
    }
    assert "hung" in written
    return written | set(REMEDIES) | {error.reason for error in (PageError, *PageError.__subclasses__())}


def stages() -> set[str]:
    return {text for call in calls("page_failure") for text in literals(call.args[1])}


@pytest.mark.parametrize(
    ("sort", "needed"),
    [
        ("kind", set(get_args(Kind))),
        ("medium", set(get_args(Medium))),
        ("subject", set(SUBJECTS) | {"other"}),
        ("rule", rules()),
        ("leftover", leftover_reasons()),
        ("failure", failure_reasons()),
        ("stage", stages()),
        (
            "decision",
            {apply.GONE, apply.NOTHING, NO_BOOK, NO_CAPTION, freed_captions.NO_TEXT, apply.UNREADABLE},
        ),
        ("state", set(get_args(State))),
    ],
)
def test_every_name_has_both_languages(sort: str, needed: set[str]) -> None:
    assert needed - names()[sort].keys() == set()


def test_chinese_names_are_chinese_and_english_ones_are_not() -> None:
    for known in names().values():
        for zh, en in known.values():
            assert any("一" <= character <= "鿿" for character in zh)
            assert en.isascii()
            assert en


def test_a_name_of_ones_own_stays() -> None:
    assert chinese("subject", "钱币") == "钱币"
    assert chinese("subject", "jade") == "玉石"


def test_pages_load_the_table_as_a_script() -> None:
    assert names_script().startswith('const NAMES = {"kind":{"pattern":["纹样","pattern"]')
