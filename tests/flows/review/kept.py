"""Whether a version says of each figure what is printed, as a person saw to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dataset_cards.reading import iter_rows
from dataset_cards.review.record import read_reviewed
from tests.flows.review.made_workspace import Truth


def wrong(version: Path, truths: Sequence[Truth], edge: float) -> list[str]:
    """What of `version` is not as `truths` say, boxes to `edge` points; nothing where all was kept."""
    rows = list(iter_rows(version))
    faults = [f"{len(rows)} pairs of {len(truths)}"] if len(rows) != len(truths) else []
    faults += [f"not applied: {line}" for line in read_reviewed(version) if line["state"] == "not applied"]
    for truth in truths:
        number, _, title = truth.text.partition(" ")
        found = [
            row for row in rows if (row["page"], row["number"], row["title"]) == (truth.page, number, title)
        ]
        if len(found) != 1:
            faults.append(
                f"page {truth.page}, {truth.error or 'right'}: {len(found)} pairs are called {truth.text}"
            )
            continue
        off = max(abs(a - b) for a, b in zip(found[0]["bbox"], truth.box, strict=True))
        if off > edge and truth.error != "caption":  # whoever draws a figure by keyboard draws it roughly
            faults.append(f"page {truth.page}: the box of {truth.text} is {off:.1f} points off")
        if found[0]["review"] == "unreviewed" and truth.error:
            faults.append(f"page {truth.page}: nobody saw {truth.text}")
    return faults
