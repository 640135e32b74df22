"""Repairing a workspace: what is damaged is restored from a sound copy, or made again from the books.

What the stages wrote and is damaged is removed, and the stages run for every book: they check each file they
take. Then every damaged file of a version is replaced by the same bytes: those of an object, of another
version, or of the newest version written again. No version gets other bytes than it was published with.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dataset_cards.verify import (
    Problem,
    is_version_name,
    list_versions,
    point_to,
    read_manifest,
    verify_version,
)
from extractors.durable import READ_ONLY, file_sha256, replace_bytes
from extractors.errors import DamagedWorkspaceError
from extractors.refine.refiner import open_refiner
from flows.outcomes import dataset_dir, publish_outcomes, read_outcomes
from flows.progress import page_progress, say
from flows.settings import Settings
from flows.stage_keys import stage_keys
from flows.stages import run_pages, run_pairs, run_refined
from flows.verify import Check, dataset_folders, find_damage, verify_workspace
from flows.workspace import Workspace


def repair_workspace(root: Path, settings: Settings) -> Check:
    """Repair what can be repaired; what is found afterwards.

    Raises UsageError (no workspace), BusyError (a builder is at work), and what the stages raise.
    """
    workspace = Workspace.open(root)
    with workspace.locked():
        damage = find_damage(workspace)
        if not damage.lines():
            return verify_workspace(root)
        for path, fault in damage.results:
            say(f"removed {path}: {fault}")
            path.unlink()
        _run_stages(workspace, settings)
        for version, problem in damage.published:
            _restore(workspace, version, problem)
        _write_newest_again(workspace, settings)
        for folder, fault in find_damage(workspace).pointers:
            _point_to_newest(folder, fault)
    return verify_workspace(root)


def _run_stages(workspace: Workspace, settings: Settings) -> None:
    """Every stage of every book: each checks what it finds and makes again what is not sound."""
    keys = stage_keys(settings.extract)
    with open_refiner(settings.extract.refine, workspace.refined) as refiner:
        for book in workspace.shelf().books:
            progress = page_progress(book.name, "checking")
            pages = run_pages(workspace, book, settings.extract, keys, progress=progress)
            if pages.failure is None:
                run_pairs(workspace, book, settings.extract, keys, pages)
                if refiner is not None:
                    run_refined(workspace, book, keys, refiner)


def _restore(workspace: Workspace, version: Path, problem: Problem) -> None:
    """Replace one file of a version by an equal one, where there is one."""
    if problem.problem not in ("missing", "changed"):
        return
    sha256 = str(read_manifest(version)["files"][problem.path]["sha256"])
    others = (
        other / problem.path for folder in dataset_folders(workspace) for other in list_versions(folder)
    )
    _put_equal(version / problem.path, sha256, [workspace.objects.path(sha256), *others])


def _put_equal(target: Path, sha256: str, sources: Iterable[Path]) -> None:
    """Give `target` the bytes of the first of `sources` that have this hash; nothing where none has."""
    for source in sources:
        if source.is_file() and file_sha256(source) == sha256:
            replace_bytes(target, source.read_bytes(), mode=READ_ONLY)
            say(f"restored {target}")
            return


def _write_newest_again(workspace: Workspace, settings: Settings) -> None:
    """What is still damaged in the newest version, taken from the same version written again."""
    folder = dataset_dir(workspace, settings.dataset)
    version = next(reversed(list_versions(folder)), None)
    problems = verify_version(version) if version else []
    if version is None or not problems:
        return
    outcomes = read_outcomes(workspace, workspace.shelf().books, stage_keys(settings.extract))
    workspace.scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.scratch) as name:
        copy = Path(name)
        _copy_before(version, copy)
        try:
            made = publish_outcomes(workspace, outcomes, settings, copy).path
        except DamagedWorkspaceError as error:
            say(f"{version} cannot be written again: {error}")
            return
        files = read_manifest(made)["files"]
        for problem in problems:
            if problem.path in files:
                _put_equal(
                    version / problem.path,
                    _published_sha256(version, files, problem.path),
                    [made / problem.path],
                )
        _restore_manifest(version, made)


def _published_sha256(version: Path, made: dict[str, Any], name: str) -> str:
    """The hash the file was published with; where the manifest is lost, that of the file written again."""
    try:
        listed = read_manifest(version)["files"]
    except DamagedWorkspaceError:
        listed = made
    return str(listed.get(name, {}).get("sha256", ""))


def _copy_before(version: Path, copy: Path) -> None:
    """Make `copy` the folder of the dataset as it was before `version`, with links for its versions."""
    for path in sorted(version.parent.iterdir()):
        is_later = is_version_name(path.name) and int(path.name[1:]) >= int(version.name[1:])
        if path.is_dir() and not path.name.startswith(".") and not is_later:
            (copy / path.name).symlink_to(path)
    try:
        previous = read_manifest(version)["previous"]
    except DamagedWorkspaceError:
        previous = next((path.name for path in reversed(list_versions(copy))), None)
    if previous is not None:
        point_to(copy / previous)


def _restore_manifest(version: Path, made: Path) -> None:
    """Take the manifest of `made` for a damaged one when it fits every file of `version`."""
    manifest = made / "manifest.json"
    try:
        read_manifest(version)
    except DamagedWorkspaceError:
        files = read_manifest(made)["files"]
        if all(
            (version / name).is_file() and file_sha256(version / name) == entry["sha256"]
            for name, entry in files.items()
        ):
            replace_bytes(version / manifest.name, manifest.read_bytes(), mode=READ_ONLY)
            say(f"restored {version / manifest.name}")


def _point_to_newest(folder: Path, fault: str) -> None:
    """Let CURRENT name the newest version that is whole."""
    whole = [version for version in list_versions(folder) if not verify_version(version)]
    if whole:
        say(f"{fault}. CURRENT names {whole[-1].name} now, the newest version that is whole")
        point_to(whole[-1])
