"""The tables of a published version as a stream of rows: the one way in for whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataset_cards.errors import DamagedWorkspaceError, UsageError
from dataset_cards.schema import TEXT_COLUMNS
from dataset_cards.splits import SPLITS

Row = dict[str, Any]

# Rows decoded at a time; a file's own row groups bound what its pictures take.
_ROWS_AT_A_TIME = 100
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.parquet")


def shard_name(split: str, number: int, total: int, ending: str) -> str:
    """Name of a split's file `number` (from 0) of `total`, as the Hugging Face Hub names them."""
    return f"{split}-{number:05d}-of-{total:05d}.{ending}"


def crop_path(split: str, pair_id: str) -> str:
    """Path of a pair's crop inside its version."""
    return f"imagefolder/{split}/{pair_id}.png"


def data_files(version_dir: Path, split: str) -> list[Path]:
    """The Parquet files of one split, in order; versions of old have one file without numbers.

    Raises UsageError for a split that does not exist, DamagedWorkspaceError when a file is missing.
    """
    if split not in SPLITS:
        raise UsageError(f"{version_dir.name} has no split {split!r}; it has {', '.join(SPLITS)}")
    folder = version_dir / "data"
    single = folder / f"{split}.parquet"
    if single.is_file():
        return [single]
    found = [path for path in sorted(folder.glob(f"{split}-*")) if _SHARD.fullmatch(path.name[len(split) :])]
    total = int(found[0].name[-len("00000.parquet") : -len(".parquet")]) if found else 1
    wanted = [folder / shard_name(split, number, total, "parquet") for number in range(total)]
    missing = next((path for path in wanted if path not in found), None)
    if missing is not None:
        raise DamagedWorkspaceError(f"{missing} is missing; run tuwen verify")
    return wanted


def iter_rows(
    version_dir: Path,
    split: str | None = None,
    columns: Sequence[str] | None = None,
    images: bool = False,
) -> Iterator[Row]:
    """The rows of one split of a version, or of train, val and test in turn, in the order of their files.

    `columns` are names of `TEXT_COLUMNS`; None gives them all. A column that the version does not have yet
    is None. `images` adds "image": the bytes of the picture's PNG file. A few rows are in memory at a time.
    Raises ValueError for an unknown column, UsageError for an unknown split, DamagedWorkspaceError when a
    file is missing or is no Parquet file.
    """
    wanted = list(TEXT_COLUMNS if columns is None else columns)
    unknown = next((name for name in wanted if name not in TEXT_COLUMNS), None)
    if unknown is not None:
        raise ValueError(f"no column {unknown!r}; there are {', '.join(TEXT_COLUMNS)}")
    files = [
        path for name in (SPLITS if split is None else (split,)) for path in data_files(version_dir, name)
    ]
    return (row for path in files for row in _rows_of(path, wanted, images))


def _rows_of(path: Path, wanted: Sequence[str], images: bool) -> Iterator[Row]:
    empty = dict.fromkeys(wanted)
    try:
        # Neither read ahead nor mapped whole: pictures of one row group are in memory, no more.
        with pq.ParquetFile(path, pre_buffer=False) as file:
            held = [name for name in wanted if name in file.schema_arrow.names]
            columns = [*held, "image"] if images else held
            for number in range(file.num_row_groups):
                for batch in file.iter_batches(_ROWS_AT_A_TIME, row_groups=[number], columns=columns):
                    for row in batch.to_pylist():
                        if images:
                            row["image"] = row["image"]["bytes"]
                        yield empty | row
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(f"{path} cannot be read ({error}); run tuwen verify") from error
