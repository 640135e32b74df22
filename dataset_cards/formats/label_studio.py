"""tasks.json for Label Studio: a task is a page, a prediction its figures as rectangles with their texts.

Boxes are in percent of the page's picture, which is the preview of the version's report, copied to pages/.
config.xml is the labelling interface that the predictions fill. The pictures are named as Label Studio's
local storage serves them, with this folder as its document root.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, get_args
from urllib.parse import quote

from PIL import Image

from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import read_json_lines, write_json_lines, write_text
from dataset_cards.pages import PageView, read_pages
from dataset_cards.reading import Row
from dataset_cards.selection import Selection
from extractors.records import Kind

_COLUMNS = (
    "pair_id",
    "book_sha256",
    "book_title",
    "page",
    "bbox",
    "kind",
    "title",
    "description",
    "confidence",
)
# A ten-thousandth of a percent is far below a pixel.
_DIGITS = 4
_LOCAL_FILES = "/data/local-files/?d="
_CONFIG = """<View>
  <Image name="image" value="$image" zoom="true"/>
  <RectangleLabels name="kind" toName="image">
{labels}
  </RectangleLabels>
  <TextArea name="text" toName="image" perRegion="true" editable="true" rows="4"/>
</View>
"""


def write_label_studio(selection: Selection, folder: Path) -> None:
    """Write tasks.json, config.xml and pages/ into `folder`; pages come in the order of the books.

    Pairs on pages without a preview cannot be shown: they are listed in left_out.jsonl.
    Raises DamagedWorkspaceError when a preview is missing or is no picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = read_pages(selection.version_dir)
    lost: list[dict[str, Any]] = []
    with (folder / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for (book, number), rows in groupby(
            _by_page(selection), lambda row: (row["book_sha256"], row["page"])
        ):
            view = pages.get((book, number))
            if view is None or not view.width or not view.height:
                lost += [{"pair_id": row["pair_id"], "reason": "its page has no preview"} for row in rows]
                continue
            task = _task(selection.version_dir, view, list(rows), folder)
            file.write(separator + json.dumps(task, ensure_ascii=False))
            separator = ",\n"
        file.write("\n]\n" if separator != "[\n" else "[]\n")
    if lost:
        write_json_lines(folder / "left_out.jsonl", lost)
    labels = "\n".join(f'    <Label value="{kind}"/>' for kind in get_args(Kind))
    write_text(folder / "config.xml", _CONFIG.format(labels=labels))


def _by_page(selection: Selection) -> Iterator[Row]:
    """The rows of all chosen splits in the order of the books: a page may hold pairs of several splits."""
    hashes = (row["sha256"] for row in read_json_lines(selection.version_dir / "books.jsonl"))
    place = {sha256: number for number, sha256 in enumerate(hashes)}
    streams = [selection.rows(split, _COLUMNS) for split in selection.splits()]
    return merge(*streams, key=lambda row: (place[row["book_sha256"]], row["page"], row["bbox"]))


def _task(version_dir: Path, view: PageView, rows: list[Row], folder: Path) -> dict[str, Any]:
    name = PurePosixPath(view.preview).relative_to("report").as_posix()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(version_dir / view.preview, folder / name)
        with Image.open(folder / name) as picture:
            width, height = picture.size
    except OSError as error:
        raise DamagedWorkspaceError(
            f"{version_dir / view.preview} cannot be read; run tuwen verify"
        ) from error
    first = rows[0]
    return {
        "data": {
            "image": _LOCAL_FILES + quote(name),
            "book_title": first["book_title"],
            "book_sha256": first["book_sha256"],
            "page": first["page"],
        },
        "predictions": [
            {
                "model_version": f"tuwen {version_dir.name}",
                # Label Studio can show the least sure pages first.
                "score": min(row["confidence"] for row in rows),
                "result": [region for row in rows for region in _regions(row, view, width, height)],
            }
        ],
    }


def _regions(row: Row, view: PageView, width: int, height: int) -> Iterator[dict[str, Any]]:
    """The rectangle of a pair's figure and the text that belongs to it: two results with one id."""
    x0, y0, x1, y1 = row["bbox"]
    left, right = _percent(x0, view.width), _percent(x1, view.width)
    top, bottom = _percent(y0, view.height), _percent(y1, view.height)
    box = {
        "x": left,
        "y": top,
        "width": round(right - left, _DIGITS),
        "height": round(bottom - top, _DIGITS),
        "rotation": 0,
    }
    shared = {
        "id": row["pair_id"],
        "to_name": "image",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
    }
    yield {
        **shared,
        "from_name": "kind",
        "type": "rectanglelabels",
        "score": row["confidence"],
        "value": {**box, "rectanglelabels": [row["kind"]]},
    }
    yield {
        **shared,
        "from_name": "text",
        "type": "textarea",
        "value": {**box, "text": [row["description"]]},
    }


def _percent(place: float, whole: float) -> float:
    """A place on the page, in percent; a box that runs over the page's edge ends there."""
    return round(100 * min(max(place / whole, 0.0), 1.0), _DIGITS)
