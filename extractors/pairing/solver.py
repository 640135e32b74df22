"""One solver over a whole book: of all that the rules propose, the cheapest consistent whole.

Every figure takes one text or none for each claim; a text may own several figures at a price. Proposals fall
into components that share no figure and no text; each is an assignment problem (`page_pairing.PairingTable`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from extractors.pairing.costs import PairingCosts
from extractors.pairing.edges import TextNode, node_of
from extractors.pairing.page_pairing import PairingTable
from extractors.pairing.proposals import Choice, Choices, FigureRef, LaidOutBook, Proposal, TextRef
from extractors.records import Region

UNBOUNDED = 1_000
"""An entry may own any number of figures."""


def solve(book: LaidOutBook, proposals: Iterable[Proposal]) -> Choices:
    """The cheapest whole of `proposals`, which all have one claim, with the margin of each pair."""
    best: dict[tuple[FigureRef, TextRef], Proposal] = {}
    for proposal in proposals:
        pair = proposal.figure, proposal.text
        known = best.get(pair)
        if known is None or book.costs.price(proposal.features) < book.costs.price(known.features):
            best[pair] = proposal
    chosen: dict[FigureRef, Choice] = {}
    regions = dict(book.figures())
    for component in components(list(best.values())):
        chosen.update(_assign(book, component, regions))
    return dict(sorted(chosen.items()))


def components(proposals: Sequence[Proposal]) -> list[list[Proposal]]:
    """The proposals in groups that share no figure and no text, in the order of their first members."""
    if not proposals:
        return []
    nodes: dict[object, int] = {}
    ends = [
        (nodes.setdefault(("figure", p.figure), len(nodes)), nodes.setdefault(("text", p.text), len(nodes)))
        for p in proposals
    ]
    rows, columns = np.array(ends).T
    graph = coo_array((np.ones(len(ends)), (rows, columns)), shape=(len(nodes), len(nodes)))
    labels = connected_components(graph, directed=False)[1]
    groups: defaultdict[int, list[Proposal]] = defaultdict(list)
    for proposal, (figure, _) in zip(proposals, ends, strict=True):
        groups[int(labels[figure])].append(proposal)
    return list(groups.values())


def table_of(
    book: LaidOutBook,
    proposals: Sequence[Proposal],
    costs: PairingCosts,
    regions: Mapping[FigureRef, Region],
) -> tuple[PairingTable, list[FigureRef], list[TextRef]]:
    """The assignment problem of a component, with the figures of its rows and the texts of its nodes.

    `regions` are all figures of the book.
    """
    figures = sorted({p.figure for p in proposals})
    texts = sorted({p.text for p in proposals})
    row = {ref: i for i, ref in enumerate(figures)}
    column = {ref: j for j, ref in enumerate(texts)}
    edges = {(row[p.figure], column[p.text]): p.features for p in proposals}
    nodes = [_node(book, ref) for ref in texts]
    return PairingTable([regions[ref] for ref in figures], nodes, edges, costs), figures, texts


def _node(book: LaidOutBook, ref: TextRef) -> TextNode:
    if ref.kind == "entry":
        return TextNode({"null_entry": 1.0}, UNBOUNDED, UNBOUNDED)
    return node_of(book.candidate(ref))


def _assign(
    book: LaidOutBook, proposals: Sequence[Proposal], regions: Mapping[FigureRef, Region]
) -> dict[FigureRef, Choice]:
    table, figures, texts = table_of(book, proposals, book.costs, regions)
    made = {(p.figure, p.text): p for p in proposals}
    pairs, margins = table.solve()
    return {
        figures[i]: _choice(made[figures[i], texts[j]], margin)
        for (i, j), margin in zip(sorted(pairs.items()), margins, strict=True)
    }


def _choice(proposal: Proposal, margin: float) -> Choice:
    return Choice(proposal.text, proposal.rule, min(margin, proposal.limit))
