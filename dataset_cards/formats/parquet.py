"""data/{split}.parquet: every column and the picture's bytes, as `datasets.load_dataset` reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_cards.assembly import Assembly, PublishedPair
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import REMEDY
from dataset_cards.schema import TEXT_COLUMNS, arrow_schema, to_row
from dataset_cards.splits import SPLITS

# Pictures of about this many rows are in memory at a time; viewers read one row group to show a page.
ROWS_PER_GROUP = 100


def write_parquet(assembly: Assembly, folder: Path) -> None:
    """Write data/{train,val,test}.parquet below `folder`, a group of rows at a time.

    Raises DamagedWorkspaceError when a crop is missing or is not what its pair says.
    """
    (folder / "data").mkdir(parents=True)
    schema = arrow_schema()
    for split in SPLITS:
        rows = (_with_picture(item) for item in assembly.pairs if item.split == split)
        # Fixed settings: the same rows give the same bytes. Text repeats and packs well; PNG does not.
        with pq.ParquetWriter(
            folder / "data" / f"{split}.parquet",
            schema,
            compression="zstd",
            use_dictionary=list(TEXT_COLUMNS),
        ) as writer:
            for group in _groups(rows):
                writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=ROWS_PER_GROUP)


def _groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while group := list(islice(rows, ROWS_PER_GROUP)):
        yield group


def _with_picture(item: PublishedPair) -> dict[str, Any]:
    pair = item.pair
    where = f"{pair.book_title}, page {pair.page}: the crop {item.source}"
    try:
        data = item.source.read_bytes()
    except OSError as error:
        raise DamagedWorkspaceError(f"{where} cannot be read ({error.strerror}); {REMEDY}") from error
    if hashlib.sha256(data).hexdigest() != pair.image_sha256:
        raise DamagedWorkspaceError(f"{where} is not the picture that was extracted; {REMEDY}")
    return to_row(pair, item.split) | {"image": {"bytes": data, "path": f"{pair.pair_id}.png"}}
