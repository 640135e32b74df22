"""{split}/imgs and {split}/pairs, the LMDB databases that the training code of Chinese-CLIP opens.

imgs holds image_id -> base64 of the PNG file and num_images; pairs holds i -> pickle of
(image_id, text_id, text) and num_samples. Ids are those of the files of `chinese_clip`.
"""

from __future__ import annotations

import base64
import os
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dataset_cards.formats.clip_ids import COLUMNS, ClipIds
from dataset_cards.selection import Selection

# The same bytes whatever Python writes them; every Python since 3.4 reads them.
_PICKLE_PROTOCOL = 4
# Entries put in one transaction.
_BATCH_BYTES = 16_000_000
# The space in which a database begins; it is doubled as it fills.
_FIRST_MAP = 1 << 26
# Of a batch's bytes: its pages are not full, and the tree above them is written anew.
_ROOM = 3

_Entry = tuple[bytes, bytes]


def write_lmdb(selection: Selection, folder: Path) -> None:
    """Write the two databases of each split below `folder`; a split without pairs gets none."""
    ids = ClipIds()
    for split in selection.splits():
        _write(folder / split / "imgs", _images(selection, split, ids))
        _write(folder / split / "pairs", _pairs(ids))


def _images(selection: Selection, split: str, ids: ClipIds) -> Iterator[_Entry]:
    number = 0
    for image_id, png in ids.pictures(selection.rows(split, COLUMNS, images=True)):
        yield str(image_id).encode(), base64.b64encode(png)
        number += 1
    yield b"num_images", str(number).encode()


def _pairs(ids: ClipIds) -> Iterator[_Entry]:
    number = 0
    for line in ids.texts():
        for image_id in line["image_ids"]:
            value = (image_id, line["text_id"], line["text"])
            yield str(number).encode(), pickle.dumps(value, _PICKLE_PROTOCOL)
            number += 1
    yield b"num_samples", str(number).encode()


def _write(folder: Path, entries: Iterable[_Entry]) -> None:
    """One database, always with the same bytes: it is written through its map.

    What a page holds besides its entries is then what the file held before, and not what lay in memory.
    """
    import lmdb

    folder.mkdir(parents=True)
    size = _FIRST_MAP
    with lmdb.open(str(folder), map_size=size, writemap=True, lock=False, sync=False) as database:
        for batch in _batches(entries):
            needed = _used(database) + _ROOM * sum(len(value) for _, value in batch) + _FIRST_MAP // 2
            while size < needed:
                size *= 2
            database.set_mapsize(size)
            with database.begin(write=True) as transaction:
                for key, value in batch:
                    transaction.put(key, value)
        used = _used(database)
    # The file of a written map is as long as the map.
    os.truncate(folder / "data.mdb", used)


def _used(database: Any) -> int:
    """Bytes up to the end of the last page in use."""
    return int((database.info()["last_pgno"] + 1) * database.stat()["psize"])


def _batches(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    batch: list[_Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += len(entry[1])
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
