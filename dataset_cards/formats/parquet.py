"""data/{split}-00000-of-00002.parquet: every column and the picture's bytes, for `datasets.load_dataset`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import REMEDY
from dataset_cards.formats.shards import SHARD_BYTES, filling, name_shards, unfinished
from dataset_cards.reading import Row
from dataset_cards.schema import TEXT_COLUMNS, arrow_schema, to_row
from dataset_cards.selection import Selection
from dataset_cards.splits import SPLITS

# A row group is what is in memory at a time, and what a viewer reads to show a page.
ROWS_PER_GROUP = 100
# Large crops take several megabytes each.
BYTES_PER_GROUP = 64_000_000


def write_parquet(assembly: Assembly, folder: Path, shard_bytes: int = SHARD_BYTES) -> None:
    """Write data/ below `folder` from the crops of a shelf; an empty split is one file without rows.

    Raises DamagedWorkspaceError when a crop is missing or is not what its pair says.
    """
    for split in SPLITS:
        rows = (_with_picture(item) for item in assembly.pairs if item.split == split)
        _write_split(rows, split, folder / "data", shard_bytes)


def export_parquet(selection: Selection, folder: Path, shard_bytes: int) -> None:
    """Write data/ below `folder` from a published version; a split without pairs gets no file."""
    for split in selection.splits():
        _write_split(selection.rows(split, images=True), split, folder / "data", shard_bytes)


def _write_split(rows: Iterable[Row], split: str, folder: Path, shard_bytes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for number, shard in groupby(rows, filling(shard_bytes)):
        _write_file(shard, unfinished(folder, split, number))
        total = number + 1
    if not total:
        _write_file((), unfinished(folder, split, 0))
    name_shards(folder, split, total or 1, "parquet")


def _write_file(rows: Iterable[Row], path: Path) -> None:
    schema = arrow_schema()
    # Fixed settings: the same rows give the same bytes. Text repeats and packs well; PNG does not.
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=list(TEXT_COLUMNS)) as writer:
        for group in _groups(rows):
            writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=ROWS_PER_GROUP)


def _groups(rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    for _, group in groupby(rows, filling(BYTES_PER_GROUP, ROWS_PER_GROUP)):
        yield [row | {"image": {"bytes": row["image"], "path": f"{row['pair_id']}.png"}} for row in group]


def _with_picture(item: PublishedPair) -> Row:
    pair = item.pair
    where = f"{pair.book_title}, page {pair.page}: the crop {item.source}"
    try:
        data = item.source.read_bytes()
    except OSError as error:
        raise DamagedWorkspaceError(f"{where} cannot be read ({error.strerror}); {REMEDY}") from error
    if hashlib.sha256(data).hexdigest() != pair.image_sha256:
        raise DamagedWorkspaceError(f"{where} is not the picture that was extracted; {REMEDY}")
    return to_row(pair, item.split) | {"image": data}
