"""The stages of a book, each run once: its result is kept under a key of all it depends on.

A stage leaves a manifest extracted/<book>/<stage>-<key>.json which names the objects that hold its result. A
manifest is believed only after those objects are checked. A book that cannot be read leaves a manifest too,
with the reason: so it is tried again only when the file or the settings change.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter

from extractors.book_file import book_sha256
from extractors.checked_json import read_checked, write_checked
from extractors.errors import BookError
from extractors.records import BookContent, BookResult
from extractors.settings import ExtractSettings
from flows.objects import StoredFile
from flows.stage_keys import KEY_LENGTH, StageKeys, digest_of
from flows.workspace import Book, Workspace

if TYPE_CHECKING:
    from extractors.refine.refiner import Refiner

Stage = Literal["pages", "pairs", "refined"]
Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all)."""

_content = TypeAdapter(BookContent)
_result = TypeAdapter(BookResult)


class ChangedWhileReadError(BookError):
    """The file was written to between hashing and reading; nothing is recorded."""

    reason = "changed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a book could not be read at all."""

    reason: str
    """Stable slug of the BookError."""
    message: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class StageManifest:
    """What one stage made of one book: a result, or a failure."""

    stage: Stage
    key: str
    book_sha256: str
    file: str
    """Name of the book's file when it was read: its title may come from it."""
    result: StoredFile | None = None
    files: tuple[StoredFile, ...] = ()
    failure: Failure | None = None

    @property
    def objects(self) -> tuple[StoredFile, ...]:
        """All stored files this manifest vouches for."""
        return self.files if self.result is None else (self.result, *self.files)


_manifest = TypeAdapter(StageManifest)


