"""index.html of a benchmark: the ladder, its charts, and the queries that went best and worst."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment

from alignment.benchmark.report.charts import draw_charts
from alignment.benchmark.report.findings import Box, Example, Findings, main_ladder
from alignment.benchmark.report.pictures import PictureFolder
from alignment.benchmark.report.tables import (
    GALLERIES_DIFFER,
    KS,
    MARKS,
    TRANSDUCTIVE,
    dataset_title,
    decimal,
    latex,
    lines_of,
    markdown,
    notes_of,
    percent,
    published_for,
    signed,
)
from alignment.retrieval.evaluation import DIRECTIONS, Direction
from alignment.retrieval.gallery import Gallery
from dataset_cards.files import write_text
from dataset_cards.report.design import base_style

_TITLES = {"text_to_image": "文搜图 Text to image", "image_to_text": "图搜文 Image to text"}
_CHARTS = {
    "ladder": "区间 Values with their 95 % intervals",
    "kinds": "各类 R@1 by kind, with how many queries",
    "ranks": "名次 Where the first right item stands, % of queries",
    "hubs": "枢纽 How often an item is found, % of items",
}
# Of each direction, beside the ladder's own columns; and what they are called there.
_MEASURES = {
    "hit@20": "R@20",
    "recall@1": "recall@1",
    "recall@5": "recall@5",
    "recall@10": "recall@10",
    "MRR": "MRR",
    "median_rank": "med",
    "mAP@R": "mAP@R",
    "MR3": "MR3",
}


def render(template: str, **values: Any) -> str:
    """A page from a template of this package; every value is inserted as text."""
    source = files(__package__).joinpath(template).read_text("utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page.filters["percent"] = percent
    page.filters["signed"] = signed
    page.filters["decimal"] = decimal
    return page.from_string(source).render(base=base_style(), **values) + "\n"


def write_report(folder: Path, result: Mapping[str, Any], findings: Findings, gallery: Gallery) -> None:
    """Write index.html, findings.json, table.md, table.tex, charts/ and pictures/ into `folder`.

    Raises what opening a picture of `gallery` raises.
    """
    plain = findings.as_json()
    text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folder / "findings.json", text + "\n")
    write_text(folder / "table.md", markdown(result))
    write_text(folder / "table.tex", latex(result))
    charts = draw_charts(folder / "charts", result, plain)
    shown = _Shown(PictureFolder(folder / "pictures", gallery), gallery, findings.boxes)
    published = published_for(result)
    html = render(
        "index.html.j2",
        title=dataset_title(result),
        result=result,
        lines=lines_of(result),
        ks=KS,
        marks=MARKS,
        titles=_TITLES,
        transductive=TRANSDUCTIVE,
        notes=notes_of(result),
        charts=charts,
        chart_titles=_CHARTS,
        measures=_MEASURES,
        chain=main_ladder(result["rungs"]),
        published=published,
        ours=_ours(result, findings.headline, published.measures if published else ()),
        differ=GALLERIES_DIFFER,
        headline=findings.headline,
        hubs=plain["hubs"],
        examples=[
            (direction, sort, list(shown.rows(direction, found[direction])))
            for direction in DIRECTIONS
            for sort, found in (("worst", findings.worst), ("best", findings.best))
        ],
        tables=[
            (title, said, rows)
            for what, title, said in (("by_kind", "各类", "By kind"), ("by_book", "各书", "By book"))
            if len(rows := _table(result, findings.headline, what)) > 1
        ],
    )
    write_text(folder / "index.html", html)


class _Shown:
    """Examples as rows of a template."""

    def __init__(self, pictures: PictureFolder, gallery: Gallery, boxes: Mapping[int, Box]) -> None:
        self._pictures, self._gallery, self._boxes = pictures, gallery, boxes

    def rows(self, direction: Direction, examples: Sequence[Example]) -> Iterator[dict[str, Any]]:
        """Query and answers, each with a text or a picture."""
        asks = self._text if direction == "text_to_image" else self._picture
        answers = self._picture if direction == "text_to_image" else self._text
        for example in examples:
            yield {
                "query": asks(example.query),
                "rank": f"{example.rank:g}",
                "answers": [
                    {
                        **answers(a.item),
                        "rank": a.rank,
                        "score": f"{a.score:z.3f}".replace("-", "−"),
                        "right": a.right,
                    }
                    for a in example.answers
                ],
            }

    def _text(self, number: int) -> dict[str, Any]:
        text = self._gallery.texts[number]
        return {"text": text.text, "name": text.name, "book": text.book}

    def _picture(self, number: int) -> dict[str, Any]:
        image = self._gallery.images[number]
        return {
            "picture": f"pictures/{self._pictures.file(number)}",
            "name": image.name,
            "book": image.book,
            "box": self._boxes.get(number),
        }


def _ours(result: Mapping[str, Any], headline: str, measures: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Our rows beside the published ones: each model's plain scores, LACLIP, and the top of the ladder."""
    wanted = (*result["subject"]["models"], "laclip", headline)
    rungs = {rung["name"]: rung for rung in result["rungs"]}
    return [
        (name, [percent(rungs[name]["intervals"][measure]["value"]) for measure in measures])
        for name in dict.fromkeys(wanted)
        if name in rungs
    ]


def _table(
    result: Mapping[str, Any], headline: str, what: str
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(kind or book, text to image, image to text) of the headline rung."""
    rung = next(rung for rung in result["rungs"] if rung["name"] == headline)
    there, back = (rung["directions"][direction][what] for direction in DIRECTIONS)
    return [(name, there.get(name, {}), back.get(name, {})) for name in sorted({*there, *back})]
