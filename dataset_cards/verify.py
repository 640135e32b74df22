"""Reading what was published: which version is current, and whether its files are what was written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import all_files, file_sha256, replace_text
from extractors.parsing import parse_json

_VERSION_NAME = re.compile(r"v\d{4,}")
_MANIFEST = "manifest.json"
# Of a version's digest, behind its name in CURRENT.
_MARK_DIGITS = 12
_REPAIR = "run `tuwen verify --repair`, or restore the version from a copy"


@dataclass(frozen=True)
class Problem:
    """One file of a version that is not what its manifest says."""

    path: str
    """Relative to the version's folder."""
    problem: Literal["missing", "changed", "extra", "unreadable"]
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}"


def is_version_name(name: str) -> bool:
    """Whether a version may be called so: v0001, v0002, …"""
    return _VERSION_NAME.fullmatch(name) is not None


def list_versions(dataset_dir: Path) -> list[Path]:
    """The version folders below `dataset_dir` that have a manifest, oldest first."""
    found = [path for path in dataset_dir.glob("v*") if _VERSION_NAME.fullmatch(path.name)]
    return sorted(
        (path for path in found if (path / _MANIFEST).is_file()), key=lambda path: int(path.name[1:])
    )


def next_version(dataset_dir: Path) -> str:
    """The name after every version folder in `dataset_dir`, complete or not: no name is used twice."""
    found = [int(path.name[1:]) for path in dataset_dir.glob("v*") if _VERSION_NAME.fullmatch(path.name)]
    return f"v{1 + max(found, default=0):04d}"


def has_current(dataset_dir: Path) -> bool:
    """Whether anything was published in `dataset_dir`."""
    return (dataset_dir / "CURRENT").exists()


def read_current(dataset_dir: Path) -> Path:
    """The folder of the newest complete version: the only way in for readers.

    Looks at the presence and the size of its files, not at their bytes (`verify_version` does that).
    Raises DamagedWorkspaceError when nothing was published or CURRENT names what is not complete.
    """
    pointer = dataset_dir / "CURRENT"
    try:
        name = pointer.read_text(encoding="utf-8").strip(" \r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedWorkspaceError(
            f"{pointer} cannot be read: nothing was published here yet, or the file is lost; run tuwen build"
        ) from error
    name, _, digest = name.partition(" ")
    if not _VERSION_NAME.fullmatch(name):
        raise DamagedWorkspaceError(f"{pointer} names {name!r}, which is no version; {_remedy(dataset_dir)}")
    version_dir = dataset_dir / name
    wrong = _first_wrong_size(version_dir)
    if wrong is not None:
        raise DamagedWorkspaceError(f"version {version_dir} is not complete: {wrong}; {_remedy(dataset_dir)}")
    if digest and digest != _mark(version_dir):
        raise DamagedWorkspaceError(
            f"{pointer} names {name} with the digest of another version, so one of the two was changed; "
            f"{_remedy(dataset_dir)}"
        )
    return version_dir


def point_to(version_dir: Path) -> None:
    """Let CURRENT name the version, as one step.

    The beginning of its digest stands behind the name: a digit of CURRENT that changed on the disk would
    otherwise name another version, unseen. Who writes a name alone, to go back, may do so.
    """
    replace_text(version_dir.parent / "CURRENT", f"{version_dir.name} {_mark(version_dir)}\n")


def _mark(version_dir: Path) -> str:
    return str(read_manifest(version_dir)["digest"])[:_MARK_DIGITS]


def manifest_text(manifest: dict[str, Any]) -> str:
    """The one way a manifest is written; its `digest` covers everything else in it."""
    whole = manifest | {"digest": _digest(manifest)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_manifest(version_dir: Path) -> dict[str, Any]:
    """The manifest of a version. Raises DamagedWorkspaceError when it is missing or cannot be read."""
    path = version_dir / _MANIFEST
    try:
        manifest = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(
            f"{path} is missing or cannot be read ({type(error).__name__}); {_REPAIR}"
        ) from error
    # By its digest, not by writing it anew: of 200,000 pairs it has 40 MB, and indented JSON is slow.
    if not isinstance(manifest, dict) or manifest.get("digest") != _digest(manifest):
        raise DamagedWorkspaceError(f"{path} was changed after publishing; {_REPAIR}")
    return manifest


def verify_version(version_dir: Path) -> list[Problem]:
    """Compare every file of a version with its manifest, byte for byte; an empty list means all is well."""
    try:
        listed = read_manifest(version_dir)["files"]
    except DamagedWorkspaceError as error:
        return [Problem(_MANIFEST, "unreadable", str(error))]
    present = {path.relative_to(version_dir).as_posix(): path for path in all_files(version_dir)}
    problems = [
        Problem(name, "extra", "is in the folder but not in the manifest")
        for name in present
        if name not in listed and name != _MANIFEST
    ]
    for name, entry in listed.items():
        if name not in present:
            problems.append(Problem(name, "missing", "is in the manifest but not in the folder"))
        elif (size := present[name].stat().st_size) != entry["bytes"]:
            problems.append(Problem(name, "changed", f"has {size} bytes, {entry['bytes']} were published"))
        elif file_sha256(present[name]) != entry["sha256"]:
            problems.append(Problem(name, "changed", "its bytes are not the ones that were published"))
    return sorted(problems, key=lambda problem: problem.path)


def check_files(version_dir: Path, names: Sequence[str]) -> None:
    """Raise DamagedWorkspaceError when one of these files is not, byte for byte, what was published."""
    listed = read_manifest(version_dir)["files"]
    for name in names:
        path = version_dir / name
        if name not in listed or not path.is_file() or file_sha256(path) != listed[name]["sha256"]:
            raise DamagedWorkspaceError(f"{path} is not what was published; {_remedy(version_dir.parent)}")


def _digest(manifest: dict[str, Any]) -> str:
    body = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _first_wrong_size(version_dir: Path) -> str | None:
    """What is wrong at first sight with a version, in words; None when nothing is."""
    try:
        listed = read_manifest(version_dir)["files"]
    except DamagedWorkspaceError as error:
        return str(error)
    for name, entry in listed.items():
        try:
            size = (version_dir / name).stat().st_size
        except OSError:
            return f"{name} is missing"
        if size != entry["bytes"]:
            return f"{name} has {size} bytes where {entry['bytes']} were published"
    return None


def _remedy(dataset_dir: Path) -> str:
    names = ", ".join(path.name for path in list_versions(dataset_dir)) or "none"
    return f"{_REPAIR}, or write an earlier version's name into CURRENT (complete here: {names})"
