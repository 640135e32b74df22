"""Features on disk: a file of vectors that only grows, mapped into memory, and an index of what is in it.

A folder holds the features of one recipe: a model and a way to cut pictures. A key (the hash of a picture or
of a text) has a fixed number of vectors: its own and those of its crops. A line of the index holds a key and
the CRC-32 of key and vectors, checked when they are read. Vectors are flushed before the line that names
them; whatever stops a writer in between leaves bytes that no line names, and the next writer cuts them off.
So a store is sound after kill -9 at any moment, and a fresh split computes only what is new.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alignment.errors import DamagedWorkspaceError, NotFiniteError
from dataset_cards.files import make_folder, replace_text

Vectors = npt.NDArray[np.float32]
_DTYPE = np.dtype("<f4")
_DIGEST_DIGITS = 16
_LINE = re.compile(rb"(\S+) ([0-9a-f]{8})\n")
_REMEDY = "delete the folder, it will be made again"


class FeatureStore:
    """The vectors of one recipe, float32 [keys, per_key, dim]."""

    def __init__(self, root: Path, recipe: Mapping[str, Any], *, per_key: int, dim: int) -> None:
        """Open the store of `recipe` below `root`, making it when it is not there.

        `recipe` names all that features depend on, as plain JSON values. Raises DamagedWorkspaceError for
        files that do not fit each other.
        """
        self.per_key, self.dim = per_key, dim
        head = {"recipe": dict(recipe), "per_key": per_key, "dim": dim}
        text = json.dumps(head, sort_keys=True, ensure_ascii=True)
        self.folder = root / hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_DIGITS]
        self._vectors_file = self.folder / "vectors.f32"
        self._index_file = self.folder / "index.txt"
        make_folder(self.folder)
        if not (self.folder / "recipe.json").exists():
            replace_text(self.folder / "recipe.json", text + "\n")
        self._places: dict[str, int] = {}
        self._sums: dict[str, int] = {}
        self._named = 0  # bytes of the index that are read: whole lines
        self._read_index()

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Those of `keys` that are not there yet, each once, in the order given."""
        return [key for key in dict.fromkeys(keys) if key not in self._places]

    def read(self, keys: Sequence[str]) -> Vectors:
        """The vectors of `keys`, [len(keys), per_key, dim], copied from the disk.

        Raises KeyError, and DamagedWorkspaceError for vectors that are not what was written.
        """
        places = [self._places[key] for key in keys]
        if not places:
            return np.zeros((0, self.per_key, self.dim), dtype=_DTYPE)
        found: Vectors = self.mapped()[places]
        for key, vectors in zip(keys, found, strict=True):
            if _crc(key, vectors) != self._sums[key]:
                raise DamagedWorkspaceError(f"{self._vectors_file}: its bytes have changed; {_REMEDY}")
        return found

    def mapped(self) -> npt.NDArray[np.float32]:
        """All vectors, [keys, per_key, dim], mapped read-only; see `place`."""
        shape = (len(self._places), self.per_key, self.dim)
        return np.memmap(self._vectors_file, dtype=_DTYPE, mode="r", shape=shape)

    def place(self, key: str) -> int:
        """The row of `key` in `mapped`. Raises KeyError."""
        return self._places[key]

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Store the vectors of new keys; a key that is there already keeps what it has.

        `vectors` is [len(keys), per_key, dim]. One writer at a time: another waits. Raises ValueError for
        another shape or a key with white space, NotFiniteError for features that are no numbers.
        """
        if vectors.shape != (len(keys), self.per_key, self.dim):
            raise ValueError(f"{vectors.shape} is not [{len(keys)}, {self.per_key}, {self.dim}]")
        if not np.isfinite(vectors).all():
            raise NotFiniteError(
                "the model's features hold NaN or infinity: its weights are damaged or its training "
                "diverged; try another one with --model, or train again with a lower learning rate"
            )
        if any(key.split() != [key] for key in keys):
            raise ValueError("a key holds white space")
        with self._locked():
            if self._index_bytes() != self._named:  # another process has added to it, or died in a line
                self._read_index()
            fresh = {key: row for row, key in enumerate(keys) if key not in self._places}
            if not fresh:
                return
            held = len(self._places) * self._bytes_per_key
            data = np.ascontiguousarray(vectors[list(fresh.values())], dtype=_DTYPE).tobytes()
            _append(self._vectors_file, held, data)
            sums = {key: _crc(key, vectors[row]) for key, row in fresh.items()}
            lines = "".join(f"{key} {crc:08x}\n" for key, crc in sums.items()).encode()
            _append(self._index_file, self._named, lines)
            self._named += len(lines)
            self._sums |= sums
            for key in fresh:
                self._places[key] = len(self._places)

    @property
    def _bytes_per_key(self) -> int:
        return self.per_key * self.dim * _DTYPE.itemsize

    def _index_bytes(self) -> int:
        return self._index_file.stat().st_size if self._index_file.exists() else 0

    def _read_index(self) -> None:
        """Key -> row; a last line without its end was never finished."""
        whole = self._index_file.read_bytes() if self._index_file.exists() else b""
        whole = whole[: whole.rfind(b"\n") + 1]
        lines = _LINE.findall(whole)
        if b"".join(b"%s %s\n" % line for line in lines) != whole:
            raise DamagedWorkspaceError(f"{self._index_file}: it is not what was written; {_REMEDY}")
        named = [(key.decode("utf-8", "surrogateescape"), int(crc, 16)) for key, crc in lines]
        places = {key: row for row, (key, _) in enumerate(named)}
        held = self._vectors_file.stat().st_size if self._vectors_file.exists() else 0
        if held < len(places) * self._bytes_per_key:
            raise DamagedWorkspaceError(f"{self.folder}: fewer vectors than its index names; {_REMEDY}")
        self._sums = dict(named)
        self._places, self._named = places, len(whole)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the kernel frees it when the process ends
            yield


def _crc(key: str, vectors: Vectors) -> int:
    return zlib.crc32(np.ascontiguousarray(vectors, dtype=_DTYPE).tobytes(), zlib.crc32(key.encode()))


def _append(path: Path, at: int, data: bytes) -> None:
    """Write `data` at byte `at`, dropping what an unfinished writer left behind it, and flush."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