def run_pages(
    workspace: Workspace,
    book: Book,
    settings: ExtractSettings,
    keys: StageKeys,
    *,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> StageManifest:
    """Read the pages of `book`, or take what was read before.

    Raises FileAccessError or ChangedWhileReadError when the file cannot be read now: nothing is recorded, and
    the next build tries again.
    """
    known = _known_pages(workspace, book, keys)
    if known and _is_sound(workspace, known) and not (retry_failed and _has_failures(workspace, known)):
        return known
    from extractors.book_pages import read_book

    manifest = StageManifest("pages", keys.pages, book.sha256, book.file_name)
    try:
        content = read_book(book.path, settings, progress=progress)
    except BookError as error:
        _check_unchanged(book)
        manifest = replace(manifest, failure=_failure(error))
    else:
        _check_unchanged(book)
        stored = workspace.objects.put(_content.dump_json(content), "content.json")
        manifest = replace(manifest, result=stored)
    _write(workspace, manifest)
    return manifest


def run_pairs(
    workspace: Workspace,
    book: Book,
    settings: ExtractSettings,
    keys: StageKeys,
    pages: StageManifest,
    *,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> StageManifest:
    """Pair the figures of `book` with their texts and cut the crops, or take what was made before.

    Raises as `run_pages`.
    """
    key = _pairs_key(keys, pages, book)
    known = find_manifest(workspace, book.sha256, "pairs", key)
    if known and _is_sound(workspace, known) and not (retry_failed and known.failure):
        return known
    from extractors.book_pages import read_book
    from extractors.book_pairs import pair_book

    assert pages.result is not None
    content = _content.validate_json(workspace.objects.read(pages.result))
    if pages.file != book.file_name:
        content = replace(content, title=read_book(book.path, settings, pages=()).title)
    manifest = StageManifest("pairs", key, book.sha256, book.file_name)
    workspace.scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.scratch) as name:
        folder = Path(name)
        try:
            result = pair_book(content, book.path, folder, settings, progress=progress)
        except BookError as error:
            _check_unchanged(book)
            manifest = replace(manifest, failure=_failure(error))
        else:
            _check_unchanged(book)
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            stored = [
                workspace.objects.put(path.read_bytes(), path.relative_to(folder).as_posix())
                for path in files
            ]
            whole = workspace.objects.put(_result.dump_json(result), "result.json")
            manifest = replace(manifest, result=whole, files=tuple(stored))
    _write(workspace, manifest)
    return manifest


def run_refined(
    workspace: Workspace,
    book: Book,
    keys: StageKeys,
    refiner: Refiner,
    *,
    progress: Progress | None = None,
) -> StageManifest | None:
    """Refine the descriptions of `book`, or take what was refined before; None for a book without pairs.

    A book with texts that got no answer is gone through again, which asks for those alone.
    """
    pairs = _known_pairs(workspace, book, keys)
    if pairs is None or pairs.result is None or not _is_sound(workspace, pairs):
        return None
    key = _refinement_key(keys, pairs)
    known = find_manifest(workspace, book.sha256, "refined", key)
    if known and _is_sound(workspace, known) and not load_result(workspace, known).unanswered:
        return known
    result = refiner.refine(load_result(workspace, pairs), progress=progress)
    stored = workspace.objects.put(_result.dump_json(result), "result.json")
    manifest = replace(pairs, stage="refined", key=key, result=stored)
    _write(workspace, manifest)
    return manifest


def find_manifest(workspace: Workspace, sha256: str, stage: Stage, key: str) -> StageManifest | None:
    """The manifest in the workspace; None when it is missing, or is not what was written."""
    path = _path(workspace, sha256, stage, key)
    try:
        return _read(path)
    except (FileNotFoundError, ValueError):
        return None


def finished(workspace: Workspace, book: Book, keys: StageKeys) -> StageManifest | None:
    """What the stages came to, if none is left to run: the last one's result, or the failure of one.

    The quick check: objects are looked up by name and size; their bytes are checked when they are read.
    """
    pairs = _known_pairs(workspace, book, keys)
    if pairs is None or pairs.failure:
        return pairs
    if not _is_there(workspace, pairs):
        return None
    if not keys.refined:
        return pairs
    refined = find_manifest(workspace, book.sha256, "refined", _refinement_key(keys, pairs))
    return refined if refined and _is_there(workspace, refined) else None


def current_manifests(workspace: Workspace, book: Book, keys: StageKeys) -> list[Path]:
    """The manifest files a build under `keys` would look at for `book`: one a stage, as far as it came."""
    pages = _known_pages(workspace, book, keys)
    if pages is None:
        return []
    paths = [_path(workspace, book.sha256, "pages", keys.pages)]
    pairs_key = _pairs_key(keys, pages, book)
    pairs = find_manifest(workspace, book.sha256, "pairs", pairs_key)
    if pages.failure or pairs is None:
        return paths
    paths.append(_path(workspace, book.sha256, "pairs", pairs_key))
    refined_key = _refinement_key(keys, pairs)
    if keys.refined and find_manifest(workspace, book.sha256, "refined", refined_key):
        paths.append(_path(workspace, book.sha256, "refined", refined_key))
    return paths


def load_result(workspace: Workspace, manifest: StageManifest) -> BookResult:
    """The BookResult of a pairs manifest. Raises DamagedWorkspaceError when its object is not sound."""
    assert manifest.result is not None
    return _result.validate_json(workspace.objects.read(manifest.result))


def all_manifests(workspace: Workspace) -> list[tuple[Path, StageManifest | None]]:
    """Every manifest file of the workspace, sorted; None for one that cannot be read."""
    found: list[tuple[Path, StageManifest | None]] = []
    for path in sorted(workspace.extracted.glob("*/*.json")):
        try:
            found.append((path, _read(path)))
        except ValueError:
            found.append((path, None))
    return found


def _known_pages(workspace: Workspace, book: Book, keys: StageKeys) -> StageManifest | None:
    """What is known of the pages; a failure that was told of another file name is tried again."""
    known = find_manifest(workspace, book.sha256, "pages", keys.pages)
    return None if known and known.failure and known.file != book.file_name else known


def _pairs_key(keys: StageKeys, pages: StageManifest, book: Book) -> str:
    """The second stage depends on what the first found, which a retry may change, and on the title."""
    found = pages.result.sha256 if pages.result else ""
    return digest_of({"key": keys.pairs, "pages": found, "file": book.file_name})


def _known_pairs(workspace: Workspace, book: Book, keys: StageKeys) -> StageManifest | None:
    """What is known of the pairs, or the failure that keeps the book from having any."""
    pages = _known_pages(workspace, book, keys)
    if pages is None or pages.failure:
        return pages
    return find_manifest(workspace, book.sha256, "pairs", _pairs_key(keys, pages, book))


def _refinement_key(keys: StageKeys, pairs: StageManifest) -> str:
    """The third stage depends on what the second made, pictures included."""
    return digest_of({"key": keys.refined, "pairs": [stored.sha256 for stored in pairs.objects]})


def _check_unchanged(book: Book) -> None:
    """Raises ChangedWhileReadError when the file is no longer the one that was hashed, FileAccessError.

    Whatever was read, or went wrong, while a file was copied or a network share failed is not of this book.
    """
    if book_sha256(book.path) != book.sha256:
        raise ChangedWhileReadError(book.path, "the file changed while it was read; build again")


def _is_there(workspace: Workspace, manifest: StageManifest) -> bool:
    return all(workspace.objects.is_there(stored) for stored in manifest.objects)


def _is_sound(workspace: Workspace, manifest: StageManifest) -> bool:
    return all(workspace.objects.is_sound(stored) for stored in manifest.objects)


def _has_failures(workspace: Workspace, manifest: StageManifest) -> bool:
    if manifest.result is None:
        return True
    return bool(_content.validate_json(workspace.objects.read(manifest.result)).failures)


def _failure(error: BookError) -> Failure:
    return Failure(error.reason, str(error), error.exit_code)


def _path(workspace: Workspace, sha256: str, stage: Stage, key: str) -> Path:
    return workspace.extracted / sha256 / f"{stage}-{key[:KEY_LENGTH]}.json"


def _write(workspace: Workspace, manifest: StageManifest) -> None:
    path = _path(workspace, manifest.book_sha256, manifest.stage, manifest.key)
    write_checked(path, _manifest.dump_python(manifest, mode="json"))


def _read(path: Path) -> StageManifest:
    """Raises ValueError when the file was changed or is no manifest."""
    return _manifest.validate_python(read_checked(path))
