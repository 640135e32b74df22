"""{split}-00000-of-00002.tar: a pair is three members, <pair_id>.json, .png and .txt, one after another.

The library takes what stands before the first dot of a name as the sample's key; pair_ids hold none.
README.md tells `datasets` the types of the columns: by itself it guesses them from the first five samples,
and a column that is null in those may hold text later.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from dataset_cards.card_header import yaml_feature
from dataset_cards.files import json_line, write_text
from dataset_cards.formats.shards import filling, name_shards, unfinished
from dataset_cards.reading import Row
from dataset_cards.schema import TEXT_COLUMNS, column_features
from dataset_cards.selection import Selection


def write_webdataset(selection: Selection, folder: Path, shard_bytes: int) -> None:
    """Write the tar files of each split into `folder`; a split without pairs gets none."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in selection.splits():
        total = 0
        for number, shard in groupby(selection.rows(split, images=True), filling(shard_bytes)):
            _write_tar(shard, unfinished(folder, split, number))
            total = number + 1
        name_shards(folder, split, total, "tar")
    write_text(folder / "README.md", f"---\n{_header(selection.splits())}\n---\n")


def _header(splits: Sequence[str]) -> str:
    from huggingface_hub import DatasetCardData

    columns = column_features()
    features = [
        {"name": "json", "struct": [yaml_feature(name, columns[name]) for name in TEXT_COLUMNS]},
        {"name": "png", "dtype": "image"},
        {"name": "txt", "dtype": "string"},
        {"name": "__key__", "dtype": "string"},
        {"name": "__url__", "dtype": "string"},
    ]
    files = [{"split": split, "path": f"{split}-*.tar"} for split in splits]
    data = DatasetCardData(
        configs=[{"config_name": "default", "data_files": files}], dataset_info={"features": features}
    )
    return str(data.to_yaml())


def _write_tar(rows: Iterable[Row], path: Path) -> None:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for row in rows:
            png = row.pop("image")
            _add(tar, f"{row['pair_id']}.json", json_line(row).encode())
            _add(tar, f"{row['pair_id']}.png", png)
            _add(tar, f"{row['pair_id']}.txt", row["description"].encode())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    # A TarInfo made anew has owner 0, no owner's name and time 0: nothing of this machine or hour.
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
    # The archive keeps a record of every member, which a stream of many thousands must not.
    tar.members.clear()  # type: ignore[attr-defined]
