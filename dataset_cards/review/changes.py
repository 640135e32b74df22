"""The part of CHANGES.md on what people decided and measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dataset_cards.audit import AuditResult
from dataset_cards.cleaning import markdown_cell
from dataset_cards.names import chinese, names
from dataset_cards.review.record import LEFT, REVIEWED_FILE, Reviewed

ROWS_SHOWN = 100
"""Longer lists are for reviewed.jsonl."""


def review_text(reviewed: Sequence[Reviewed], audit: AuditResult | None) -> str:
    """Counts of the decisions, those figures that left by them, those that do not apply; the audit."""
    lines: list[str] = []
    if reviewed:
        counts: Counter[str] = Counter(item.state for item in reviewed)
        known = [state for state in names()["state"] if counts[state]]
        told = " · ".join(f"{chinese('state', state)} {state} {counts[state]}" for state in known)
        lines += ["", "## 人工审定 Review", "", f"{told}（{REVIEWED_FILE}）"]
        lines += _table("不再收录 Left out", [item for item in reviewed if item.state in LEFT])
        lines += _table("未能应用 Not applied", [item for item in reviewed if item.state == "not applied"])
    if audit and audit.precision is not None:
        low, high = audit.interval()
        lines += [
            "",
            f"人工核查 Audit: {audit.version}, {audit.right} / {audit.right + audit.wrong}, "
            f"{audit.precision:.1%} (95%: {low:.1%}–{high:.1%})",
        ]
    return "\n".join([*lines, ""]) if lines else ""


def _table(heading: str, rows: Sequence[Reviewed]) -> list[str]:
    if not rows:
        return []
    lines = [
        "",
        f"### {heading}",
        "",
        "| 书 Book | 页 Page | pair_id | 原因 Reason | 审阅者 Who |",
        "|---|---:|---|---|---|",
    ]
    for row in rows[:ROWS_SHOWN]:
        cells = (row.book_title, str(row.page), row.pair_id, _why(row), ", ".join(row.who))
        lines.append(f"| {' | '.join(map(markdown_cell, cells))} |")
    more = len(rows) - ROWS_SHOWN
    return [*lines, "", f"… {more}"] if more > 0 else lines


def _why(row: Reviewed) -> str:
    """State and reason in both languages: 剔除（文字与图不符） rejected: wrong-text."""
    state = chinese("state", row.state)
    sort = "rejection" if row.state == "rejected" else "decision"
    known = max((name for name in names()[sort] if row.reason.startswith(name)), key=len, default="")
    told = chinese(sort, known) if known else state
    return f"{state}{f'（{told}）' if told != state else ''} {row.state}: {row.reason}"
