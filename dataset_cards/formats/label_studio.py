"""tasks.json for Label Studio: a task is a page, its prediction what the version holds there.

Figures, captions and what was left over are rectangles with their texts; relations lead from figures to their
captions. config.xml is the labelling interface that the predictions fill. Pictures of the pages are named as
Label Studio's local storage serves them, with this folder as its document root.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import write_json_lines, write_text
from dataset_cards.formats.label_studio_regions import (
    CAPTION,
    COLUMNS,
    LABELS,
    TEXTS,
    Page,
    pages_of,
    results_of,
)
from dataset_cards.selection import Selection
from dataset_cards.verify import read_manifest

PagePicture = Callable[[str, int], Path | None]
"""From book (sha256) and page to a picture of the page finer than the version's; None where there is none."""
_LOCAL_FILES = "/data/local-files/?d="
_CONFIG = """<View>
  <Image name="image" value="$image" zoom="true"/>
  <RectangleLabels name="label" toName="image">
{labels}
  </RectangleLabels>
{texts}
  <Relations><Relation value="caption"/></Relations>
</View>
"""
_TEXT = """  <TextArea name="{name}" toName="image" perRegion="true" editable="true" maxSubmissions="1"
    rows="{rows}" placeholder="{name}" whenTagName="label" whenLabelValue="{labels}"/>"""
_ROWS = {"title": 1, "number": 1, "description": 4, "text": 3}


def write_label_studio(selection: Selection, folder: Path, picture: PagePicture | None = None) -> None:
    """Write tasks.json, config.xml and pages/ into `folder`; pages come in the order of the books.

    Where all pairs are exported, so is what was left over. Pairs on pages without a preview cannot be shown:
    they are listed in left_out.jsonl. `picture` gives finer pictures of the pages than the version holds.
    Raises DamagedWorkspaceError when a preview is missing or is no picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for split in selection.splits() for row in selection.rows(split, COLUMNS)]
    whole = selection.split == "all" and not selection.public
    pages = pages_of(selection.version_dir, rows, left_over=whole)
    manifest = read_manifest(selection.version_dir)
    with (folder / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for page in pages.values():
            task = _task(selection.version_dir, manifest, page, folder, picture)
            file.write(separator + json.dumps(task, ensure_ascii=False))
            separator = ",\n"
        file.write("\n]\n" if separator != "[\n" else "[]\n")
    lost = [row["pair_id"] for row in rows if (row["book_sha256"], row["page"]) not in pages]
    if lost:
        reason = "its page has no preview"
        write_json_lines(folder / "left_out.jsonl", ({"pair_id": i, "reason": reason} for i in sorted(lost)))
    write_text(folder / "config.xml", config())


def config() -> str:
    """The labelling interface."""
    labels = "\n".join(f'    <Label value="{label}"/>' for label in LABELS)
    figures = ",".join(label for label in LABELS if label != CAPTION)
    areas = [_TEXT.format(name=name, rows=_ROWS[name], labels=figures) for name in TEXTS]
    areas.append(_TEXT.format(name="text", rows=_ROWS["text"], labels=CAPTION))
    return _CONFIG.format(labels=labels, texts="\n".join(areas))


def _task(
    version_dir: Path, manifest: dict[str, Any], page: Page, folder: Path, picture: PagePicture | None
) -> dict[str, Any]:
    preview = version_dir / page.view.preview
    source = (picture(page.book, page.page) if picture else None) or preview
    name = f"pages/{page.book[:12]}/{page.page:04d}.jpg"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, folder / name)
        with Image.open(folder / name) as opened:
            width, height = opened.size
    except OSError as error:
        raise DamagedWorkspaceError(f"{source} cannot be read; run tuwen verify") from error
    scores = [region.score for region in page.regions if region.score is not None]
    return {
        "data": {
            "image": _LOCAL_FILES + quote(name),
            "book_title": page.title,
            "book_sha256": page.book,
            "page": page.page,
            "version": manifest["version"],
            "digest": manifest["digest"],
            "page_width": page.view.width,
            "page_height": page.view.height,
        },
        "predictions": [
            {
                "model_version": f"tuwen {manifest['version']}",
                # Label Studio can show the least sure pages first; what was left over is not sure at all.
                "score": min(scores, default=0.0),
                "result": list(results_of(page, width, height)),
            }
        ],
    }
