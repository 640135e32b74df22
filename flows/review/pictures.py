"""Pictures of pages and crops for the review page, drawn when they are first asked for, then kept."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from dataset_cards.review.version_items import Item, VersionItems
from extractors.book_file import book_sha256
from extractors.durable import replacing
from extractors.errors import BookError, TuwenError
from extractors.geometry import Box, intersect
from extractors.look import Look, look_of
from extractors.names import system_name
from extractors.page_view import PageSize, PageViewJob, draw_page, page_size
from extractors.sandbox import Sandbox
from extractors.settings import Limits
from extractors.worker_messages import JobFailure
from flows.book_files import stamp_of
from flows.shelf_index import SHELF_INDEX, read_index
from flows.workspace import Workspace

LEVELS = (1000, 2000, 3600)
"""Pixels of a page's longer side: a first look, a page that fills a screen, the smallest print."""
THUMBNAIL = 240
THUMBNAIL_QUALITY = 82
CACHE_BYTES = 512 << 20
"""Kept on the disk: about a thousand pages at the middle level."""
PRUNE_EVERY = 50
"""New files between two looks at the size of the cache: at most some 50 MB over."""
PAGES_PER_WORKER = 200
"""A worker is replaced after that many pages, whatever a library leaks."""


class NoPictureError(TuwenError):
    """A page or crop that cannot be shown, with the reason."""


class Pictures:
    """The pictures of one version; for several threads."""

    def __init__(self, workspace: Workspace, version: VersionItems, limits: Limits) -> None:
        self._version = version
        self._folder = workspace.cache / "review"
        self._limits = limits
        self._paths = _book_paths(workspace)
        self._sizes: dict[tuple[str, int], tuple[float, float]] = {
            key: (view.width, view.height)
            for key, view in version.views.items()
            if view.width and view.height
        }
        self._sandbox = Sandbox(
            workers=1,
            seconds=limits.page_seconds,
            wall_seconds=limits.page_wall_seconds,
            memory_mb=limits.memory_mb,
            recycle_after=PAGES_PER_WORKER,
        )
        self._lock = threading.Lock()
        self._written = 0

    def warm(self) -> None:
        """Start the worker that draws pages, so that nobody waits for it later."""
        book = next(iter(self._paths), None)
        if book is not None:
            with contextlib.suppress(NoPictureError):
                self._work(page_size, self._job(book, 1, LEVELS[0]))

    def close(self) -> None:
        """End the worker that draws pages."""
        self._sandbox.close()

    def size(self, book: str, page: int) -> tuple[float, float]:
        """Width and height of a page in points. Raises NoPictureError."""
        if (book, page) not in self._sizes:
            found = self._work(page_size, self._job(book, page, LEVELS[0]))
            self._sizes[book, page] = (found.width, found.height)
        return self._sizes[book, page]

    def levels(self, book: str, page: int) -> list[tuple[int, int]]:
        """Width and height in pixels of the picture of a page at each level: of the first alone where the
        book is not on the shelf. Raises NoPictureError.

        A browser cuts out of a picture what is said to be its size, so the first level, which may be a
        preview of the version at a resolution of its own, is measured.
        """
        width, height = self.size(book, page)
        shares = [longest / max(width, height) for longest in LEVELS]
        sizes = [(round(width * share), round(height * share)) for share in shares]
        view = self._version.views.get((book, page))
        if view is not None:
            with Image.open(self._version.path / view.preview) as image:
                sizes[0] = image.size
        return sizes if book in self._paths else sizes[:1]

    def page(self, book: str, page: int, level: int) -> Path:
        """The picture of a page at a level. Raises NoPictureError."""
        view = self._version.views.get((book, page))
        if level == 0 and view is not None:
            return self._version.path / view.preview
        job = self._job(book, page, LEVELS[level])
        return self._kept(job.file, lambda: self._work(draw_page, job))

    def look(self, book: str, page: int, box: Box) -> Look | None:
        """How a place of a page (points) looks; None where the page cannot be shown or it is not on it."""
        try:
            file, (width, height) = self.page(book, page, 0), self.size(book, page)
        except NoPictureError:
            return None
        inside = intersect(box, (0.0, 0.0, width, height))
        with Image.open(file) as image:
            scale = image.width / width
            x0, y0, x1, y1 = (round(edge * scale) for edge in inside)
            if not (x0 < x1 and y0 < y1):
                return None
            return look_of(np.asarray(image.convert("RGB").crop((x0, y0, x1, y1))))

    def thumbnail(self, item: Item) -> Path:
        """A small picture of an item's crop. Raises NoPictureError."""
        source = self._version.path / item.picture
        name = item.row.get("image_sha256") or f"{self._version.digest[:16]}-{item.id}"
        target = self._folder / "crops" / f"{name}.jpg"
        return self._kept(target, lambda: _shrink(source, target))

    def _job(self, book: str, page: int, longest: int) -> PageViewJob:
        path = self._paths.get(book)
        if path is None:
            raise NoPictureError(
                "its book is not on the shelf as it was read; put it back and run tuwen build"
            )
        file = self._folder / book[:16] / f"{page}-{longest}.jpg"
        return PageViewJob(path, page, longest, file, self._limits)

    def _work(self, function: Callable[[PageViewJob], PageSize], job: PageViewJob) -> PageSize:
        with self._lock:
            try:
                (found,) = self._sandbox.run(function, [job])
            except BookError as error:
                raise NoPictureError(str(error)) from error
        if isinstance(found, JobFailure):
            raise NoPictureError(f"page {job.page} cannot be drawn: {found.detail}")
        return found

    def _kept(self, file: Path, make: Callable[[], object]) -> Path:
        """The file, made where it is not there yet; what was looked at last is thrown away last."""
        if file.exists():
            os.utime(file)
            return file
        make()
        self._written += 1
        if self._written % PRUNE_EVERY == 0:
            prune(self._folder, CACHE_BYTES)
        return file


def prune(folder: Path, most: int) -> None:
    """Remove the files of `folder` that were not looked at for longest, until `most` bytes are left."""
    found = [(path, path.stat()) for path in folder.rglob("*.jpg")]
    held = sum(status.st_size for _, status in found)
    for path, status in sorted(found, key=lambda entry: entry[1].st_mtime_ns):
        if held <= most:
            return
        path.unlink(missing_ok=True)
        held -= status.st_size


def _shrink(source: Path, target: Path) -> None:
    try:
        with Image.open(source) as image:
            small = image.convert("RGB")
    except OSError as error:
        raise NoPictureError(f"{source} cannot be read ({error}); run tuwen verify") from error
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    with replacing(target) as stream:
        small.save(stream, "JPEG", quality=THUMBNAIL_QUALITY)


def _book_paths(workspace: Workspace) -> dict[str, Path]:
    """sha256 -> file, of the books on the shelf that are as the last build read them."""
    paths = {}
    for name, entry in sorted(read_index(workspace.extracted / SHELF_INDEX).items()):
        path = workspace.books / system_name(name)
        try:
            # The stamp of a copy is another: then its bytes tell.
            if list(stamp_of(path.stat())) == entry[:-1] or book_sha256(path) == entry[-1]:
                paths[str(entry[-1])] = path
        except (OSError, BookError):
            continue  # not there now: its pages are shown as the version shows them
    return paths
