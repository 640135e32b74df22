"""One solver over a book: what the rules propose is chosen by price, claim by claim."""

from __future__ import annotations

import time

import pytest

from extractors.pairing.costs import COSTS
from extractors.pairing.proposals import Proposal, TextRef
from extractors.pairing.rules import CLAIMS, RULES
from extractors.pairing.rules.same_page import SamePage
from extractors.pairing.solver import components, solve
from tests.extractors.made import caption, figure
from tests.extractors.pairing.made_books import laid_out

BOOK = laid_out(
    {1: [figure(50, 50, 150, 150), figure(200, 50, 300, 150)], 2: [figure(50, 50, 150, 150)]},
    [caption("图1 飞天", 60, 160), caption("图2 藻井", 210, 160), caption("图3 凤", 60, 160, number=2)],
)


def ref(page: int, index: int) -> TextRef:
    return TextRef("page", page, index)


def test_the_cheaper_of_two_rules_proposals_is_taken_and_names_its_rule() -> None:
    costly = Proposal((1, 0), ref(1, 0), {"facing": 2.0}, "costly")
    cheap = Proposal((1, 0), ref(1, 0), {"facing": 1.0}, "cheap")
    assert solve(BOOK, [costly, cheap])[1, 0].rule == "cheap"
    assert solve(BOOK, [cheap, costly])[1, 0].margin == pytest.approx(
        COSTS.null_figure + COSTS.null_labelled * BOOK.candidate(ref(1, 0)).strength - COSTS.facing
    )


def test_the_whole_decides_and_not_each_figure() -> None:
    proposals = [
        Proposal((1, 0), ref(1, 0), {"distance": 0.5}, "near"),
        Proposal((1, 0), ref(1, 1), {"distance": 0.6}, "near"),
        Proposal((1, 1), ref(1, 0), {"distance": 0.4}, "near"),
    ]
    chosen = solve(BOOK, proposals)
    assert {figure: choice.text for figure, choice in chosen.items()} == {
        (1, 0): ref(1, 1),
        (1, 1): ref(1, 0),
    }


def test_what_shares_nothing_is_solved_apart() -> None:
    groups = components(list(SamePage().propose(BOOK)))
    ends = [{("figure", *p.figure) for p in group} | {("text", p.text) for p in group} for group in groups]
    assert len(groups) >= 2
    assert sum(map(len, ends)) == len(set().union(*ends))


def test_a_pair_is_no_surer_than_what_its_rule_decided() -> None:
    (choice,) = solve(BOOK, [Proposal((1, 0), ref(1, 0), {}, "order", limit=0.5)]).values()
    assert choice.margin == 0.5


def test_a_pair_that_costs_more_than_it_is_worth_is_left_alone() -> None:
    assert solve(BOOK, [Proposal((1, 0), ref(1, 0), {"facing": 100.0}, "costly")]) == {}


def test_every_rule_has_a_name_and_a_known_claim() -> None:
    assert all(rule.name and rule.claims in CLAIMS for rule in RULES)


@pytest.mark.parametrize("rows", [17])
def test_a_page_of_three_hundred_figures_is_paired_in_seconds(rows: int) -> None:
    cells = [(20 + 30 * x, 20 + 32 * y) for y in range(rows) for x in range(rows + 1)]
    book = laid_out(
        {1: [figure(x, y, x + 20, y + 20) for x, y in cells]},
        [caption(f"图{n} 纹", x, y + 21, size=4) for n, (x, y) in enumerate(cells, 1)],
    )
    start = time.process_time()
    chosen = solve(book, SamePage().propose(book))
    assert time.process_time() - start < 30
    assert [choice.text.index for choice in chosen.values()] == list(range(len(cells)))
