"""What a version changed against the one before it, and what must be remembered of pairs that left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly
from dataset_cards.cleaning import markdown_cell
from dataset_cards.files import read_json_lines
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.schema import to_row
from dataset_cards.splits import SPLITS
from dataset_cards.verify import check_files

REMOVED_FILE = "removed.jsonl"


@dataclass(frozen=True)
class Previous:
    """What the version before holds: its rows by pair_id, and the pairs that earlier versions held."""

    name: str | None
    rows: Mapping[str, Mapping[str, Any]]
    removed: Mapping[str, Mapping[str, Any]]

    def splits(self) -> dict[str, str]:
        """The split of every pair ever published; a pair that comes back finds its place kept."""
        return {pair_id: row["split"] for pair_id, row in (*self.removed.items(), *self.rows.items())}


@dataclass(frozen=True)
class Changes:
    """Pair counts by book title: what came, what left, and what stayed with other text or picture."""

    previous: str | None
    added: Counter[str]
    removed: Counter[str]
    changed: Counter[str]


def read_previous(version_dir: Path | None) -> Previous:
    """The rows of a published version without their pictures; nothing when there is none yet.

    Raises DamagedWorkspaceError when a file that is read is not what was published.
    """
    if version_dir is None:
        return Previous(None, {}, {})
    tables = [path for split in SPLITS for path in data_files(version_dir, split)]
    # A flipped bit here could move a pair from test to train: bytes are checked before they are believed.
    check_files(version_dir, [*(path.relative_to(version_dir).as_posix() for path in tables), REMOVED_FILE])
    rows = {row["pair_id"]: row for row in iter_rows(version_dir)}
    removed = {row["pair_id"]: row for row in read_json_lines(version_dir / REMOVED_FILE)}
    return Previous(version_dir.name, rows, removed)


def compare(assembly: Assembly, previous: Previous) -> Changes:
    """Count added, removed and changed pairs by book."""
    now = {item.pair.pair_id: to_row(item.pair, item.split) for item in assembly.pairs}
    return Changes(
        previous.name,
        Counter(row["book_title"] for pair_id, row in now.items() if pair_id not in previous.rows),
        Counter(row["book_title"] for pair_id, row in previous.rows.items() if pair_id not in now),
        Counter(
            row["book_title"]
            for pair_id, row in now.items()
            if pair_id in previous.rows and row != previous.rows[pair_id]
        ),
    )


def removed_rows(assembly: Assembly, previous: Previous) -> list[dict[str, str]]:
    """Every pair of earlier versions that this one does not hold, with the split it keeps."""
    now = {item.pair.pair_id for item in assembly.pairs}
    gone = {**previous.removed, **previous.rows}
    names = ("pair_id", "split", "book_sha256", "book_title")
    return [
        {name: row[name] for name in names} for pair_id, row in sorted(gone.items()) if pair_id not in now
    ]


def changes_text(version: str, changes: Changes) -> str:
    """CHANGES.md: a few lines by book, in Chinese with English beside it."""
    before = changes.previous
    since = f"与 {before} 相比 · since {before}" if before else "首个版本 · first version"
    counts = (changes.added, changes.removed, changes.changed)
    lines = [f"# {version}", "", since, ""]
    titles = sorted({title for count in counts for title in count})
    if titles:
        lines += ["| 书 Book | 新增 added | 移除 removed | 改动 changed |", "|---|---:|---:|---:|"]
    else:
        lines.append("图文对没有变化。No pair changed.")
    for title in titles:
        lines.append(
            " | ".join(["| " + markdown_cell(title), *(str(count[title]) for count in counts)]) + " |"
        )
    return "\n".join(lines) + "\n"
