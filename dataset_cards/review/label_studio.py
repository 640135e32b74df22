"""Annotations of Label Studio as corrections: what a person changed against the version that was exported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dataset_cards.errors import UsageError
from dataset_cards.formats.label_studio_regions import (
    CAPTION,
    COLUMNS,
    TEXTS,
    Page,
    Pages,
    Region,
    pages_of,
    regions_in,
)
from dataset_cards.reading import iter_rows
from dataset_cards.review.corrections import Correction
from dataset_cards.verify import list_versions, read_manifest
from extractors.parsing import parse_json

SAME_EDGE = 0.5
"""Points an edge moves by when a person only touched the box: less than a pixel of the exported picture."""


def read_annotations(path: Path, dataset_dir: Path) -> list[Correction]:
    """The corrections in a JSON export of Label Studio (the full one, not JSON-MIN), oldest first.

    A page that was annotated is done. Read twice, a file gives the same corrections with the same ids. Raises
    UsageError for a file that is none, or is about a version that `dataset_dir` does not hold.
    """
    try:
        tasks = parse_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON: export the project from Label Studio as JSON") from error
    versions = {read_manifest(folder)["digest"]: folder for folder in list_versions(dataset_dir)}
    shown: dict[str, Pages] = {}
    found: list[Correction] = []
    for number, task in enumerate(tasks if isinstance(tasks, list) else [None], start=1):
        try:
            data, annotations = task["data"], task["annotations"]
            digest, place = data["digest"], (data["book_sha256"], data["page"])
            if digest not in versions:
                raise UsageError(
                    f"{path}: task {number} is about version {data['version']} with digest {digest[:12]}, "
                    f"which is not in {dataset_dir}"
                )
            if digest not in shown:
                rows = list(iter_rows(versions[digest], columns=COLUMNS))
                shown[digest] = pages_of(versions[digest], rows, left_over=True)
            for annotation in annotations:
                if not annotation.get("was_cancelled"):
                    found += _Annotation(shown[digest][place], digest, annotation).corrections()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"{path}: task {number} is not one that `tuwen export --format label-studio` wrote and Label "
                f"Studio exported as JSON ({type(error).__name__}: {error})"
            ) from error
    return sorted(found, key=lambda correction: (correction.when, correction.id))


class _Annotation:
    """One person's annotation of one page."""

    def __init__(self, page: Page, digest: str, annotation: Mapping[str, Any]) -> None:
        self._page, self._digest = page, digest
        self._before = {region.id: region for region in page.regions}
        self._after = regions_in(annotation["result"], page.view.width, page.view.height)
        by = annotation.get("completed_by", "")
        self._who = str(by.get("email") or by.get("id") if isinstance(by, dict) else by)
        self._when = _time(str(annotation.get("updated_at") or annotation["created_at"]))
        self._name = f"{annotation['id']}"
        self._count = 0

    def corrections(self) -> Iterator[Correction]:
        """What the person decided, figure by figure."""
        for region in self._before.values():
            if region.label != CAPTION:
                yield from self._compared(region, self._after.get(region.id))
        for region in self._after.values():
            if region.id not in self._before and region.label != CAPTION:
                yield from self._added(region)
        yield self._made("page_done", {}, None)

    def _compared(self, old: Region, new: Region | None) -> Iterator[Correction]:
        if new is None:
            yield self._made("remove", {}, old)
            return
        if any(abs(a - b) > SAME_EDGE for a, b in zip(old.bbox, new.bbox, strict=True)):
            yield self._made("box", {"bbox": new.bbox}, old)
        texts = {name: new.texts.get(name, "") for name in TEXTS if _text(old, name) != _text(new, name)}
        kind = {"kind": new.label} if new.label != old.label else {}
        if caption := self._caption(old, new):
            yield self._made("relink", {"caption": caption}, old)
        if texts or kind:
            yield self._made("edit", texts | kind, old)
        if old.pair_id is not None:
            yield self._made("accept", {}, old)

    def _added(self, new: Region) -> Iterator[Correction]:
        texts = {name: text for name in TEXTS if (text := new.texts.get(name))}
        yield self._made("add", texts | {"kind": new.label}, new)
        if caption := self._caption(None, new):
            yield self._made("relink", {"caption": caption}, new)

    def _caption(self, old: Region | None, new: Region) -> dict[str, Any] | None:
        """The caption that a figure has now; None where it has none or it is as it was."""
        now = [self._after[name] for name in new.captions if name in self._after]
        was = [self._before[name] for name in (old.captions if old else ()) if name in self._before]
        if not now or [_text(c, "text") for c in now] == [_text(c, "text") for c in was]:
            return None
        return {"text": now[0].texts.get("text", ""), "page": self._page.page, "bbox": now[0].bbox}

    def _made(self, action: str, data: Mapping[str, Any], about: Region | None) -> Correction:
        self._count += 1
        seed = f"{self._digest}/{self._page.book}/{self._page.page}/{self._name}/{self._when}/{self._count}"
        return Correction.model_validate(
            {
                "id": hashlib.sha256(seed.encode()).hexdigest()[:32],
                "when": self._when,
                "who": self._who,
                "book": self._page.book,
                "reading": self._digest,
                "page": self._page.page,
                "bbox": about.bbox if about else None,
                "pair_id": about.pair_id if about else None,
                "phash": about.phash if about else None,
                "action": action,
                "data": dict(data),
            }
        )


def _text(region: Region, name: str) -> str:
    return region.texts.get(name, "").strip()


def _time(text: str) -> str:
    """Label Studio's time as corrections have it."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
