"""Texts that were saved by another window or person while one was typing: they are not overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class MeanwhileError(Exception):
    """Other values were saved since the typing began."""

    def __init__(self, values: Mapping[str, str], given: Mapping[str, Any]) -> None:
        super().__init__(f"saved meanwhile: {', '.join(values)}")
        self.told = {"values": dict(values), "page": given["page"], "bbox": given.get("bbox")}
        """The values by field, and the figure as the edit named it."""


def check_upon(given: Mapping[str, Any], figures: Iterable[Mapping[str, Any]]) -> None:
    """Of an edit that says in `upon`, by field, which values its texts were typed upon: raises MeanwhileError
    where another one, not the typed one either, counts for its figure among `figures` of its page."""
    figure = next((one for one in figures if _is_about(given, one["target"])), None)
    if figure is None:
        return
    now, typed = figure["now"], given["data"]
    others = {n: now[n] for n, upon in given["upon"].items() if now[n] not in (upon, typed.get(n))}
    if others:
        raise MeanwhileError(others, given)


def _is_about(given: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    name = "pair_id" if target["pair_id"] else "bbox"
    return bool(given["page"] == target["page"] and given.get(name) == target[name])
