"""Whether every stored file of a workspace is what was written: each byte is read and compared."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dataset_cards.audit import AUDITS
from dataset_cards.review.corrections import read
from dataset_cards.sums import SUMS, damaged_files
from dataset_cards.verify import Problem, has_current, list_versions, read_current, verify_version
from extractors.checked_json import is_marked, load_marked, read_checked
from extractors.durable import file_sha256
from extractors.errors import DamagedWorkspaceError
from extractors.refine.answers import answer_files
from flows.ledger import FILE_NAME, damaged_lines, is_former
from flows.objects import REMEDY
from flows.shelf_index import SHELF_INDEX
from flows.stages import all_manifests
from flows.workspace import Workspace

RESTORE = "`tuwen verify --repair` restores it from a sound copy, or writes it again"


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify_workspace` looked at and what it found wrong."""

    objects: int
    manifests: int
    versions: int
    problems: tuple[str, ...]
    """One line each, naming the file."""
    unchecked: tuple[str, ...] = ()
    """Files and folders without checksums, as an earlier program wrote them: changes are not seen."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The damaged files of a workspace, by what can be done about them."""

    results: tuple[tuple[Path, str], ...]
    """(file, what is wrong) of what the stages wrote: objects, manifests, the index of the shelf, answers."""
    missing: tuple[str, ...]
    """One line for each object that a manifest names and that is not there."""
    published: tuple[tuple[Path, Problem], ...]
    """(folder of a version, what is wrong with one of its files)."""
    pointers: tuple[tuple[Path, str], ...]
    """(folder of a dataset, what is wrong with its CURRENT)."""

    lasting: tuple[str, ...] = ()
    """Sentences about damaged files that no build makes again: decisions, ledgers, models, exports …"""

    def lines(self) -> list[str]:
        """Each as a sentence with its remedy, sorted."""
        lines = [f"{path}: {fault}; {REMEDY}" for path, fault in self.results]
        lines += [f"{line}; {REMEDY}" for line in self.missing]
        lines += [
            f"{version}/{problem}; `tuwen verify --repair` restores it where it can"
            for version, problem in self.published
        ]
        lines += [fault for _, fault in self.pointers]
        lines += self.lasting
        return sorted(lines)


def verify_workspace(root: Path) -> Check:
    """Read every stored byte and compare it with what was recorded. Raises UsageError."""
    workspace = Workspace.open(root)
    return Check(
        objects=len(list(workspace.objects)),
        manifests=len(all_manifests(workspace)),
        versions=sum(len(list_versions(folder)) for folder in dataset_folders(workspace)),
        problems=tuple(find_damage(workspace).lines()),
        unchecked=tuple(sorted(map(str, _unchecked(workspace)))),
    )


def find_damage(workspace: Workspace) -> Damage:
    """All damage of the workspace."""
    pointers = []
    for folder in dataset_folders(workspace):
        if not has_current(folder):
            if list_versions(folder):
                pointers.append((folder, f"{folder / 'CURRENT'} is missing; {REMEDY}"))
        else:
            try:
                read_current(folder)
            except DamagedWorkspaceError as error:
                pointers.append((folder, str(error)))
    return Damage(
        results=(*_objects(workspace), *_manifests(workspace), *_checked_files(workspace)),
        missing=tuple(_missing(workspace)),
        published=tuple(
            (version, problem)
            for folder in dataset_folders(workspace)
            for version in list_versions(folder)
            for problem in verify_version(version)
        ),
        pointers=tuple(pointers),
        lasting=(
            *_audits(workspace),
            *_corrections(workspace),
            *_ledgers(workspace),
            *_models(workspace),
            *_benchmarks(workspace),
            *_exports(workspace),
        ),
    )


def dataset_folders(workspace: Workspace) -> list[Path]:
    """The folder of each dataset, sorted."""
    return sorted(path for path in workspace.datasets.glob("*") if path.is_dir())


def _objects(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    for sha256 in workspace.objects:
        path = workspace.objects.path(sha256)
        if file_sha256(path) != sha256:
            yield path, "its bytes have changed"


def _manifests(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    for path, manifest in all_manifests(workspace):
        if manifest is None:
            yield path, "it is not what was written"


def _missing(workspace: Workspace) -> Iterator[str]:
    for path, manifest in all_manifests(workspace):
        for stored in manifest.objects if manifest else ():
            if not workspace.objects.is_there(stored):
                place = workspace.objects.path(stored.sha256)
                yield f"{place}: missing or cut short ({stored.path} of {path.parent.name[:8]})"


def _audits(workspace: Workspace) -> Iterator[str]:
    for path in _audit_files(workspace):
        try:
            load_marked(path.read_bytes())
        except ValueError as error:
            yield (
                f"{path}: it is not what was written ({error}); what a person decided is not made again: "
                "restore it, or move it away and give `tuwen audit` the file of the reviewer again"
            )


def _audit_files(workspace: Workspace) -> list[Path]:
    folders = (folder / AUDITS for folder in dataset_folders(workspace))
    return [path for folder in folders for path in sorted(folder.glob("v*.json"))]


def _corrections(workspace: Workspace) -> Iterator[str]:
    for line in read(workspace.corrections).damaged:
        yield (
            f"{workspace.corrections}, line {line.line}: {line.why}; it counts for nothing: restore it, or "
            "let the person decide again"
        )


def _ledgers(workspace: Workspace) -> Iterator[str]:
    for path in _ledger_files(workspace):
        if numbers := damaged_lines(path):
            lines = ", ".join(map(str, numbers))
            yield f"{path}: changed in line {lines}; no build reads it: restore it, or delete its folder"


def _ledger_files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.runs.glob(f"*/{FILE_NAME}"))


def _models(workspace: Workspace) -> Iterator[str]:
    for folder in _visible_folders(workspace.models):
        for fault in damaged_files(folder):
            yield f"{folder}: {fault}; restore it, or delete the folder and train the model again"


def _benchmarks(workspace: Workspace) -> Iterator[str]:
    for folder in _visible_folders(workspace.benchmarks):
        faults = damaged_files(folder)
        result = folder / "result.json"
        try:
            read_checked(result)
        except FileNotFoundError:
            pass  # a benchmark that was stopped
        except ValueError as error:
            faults.append(f"{result.name} is not what was written ({error})")
        for fault in faults:
            yield f"{folder}: {fault}; delete the folder and run `tuwen benchmark` again"


def _exports(workspace: Workspace) -> Iterator[str]:
    for folder in _export_folders(workspace):
        for fault in damaged_files(folder):
            yield f"{folder}: {fault}; run `tuwen export` again"


def _export_folders(workspace: Workspace) -> list[Path]:
    versions = _visible_folders(workspace.exports)
    return [folder for version in versions for folder in _visible_folders(version)]


def _unchecked(workspace: Workspace) -> Iterator[Path]:
    for audit in _audit_files(workspace):
        with contextlib.suppress(ValueError):  # damaged, so among the problems
            if not is_marked(audit.read_bytes()):
                yield audit
    yield from (path for path in _ledger_files(workspace) if is_former(path))
    made = (*_visible_folders(workspace.models), *_visible_folders(workspace.benchmarks))
    made = (*made, *_export_folders(workspace))
    yield from (folder for folder in made if not (folder / SUMS).is_file() and any(folder.iterdir()))


def _visible_folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.glob("*") if path.is_dir() and not path.name.startswith("."))


def _checked_files(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    index = workspace.extracted / SHELF_INDEX
    for path in (*([index] if index.exists() else []), *answer_files(workspace.refined)):
        try:
            read_checked(path)
        except ValueError as error:
            yield path, f"it is not what was written ({error})"
