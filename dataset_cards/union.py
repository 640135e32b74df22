"""What is connected with what: union by parent pointers, paths halved on the way."""

from __future__ import annotations

from collections.abc import Hashable


class Union:
    """Sets of nodes that were joined; a node not seen before is alone."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def root(self, node: Hashable) -> Hashable:
        """The node that stands for all those connected with `node`."""
        parent = self._parent
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: Hashable, other: Hashable) -> None:
        """Connect two nodes."""
        self._parent[self.root(one)] = self.root(other)
