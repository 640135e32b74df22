"""Names given to what pairs share, figures and groups: kept from version to version as the pairs keep their
ids."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from dataset_cards.identity.records import Figure
from extractors.records import Pair


def carry_names(pairs: Sequence[Pair], origins: Sequence[Figure | None], ids: Sequence[str]) -> list[Pair]:
    """The pairs of one book with their `ids`, and with the figure_id, parent and group of the pairs they
    were.

    `origins` names for each pair the old figure it is. What pairs share they go on sharing: where a new group
    holds pairs of several old ones it takes the name of most of them, and where an old group was divided one
    part takes its name.
    """
    known = [(pair, old) for pair, old in zip(pairs, origins, strict=True) if old is not None]
    figures = _renamed(
        [(pair.figure_id, old.figure_id) for pair, old in known]
        + [(pair.parent, old.parent) for pair, old in known if pair.parent and old.parent],
        [name for pair in pairs for name in (pair.figure_id, pair.parent) if name],
    )
    groups = _renamed([(pair.group, old.group) for pair, old in known], [pair.group for pair in pairs])
    return [
        _named(
            pair,
            pair_id,
            figures[pair.figure_id] if pair.figure_id else "",
            groups[pair.group] if pair.group else "",
            figures[pair.parent] if pair.parent else pair.parent,
        )
        for pair, pair_id in zip(pairs, ids, strict=True)
    ]


def unused(name: str, used: Container[str]) -> str:
    """`name`, or a hash of it of the same length that is not in `used`."""
    made, turn = name, 0
    while made in used:
        turn += 1
        made = hashlib.sha256(f"{name}/{turn}".encode()).hexdigest()[: max(len(name), _SHORTEST)]
    return made


# Digits of a hash that names something; 64 bits keep any two apart.
_SHORTEST = 16


def _renamed(links: Iterable[tuple[str, str]], names: Sequence[str]) -> dict[str, str]:
    """For each of `names` the old name that most `links` (new, old) give it; one to one."""
    place = {name: number for number, name in reversed(list(enumerate(names)))}
    votes = Counter(link for link in links if all(link))
    renamed: dict[str, str] = {}
    used: set[str] = set()
    for new, old in sorted(votes, key=lambda link: (-votes[link], place[link[0]], link[1])):
        if new not in renamed and old not in used:
            renamed[new] = old
            used.add(old)
    for name in place:
        if name not in renamed:
            renamed[name] = unused(name, used)
            used.add(renamed[name])
    return renamed


def _named(pair: Pair, pair_id: str, figure_id: str, group: str, parent: str | None) -> Pair:
    if (pair_id, figure_id, group, parent) == (pair.pair_id, pair.figure_id, pair.group, pair.parent):
        return pair
    return replace(pair, pair_id=pair_id, figure_id=figure_id, group=group, parent=parent)
