"""A published version, or a part of it, written out in the forms that other tools read.

An export is a folder with its files, export.json, which names the version, the choice and every file's
checksum, and SHA256SUMS, which `sha256sum --check` and `tuwen verify` read. It is written beside its place
and exchanged with what is there, so that one stopped half-way leaves the earlier export; only an earlier
export is ever replaced.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

from dataset_cards.errors import UsageError
from dataset_cards.files import all_files, file_sha256, write_text
from dataset_cards.formats.chinese_clip import write_chinese_clip
from dataset_cards.formats.csv import write_csv
from dataset_cards.formats.culti import write_culti
from dataset_cards.formats.imagefolder import export_imagefolder
from dataset_cards.formats.label_studio import PagePicture, write_label_studio
from dataset_cards.formats.lmdb import write_lmdb
from dataset_cards.formats.parquet import export_parquet
from dataset_cards.formats.shards import SHARD_BYTES
from dataset_cards.formats.webdataset import write_webdataset
from dataset_cards.fresh import FRESH_FILE
from dataset_cards.reading import data_files
from dataset_cards.selection import Selection
from dataset_cards.splits import SPLITS
from dataset_cards.sums import write_sums
from dataset_cards.swap import recover, swap_in
from dataset_cards.verify import check_files, list_versions, read_current, read_manifest

EXPORT_FILE = "export.json"
LABEL_STUDIO = "label-studio"

_Writer = Callable[[Selection, Path], None]
_WRITERS: dict[str, _Writer] = {
    "imagefolder": export_imagefolder,
    "chinese-clip": write_chinese_clip,
    "lmdb": write_lmdb,
    "culti": write_culti,
    LABEL_STUDIO: write_label_studio,
    "csv": write_csv,
}
_SHARDED_WRITERS: dict[str, Callable[[Selection, Path, int], None]] = {
    "parquet": export_parquet,
    "webdataset": write_webdataset,
}
FORMATS = (*_SHARDED_WRITERS, *_WRITERS)


@dataclass(frozen=True, slots=True)
class Exported:
    """One export, as it lies on the disk."""

    format: str
    path: Path
    pairs: int
    left_out: int
    """Pairs of books without stated rights, left out of a public export."""
    files: int
    bytes: int


def find_version(dataset_dir: Path, name: str | None = None) -> Path:
    """The folder of the version `name`, or of the current one.

    Raises UsageError for a version that is not there, DamagedWorkspaceError when nothing was published.
    """
    if name is None:
        return read_current(dataset_dir)
    names = {path.name: path for path in list_versions(dataset_dir)}
    if name not in names:
        raise UsageError(f"{dataset_dir} has no version {name!r}; it has {', '.join(names) or 'none'}")
    return names[name]


def export_version(
    version_dir: Path,
    formats: Sequence[str],
    out: Path,
    *,
    split: str = "all",
    public: bool = False,
    shard_bytes: int = SHARD_BYTES,
    picture: PagePicture | None = None,
) -> list[Exported]:
    """Write `version_dir` in each of `formats` (of `FORMATS`) to a folder of its own below `out`.

    `picture` gives label-studio finer pictures of pages. The same version, choice and pictures give the same
    bytes. Pictures of a few rows are in memory at a time.
    Raises UsageError for an unknown format, for a choice that holds no pair and for a place that is taken by
    something else than an export; DamagedWorkspaceError when the version is not what was published.
    """
    unknown = next((name for name in formats if name not in FORMATS), None)
    if unknown is not None:
        raise UsageError(f"there is no format {unknown!r}; there are {', '.join(FORMATS)}")
    selection = Selection(version_dir, split, public)
    targets = {name: out / _folder_name(name, selection) for name in formats}
    for target in targets.values():
        recover(target)
        _check_free(target)
    _check_bytes(selection)
    if not sum(selection.counts.values()):
        raise UsageError(_nothing(selection))
    return [_export(selection, name, target, shard_bytes, picture) for name, target in targets.items()]


def _folder_name(name: str, selection: Selection) -> str:
    """Another choice is another folder: webdataset, webdataset-test, webdataset-test-public."""
    part = [] if selection.split == "all" else [selection.split]
    return "-".join([name, *part, *(["public"] if selection.public else [])])


def _check_bytes(selection: Selection) -> None:
    folder = selection.version_dir
    tables = [path for split in SPLITS for path in data_files(folder, split)]
    names = [*(path.relative_to(folder).as_posix() for path in tables), "books.jsonl"]
    check_files(folder, [*names, FRESH_FILE] if selection.split == "fresh" else names)


def _nothing(selection: Selection) -> str:
    what = "" if selection.split == "all" else f" in {selection.split}"
    if selection.public and selection.left_out:
        return (
            f"{selection.version_dir.name} has no pair{what} of a book whose rights are stated; "
            "state them in books.toml (docs/rights.md) and build again"
        )
    return f"{selection.version_dir.name} has no pair{what}, so there is nothing to export"


def _export(
    selection: Selection, name: str, target: Path, shard_bytes: int, picture: PagePicture | None
) -> Exported:
    partial = target.with_name(f".{target.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    if name in _SHARDED_WRITERS:
        _SHARDED_WRITERS[name](selection, partial, shard_bytes)
    elif name == LABEL_STUDIO:
        write_label_studio(selection, partial, picture)
    else:
        _WRITERS[name](selection, partial)
    files: dict[str, dict[str, Any]] = {
        path.relative_to(partial).as_posix(): {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in all_files(partial)
    }
    write_text(partial / EXPORT_FILE, _manifest_text(selection, name, files))
    write_sums(partial)
    swap_in(partial, target)
    return Exported(
        format=name,
        path=target,
        pairs=sum(selection.counts.values()),
        left_out=selection.left_out,
        files=len(files),
        bytes=sum(entry["bytes"] for entry in files.values()),
    )


def _manifest_text(selection: Selection, name: str, files: dict[str, dict[str, Any]]) -> str:
    published = read_manifest(selection.version_dir)
    manifest = {
        "tuwen": package_version("tuwen"),
        "dataset": published["dataset"],
        "version": published["version"],
        "format": name,
        "split": selection.split,
        "public": selection.public,
        "pairs": selection.counts,
        "left_out": selection.left_out,
        "files": files,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def _check_free(target: Path) -> None:
    """Raise UsageError unless nothing, an empty folder or an earlier export lies at `target`."""
    if not target.exists() or (target / EXPORT_FILE).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise UsageError(
            f"{target} is there already and is no earlier export; move it away or choose another --out"
        )
